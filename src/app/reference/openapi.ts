import { getTitle, type GenericSchema } from "valibot"
import { CATALOGUE, type ErrorCode } from "../../errors/catalogue.ts"
import { argumentsOf, toSchema, type JsonSchema } from "../../http/json-schema.ts"
import { groupOf, type AnswerDeclaration, type Declaration } from "../../http/operation.ts"
import { HEADERS_OF_STATUS, REQUEST_ID_HEADER } from "../../http/response.ts"
import { errorsOf } from "./codes.ts"
import { OPERATIONS } from "./declarations.ts"
import { toErrorPage } from "./page.ts"

// Makes the OpenAPI document when it is asked for: the list of operations is small, the document large.

const RATE_HEADERS = ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"]

const text = (description: string, schema: JsonSchema = { type: "string" }): JsonSchema => ({ description, schema })
const whole = { type: "integer", minimum: 0 }

const HEADERS: Readonly<Record<string, JsonSchema>> = {
  [REQUEST_ID_HEADER]: text("Names this request, on every answer.", { type: "string", pattern: "^req_[\\w-]{16}$" }),
  "X-Content-Type-Options": text("On every answer with a body.", { const: "nosniff" }),
  Allow: text("The methods of this path."),
  "Content-Security-Policy": text("With HTML. The page can load, run, send and frame nothing."),
  "Idempotency-Replayed": text("`true` if this is the stored answer of an earlier request.", { const: "true" }),
  Location: text("Where the endpoint is."),
  "RateLimit-Limit": text("The size of the burst, in requests.", whole),
  "RateLimit-Remaining": text("Requests that are left of the burst.", whole),
  "RateLimit-Reset": text("Seconds until the burst is full again.", whole),
  "Referrer-Policy": text("With HTML.", { const: "no-referrer" }),
  "Retry-After": text("Seconds to wait.", { type: "integer", minimum: 1 }),
  "WWW-Authenticate": text("How to authenticate.", { const: "Bearer" }),
}

/** Headers that a route adds to those of `HEADERS_OF_STATUS`. */
const HEADERS_OF_ROUTES: Readonly<Record<number, readonly string[]>> = { 405: ["Allow"], 429: ["Retry-After"] }

const ERROR: JsonSchema = {
  type: "object",
  required: ["error"],
  properties: {
    error: {
      type: "object",
      required: ["type", "code", "message", "request_id"],
      properties: {
        type: { enum: [...new Set(Object.values(CATALOGUE).map(({ type }) => type))] },
        code: { type: "string", description: "Stable. More are added over time: fall back on the status." },
        message: { type: "string", description: "For people; may change." },
        request_id: { type: "string" },
        param: { type: "string", description: "The first field that failed." },
        doc_url: { type: "string", format: "uri", description: "The page of the code, where `ERROR_DOCS_URL` says." },
      },
    },
    surfaces: { type: "object", description: "In the answer of `/healthz` alone." },
    sources: { type: "object", description: "In the answer of `/healthz` alone." },
    store: {
      enum: ["unreachable", "no_space", "other_settings"],
      description: "In the answer of `/healthz` alone: why the inbox cannot store deliveries.",
    },
    storage: { type: ["object", "null"], description: "In the answer of `/healthz` alone." },
  },
}

const TAGS = {
  receiver: "Takes deliveries.",
  endpoints: "The registry of endpoints, as a partner account sees it. A surface that is not configured answers 404.",
  accounts: "The operator's operations on accounts.",
  inbox: "The operator's operations on the inbox.",
  about: "About the Worker itself.",
}

/** Returns a path as OpenAPI writes it, with its parameters in braces. */
export const toTemplate = (path: string): string => path.replaceAll(/:(\w+)/g, "{$1}")

const headersOf = (names: readonly string[]): JsonSchema =>
  Object.fromEntries([REQUEST_ID_HEADER, ...names].map((name) => [name, { $ref: `#/components/headers/${name}` }]))

const json = (schema: JsonSchema, more: JsonSchema = {}): JsonSchema => ({ "application/json": { schema, ...more } })

const codesOf = (status: number, operation: Declaration): readonly ErrorCode[] =>
  errorsOf(operation).filter((code) => CATALOGUE[code].status === status)

const isPartner = ({ bearer }: Declaration): boolean => bearer?.scheme === "partner"

/** Names an error response after what it can mean, so that operations with the same codes share one. */
const nameOf = (status: number, operation: Declaration): string =>
  [isPartner(operation) ? "partner" : "worker", status, ...codesOf(status, operation)].join(".")

