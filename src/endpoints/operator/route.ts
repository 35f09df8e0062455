import { Hono, type Context } from "hono"
import { checkFields, toQuery } from "../../core/check-fields.ts"
import { MAX_OPERATOR_BODY_BYTES } from "../../core/limits.ts"
import { checkOperator } from "../../core/operator.ts"
import { parseJson, readJsonBytes } from "../../core/read-json.ts"
import { fail, ok, type Result } from "../../core/result.ts"
import { CATALOGUE } from "../../errors/catalogue.ts"
import { errorResponse, jsonResponse } from "../../errors/response.ts"
import type { Log } from "../../events/handlers.ts"
import type { Account, Failure } from "../account.ts"
import { Page, toCursor } from "../fields.ts"
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

type Work = (c: Context<Variables>, account: Account) => Promise<Result<Done, Failure>>

export const OPERATOR_PATH = "/operator/accounts"

/** The operator's routes under `OPERATOR_PATH`: what was done about an account, doing more, and its endpoints. */
export function createOperatorRoutes(settings: OperatorSettings, { clock, log }: OperatorDeps): Hono<Variables> {
  const serve = (operation: string, work: Work) => async (c: Context<Variables>) => {
    const { requestId } = c.var
    const facts = { message: "operator request", operation, request_id: requestId }
    const refused = checkOperator(c.req.raw.headers.get("authorization"), settings.token)
    if (refused) {
      // Without this line nobody would see that the token is being guessed.
      log({ level: "warn", ...facts, status: CATALOGUE[refused].status, code: refused })
      return errorResponse({ code: refused }, requestId)
    }
    const name = c.req.param("account") ?? ""
    if (!ACCOUNT_NAME.test(name)) return errorResponse({ code: "resource_not_found" }, requestId)
    try {
      const result = await work(c, settings.accountOf(name))
      const response = result.ok
        ? jsonResponse(result.value.status, result.value.body, requestId)
        : errorResponse(result.error, requestId)
      const outcome = result.ok ? result.value.facts : { code: result.error.code }
      log({ level: "info", ...facts, account: name, status: response.status, ...outcome })
      return response
    } catch (error) {
      log({
        level: "error",
        ...facts,
        account: name,
        status: 503,
        error: error instanceof Error ? error.name : typeof error,
      })
      return errorResponse({ code: "temporarily_unavailable" }, requestId)
    }
  }

  const act: Work = async (c, account) => {
    const bytes = await readJsonBytes(c.req.raw, MAX_OPERATOR_BODY_BYTES)
    const value = bytes.ok ? parseJson(bytes.value, false) : bytes
    const action = value.ok ? checkFields(NewAction, value.value) : value
    if (!action.ok) return action
    const kept = await account.act(action.value, clock())
    return ok({
      status: 201,
      body: kept,
      facts: { action: kept.action, credential_id: kept.credential_id ?? undefined },
    })
  }

  const app = new Hono<Variables>()
  app
    .post("/:account/actions", serve("act", act))
    .get("/:account/actions", serve("list_actions", listActions))
    .all("/:account/actions", allow("GET, HEAD, POST"))
  app.get("/:account/endpoints", serve("list_endpoints", listEndpoints)).all("/:account/endpoints", allow("GET, HEAD"))
  return app
}

const allow = (methods: string) => (c: Context<Variables>) =>
  errorResponse({ code: "method_not_allowed" }, c.var.requestId, { Allow: methods })

const listActions: Work = async (c, account) => {
  const page = checkFields(Page, toQuery(c.req.queries()))
  if (!page.ok) return fail(page.error)
  const { rows, next } = await account.listActions(page.value.limit, page.value.cursor)
  return ok({ status: 200, body: { data: rows, next_cursor: next === undefined ? null : toCursor(next) } })
}

const listEndpoints: Work = async (_c, account) => ok({ status: 200, body: { data: await account.listEndpoints() } })
