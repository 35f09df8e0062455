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
import { demandShards } from "./shards.ts"
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
    const input = await readInput(c, operation)
    const answer = input.ok ? await runOn(settings, operation, input.value) : input.error
    const about = input.ok ? toFacts(input.value) : {}
    log({ level: "info", ...facts, ...about, code: "code" in answer ? answer.code : undefined })
    if ("code" in answer) return errorResponse(answer, requestId)
    return answer.body ? jsonResponse(200, answer.body, requestId) : emptyResponse(204, requestId)
  } catch (error) {
    log({ level: "error", ...facts, code: "temporarily_unavailable", error: errorText(error) })
    return errorResponse({ code: "temporarily_unavailable" }, requestId)
  }
}

type Input = Parameters<Operation["run"]>[1]
type Failure = Extract<OperationAnswer, { readonly code: ErrorCode }>

async function readInput(c: InboxContext, operation: Operation): Promise<Result<Input, Failure>> {
  const query = checkFields(operation.query, toQuery(c.req.queries()))
  if (!query.ok) return query
  const body = operation.body ? await readFields(c.req.raw, operation.body) : ok({})
  if (!body.ok) return body
  const event = { source: c.req.param("source") ?? "", id: c.req.param("id") ?? "" }
  return ok({ event, query: query.value, body: body.value })
}

async function runOn(deps: OperationDeps, operation: Operation, input: Input): Promise<OperationAnswer> {
  await demandShards(deps.shards)
  return await operation.run(deps, input)
}

const isName = (text: string): boolean => /^[\w-]{1,128}$/.test(text)

/** What was asked for, for the line in the log: who pauses a handler or erases a body leaves a trace. */
function toFacts({ event: { source, id }, body }: Input): Record<string, unknown> {
  return { ...(isName(source) && isName(id) && { source, event_id: id }), ...(body as object) }
}

async function readFields(
  request: Request,
  { schema, optional }: NonNullable<Operation["body"]>,
): Promise<Result<unknown, Failure>> {
  const bytes = await readJsonBytes(request, MAX_OPERATOR_BODY_BYTES)
  if (!bytes.ok) return bytes
  const value = parseJson(bytes.value, optional)
  return value.ok ? checkFields(schema, value.value) : value
}
