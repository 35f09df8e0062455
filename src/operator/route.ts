import { Hono, type Context } from "hono"
import * as v from "valibot"
import { checkFields, toQuery } from "../http/fields.ts"
import { errorName } from "../core/log.ts"
import { parseJson, readJsonBytes } from "../http/json.ts"
import { ok, type Result } from "../core/result.ts"
import { CATALOGUE } from "../errors/catalogue.ts"
import { emptyResponse, errorResponse, jsonResponse } from "../http/response.ts"
import type { Log } from "../events/handlers.ts"
import type { Asked, Operation, OperatorAnswer } from "./operation.ts"
import { checkOperator } from "./token.ts"

/** An operator's request is a name or two. */
export const MAX_OPERATOR_BODY_BYTES = 16_384

export interface OperatorDeps {
  /** As `parseOperatorToken` returned it. */
  readonly token: string
  readonly log: Log
}

type Variables = { Variables: { requestId: string } }
type OperatorContext = Context<Variables>

/** A route for each operation; each asks for the token before anything else, and leaves a line in the log. */
export function createOperatorRoutes(operations: readonly Operation[], deps: OperatorDeps): Hono<Variables> {
  const app = new Hono<Variables>()
  for (const operation of operations) app.on(operation.method, operation.path, (c) => serve(c, operation, deps))
  for (const path of new Set(operations.map((operation) => operation.path))) {
    const methods = operations.filter((operation) => operation.path === path).map(({ method }) => method)
    const allow = methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])).join(", ")
    app.all(path, (c) => errorResponse({ code: "method_not_allowed" }, c.var.requestId, { Allow: allow }))
  }
  return app
}

async function serve(c: OperatorContext, operation: Operation, { token, log }: OperatorDeps): Promise<Response> {
  const { requestId } = c.var
  const facts = {
    message: "operator request",
    operation: `${operation.method} ${operation.path}`,
    request_id: requestId,
  }
  const refusal = checkOperator(c.req.raw.headers.get("authorization"), token)
  if (refusal) {
    // Without this line nobody would see that tokens are being guessed.
    log({ level: "warn", ...facts, status: CATALOGUE[refusal].status, code: refusal })
    return errorResponse({ code: refusal }, requestId)
  }
  const about = namesToLog(c.req.param())
  try {
    const asked = await readAsked(c, operation)
    const answer = asked.ok ? await operation.run(asked.value) : asked.error
    const response = toResponse(answer, requestId)
    const { status } = response
    const fields = asked.ok ? fieldsToLog(operation, asked.value.body) : {}
    const failure = "code" in answer ? { code: answer.code, error: answer.problem } : {}
    log({ level: status >= 500 ? "error" : "info", ...facts, ...about, ...fields, status, ...failure })
    return response
  } catch (error) {
    const code = "temporarily_unavailable"
    log({ level: "error", ...facts, ...about, status: CATALOGUE[code].status, code, error: errorName(error) })
    return errorResponse({ code }, requestId)
  }
}

type Failure = Extract<OperatorAnswer, { readonly code: unknown }>

const NO_QUERY = v.strictObject({})

async function readAsked(
  c: OperatorContext,
  { query = NO_QUERY, body }: Operation,
): Promise<Result<Asked<unknown, unknown>, Failure>> {
  const checked = checkFields(query, toQuery(c.req.queries()))
  if (!checked.ok) return checked
  const fields = body ? await readFields(c.req.raw, body) : ok({})
  return fields.ok ? ok({ names: c.req.param(), query: checked.value, body: fields.value }) : fields
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

function toResponse(answer: OperatorAnswer, requestId: string): Response {
  if ("code" in answer) return errorResponse(answer, requestId)
  return answer.status === 204
    ? emptyResponse(answer.status, requestId)
    : jsonResponse(answer.status, answer.body, requestId)
}

type Facts = Readonly<Record<string, unknown>>

/** Who pauses a handler or erases a body leaves a trace; what is no name was put there by mistake, and could be a secret. */
const namesToLog = (names: Readonly<Record<string, string>>): Facts =>
  Object.fromEntries(Object.entries(names).filter(([, text]) => /^[\w-]{1,128}$/.test(text)))

const fieldsToLog = ({ body }: Operation, fields: unknown): Facts =>
  Object.fromEntries((body?.logged ?? []).map((name) => [name, (fields as Facts)[name]]))
