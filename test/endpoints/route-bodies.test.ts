// Catches a body that is taken though a rule of spec 5.1 to 5.8 refuses it, and one that is refused with another's code.

import { describe, expect, it } from "vitest"
import { KEYS } from "../support/api-keys.ts"
import {
  createPartner,
  createSample,
  PARTNER_PATH,
  sampleFields,
  toAnswer,
  verdict,
  type CallOptions,
} from "../support/partner.ts"

const MAX_BODY_BYTES = 65_536

const LONG_KEY = "k".repeat(41)

const pairs = (count: number, key = "k", value = "v"): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${key}${i}`, value]))

/** Rules of a field that a body may have; `change` is laid over a sound body. */
const RULES: readonly { why: string; change: Readonly<Record<string, unknown>>; want: string }[] = [
  { why: "a field that is not listed", change: { name: "x" }, want: "400 unknown_field name" },
  { why: "a field in another case", change: { URL: "https://example.com/" }, want: "400 unknown_field URL" },
  { why: "the id", change: { id: "whend_1" }, want: "400 unknown_field id" },
  { why: "the secret", change: { secret: "whsec_mine" }, want: "400 unknown_field secret" },
  { why: "the time", change: { created: "2026-01-01T00:00:00Z" }, want: "400 unknown_field created" },
  { why: "the mode", change: { livemode: true }, want: "400 unknown_field livemode" },
  { why: "the account", change: { account: "acct_b" }, want: "400 unknown_field account" },
  { why: "an empty name", change: { "": 1 }, want: "400 unknown_field" },

  { why: "url null", change: { url: null }, want: "422 invalid_value_type url" },
  { why: "url a number", change: { url: 1 }, want: "422 invalid_value_type url" },
  { why: "url a list", change: { url: ["https://example.com/"] }, want: "422 invalid_value_type url" },
  { why: "url an object", change: { url: { href: "https://example.com/" } }, want: "422 invalid_value_type url" },
  { why: "url empty", change: { url: "" }, want: "422 webhook_endpoint_url_invalid url" },
  { why: "url relative", change: { url: "/hooks" }, want: "422 webhook_endpoint_url_invalid url" },
  { why: "url of http", change: { url: "http://example.com/" }, want: "422 webhook_endpoint_url_invalid url" },
  { why: "url of this machine", change: { url: "https://127.0.0.1/" }, want: "422 webhook_endpoint_url_invalid url" },
  {
    why: "url with a password",
    change: { url: "https://a:b@example.com/" },
    want: "422 webhook_endpoint_url_invalid url",
  },
  {
    why: "url of 2,049",
    change: { url: `https://example.com/${"a".repeat(2_029)}` },
    want: "422 webhook_endpoint_url_invalid url",
  },

  { why: "events null", change: { enabled_events: null }, want: "422 invalid_value_type enabled_events" },
  { why: "events text", change: { enabled_events: "*" }, want: "422 invalid_value_type enabled_events" },
  {
    why: "events an object",
    change: { enabled_events: { 0: "*", length: 1 } },
    want: "422 invalid_value_type enabled_events",
  },
  {
    why: "an event null",
    change: { enabled_events: ["payment.*", null] },
    want: "422 invalid_value_type enabled_events[1]",
  },
  { why: "an event a list", change: { enabled_events: [["*"]] }, want: "422 invalid_value_type enabled_events[0]" },
  { why: "no event", change: { enabled_events: [] }, want: "422 webhook_event_unknown enabled_events" },
  {
    why: "101 events",
    change: { enabled_events: Array(101).fill("payment.settled") },
    want: "422 webhook_event_unknown enabled_events",
  },
  { why: "an event empty", change: { enabled_events: [""] }, want: "422 webhook_event_unknown enabled_events[0]" },
  {
    why: "an event unknown",
    change: { enabled_events: ["payment.*", "payment.lost"] },
    want: "422 webhook_event_unknown enabled_events[1]",
  },
  {
    why: "a family unknown",
    change: { enabled_events: ["card.*"] },
    want: "422 webhook_event_unknown enabled_events[0]",
  },
  {
    why: "all and one more",
    change: { enabled_events: ["*", "payment.*"] },
    want: "422 webhook_event_unknown enabled_events[0]",
  },
  {
    why: "an event twice",
    change: { enabled_events: ["payment.*", "payment.*"] },
    want: "422 webhook_event_unknown enabled_events[1]",
  },
  {
    why: "an event in another case",
    change: { enabled_events: ["Payment.settled"] },
    want: "422 webhook_event_unknown enabled_events[0]",
  },
  {
    why: "what every object has",
    change: { enabled_events: ["__proto__"] },
    want: "422 webhook_event_unknown enabled_events[0]",
  },

  { why: "description null", change: { description: null }, want: "422 invalid_value_type description" },
  { why: "description a number", change: { description: 0 }, want: "422 invalid_value_type description" },
  { why: "description a list", change: { description: ["d"] }, want: "422 invalid_value_type description" },
  { why: "description of 501", change: { description: "d".repeat(501) }, want: "422 invalid_value_type description" },

  { why: "metadata null", change: { metadata: null }, want: "422 invalid_value_type metadata" },
  { why: "metadata text", change: { metadata: "a=b" }, want: "422 invalid_value_type metadata" },
  { why: "metadata an empty list", change: { metadata: [] }, want: "422 invalid_value_type metadata" },
  { why: "metadata a list of text", change: { metadata: ["a"] }, want: "422 invalid_value_type metadata" },
  { why: "metadata of 21", change: { metadata: pairs(21) }, want: "422 invalid_value_type metadata" },
  {
    why: "a metadata key of 41",
    change: { metadata: { [LONG_KEY]: "" } },
    want: `422 invalid_value_type metadata.${LONG_KEY}`,
  },
  {
    why: "a metadata value of 501",
    change: { metadata: { k: "v".repeat(501) } },
    want: "422 invalid_value_type metadata.k",
  },
  { why: "a metadata value null", change: { metadata: { k: null } }, want: "422 invalid_value_type metadata.k" },
  { why: "a metadata value a number", change: { metadata: { k: 1 } }, want: "422 invalid_value_type metadata.k" },
  { why: "a metadata value a truth", change: { metadata: { k: true } }, want: "422 invalid_value_type metadata.k" },
  { why: "metadata nested", change: { metadata: { k: { l: "v" } } }, want: "422 invalid_value_type metadata.k" },

  {
    why: "two that fail: the type before the rule",
    change: { metadata: null, url: "/" },
    want: "422 invalid_value_type metadata",
  },
  {
    why: "two that fail: the url before the events",
    change: { url: "/", enabled_events: ["a.b"] },
    want: "422 webhook_endpoint_url_invalid url",
  },
  {
    why: "two that fail: what is not listed before the rule",
    change: { name: "x", url: "/" },
    want: "400 unknown_field name",
  },
]

