import { describe, expect, it } from "vitest"
import { createHeaderLookup } from "../../src/http/headers.ts"
import { createEventReader, MAX_FORM_FIELDS, readField } from "../../src/providers/event-paths.ts"
import { hmacProvider } from "../../src/providers/hmac-provider.ts"
import { providerOf } from "./refusals.ts"

const read = (name: string, body: string, headers: Readonly<Record<string, string>> = {}) =>
  providerOf(name).readEvent({ body: new TextEncoder().encode(body), header: createHeaderLookup(headers) })

const form = (fields: Readonly<Record<string, string>>): string => String(new URLSearchParams(fields))

interface Row {
  readonly name: string
  readonly why: string
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
  readonly want: Readonly<Record<string, unknown>>
}

const rows: readonly Row[] = [
  {
    name: "stripe",
    why: "all in the body, the time a number",
    body: '{"id":"evt_1","type":"charge.succeeded","created":1686089970}',
    want: { id: "evt_1", type: "charge.succeeded", created: "1686089970" },
  },
  {
    name: "github",
    why: "id and type in headers",
    body: '{"action":"opened"}',
    headers: { "X-GitHub-Delivery": "72d3", "X-GitHub-Event": "issues" },
    want: { id: "72d3", type: "issues", payload: { action: "opened" } },
  },
  {
    name: "github",
    why: "a form with the event in a field",
    body: form({ payload: '{"action":"opened"}' }),
    headers: { "X-GitHub-Event": "issues" },
    want: { id: undefined, type: "issues", payload: { action: "opened" } },
  },
  {
    name: "slack",
    why: "an event",
    body: '{"type":"event_callback","event_id":"Ev1","event_time":5,"event":{"type":"app_mention"}}',
    want: { id: "Ev1", type: "app_mention", created: "5" },
  },
  {
    name: "slack",
    why: "an interaction, a form with JSON in it",
    body: form({ payload: '{"type":"block_actions"}' }),
    want: { id: undefined, type: "block_actions", payload: { type: "block_actions" } },
  },
  {
    name: "slack",
    why: "a command, a form",
    body: form({ command: "/weather", text: "a b" }),
    want: { type: undefined, payload: { command: "/weather", text: "a b" } },
  },
  {
    name: "shopify",
    why: "all in headers",
    body: "{}",
    headers: {
      "X-Shopify-Event-Id": "98880550",
      "X-Shopify-Topic": "orders/create",
      "X-Shopify-Triggered-At": "2023-03-29T18:00:27Z",
    },
    want: { id: "98880550", type: "orders/create", created: "2023-03-29T18:00:27Z" },
  },
  {
    name: "standardWebhooks",
    why: "the id in a signed header",
    body: '{"type":"user.created","timestamp":"2024-01-01T00:00:00Z"}',
    headers: { "webhook-id": "msg_1" },
    want: { id: "msg_1", type: "user.created" },
  },
  {
    name: "discord",
    why: "the type of the event before that of the delivery",
    body: '{"type":1,"event":{"type":"APPLICATION_AUTHORIZED"}}',
    want: { type: "APPLICATION_AUTHORIZED" },
  },
  {
    name: "recurly",
    why: "a type of two fields",
    body: '{"object_type":"account","event_type":"created","id":"a"}',
    want: { id: "a", type: "account.created" },
  },
  { name: "recurly", why: "one of the two is missing", body: '{"object_type":"account"}', want: { type: undefined } },
  {
    name: "twilio",
    why: "a form",
    body: form({ MessageSid: "SM1", Body: "a&b" }),
    want: { payload: { MessageSid: "SM1", Body: "a&b" } },
  },
  { name: "twilio", why: "JSON", body: '{"a":1}', want: { payload: { a: 1 } } },
  {
    name: "adyen",
    why: "a batch has no id of its own",
    body: '{"notificationItems":[]}',
    want: { id: undefined, type: undefined },
  },
  {
    name: "zettle",
    why: "the signed payload alone",
    body: '{"timestamp":"2024-01-01T00:00:00Z","payload":"{\\"a\\":1}","eventName":"forged"}',
    want: { type: undefined, created: "2024-01-01T00:00:00Z", payload: { a: 1 } },
  },
]

