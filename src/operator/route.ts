import type { Hono } from "hono"
import * as v from "valibot"
import { checkFields, toQuery } from "../http/fields.ts"
import { errorName } from "../core/error-text.ts"
import { parseJson, readJsonBytes } from "../http/json.ts"
import { ok, type Result } from "../core/result.ts"
import { CATALOGUE } from "../errors/catalogue.ts"
import { emptyResponse, errorResponse, jsonResponse } from "../http/response.ts"
import { createRoutes, type OperationContext } from "../http/route.ts"
import type { Log } from "../events/handlers.ts"
import type { Operation, OperatorAnswer, OperatorInput } from "./operation.ts"
import { checkOperator } from "./token.ts"

/** The largest body of an operator is a few filters and a note of 500 characters. */
export const MAX_OPERATOR_BODY_BYTES = 16_384

export interface OperatorRouteDeps<Deps> {
  /** What the operations work on. */
  readonly deps: Deps
  /** As `parseOperatorTokens` returned them. */
  readonly tokens: readonly string[]
  readonly log: Log
}

/** Mounts a route for each operation. Every request is authenticated before it is read, and leaves one line in the log. */
export const createOperatorRoutes = <Deps>(
  operations: readonly Operation<Deps>[],
  routeDeps: OperatorRouteDeps<Deps>,
): Hono<{ Variables: { requestId: string } }> =>
  createRoutes(operations, async (c, operation) => await serve(c, operation, routeDeps))

async function serve<Deps>(
  c: OperationContext,
  operation: Operation<Deps>,
  { deps, tokens, log }: OperatorRouteDeps<Deps>,
): Promise<Response> {
  const { requestId } = c.var
  const facts = { message: "operator request", operation: operation.name, request_id: requestId }
  const matched = checkOperator(c.req.raw.headers.get("authorization"), tokens)
  if (!matched.ok) {
    // Logged, so that attempts to guess a token are visible.
    const code = matched.error
    log({ level: "warn", ...facts, status: CATALOGUE[code].status, code })
    return errorResponse({ code }, requestId)
  }
  // During a rotation the log shows whether the old token is still in use.
  const token = tokens.length > 1 ? { token: matched.value } : {}
  const known = { ...facts, ...paramsToLog(c.req.param()), ...token }
  try {
    const input = await readInput(c, operation)
    const answer = input.ok ? await operation.run(input.value, deps) : input.error
    const response = toResponse(answer, requestId)
    const { status } = response
    const fields = input.ok ? fieldsToLog(operation.body?.logged, input.value.body) : {}
    const failure = "code" in answer ? { code: answer.code, error: answer.problem } : {}
    log({ level: status >= 500 ? "error" : "info", ...known, ...fields, status, ...failure })
    return response
  } catch (error) {
    const code = "temporarily_unavailable"
    log({ level: "error", ...known, status: CATALOGUE[code].status, code, error: errorName(error) })
    return errorResponse({ code }, requestId)
  }
}

type Failure = Extract<OperatorAnswer, { readonly code: unknown }>

const NO_QUERY = v.strictObject({})

async function readInput<Deps>(
  c: OperationContext,
  { query = NO_QUERY, body }: Operation<Deps>,
): Promise<Result<OperatorInput<unknown, unknown>, Failure>> {
  const checked = checkFields(query, toQuery(c.req.queries()))
  if (!checked.ok) return checked
  const fields = body ? await readFields(c.req.raw, body) : ok({})
  return fields.ok ? ok({ params: c.req.param(), query: checked.value, body: fields.value }) : fields
}

async function readFields(
  request: Request,
  { schema, optional }: { readonly schema: v.GenericSchema; readonly optional: boolean },
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

/** Keeps only values that look like a name: a secret can be pasted into a path by mistake. */
const paramsToLog = (params: Readonly<Record<string, string>>): Facts =>
  Object.fromEntries(Object.entries(params).filter(([, text]) => /^[\w-]{1,128}$/.test(text)))

const fieldsToLog = (logged: readonly string[] = [], fields: unknown): Facts =>
  Object.fromEntries(logged.map((name) => [name, (fields as Facts)[name]]))
