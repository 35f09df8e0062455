// Catches a document that is no OpenAPI, that was not made anew, or that leaves out a route.

import { readFileSync } from "node:fs"
import { Validator } from "@seriousme/openapi-schema-validator"
import addFormats from "ajv-formats"
import { Ajv2020 } from "ajv/dist/2020.js"
import { describe, expect, it } from "vitest"
import { getTitle } from "valibot"
import { OPERATIONS } from "../../../src/app/reference/declarations.ts"
import { errorsOf } from "../../../src/app/reference/codes.ts"
import { createDocument, toTemplate } from "../../../src/app/reference/openapi.ts"
import { argumentsOf } from "../../../src/http/json-schema.ts"
import { API_PAGE, createApiPage } from "../../../tools/openapi.ts"
import { createApp } from "../../../src/app/app.ts"
import { checkEnvelope } from "../../../src/events/envelope.ts"
import { FIELDS } from "../../black-box/partner-rows.ts"
import { sampleEvent } from "../../support/delivery.ts"

// As it is served: without what is undefined.
const document = JSON.parse(JSON.stringify(createDocument())) as Record<string, unknown>

it("docs/api.md is as npm run docs:api would make it now", () => {
  expect(readFileSync(API_PAGE, "utf8")).toBe(createApiPage())
})

describe("the document", () => {
  it("is OpenAPI 3.1", async () => {
    expect(await new Validator().validate(structuredClone(document))).toEqual({ valid: true })
  })

  it("broken, is not: the validator looks", async () => {
    expect(await new Validator().validate({ ...document, paths: { "/x": { get: { responses: 1 } } } })).toMatchObject({
      valid: false,
    })
  })

  it("has every route that the app has, and no other", () => {
    // Nothing of them is asked for before there is a request.
    const on = { state: "on", settings: {} as never } as const
    const app = createApp({
      sources: [{ ...on, source: "credicorp" }],
      inbox: on,
      endpoints: on,
      operator: on,
      log: () => {},
      clock: () => 0,
    })
    const mounted = app.routes
      .filter(({ method }) => method !== "ALL")
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}").replace(/(.)\/$/, "$1")}`)
    const described = OPERATIONS.map(({ method, path }) => `${method} ${toTemplate(path)}`)
    expect(described.toSorted()).toEqual([...new Set(mounted)].toSorted())
  })

  it("names each operation and each schema once", () => {
    expect(new Set(OPERATIONS.map(({ name }) => name)).size).toBe(OPERATIONS.length)
    const schemas = new Set(
      OPERATIONS.flatMap(({ body, answers }) => [body?.schema, ...answers.map(({ schema }) => schema)]).filter(
        (schema) => schema !== undefined,
      ),
    )
    const titles = [...schemas].map((schema) => getTitle(schema))
    expect(titles).not.toContain(undefined)
    expect(new Set(titles).size).toBe(titles.length)
  })

  // A list of codes was put together from parts that shared some.
  it("no enum has a value twice", () => {
    const repeated: unknown[] = []
    JSON.stringify(document, (key, value: unknown) => {
      if (key === "enum" && Array.isArray(value) && new Set(value).size < value.length) repeated.push(value)
      return value
    })
    expect(repeated).toEqual([])
  })

  it.each(OPERATIONS)("$name lists each of its codes once", (operation) => {
    const codes = errorsOf(operation)
    expect(new Set(codes).size).toBe(codes.length)
  })
})

describe("the arguments of an operation", () => {
  it.each(OPERATIONS.filter(({ name }) => name !== "receiver.deliver"))(
    "$name describes each of them, and names each parameter of its path",
    (operation) => {
      const all = argumentsOf(operation)
      for (const { name, description } of all.filter(({ name: field }) => field !== "action"))
        expect(description, name).toMatch(/\w/)
      const inPath = all.filter((argument) => argument.in === "path").map(({ name }) => name)
      expect(inPath).toEqual([...operation.path.matchAll(/:(\w+)/g)].map(([, name]) => name))
    },
  )

  it.each([
    { operation: "inbox.list", name: "limit", want: { required: false, schema: { type: "integer", default: 20 } } },
    { operation: "endpoints.create", name: "url", want: { in: "body", required: true } },
    {
      operation: "accounts.act",
      name: "action",
      want: { required: true, schema: { enum: ["suspend", "resume", "revoke", "restore"] } },
    },
    { operation: "accounts.act", name: "credential_id", want: { required: false } },
    { operation: "accounts.act", name: "note", want: { required: true } },
    { operation: "endpoints.rotate", name: "overlap_seconds", want: { schema: { default: 86_400 } } },
  ])("$name of $operation", ({ operation, name, want }) => {
    const declared = OPERATIONS.find((one) => one.name === operation)!
    expect(argumentsOf(declared).find((argument) => argument.name === name)).toMatchObject(want)
  })
})

const ajv = new Ajv2020({ strict: false })
addFormats.default(ajv)
ajv.addSchema(document, "document")
const accepts = (name: string, value: unknown): boolean =>
  ajv.validate({ $ref: `document#/components/schemas/${name}` }, value)