/** What every object has, written as a field: text, because an object literal would lose `__proto__`. */
const INHERITED = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"]

/** Creates with a body, and holds the account against what was answered. */
async function creates(body: unknown, want: string): Promise<void> {
  const partner = createPartner()
  expect(verdict(await partner.call("POST", "", { body }))).toBe(want)
  expect((await partner.call("GET", "")).json["data"]).toHaveLength(want === "201" ? 1 : 0)
}

describe("the body that creates (spec 5.1, 5.4, 5.5, 5.8)", () => {
  it.each([
    { why: "what is required", change: {} },
    { why: "everything", change: { description: "d", api_version: "2026-07-01", metadata: { a: "b" } } },
    { why: "everything, empty", change: { description: "", metadata: {} } },
    {
      why: "everything at its limit",
      change: { description: "é".repeat(500), metadata: pairs(20, "k".repeat(38), "v".repeat(500)) },
    },
    { why: "one event of each kind", change: { enabled_events: ["payment.settled", "enquiry.*"] } },
    { why: "all events", change: { enabled_events: ["*"] } },
    { why: "a url of 2,048", change: { url: `https://example.com/${"a".repeat(2_028)}` } },
  ])("$why → 201", async ({ change }) => {
    await creates(sampleFields(change), "201")
  })

  it.each([
    ...RULES,
    { why: "no url", change: { url: undefined }, want: "422 invalid_value_type url" },
    { why: "no events", change: { enabled_events: undefined }, want: "422 invalid_value_type enabled_events" },
    {
      why: "nothing at all",
      change: { url: undefined, enabled_events: undefined },
      want: "422 invalid_value_type url",
    },
    { why: "a status", change: { status: "enabled" }, want: "400 unknown_field status" },
    { why: "version null", change: { api_version: null }, want: "422 invalid_value_type api_version" },
    { why: "version a number", change: { api_version: 20_260_701 }, want: "422 invalid_value_type api_version" },
    { why: "version no date", change: { api_version: "2026-02-30" }, want: "422 invalid_value_type api_version" },
  ])("$why → $want, and nothing is made", async ({ change, want }) => {
    await creates(sampleFields(change), want)
  })

  it.each(["null", "[]", '"text"', "1", "true", '[{"url":"https://example.com/"}]'])(
    "%s → invalid_value_type",
    async (body) => {
      const { code } = await createPartner().call("POST", "", { body })
      expect(code).toBe("invalid_value_type")
    },
  )

  it.each(INHERITED)("the field %s → unknown_field", async (name) => {
    await creates(JSON.stringify(sampleFields({ name: 1 })).replace('"name"', `"${name}"`), `400 unknown_field ${name}`)
  })

  it("fields that are only inherited are not there", async () => {
    const body = `{"__proto__":${JSON.stringify(sampleFields())}}`
    await creates(body, "422 invalid_value_type url")
  })

  it.each(INHERITED)("the metadata key %s is kept, or refused by name: never dropped", async (name) => {
    const body = JSON.stringify(sampleFields({ metadata: { name: "v" } })).replace('"name"', `"${name}"`)
    const { status, text, param } = await createPartner().call("POST", "", { body })
    if (status === 201) expect(text).toContain(`"metadata":{"${name}":"v"}`)
    else expect(param).toBe(`metadata.${name}`)
  })

  it("keeps what it was given, letter for letter", async () => {
    const metadata = { "": undefined, " ": "", "a.b[0]": "ü", "\u0000": "\ud800", "7": "seven" }
    const change = { description: "  <script>\u202e\n", metadata, enabled_events: ["payment.*", "payment.settled"] }
    const { json } = await createPartner().call("POST", "", { body: sampleFields(change) })
    expect(json).toMatchObject(JSON.parse(JSON.stringify(change)) as object)
  })

  it("types that are configured beside the public ones are known", async () => {
    const partner = createPartner({ knownTypes: ["card.blocked"] })
    for (const type of ["card.blocked", "card.*"]) {
      expect((await partner.call("POST", "", { body: sampleFields({ enabled_events: [type] }) })).status).toBe(201)
    }
    expect((await partner.call("POST", "", { body: sampleFields() })).code).toBe("webhook_event_unknown")
  })
})