describe("events are read where their provider puts them (spec 7.1)", () => {
  it.each(rows)("$name: $why", ({ name, body, headers, want }) => {
    const event = read(name, body, headers)
    expect(event.ok && event.value).toMatchObject(want)
  })
})

const refused: readonly { readonly why: string; readonly body: string; readonly code: string }[] = [
  { why: "no JSON", body: "{", code: "invalid_json" },
  { why: "a byte order mark", body: "\ufeff{}", code: "invalid_json" },
  { why: "129 levels", body: "[".repeat(129) + "]".repeat(129), code: "invalid_json" },
  { why: "a number", body: "5", code: "invalid_value_type" },
  { why: "null", body: "null", code: "invalid_value_type" },
  { why: "a type with a space", body: '{"type":"a b"}', code: "invalid_value_type" },
  { why: "a type of 129 characters", body: JSON.stringify({ type: "a".repeat(129) }), code: "invalid_value_type" },
  { why: "a type with a line break", body: '{"type":"a\\nb"}', code: "invalid_value_type" },
]

const fields = (count: number): string => Array<string>(count).fill("a=1").join("&")

const hash = (): string => "h"

describe("what is no event is refused (spec 3.7, 7.7)", () => {
  it.each(refused)("$why → $code", ({ body, code }) => {
    const event = read("stripe", body)
    expect(event.ok ? "ok" : event.error.code).toBe(code)
  })

  it("a form of more fields than any provider sends", () => {
    expect(read("twilio", fields(MAX_FORM_FIELDS)).ok).toBe(true)
    expect(read("twilio", fields(MAX_FORM_FIELDS + 1)).ok).toBe(false)
  })

  it("NDJSON is one value a line, and one bad line spoils all", () => {
    const reader = createEventReader({}, "ndjson")
    const of = (text: string) => reader({ body: new TextEncoder().encode(text), header: () => "" })
    const event = of('{"a":1}\n\n{"a":2}\n')
    expect(event.ok && event.value.payload).toEqual([{ a: 1 }, { a: 2 }])
    expect(of('{"a":1}\n{').ok).toBe(false)
  })
})

it("a path leads through own fields alone", () => {
  for (const steps of [["__proto__"], ["constructor", "name"], ["toString"], ["length"]])
    expect(readField({}, steps)).toBeUndefined()
  expect(readField({ a: [1] }, ["a", "0"])).toBeUndefined()
})

describe("the key of an event (spec 7.3)", () => {
  it("is its id where the signature covers it, else the hash of the body", () => {
    expect(providerOf("stripe").dedupeKey({ id: "evt_1" }, hash)).toBe("evt_1")
    expect(providerOf("stripe").dedupeKey({ id: undefined }, hash)).toBe("sha256:h")
    expect(providerOf("github").dedupeKey({ id: "72d3" }, hash)).toBe("sha256:h")
    expect(providerOf("standardWebhooks").dedupeKey({ id: "msg_1" }, hash)).toBe("msg_1")
  })

  it("adds the unsigned id where genuine bodies may repeat", () => {
    const provider = hmacProvider({
      name: "a",
      docs: "",
      source: "S a",
      header: "X-A",
      event: { id: "header X-Id" },
      bodyIsUnique: false,
    })
    expect(provider.dedupeKey({ id: "1" }, hash)).toBe("sha256:h:1")
    expect(provider.dedupeKey({ id: undefined }, hash)).toBe("sha256:h")
  })

  it("a stored delivery keeps the headers that the event is read from (spec 7.10)", () => {
    expect(providerOf("github").eventHeaders).toEqual(["x-github-delivery", "x-github-event"])
    expect(providerOf("stripe").eventHeaders).toEqual([])
  })
})
