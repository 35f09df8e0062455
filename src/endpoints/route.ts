import type { Hono } from "hono"
import { parseBearer } from "../http/bearer.ts"
import { toQuery } from "../http/fields.ts"
import { errorName } from "../core/error-text.ts"
import { RATE_BURST } from "./rate-limit.ts"
import { toPageBody } from "../http/paging.ts"
import { CATALOGUE } from "../errors/catalogue.ts"
import { emptyResponse, errorResponse, jsonResponse } from "../http/response.ts"
import { createRoutes, type OperationContext } from "../http/route.ts"
import type { Log } from "../events/handlers.ts"
import type { Account, AccountAnswer, Failure } from "./account.ts"
import { checkRequest } from "./check-request.ts"
import type { EndpointRules } from "./check-rules.ts"
import { PARTNER_OPERATIONS, PARTNER_PATH, type PartnerOperation } from "./operations.ts"
import type { Authenticate, CredentialRefusal } from "./auth/principal.ts"

/** Dependencies of the routes of endpoints. */
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

type Headers = Readonly<Record<string, string>>

/** The routes of spec 5. Each request is one call to its account's object. */
export const createPartnerRoutes = (
  settings: PartnerSettings,
  deps: PartnerDeps,
): Hono<{ Variables: { requestId: string } }> =>
  createRoutes(PARTNER_OPERATIONS, async (c, operation) => await answer(c, operation, settings, deps))

async function answer(
  c: OperationContext,
  operation: PartnerOperation,
  { authenticate, accountOf, rules }: PartnerSettings,
  { clock, log }: PartnerDeps,
): Promise<Response> {
  const request_id = c.var.requestId
  const unknown = ({ code, check }: CredentialRefusal): Response => {
    const { status } = CATALOGUE[code]
    // This line shows that credentials are being guessed, and which check a token fails (spec 5.9).
    log({ level: "warn", message: "endpoints request", operation: operation.name, status, code, check, request_id })
    return fail(c, { code })
  }
  const bearer = parseBearer(c.req.raw.headers.get("authorization"))
  if (!bearer.ok) {
    return unknown({ code: bearer.error === "missing" ? "missing_api_key" : "invalid_api_key", check: "authorization" })
  }
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
  const checked = await checkRequest(c.req.raw, operation, input)
  // Logs the operation, not the path: a path may contain a key or a secret by mistake.
  const facts = {
    message: "endpoints request",
    operation: operation.name,
    account,
    credential_id: credentialId,
    request_id,
  }
  try {
    const decided = await accountOf(account).handle({ credentialId, livemode, ...checked })
    const response = toResponse(c, decided)
    const code = decided.result.kind === "failed" ? decided.result.failure.code : undefined
    const { status } = response
    log({ level: status >= 500 ? "error" : "info", ...facts, status, code })
    return response
  } catch (error) {
    log({ level: "error", ...facts, status: 503, error: errorName(error) })
    return fail(c, { code: "temporarily_unavailable" })
  }
}

function fail(c: OperationContext, failure: Failure, headers?: Headers): Response {
  return errorResponse(failure, c.var.requestId, headers)
}

function toResponse(c: OperationContext, { result, rateLimit }: AccountAnswer): Response {
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