function toErrorResponse(status: number, operation: Declaration): JsonSchema {
  const codes = codesOf(status, operation)
  const narrowed = { properties: { error: { properties: { code: { enum: codes } } } } }
  return {
    description: codes.map((code) => `\`${code}\`: ${CATALOGUE[code].meaning}`).join("\n\n"),
    headers: headersOf([
      "X-Content-Type-Options",
      ...Object.keys(HEADERS_OF_STATUS[status] ?? {}),
      ...(HEADERS_OF_ROUTES[status] ?? []),
      ...(isPartner(operation) ? RATE_HEADERS : []),
    ]),
    content: json(
      { allOf: [{ $ref: "#/components/schemas/Error" }, narrowed] },
      { examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])) },
    ),
  }
}

const refTo = (schema: GenericSchema): JsonSchema => ({ $ref: `#/components/schemas/${getTitle(schema)}` })

function toAnswer(operation: Declaration, answer: AnswerDeclaration): JsonSchema {
  const { description, schema, example, html, headers = [] } = answer
  const content = schema && {
    ...json(refTo(schema), example && { example }),
    ...(html && { "text/html": { schema: { type: "string" } } }),
  }
  const all = [...(schema ? ["X-Content-Type-Options"] : []), ...headers, ...(isPartner(operation) ? RATE_HEADERS : [])]
  return { description, headers: headersOf(all), ...(content && { content }) }
}

function toOperation(operation: Declaration): JsonSchema {
  const { name, summary, description, bearer, body, answers } = operation
  const needs = bearer?.scheme === "partner" ? `Scope \`${bearer.scope}\`.` : undefined
  const more = [description, needs].filter(Boolean).join(" ")
  const statuses = [...new Set<number>(errorsOf(operation).map((code) => CATALOGUE[code].status))]
  const parameters = argumentsOf(operation).filter((argument) => argument.in !== "body")
  return {
    operationId: name,
    tags: [groupOf(operation)],
    summary,
    ...(more !== "" && { description: more }),
    security: bearer ? [{ [bearer.scheme]: [] }] : [],
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: { required: !body.optional, content: json(refTo(body.schema), { example: body.example }) },
    }),
    responses: Object.fromEntries([
      ...answers.map((answer) => [answer.status, toAnswer(operation, answer)]),
      ...statuses.map((status) => [status, { $ref: `#/components/responses/${nameOf(status, operation)}` }]),
      ["default", { $ref: "#/components/responses/Unlisted" }],
    ]),
  }
}

/** Collects the named schemas of all operations. */
function toDefinitions(): Readonly<Record<string, GenericSchema>> {
  const schemas = OPERATIONS.flatMap(({ body, answers }) => [body?.schema, ...answers.map(({ schema }) => schema)])
  return Object.fromEntries(schemas.flatMap((schema) => (schema ? [[getTitle(schema)!, schema] as const] : [])))
}

/** Makes the OpenAPI 3.1 document of the whole API. */
export function createDocument(): JsonSchema {
  const definitions = toDefinitions()
  const failures = OPERATIONS.flatMap((operation) =>
    errorsOf(operation).map((code) => {
      const { status } = CATALOGUE[code]
      return [nameOf(status, operation), toErrorResponse(status, operation)] as const
    }),
  )
  const codes = new Set(OPERATIONS.flatMap((operation) => errorsOf(operation)))
  return {
    openapi: "3.1.0",
    info: {
      title: "Countersign",
      version: "1",
      description:
        "Errors are JSON of one shape. Branch on `code`. If a code is not listed here, use the status. Retry 429 and 5xx only.",
    },
    // Relative: wherever the Worker is deployed.
    servers: [{ url: "/" }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths: Object.fromEntries(
      OPERATIONS.map(({ path }) => [
        toTemplate(path),
        Object.fromEntries(
          OPERATIONS.filter((operation) => operation.path === path).map((operation) => [
            operation.method.toLowerCase(),
            toOperation(operation),
          ]),
        ),
      ]),
    ),
    components: {
      securitySchemes: {
        partner: { type: "http", scheme: "bearer", description: "An API key, or a JWT of the configured issuer." },
        operator: { type: "http", scheme: "bearer", description: "`OPERATOR_TOKEN`." },
      },
      schemas: {
        ...Object.fromEntries(
          Object.entries(definitions).map(([name, schema]) => [name, toDefinition(schema, definitions)]),
        ),
        Error: ERROR,
      },
      headers: HEADERS,
      responses: {
        ...Object.fromEntries(failures),
        Unlisted: {
          description: "A code that is not listed. `server_error` is a fault of the Worker; try again.",
          headers: headersOf(["X-Content-Type-Options"]),
          content: json({ $ref: "#/components/schemas/Error" }),
        },
      },
      examples: Object.fromEntries([...codes].map((code) => [code, { value: toErrorPage(code).example.body }])),
    },
  }
}

/** Converts one named schema: itself in full, the other named ones by reference. */
function toDefinition(schema: GenericSchema, definitions: Readonly<Record<string, GenericSchema>>): JsonSchema {
  const others = Object.fromEntries(Object.entries(definitions).filter(([, other]) => other !== schema))
  return toSchema(schema, others)
}