/** Updates with a body that changes nothing, whatever the answer. */
async function updates(body: unknown, want: string): Promise<void> {
  const partner = createPartner()
  const { id } = await createSample(partner)
  const before = await partner.call("GET", `/${id}`)
  expect(verdict(await partner.call("PATCH", `/${id}`, { body }))).toBe(want)
  expect((await partner.call("GET", `/${id}`)).text).toBe(before.text)
}

describe("the body that updates (spec 5.7, 5.8)", () => {
  it.each([
    ...RULES,
    { why: "the version, which stays", change: { api_version: "2026-07-01" }, want: "400 unknown_field api_version" },
    { why: "status null", change: { status: null }, want: "422 invalid_value_type status" },
    { why: "status another", change: { status: "paused" }, want: "422 invalid_value_type status" },
    { why: "status in another case", change: { status: "Enabled" }, want: "422 invalid_value_type status" },
    { why: "status a truth", change: { status: true }, want: "422 invalid_value_type status" },
    { why: "status a list", change: { status: ["enabled"] }, want: "422 invalid_value_type status" },
  ])("$why → $want, and nothing is changed", async ({ change, want }) => {
    await updates(change, want)
  })

  it.each(["null", "[]", '"text"', "1", "true", '[{"url":"https://example.com/"}]'])(
    "%s → invalid_value_type, and nothing is changed",
    async (body) => {
      await updates(body, "422 invalid_value_type")
    },
  )

  it.each(INHERITED)("the field %s → unknown_field, and nothing is changed", async (name) => {
    await updates(`{"${name}":{"status":"disabled"}}`, `400 unknown_field ${name}`)
  })

  it("an unknown endpoint is not told before the body is sound", async () => {
    const { call } = createPartner()
    expect((await call("PATCH", "/whend_0", { body: { url: 1 } })).code).toBe("invalid_value_type")
    expect((await call("PATCH", "/whend_0", { body: {} })).code).toBe("resource_not_found")
  })

  it("nothing at all changes nothing → 200", async () => {
    await updates({}, "200")
  })
})

