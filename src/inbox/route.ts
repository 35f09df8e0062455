import { Hono, type Context } from "hono"
import { checkFields, toQuery } from "../core/check-fields.ts"
import { errorText } from "../core/error-text.ts"
import { MAX_OPERATOR_BODY_BYTES } from "../core/limits.ts"
import { checkOperator } from "../core/operator.ts"
import { parseJson, readJsonBytes } from "../core/read-json.ts"
import { ok, type Result } from "../core/result.ts"
import type { ErrorCode } from "../errors/catalogue.ts"
import { emptyResponse, errorResponse, jsonResponse } from "../errors/response.ts"
import type { Log } from "../events/handlers.ts"
import { OPERATIONS, type Operation, type OperationAnswer, type OperationDeps } from "./operations.ts"

/** What the operator's routes of the inbox are made of. */
export interface InboxRouteSettings extends OperationDeps {
  readonly token: string
}

type InboxContext = Context<{ Variables: { requestId: string } }>

export const INBOX_PATH = "/inbox"

/** The operator's routes under `INBOX_PATH`; each asks for the token first. */
export function createInboxRoutes(settings: InboxRouteSettings, log: Log): Hono<{ Variables: { requestId: string } }> {
  const app = new Hono<{ Variables: { requestId: string } }>()
  for (const operation of OPERATIONS) {
    app.on(operation.method, operation.path, (c) => serve(c, operation, settings, log))
  }
  for (const path of new Set(OPERATIONS.map((operation) => operation.path))) {
    const methods = OPERATIONS.filter((operation) => operation.path === path).map(({ method }) => method)
    const allow = methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])).join(", ")
    app.all(path, (c) => errorResponse({ code: "method_not_allowed" }, c.var.requestId, { Allow: allow }))
  }
  return app
}

async function serve(c: InboxContext, operation: Operation, settings: InboxRouteSettings, log: Log): Promise<Response> {
  const { requestId } = c.var
  const route = `${operation.method} ${INBOX_PATH}${operation.path}`
  const facts = { message: "operator request", operation: route, request_id: requestId }
  const refusal = checkOperator(c.req.raw.headers.get("authorization"), settings.token)
  if (refusal) {
    // Without this line nobody would see that tokens are being guessed.
    log({ level: "warn", ...facts, code: refusal })
    return errorResponse({ code: refusal }, requestId)
  }
  try {
    const answer = await answerTo(c, operation, settings)
    log({ level: "info", ...facts, code: "code" in answer ? answer.code : undefined })
    if ("code" in answer) return errorResponse(answer, requestId)
    return answer.body ? jsonResponse(200, answer.body, requestId) : emptyResponse(204, requestId)
  } catch (error) {
    log({ level: "error", ...facts, code: "temporarily_unavailable", error: errorText(error) })
    return errorResponse({ code: "temporarily_unavailable" }, requestId)
  }
}

async function answerTo(c: InboxContext, operation: Operation, deps: OperationDeps): Promise<OperationAnswer> {
  const asked = checkFields(operation.query, toQuery(c.req.queries()))
  if (!asked.ok) return asked.error
  const given = operation.body ? await readFields(c.req.raw, operation.body) : ok({})
  if (!given.ok) return given.error
  const event = { source: c.req.param("source") ?? "", id: c.req.param("id") ?? "" }
  return await operation.run(deps, { event, query: asked.value, body: given.value })
}

async function readFields(
  request: Request,
  { schema, optional }: NonNullable<Operation["body"]>,
): Promise<Result<unknown, { readonly code: ErrorCode; readonly param?: string }>> {
  const bytes = await readJsonBytes(request, MAX_OPERATOR_BODY_BYTES)
  if (!bytes.ok) return bytes
  const value = parseJson(bytes.value, optional)
  return value.ok ? checkFields(schema, value.value) : value
}
