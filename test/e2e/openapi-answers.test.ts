// Catches a document that promises what the Worker does not do, or is silent about what it does: every status and code of
// every operation is drawn out of a Worker that runs, and its headers and body are held against the document.

import addFormats from "ajv-formats"
import { Ajv2020 } from "ajv/dist/2020.js"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { OPERATIONS } from "../../src/app/reference/declarations.ts"
import { errorsOf } from "../../src/app/reference/codes.ts"
import { createDocument, toTemplate } from "../../src/app/reference/openapi.ts"
import { CATALOGUE, type ErrorCode } from "../../src/errors/catalogue.ts"
import { groupOf, type Declaration } from "../../src/http/operation.ts"
import { SPOILS, startWorker, toSound, type Running, type Sent } from "./openapi-requests.ts"

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

type Json = Readonly<Record<string, unknown>>
interface Reply {
  readonly headers: Json
  /** By media type. */
  readonly content?: Readonly<Record<string, { readonly schema: Json }>>
}
interface Document {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, Json>> }>>>
  >
  readonly components: {
    readonly responses: Readonly<Record<string, Reply>>
    readonly schemas: Readonly<Record<string, Json>>
  }
}

// As it is served: without what is undefined.
const DOCUMENT = JSON.parse(JSON.stringify(createDocument())) as Document

/** An object may have more fields than the document knows (spec 2.2); in these tests none has. */
const close = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(close)
  if (typeof schema !== "object" || schema === null) return schema
  const closed = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, close(value)]))
  return "properties" in schema && !("additionalProperties" in schema)
    ? { ...closed, additionalProperties: false }
    : closed
}

const ajv = new Ajv2020({ strict: false, allErrors: true })
addFormats.default(ajv)
const { OpenApi, ...answers } = DOCUMENT.components.schemas
ajv.addSchema({ components: { schemas: { ...(close(answers) as Json), OpenApi } } }, "document")

const resolve = (reply: Json): Reply => {
  const reference = reply["$ref"]
  if (typeof reference !== "string") return reply as unknown as Reply
  return DOCUMENT.components.responses[reference.split("/").at(-1)!]!
}

/** What the platform adds. */
const PLATFORM: ReadonlySet<string> = new Set([
  "cache-control",
  "connection",
  "content-length",
  "content-type",
  "date",
  "keep-alive",
  "transfer-encoding",
  "content-encoding",
  "vary",
])

async function hold(operation: Declaration, response: Response): Promise<Json> {
  const replies = DOCUMENT.paths[toTemplate(operation.path)]![operation.method.toLowerCase()]!.responses
  const reply = replies[String(response.status)]
  expect(reply, `${operation.name}: ${response.status} is not in the document`).toBeDefined()
  const { headers, content } = resolve(reply!)
  const documented = new Set(Object.keys(headers).map((name) => name.toLowerCase()))
  expect([...response.headers.keys()].filter((name) => !PLATFORM.has(name) && !documented.has(name))).toEqual([])
  expect(response.headers.has("credicorp-request-id")).toBe(true)
  for (const name of ["allow", "retry-after", "www-authenticate", "location"]) {
    if (documented.has(name)) expect(response.headers.has(name), name).toBe(true)
  }
  const text = await response.text()
  if (!content) {
    expect(text).toBe("")
    return {}
  }
  const type = response.headers.get("content-type")!.split(";")[0]!
  expect(Object.keys(content)).toContain(type)
  const refs = JSON.stringify(content[type]!.schema).replaceAll('"#/', '"document#/')
  const validate = ajv.compile(JSON.parse(refs) as Json)
  const body = (type === "application/json" ? JSON.parse(text) : text) as Json
  expect(validate(body) ? [] : validate.errors).toEqual([])
  return body
}

let worker: Running
beforeAll(async () => {
  worker = await startWorker()
})
afterAll(async () => {
  await worker.stop()
})

it("the Worker serves the document", async () => {
  const response = await worker.send({ method: "GET", path: "/openapi.json" })
  expect(await response.json()).toEqual(DOCUMENT)
})

describe.each(OPERATIONS.filter((operation) => operation.answers.some(({ html }) => html)))("$name", (operation) => {
  it("200 as HTML, for whoever accepts that first", async () => {
    const response = await worker.send({ ...(await toSound(worker, operation)), headers: { accept: "text/html" } })
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"])
    expect(await hold(operation, response)).toMatch(/^<!doctype html>/)
  })
})

describe.each(OPERATIONS)("$name", (operation) => {
  const { name } = operation
  const errors = errorsOf(operation)

  it.each(operation.answers)("$status", async ({ status }) => {
    const sound = await toSound(worker, operation)
    if (name === "endpoints.list")
      await worker.send({ ...sound, method: "POST", body: { url: "https://example.com/", enabled_events: ["*"] } })
    if (groupOf(operation) === "inbox") await settled(worker)
    const response = await worker.send(sound)
    expect(response.status).toBe(status)
    await hold(operation, response)
  })

  it.each(errors)("%s", async (code) => {
    const response = await draw(operation, code)
    expect(response.status).toBe(CATALOGUE[code].status)
    const body = await hold(operation, response)
    expect(body).toMatchObject({ error: { code } })
  })

  it("answers as documented, whatever else is wrong", async () => {
    for (const code of OTHERS.filter((other) => !errors.includes(other))) {
      await hold(operation, await draw(operation, code))
    }
  })
})

/** What else can be wrong with a request, and needs no credential of a certain kind. */
const OTHERS = [
  "method_not_allowed",
  "missing_api_key",
  "invalid_api_key",
  "missing_content_type",
  "unsupported_media_type",
  "request_body_too_large",
  "invalid_json",
  "unknown_field",
  "invalid_value_type",
  "idempotency_key_malformed",
  "resource_not_found",
] as const

/** Makes a Worker answer an operation with a code. */
async function draw(operation: Declaration, code: ErrorCode): Promise<Response> {
  const sound: Sent = await toSound(worker, operation)
  if (code === "route_not_found" && groupOf(operation) !== "about") return await worker.send(sound, "off")
  if (code === "temporarily_unavailable") return await worker.send(sound, "invalid")
  const spoiled = await SPOILS[code]!(sound, worker, operation)
  if (code !== "rate_limited") return await worker.send(spoiled)
  // The bucket fills while it is asked.
  const responses = await Promise.all(Array.from({ length: 40 }, async () => await worker.send(spoiled)))
  return responses.find(({ status }) => status === 429)!
}

/** The event of these tests is in the inbox, and its handler has run. */
async function settled({ send }: Running): Promise<void> {
  await send(
    await toSound(
      worker,
      OPERATIONS.find(({ name }) => name === "receiver.deliver")!,
    ),
  )
  const show = await toSound(
    worker,
    OPERATIONS.find(({ name }) => name === "inbox.show")!,
  )
  await vi.waitUntil(async () => (await (await send(show)).json<Json>())["status"] === "done", { timeout: 10_000 })
}