describe("the body of a rotation, which may be absent (spec 5.6)", () => {
  const DAY_MS = 86_400_000

  it.each([
    { why: "no body and no type", options: {} },
    { why: "no body, of a type", options: { headers: { "Content-Type": "application/json" } } },
    { why: "an empty body without a type", options: { body: "", headers: { "Content-Type": undefined } } },
    { why: "an empty object", options: { body: {} } },
  ] satisfies { why: string; options: CallOptions }[])("$why → a day", async ({ options }) => {
    const partner = createPartner()
    const { id, secret: old } = await createSample(partner)
    const { status, json } = await partner.call("POST", `/${id}/rotate_secret`, options)
    expect(status).toBe(200)
    const secretsAfter = async (ms: number) => {
      partner.pass(ms)
      return (await partner.account().targets("payment.settled", false))[0]?.secrets
    }
    expect(await secretsAfter(DAY_MS - 1)).toEqual([json["secret"], old])
    expect(await secretsAfter(1)).toEqual([json["secret"]])
  })

  it.each([
    {
      why: "a body without a type",
      options: { body: "{}", headers: { "Content-Type": undefined } },
      want: "400 missing_content_type",
    },
    {
      why: "white space without a type",
      options: { body: " ", headers: { "Content-Type": undefined } },
      want: "400 missing_content_type",
    },
    {
      why: "too much without a type",
      options: { body: " ".repeat(MAX_BODY_BYTES + 1), headers: { "Content-Type": undefined } },
      want: "400 missing_content_type",
    },
    {
      why: "no body, of another type",
      options: { headers: { "Content-Type": "text/plain" } },
      want: "415 unsupported_media_type",
    },
    { why: "white space", options: { body: " " }, want: "400 invalid_json" },
    { why: "null", options: { body: "null" }, want: "422 invalid_value_type" },
    { why: "a list", options: { body: "[]" }, want: "422 invalid_value_type" },
    { why: "a number", options: { body: "0" }, want: "422 invalid_value_type" },
    {
      why: "text for a number",
      options: { body: { overlap_seconds: "0" } },
      want: "422 invalid_value_type overlap_seconds",
    },
    {
      why: "a second too much",
      options: { body: { overlap_seconds: 86_401 } },
      want: "422 invalid_value_type overlap_seconds",
    },
    {
      why: "less than nothing",
      options: { body: { overlap_seconds: -1 } },
      want: "422 invalid_value_type overlap_seconds",
    },
    { why: "a fraction", options: { body: { overlap_seconds: 0.5 } }, want: "422 invalid_value_type overlap_seconds" },
    {
      why: "null for a number",
      options: { body: { overlap_seconds: null } },
      want: "422 invalid_value_type overlap_seconds",
    },
    { why: "another field", options: { body: { overlap: 0 } }, want: "400 unknown_field overlap" },
  ] satisfies { why: string; options: CallOptions; want: string }[])(
    "$why → $want, and the secret stays",
    async ({ options, want }) => {
      const partner = createPartner()
      const { id, secret } = await createSample(partner)
      expect(verdict(await partner.call("POST", `/${id}/rotate_secret`, options))).toBe(want)
      expect((await partner.account().targets("payment.settled", false))[0]?.secrets).toEqual([secret])
    },
  )

  it("overlap_seconds 0 ends the old secret at once", async () => {
    const partner = createPartner()
    const { id } = await createSample(partner)
    const { json } = await partner.call("POST", `/${id}/rotate_secret`, { body: { overlap_seconds: 0 } })
    expect((await partner.account().targets("payment.settled", false))[0]?.secrets).toEqual([json["secret"]])
  })
})

