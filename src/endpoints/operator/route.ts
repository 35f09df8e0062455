import { Hono, type Context } from "hono"
import { checkFields, toQuery } from "../../core/check-fields.ts"
import { MAX_OPERATOR_BODY_BYTES } from "../../core/limits.ts"
import { checkOperator } from "../../core/operator.ts"
import { toPageBody } from "../../core/page-fields.ts"
import { parseJson, readJsonBytes } from "../../core/read-json.ts"
import { ok, type Result } from "../../core/result.ts"
import { CATALOGUE } from "../../errors/catalogue.ts"
import { errorResponse, jsonResponse } from "../../errors/response.ts"
import type { Log } from "../../events/handlers.ts"
import type { Account, Failure } from "../account.ts"
import { Page } from "../fields.ts"
import { ACCOUNT_NAME } from "../principal.ts"
import { NewAction } from "./action.ts"

/** What the operator's routes are made of. */
export interface OperatorSettings {
  /** As `parseOperatorToken` returned it. */
  readonly token: string
  /** The one account of that name. */
  readonly accountOf: (name: string) => Account
}

export interface OperatorDeps {
  /** Milliseconds since 1970. */
  readonly clock: () => number
  readonly log: Log
}

type Variables = { Variables: { requestId: string } }

/** What a request is answered if nothing fails, and what of it the log may have: the operator's note has no place in it. */
interface Done {
  readonly status: 200 | 201
  readonly body: object
  readonly facts?: Readonly<Record<string, unknown>>
}

/** What an operation does; `now` in milliseconds since 1970. */
type Work = (c: Context<Variables>, account: Account, now: number) => Promise<Result<Done, Failure>>

export const OPERATOR_PATH = "/operator/accounts"

/** The operator's routes under `OPERATOR_PATH`: what was done about an account, doing more, and its endpoints. */
export function createOperatorRoutes(settings: OperatorSettings, deps: OperatorDeps): Hono<Variables> {
  const serve = (operation: keyof typeof OPERATIONS) => (c: Context<Variables>) => answer(c, operation, settings, deps)
  const app = new Hono<Variables>()
  app
    .post("/:account/actions", serve("act"))
    .get("/:account/actions", serve("list_actions"))
    .all("/:account/actions", allow("GET, HEAD, POST"))
  app.get("/:account/endpoints", serve("list_endpoints")).all("/:account/endpoints", allow("GET, HEAD"))
  return app
}

async function answer(
  c: Context<Variables>,
  operation: keyof typeof OPERATIONS,
  { token, accountOf }: OperatorSettings,
  { clock, log }: OperatorDeps,
): Promise<Response> {
  const { requestId } = c.var
  const facts = { message: "operator request", operation, request_id: requestId }
  const account = c.req.param("account") ?? ""
  const refused =
    checkOperator(c.req.raw.headers.get("authorization"), token) ??
    (ACCOUNT_NAME.test(account) ? undefined : "resource_not_found")
  if (refused) {
    // Without this line nobody would see that the token is being guessed.
    log({ level: "warn", ...facts, status: CATALOGUE[refused].status, code: refused })
    return errorResponse({ code: refused }, requestId)
  }
  try {
    const result: Result<Done, Failure> = await OPERATIONS[operation](c, accountOf(account), clock())
    const response = result.ok
      ? jsonResponse(result.value.status, result.value.body, requestId)
      : errorResponse(result.error, requestId)
    const outcome = result.ok ? result.value.facts : { code: result.error.code }
    log({ level: "info", ...facts, account, status: response.status, ...outcome })
    return response
  } catch (error) {
    // Only the kind of an error that is not ours: its text could quote a row.
    const name = error instanceof Error ? error.name : typeof error
    log({ level: "error", ...facts, account, status: 503, error: name })
    return errorResponse({ code: "temporarily_unavailable" }, requestId)
  }
}

const allow = (methods: string) => (c: Context<Variables>) =>
  errorResponse({ code: "method_not_allowed" }, c.var.requestId, { Allow: methods })

const OPERATIONS = {
  async act(c, account, now) {
    const bytes = await readJsonBytes(c.req.raw, MAX_OPERATOR_BODY_BYTES)
    const value = bytes.ok ? parseJson(bytes.value, false) : bytes
    const wanted = value.ok ? checkFields(NewAction, value.value) : value
    if (!wanted.ok) return wanted
    const kept = await account.act(wanted.value, now)
    const { action, credential_id } = kept
    return ok({ status: 201, body: kept, facts: { action, credential_id: credential_id ?? undefined } })
  },

  async list_actions(c, account) {
    const page = checkFields(Page, toQuery(c.req.queries()))
    if (!page.ok) return page
    const { rows, next } = await account.listActions(page.value.limit, page.value.cursor)
    return ok({ status: 200, body: toPageBody(rows, next) })
  },

  async list_endpoints(_c, account) {
    return ok({ status: 200, body: { data: await account.listEndpoints() } })
  },
} as const satisfies Readonly<Record<string, Work>>
