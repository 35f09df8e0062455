import { CATALOGUE, type ErrorCode } from "../../src/errors/catalogue.ts"
import { HEADERS_OF_STATUS, REQUEST_ID_HEADER } from "../../src/http/response.ts"
import { INBOX } from "./inbox.ts"
import type { DescribedOperation, JsonSchema, NamedSchema } from "./operation.ts"
import { OPERATOR } from "./operator.ts"
import { PARTNER, RATE_HEADERS } from "./partner.ts"
import { RECEIVER } from "./receiver.ts"
import { toQueryParameters, toSchema } from "./schema.ts"

/** Every operation of the Worker: one list a room. */
export const OPERATIONS: readonly DescribedOperation[] = [...RECEIVER, ...PARTNER, ...OPERATOR, ...INBOX]

/** Answers that were recorded: `<operation> <status>` or `<tag> <code>` → body; and bodies of requests: `<operation> request`. */
export type Examples = Readonly<Record<string, unknown>>

const text = (description: string, schema: JsonSchema = { type: "string" }): JsonSchema => ({ description, schema })
const whole = { type: "integer", minimum: 0 }

const HEADERS: Readonly<Record<string, JsonSchema>> = {
  [REQUEST_ID_HEADER]: text("Names this request, on every answer.", { type: "string", pattern: "^req_[\\w-]{16}$" }),
  Allow: text("The methods of this path."),
  "Content-Security-Policy": text("With HTML: it loads, runs, sends and frames nothing."),
  "Idempotency-Replayed": text("`true` if this is the stored answer of an earlier request.", { const: "true" }),
  Location: text("Where the endpoint is."),
  "RateLimit-Limit": text("Requests that can gather.", whole),
  "RateLimit-Remaining": text("Requests that are left.", whole),
  "RateLimit-Reset": text("Seconds until all of them are back.", whole),
  "Referrer-Policy": text("With HTML.", { const: "no-referrer" }),
  "Retry-After": text("Seconds to wait.", { type: "integer", minimum: 1 }),
  "WWW-Authenticate": text("How to authenticate.", { const: "Bearer" }),
  "X-Content-Type-Options": text("With HTML.", { const: "nosniff" }),
}

/** What a route adds to what goes with a status everywhere. */
const HEADERS_OF_ROUTES: Readonly<Record<number, readonly string[]>> = { 405: ["Allow"], 429: ["Retry-After"] }

const ERROR: JsonSchema = {
  type: "object",
  required: ["error"],
  properties: {
    error: {
      type: "object",
      required: ["type", "code", "message", "request_id"],
      properties: {
        type: { enum: ["authentication_error", "invalid_request_error", "rate_limit_error", "api_error"] },
        code: { type: "string", description: "Stable. More are added over time: fall back on the status." },
        message: { type: "string", description: "For people; may change." },
        request_id: { type: "string" },
        param: { type: "string", description: "The first field that failed." },
        doc_url: { type: "string", format: "uri", description: "The page of the code, where `ERROR_DOCS_URL` says." },
      },
    },
    surfaces: { type: "object", description: "In the answer of `/healthz` alone." },
  },
}

const headersOf = (names: readonly string[]): JsonSchema =>
  Object.fromEntries([REQUEST_ID_HEADER, ...names].map((name) => [name, { $ref: `#/components/headers/${name}` }]))

const json = (schema: JsonSchema, more: JsonSchema = {}): JsonSchema => ({ "application/json": { schema, ...more } })

const codesOf = (status: number, { errors }: DescribedOperation): readonly ErrorCode[] =>
  errors.filter((code) => CATALOGUE[code].status === status).toSorted()

/** What a status can mean is what its answer is called: where the codes of a group are the same, so is the answer. */
const nameOf = (status: number, operation: DescribedOperation): string =>
  [operation.tag, status, ...codesOf(status, operation)].join(".")

/** One status and all of its codes. */
function toErrorResponse(status: number, operation: DescribedOperation): JsonSchema {
  const codes = codesOf(status, operation)
  const narrowed = { properties: { error: { properties: { code: { enum: codes } } } } }
  // A partner's every answer tells what is left, once it is known whose request it is.
  const rate = operation.bearer?.scheme === "partner" ? RATE_HEADERS : []
  return {
    description: codes.map((code) => `\`${code}\`: ${CATALOGUE[code].meaning}`).join("\n\n"),
    headers: headersOf([
      ...Object.keys(HEADERS_OF_STATUS[status] ?? {}),
      ...(HEADERS_OF_ROUTES[status] ?? []),
      ...rate,
    ]),
    content: json(
      { allOf: [{ $ref: "#/components/schemas/Error" }, narrowed] },
      {
        examples: Object.fromEntries(
          codes.map((code) => [code, { $ref: `#/components/examples/${operation.tag}.${code}` }]),
        ),
      },
    ),
  }
}