describe("a list's query (spec 5.7)", () => {
  it.each([
    { query: "?limit=1", want: "200" },
    { query: "?limit=100", want: "200" },
    { query: "?limit=0", want: "422 invalid_value_type limit" },
    { query: "?limit=101", want: "422 invalid_value_type limit" },
    { query: "?limit=", want: "422 invalid_value_type limit" },
    { query: "?limit", want: "422 invalid_value_type limit" },
    { query: "?limit=-1", want: "422 invalid_value_type limit" },
    { query: "?limit=1.5", want: "422 invalid_value_type limit" },
    { query: "?limit=1e1", want: "422 invalid_value_type limit" },
    { query: "?limit=+5", want: "422 invalid_value_type limit" },
    { query: "?limit=%205", want: "422 invalid_value_type limit" },
    { query: "?limit=ten", want: "422 invalid_value_type limit" },
    { query: "?limit[]=5", want: "200" },
    { query: "?limit=5&limit=6", want: "422 invalid_value_type limit" },
    { query: "?cursor=", want: "422 invalid_value_type cursor" },
    { query: "?cursor=next", want: "422 invalid_value_type cursor" },
    { query: "?cursor=%00", want: "422 invalid_value_type cursor" },
    { query: "?cursor=c1&cursor=c2", want: "422 invalid_value_type cursor" },
    { query: `?cursor=${"c".repeat(5_000)}`, want: "422 invalid_value_type cursor" },
    { query: "?limit=0&cursor=next", want: "422 invalid_value_type limit" },
    { query: "?__proto__=1&constructor=2", want: "200" },
    { query: "?page=2", want: "200" },
    { query: "?&&=&", want: "200" },
  ])("$query → $want", async ({ query, want }) => {
    expect(verdict(await createPartner().call("GET", query))).toBe(want)
  })

  it("is nothing to the other routes", async () => {
    const partner = createPartner()
    expect((await partner.call("POST", "?limit=0", { body: sampleFields() })).status).toBe(201)
  })
})