describe("its schemas", () => {
  // The rules of URLs and of event types have no form in a schema, or only half of one.
  const rows = FIELDS.filter(({ path, want }) => path === undefined && !want.includes("webhook_"))

  it.each(rows)("NewEndpoint, $why: takes what the Worker takes, and nothing else", ({ body, want }) => {
    // As it is sent: without what is undefined.
    expect(accepts("NewEndpoint", JSON.parse(JSON.stringify(body)))).toBe(want === "201")
  })

  it.each<{ why: string; name: string; body: unknown; want: boolean }>([
    { why: "a status", name: "EndpointPatch", body: { status: "disabled" }, want: true },
    { why: "a status that is none", name: "EndpointPatch", body: { status: "paused" }, want: false },
    { why: "what may not change", name: "EndpointPatch", body: { id: "x" }, want: false },
    { why: "nothing", name: "Rotation", body: {}, want: true },
    { why: "a day", name: "Rotation", body: { overlap_seconds: 86_400 }, want: true },
    { why: "a second more", name: "Rotation", body: { overlap_seconds: 86_401 }, want: false },
    { why: "half a second", name: "Rotation", body: { overlap_seconds: 0.5 }, want: false },
    { why: "suspend", name: "NewAction", body: { action: "suspend", note: "x" }, want: true },
    {
      why: "suspend a credential",
      name: "NewAction",
      body: { action: "suspend", note: "x", credential_id: "y" },
      want: false,
    },
    { why: "revoke", name: "NewAction", body: { action: "revoke", note: "x", credential_id: "y" }, want: true },
    { why: "revoke nothing", name: "NewAction", body: { action: "revoke", note: "x" }, want: false },
    {
      why: "a note of 500 faces",
      name: "NewAction",
      body: { action: "suspend", note: "\u{1f600}".repeat(500) },
      want: true,
    },
    {
      why: "a note of 501 faces",
      name: "NewAction",
      body: { action: "suspend", note: "\u{1f600}".repeat(501) },
      want: false,
    },
    { why: "no note", name: "NewAction", body: { action: "suspend" }, want: false },
    { why: "a note of two lines", name: "NewAction", body: { action: "suspend", note: "x\ny" }, want: false },
    { why: "an event", name: "Event", body: sampleEvent(), want: true },
    { why: "an event with more", name: "Event", body: sampleEvent({ more: 1 }), want: true },
    { why: "an event without id", name: "Event", body: sampleEvent({ id: undefined }), want: false },
    { why: "an event of another form", name: "Event", body: sampleEvent({ id: "dec_1" }), want: false },
    { why: "a mode as text", name: "Event", body: sampleEvent({ livemode: "false" }), want: false },
    { why: "a local time", name: "Event", body: sampleEvent({ created: "2026-09-21T14:13:20+01:00" }), want: false },
    { why: "a type that is none", name: "Event", body: sampleEvent({ type: "Decision" }), want: false },
    { why: "no object", name: "Event", body: sampleEvent({ data: {} }), want: false },
    { why: "previous", name: "Event", body: sampleEvent({ data: { object: {}, previous: {} } }), want: true },
    {
      why: "previous as null",
      name: "Event",
      body: sampleEvent({ data: { object: {}, previous: null } }),
      want: false,
    },
    { why: "a leap second", name: "Event", body: sampleEvent({ created: "2026-12-31T23:59:60Z" }), want: true },
    { why: "no such day", name: "Event", body: sampleEvent({ created: "2026-02-30T00:00:00Z" }), want: false },
    { why: "a long type", name: "Event", body: sampleEvent({ type: `a.${"b".repeat(127)}` }), want: false },
    { why: "no version", name: "Event", body: sampleEvent({ api_version: "" }), want: false },
    { why: "32 emoji", name: "Event", body: sampleEvent({ api_version: "\u{1f600}".repeat(32) }), want: true },
    { why: "33 emoji", name: "Event", body: sampleEvent({ api_version: "\u{1f600}".repeat(33) }), want: false },
  ])("$name, $why → $want", ({ name, body, want }) => {
    const sent = JSON.parse(JSON.stringify(body)) as unknown
    expect(accepts(name, sent)).toBe(want)
    // The one declaration of the event: the receiver takes what the document takes.
    if (name === "Event") expect(checkEnvelope(sent).ok).toBe(want)
  })

  const bodies = OPERATIONS.flatMap(({ name, body }) =>
    body ? [{ name, schema: body.schema, example: body.example }] : [],
  )
  const answers = OPERATIONS.flatMap(({ name, answers: all }) =>
    all.flatMap(({ schema, example }) => (schema && example ? [{ name, schema, example }] : [])),
  )
  it.each([...bodies, ...answers])("the example of $name is one", ({ schema, example }) => {
    expect(accepts(getTitle(schema)!, example), JSON.stringify(ajv.errors)).toBe(true)
  })
})