function toResponses(operation: DescribedOperation, examples: Examples): JsonSchema {
  const { id, answers, errors } = operation
  const statuses = [...new Set<number>(errors.map((code) => CATALOGUE[code].status))].toSorted((a, b) => a - b)
  const failures = statuses.map((status) => [
    String(status),
    { $ref: `#/components/responses/${nameOf(status, operation)}` },
  ])
  const successes = answers.map(({ status, description, body, html, headers = [] }) => {
    const example = examples[`${id} ${status}`]
    const content = body && {
      ...json({ $ref: `#/components/schemas/${body.name}` }, example === undefined ? {} : { example }),
      ...(html && { "text/html": { schema: { type: "string" } } }),
    }
    return [String(status), { description, headers: headersOf(headers), ...(content && { content }) }] as const
  })
  return Object.fromEntries([...successes, ...failures, ["default", { $ref: "#/components/responses/Unlisted" }]])
}

function toOperation(operation: DescribedOperation, examples: Examples): JsonSchema {
  const { id, tag, summary, description, bearer, parameters = [], query, body } = operation
  const needs = bearer?.scheme === "partner" ? `Scope \`${bearer.scope}\`.` : undefined
  const more = [description, needs].filter(Boolean).join(" ")
  const all = [...parameters, ...(query ? toQueryParameters(query) : [])]
  const example = examples[`${id} request`]
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(more !== "" && { description: more }),
    security: bearer ? [{ [bearer.scheme]: [] }] : [],
    ...(all.length > 0 && { parameters: all }),
    ...(body && {
      requestBody: {
        required: body.required,
        content: json({ $ref: `#/components/schemas/${body.name}` }, example === undefined ? {} : { example }),
      },
    }),
    responses: toResponses(operation, examples),
  }
}

const TAGS = {
  receiver: "Takes deliveries.",
  endpoints: "The registry of endpoints, as a partner account sees it. A surface that is not configured answers 404.",
  accounts: "What an operator does about accounts.",
  inbox: "What an operator sees of the inbox, and does about it.",
  about: "About the Worker itself.",
}

/** The whole API, as OpenAPI 3.1. */
export function createDocument(examples: Examples): JsonSchema {
  const bodies: readonly NamedSchema[] = OPERATIONS.flatMap(({ body, answers }) => [
    ...(body ? [body] : []),
    ...answers.flatMap((answer) => answer.body ?? []),
  ])
  const failures = OPERATIONS.flatMap((operation) =>
    operation.errors.map((code) => {
      const { status } = CATALOGUE[code]
      return [nameOf(status, operation), toErrorResponse(status, operation)] as const
    }),
  )
  return {
    openapi: "3.1.0",
    info: {
      title: "Countersign",
      version: "1",
      description:
        "Errors are JSON of one shape. Branch on `code`; of one that is not listed here, the status tells what to make of it. Retry 429 and 5xx only.",
    },
    // Wherever it is deployed.
    servers: [{ url: "/" }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths: Object.fromEntries(
      OPERATIONS.map(({ path }) => [
        path,
        Object.fromEntries(
          OPERATIONS.filter((operation) => operation.path === path).map((operation) => [
            operation.method,
            toOperation(operation, examples),
          ]),
        ),
      ]),
    ),
    components: {
      securitySchemes: {
        partner: { type: "http", scheme: "bearer", description: "An API key, or a JWT of the configured issuer." },
        operator: { type: "http", scheme: "bearer", description: "`OPERATOR_TOKEN`." },
      },
      schemas: { ...Object.fromEntries(bodies.map((body) => [body.name, toSchema(body)])), Error: ERROR },
      headers: HEADERS,
      responses: {
        ...Object.fromEntries(failures),
        Unlisted: {
          description: "A code that is not listed. `server_error` is a mistake of the Worker's; try again.",
          headers: headersOf([]),
          content: json({ $ref: "#/components/schemas/Error" }),
        },
      },
      examples: Object.fromEntries(
        OPERATIONS.flatMap(({ tag, errors }) =>
          errors.map((code) => [`${tag}.${code}`, { value: examples[`${tag} ${code}`] }] as const),
        ),
      ),
    },
  }
}