describe("content type, size and JSON", () => {
  it.each([
    { type: "application/json", want: "201" },
    { type: "APPLICATION/JSON; Charset=UTF-8", want: "201" },
    { type: "application/vnd.credicorp+json", want: "201" },
    { type: undefined, want: "400 missing_content_type" },
    { type: "", want: "400 missing_content_type" },
    { type: "text/json", want: "415 unsupported_media_type" },
    { type: "application/x-www-form-urlencoded", want: "415 unsupported_media_type" },
    { type: "multipart/form-data; boundary=x", want: "415 unsupported_media_type" },
    { type: "application/json; charset=latin1", want: "415 unsupported_media_type" },
    { type: "application/json, text/plain", want: "415 unsupported_media_type" },
  ])("Content-Type $type → $want", async ({ type, want }) => {
    const options = { body: sampleFields(), headers: { "Content-Type": type } }
    expect(verdict(await createPartner().call("POST", "", options))).toBe(want)
  })

  it.each([
    { encoding: "identity", want: "201" },
    { encoding: "gzip", want: "415 unsupported_media_type" },
    { encoding: "br, identity", want: "415 unsupported_media_type" },
  ])("Content-Encoding $encoding → $want", async ({ encoding, want }) => {
    const options = { body: sampleFields(), headers: { "Content-Encoding": encoding } }
    expect(verdict(await createPartner().call("POST", "", options))).toBe(want)
  })

  it.each([
    { why: "64 KiB", bytes: MAX_BODY_BYTES, want: "201" },
    { why: "64 KiB and a byte", bytes: MAX_BODY_BYTES + 1, want: "422 request_body_too_large" },
    { why: "a megabyte", bytes: 1_048_576, want: "422 request_body_too_large" },
  ])("a body of $why → $want", async ({ bytes, want }) => {
    const body = JSON.stringify(sampleFields()).padEnd(bytes)
    expect(verdict(await createPartner().call("POST", "", { body }))).toBe(want)
  })

  it("counts bytes, not characters", async () => {
    const body = JSON.stringify(sampleFields({ metadata: {} })).replace("{}}", `{}}${"\u00a0".repeat(40_000)}`)
    expect((await createPartner().call("POST", "", { body })).code).toBe("request_body_too_large")
  })

  it("a streamed body is counted as it arrives", async () => {
    let sent = 0
    const chunk = new Uint8Array(1_024).fill(0x20)
    const stream = new ReadableStream({
      pull(controller) {
        sent += chunk.length
        controller.enqueue(chunk)
      },
    })
    const headers = { "Content-Type": "application/json", Authorization: `Bearer ${KEYS.a}` }
    const init = { method: "POST", headers, body: stream, duplex: "half" }
    const { fetch } = createPartner()
    const answer = await toAnswer(await fetch(new Request(`https://partner.example${PARTNER_PATH}`, init)))
    expect(verdict(answer)).toBe("422 request_body_too_large")
    expect(sent).toBeLessThan(2 * MAX_BODY_BYTES)
  })

  it("a body that breaks off → invalid_json, and nothing is made", async () => {
    const partner = createPartner()
    const text = new TextEncoder().encode(JSON.stringify(sampleFields()))
    const stream = new ReadableStream(
      {
        start: (controller) => controller.enqueue(text),
        pull: (controller) => controller.error(new Error("connection lost")),
      },
      { highWaterMark: 0 },
    )
    const headers = { "Content-Type": "application/json", Authorization: `Bearer ${KEYS.a}` }
    const init = { method: "POST", headers, body: stream, duplex: "half" }
    const answer = await toAnswer(await partner.fetch(new Request(`https://partner.example${PARTNER_PATH}`, init)))
    expect(verdict(answer)).toBe("400 invalid_json")
    expect((await partner.call("GET", "")).json["data"]).toEqual([])
  })

  it.each([
    { why: "nothing", body: "" },
    { why: "white space", body: " \n" },
    { why: "half of it", body: '{"url":' },
    { why: "a comma too many", body: '{"url":"https://example.com/",}' },
    { why: "single quotes", body: "{'url':'x'}" },
    { why: "a comment", body: "{} // x" },
    { why: "two values", body: "{}{}" },
    { why: "NaN", body: '{"url":NaN}' },
    { why: "a control character in text", body: '{"url":"\u0001"}' },
    { why: "a byte order mark", body: "\ufeff{}" },
    { why: "no UTF-8", body: new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]) },
    { why: "UTF-16", body: new Uint8Array([0x7b, 0, 0x7d, 0]) },
    { why: "half of a surrogate pair in UTF-8", body: new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]) },
    { why: "30,000 open brackets", body: "[".repeat(30_000) },
  ])("$why → invalid_json", async ({ body }) => {
    expect(verdict(await createPartner().call("POST", "", { body }))).toBe("400 invalid_json")
  })

  it.each([
    { levels: 128, want: "invalid_value_type" },
    { levels: 129, want: "invalid_json" },
  ])("$levels brackets, closed as well → $want (spec 3.7)", async ({ levels, want }) => {
    const body = "[".repeat(levels) + "]".repeat(levels)
    expect((await createPartner().call("POST", "", { body })).code).toBe(want)
  })

  it("a key that occurs twice: the last counts", async () => {
    const body = '{"url":"http://localhost/","enabled_events":["*"],"url":"https://example.com/last"}'
    expect((await createPartner().call("POST", "", { body })).json).toMatchObject({ url: "https://example.com/last" })
  })

  const UNREAD = [
    { what: "list", method: "GET", toPath: () => "" },
    { what: "show", method: "GET", toPath: (id: string) => `/${id}` },
    { what: "delete", method: "DELETE", toPath: (id: string) => `/${id}` },
  ]
  it.each(UNREAD)("$what asks nothing of content type and idempotency key", async ({ method, toPath }) => {
    const partner = createPartner()
    const { id } = await createSample(partner)
    const headers = { "Content-Type": "text/plain", "Idempotency-Key": "not a key", "Content-Length": "9999999" }
    expect((await partner.call(method, toPath(id), { headers })).status).toBeLessThan(300)
  })

  it("delete leaves a body unread", async () => {
    const partner = createPartner()
    const { id } = await createSample(partner)
    expect((await partner.call("DELETE", `/${id}`, { body: "{" })).status).toBe(204)
  })
})
