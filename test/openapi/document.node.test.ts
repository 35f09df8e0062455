// Catches a document that is no OpenAPI, that was not made anew, or that leaves out a route.

import { existsSync, readFileSync } from "node:fs"
import { Validator } from "@seriousme/openapi-schema-validator"
import addFormats from "ajv-formats"
import { Ajv2020 } from "ajv/dist/2020.js"
import { describe, expect, it } from "vitest"
import { createDocument, OPERATIONS } from "../../tools/openapi/document.ts"
import { createFiles, EXAMPLES_PATH } from "../../tools/openapi.ts"
import { createApp } from "../../src/app/app.ts"
import { CATALOGUE } from "../../src/errors/catalogue.ts"
import { FIELDS } from "../black-box/partner-rows.ts"
import { sampleEvent } from "../support/delivery.ts"

const examples = JSON.parse(readFileSync(EXAMPLES_PATH, "utf8")) as Record<string, unknown>
const document = createDocument(examples)

describe("what npm run openapi makes", () => {
  it.each(Object.entries(createFiles()))("%s is as it would be made now", (path, text) => {
    expect(existsSync(path) && readFileSync(path, "utf8")).toBe(text)
  })
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
      receiver: { ...on, source: "credicorp" },
      inbox: on,
      partner: on,
      operator: on,
      log: () => {},
      clock: () => 0,
    })
    const mounted = app.routes
      .filter(({ method }) => method !== "ALL")
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}").replace(/(.)\/$/, "$1")}`)
      // Each code has a route of its own.
      .map((route) => route.replace(new RegExp(`/errors/(?:${Object.keys(CATALOGUE).join("|")})$`), "/errors/{code}"))
    const described = OPERATIONS.map(({ method, path }) => `${method.toUpperCase()} ${path}`)
    expect(described.toSorted()).toEqual([...new Set(mounted)].toSorted())
  })

  it("names each operation once", () => {
    expect(new Set(OPERATIONS.map(({ id }) => id)).size).toBe(OPERATIONS.length)
  })

  it("has a recorded answer of every operation with a body, and of every code of every group", () => {
    const recorded = OPERATIONS.filter(({ id }) => id !== "showOpenApi" && id !== "listErrors")
    const answered = recorded.flatMap(({ id, answers }) =>
      answers.filter(({ body }) => body).map(({ status }) => `${id} ${status}`),
    )
    const asked = recorded.filter(({ body }) => body).map(({ id }) => `${id} request`)
    const codes = OPERATIONS.flatMap(({ tag, errors }) => errors.map((code) => `${tag} ${code}`))
    expect(Object.keys(examples).toSorted()).toEqual([...new Set([...answered, ...asked, ...codes])].toSorted())
  })
})

describe("what is said of a field", () => {
  const notes = OPERATIONS.flatMap(({ id, body, query }) =>
    [body?.notes, query?.notes].flatMap((all) =>
      Object.entries(all ?? {}).map(([field, note]) => ({ id, field, description: note["description"] })),
    ),
  ).filter(({ description }) => description !== undefined)

  it.each(notes)("of $field of $id stands in the document", ({ description }) => {
    expect(JSON.stringify(document).includes(JSON.stringify(description))).toBe(true)
  })
})

const ajv = new Ajv2020({ strict: false })
addFormats.default(ajv)
ajv.addSchema(document, "document")
const accepts = (name: string, value: unknown): boolean =>
  ajv.validate({ $ref: `document#/components/schemas/${name}` }, value)

describe("its schemas of requests", () => {
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
  ])("$name, $why → $want", ({ name, body, want }) => {
    expect(accepts(name, JSON.parse(JSON.stringify(body)))).toBe(want)
  })

  it.each(OPERATIONS.filter(({ body }) => body))("the example of $id is one", ({ id, body }) => {
    expect(accepts(body!.name, examples[`${id} request`])).toBe(true)
  })
})
