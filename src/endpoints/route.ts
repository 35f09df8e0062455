import { Hono, type Context } from "hono"
import { parseBearer } from "../http/bearer.ts"
import { toQuery } from "../http/fields.ts"
import { errorName } from "../core/log.ts"
import { RATE_BURST } from "./rate-limit.ts"
import { toPageBody } from "../http/paging.ts"
import { CATALOGUE, type ErrorCode } from "../errors/catalogue.ts"
import { emptyResponse, errorResponse, jsonResponse } from "../http/response.ts"
import type { Log } from "../events/handlers.ts"
import type { Account, AccountAnswer, Failure } from "./account.ts"
import { checkRequest, OPERATIONS, type EndpointRules } from "./check-request.ts"
import type { Authenticate } from "./auth/principal.ts"

/** What the partner plane is made of. */
export interface PartnerSettings {
  readonly authenticate: Authenticate
  /** The one account of that name. */
  readonly accountOf: (name: string) => Account
  readonly rules: EndpointRules
}

export interface PartnerDeps {
  /** Milliseconds since 1970. */
  readonly clock: () => number
  readonly log: Log
}

type PartnerContext = Context<{ Variables: { requestId: string } }>
type Headers = Readonly<Record<string, string>>

export const PARTNER_PATH = "/partner/v1/webhook_endpoints"

/** The routes of spec 5 under `PARTNER_PATH`. Each request is one call to its account's object. */
export function createPartnerRoutes(
  settings: PartnerSettings,
  deps: PartnerDeps,
): Hono<{ Variables: { requestId: string } }> {
  const app = new Hono<{ Variables: { requestId: string } }>()
  const serve = (name: keyof typeof OPERATIONS) => (c: PartnerContext) => answer(c, name, settings, deps)

  app.post("/", serve("create")).get("/", serve("list")).all("/", allow("GET, HEAD, POST"))
  app
    .get("/:id", serve("show"))
    .patch("/:id", serve("update"))
    .delete("/:id", serve("delete"))
    .all("/:id", allow("GET, HEAD, PATCH, DELETE"))
  app.post("/:id/rotate_secret", serve("rotate")).all("/:id/rotate_secret", allow("POST"))
  return app
}

const allow = (methods: string) => (c: PartnerContext) => fail(c, { code: "method_not_allowed" }, { Allow: methods })

async function answer(
  c: PartnerContext,
  name: keyof typeof OPERATIONS,
  { authenticate, accountOf, rules }: PartnerSettings,
  { clock, log }: PartnerDeps,
): Promise<Response> {
  const request_id = c.var.requestId
  const unknown = (code: ErrorCode): Response => {
    const { status } = CATALOGUE[code]
    // Without this line nobody would see that credentials are being guessed.
    log({ level: "warn", message: "partner request", operation: name, status, code, request_id })
    return fail(c, { code })
  }
  const bearer = parseBearer(c.req.raw.headers.get("authorization"))
  if (!bearer.ok) return unknown(bearer.error === "missing" ? "missing_api_key" : "invalid_api_key")
  const principal = await authenticate(bearer.value, clock())
  if (!principal.ok) return unknown(principal.error)

  const { credentialId, account, livemode } = principal.value
  const input = {
    principal: principal.value,
    path: c.req.path,
    id: c.req.param("id") ?? "",
    query: toQuery(c.req.queries()),
    rules,
  }
  const checked = await checkRequest(c.req.raw, OPERATIONS[name], input)
  // The operation, not the path: what stands there could be a key or a secret, put there by mistake.
  const facts = { message: "partner request", operation: name, account, credential_id: credentialId, request_id }
  try {
    const decided = await accountOf(account).handle({ now: clock(), credentialId, livemode, ...checked })
    const response = toResponse(c, decided)
    const code = decided.result.kind === "failed" ? decided.result.failure.code : undefined
    log({ level: "info", ...facts, status: response.status, code })
    return response
  } catch (error) {
    log({ level: "error", ...facts, status: 503, error: errorName(error) })
    return fail(c, { code: "temporarily_unavailable" })
  }
}

function fail(c: PartnerContext, failure: Failure, headers?: Headers): Response {
  return errorResponse(failure, c.var.requestId, headers)
}

function toResponse(c: PartnerContext, { result, rateLimit }: AccountAnswer): Response {
  const { requestId } = c.var
  const headers = {
    "RateLimit-Limit": String(RATE_BURST),
    "RateLimit-Remaining": String(rateLimit.remaining),
    "RateLimit-Reset": String(rateLimit.resetSeconds),
  }
  if (result.kind === "failed") {
    const retry =
      result.retryAfterSeconds === undefined ? undefined : { "Retry-After": String(result.retryAfterSeconds) }
    return fail(c, result.failure, { ...headers, ...retry })
  }
  if (result.kind === "deleted") return emptyResponse(204, requestId, headers)
  if (result.kind === "page") return jsonResponse(200, toPageBody(result.views, result.next), requestId, headers)
  const location = result.status === 201 ? { Location: `${PARTNER_PATH}/${result.view.id}` } : undefined
  const replayed = result.replayed ? { "Idempotency-Replayed": "true" } : undefined
  return jsonResponse(result.status, result.view, requestId, { ...headers, ...location, ...replayed })
}
