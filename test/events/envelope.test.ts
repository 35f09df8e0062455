import { describe, expect, it } from "vitest"
import { checkEnvelope, isEventType, parseEvent } from "../../src/events/envelope.ts"
import { sampleBody, sampleEvent } from "../support/delivery.ts"

const utf8 = new TextEncoder()

/** `ok`, or the code and the field of a refusal. */
const verdictOf = (result: ReturnType<typeof checkEnvelope>): string =>
  result.ok ? "ok" : [result.error.code, result.error.param].filter((part) => part !== undefined).join(" ")

const judge = (value: unknown): string => verdictOf(checkEnvelope(value))
const judgeText = (text: string): string => verdictOf(parseEvent(utf8.encode(text)))

/** A value of every wrong kind; a row of a field's table leaves out the kind that is right. */
const WRONG_KINDS: readonly (readonly [kind: string, value: unknown])[] = [
  ["string", "yes"],
  ["number", 1],
  ["boolean", true],
  ["null", null],
  ["array", [{}]],
  ["object", { toString: "x" }],
]

const wrongKinds = (
  field: string,
  right?: string,
  wrap = (value: unknown): unknown => value,
): { why: string; value: unknown; want: string }[] =>
  WRONG_KINDS.filter(([kind]) => kind !== right).map(([kind, value]) => ({
    why: `${kind} for ${field}`,
    value: wrap(value),
    want: `invalid_value_type ${field}`,
  }))

describe("id: spec 2.7", () => {
  const want = "invalid_value_type id"
  it.each([
    { why: "shortest", value: "evt_1", want: "ok" },
    { why: "every kind of character", value: "evt_aZ09_-", want: "ok" },
    { why: "only the marks", value: "evt__-", want: "ok" },
    { why: "longest", value: `evt_${"x".repeat(124)}`, want: "ok" },
    { why: "one too long", value: `evt_${"x".repeat(125)}`, want },
    { why: "missing", value: undefined, want },
    { why: "empty", value: "", want },
    { why: "prefix only", value: "evt_", want },
    { why: "no prefix", value: "1", want },
    { why: "another prefix", value: "dec_1", want },
    { why: "prefix in upper case", value: "EVT_1", want },
    { why: "prefix without its mark", value: "evt1", want },
    { why: "prefix not in front", value: "x_evt_1", want },
    { why: "space in front", value: " evt_1", want },
    { why: "space behind", value: "evt_1 ", want },
    { why: "line break behind", value: "evt_1\n", want },
    { why: "a second line", value: "evt_1\nevt_2", want },
    { why: "dot", value: "evt_1.2", want },
    { why: "slash", value: "evt_../1", want },
    { why: "not ASCII", value: "evt_é", want },
    { why: "full-width digit", value: "evt_１", want },
    { why: "NUL", value: "evt_1\u0000", want },
    ...wrongKinds("id"),
  ])("$why → $want", ({ value, want: verdict }) => {
    expect(judge(sampleEvent({ id: value }))).toBe(verdict)
  })
})

describe("type: spec 2.6", () => {
  const want = "invalid_value_type type"
  it.each([
    { why: "two words", value: "decision.completed", want: "ok" },
    { why: "three words", value: "payment.card.settled", want: "ok" },
    { why: "one character each", value: "a.b", want: "ok" },
    { why: "digits and underscores", value: "k_y_c2.v_1", want: "ok" },
    { why: "a type that nobody knows", value: "card.blocked", want: "ok" },
    { why: "longest", value: `a.${"b".repeat(126)}`, want: "ok" },
    { why: "one too long", value: `a.${"b".repeat(127)}`, want },
    { why: "missing", value: undefined, want },
    { why: "empty", value: "", want },
    { why: "one word", value: "decision", want },
    { why: "dot only", value: ".", want },
    { why: "dot in front", value: ".decision.completed", want },
    { why: "dot behind", value: "decision.completed.", want },
    { why: "two dots together", value: "decision..completed", want },
    { why: "upper case", value: "Decision.completed", want },
    { why: "hyphen", value: "decision-made.completed", want },
    { why: "a family, which is a pattern and no type", value: "decision.*", want },
    { why: "a pattern for every type", value: "*", want },
    { why: "space inside", value: "decision. completed", want },
    { why: "space behind", value: "decision.completed ", want },
    { why: "line break behind", value: "decision.completed\n", want },
    { why: "not ASCII", value: "decisión.completed", want },
    { why: "a prototype's name", value: "__proto__", want },
    ...wrongKinds("type"),
  ])("$why → $want", ({ value, want: verdict }) => {
    expect(judge(sampleEvent({ type: value }))).toBe(verdict)
    expect(isEventType(value)).toBe(verdict === "ok")
  })
})

describe("created, RFC 3339 in UTC and a real date: spec 2.7", () => {
  const want = "invalid_value_type created"
  it.each([
    { why: "whole second", value: "2026-09-21T14:13:20Z", want: "ok" },
    { why: "milliseconds", value: "2026-09-21T14:13:20.123Z", want: "ok" },
    { why: "one digit of a fraction", value: "2026-09-21T14:13:20.5Z", want: "ok" },
    { why: "nanoseconds", value: "2026-09-21T14:13:20.123456789Z", want: "ok" },
    { why: "fraction that a Date would round up", value: "2026-12-31T23:59:59.9999999Z", want: "ok" },
    { why: "first second of a day", value: "2026-01-01T00:00:00Z", want: "ok" },
    { why: "last second of a year", value: "2026-12-31T23:59:59Z", want: "ok" },
    // Caught: a leap second was refused, because no Date can hold it.
    { why: "a leap second", value: "2026-12-31T23:59:60Z", want: "ok" },
    { why: "a leap second with a fraction", value: "2026-06-30T23:59:60.25Z", want: "ok" },
    { why: "29 February of a leap year", value: "2028-02-29T12:00:00Z", want: "ok" },
    { why: "29 February of a leap century", value: "2000-02-29T12:00:00Z", want: "ok" },
    { why: "before 1970", value: "1969-12-31T23:59:59Z", want: "ok" },
    { why: "29 February of another year", value: "2026-02-29T12:00:00Z", want },
    { why: "29 February of a century that is no leap year", value: "2100-02-29T12:00:00Z", want },
    { why: "30 February", value: "2028-02-30T12:00:00Z", want },
    { why: "31 April", value: "2026-04-31T12:00:00Z", want },
    { why: "day 0", value: "2026-09-00T12:00:00Z", want },
    { why: "day 32", value: "2026-12-32T12:00:00Z", want },
    { why: "month 0", value: "2026-00-21T12:00:00Z", want },
    { why: "month 13", value: "2026-13-01T12:00:00Z", want },
    { why: "hour 24, which is the next day", value: "2026-09-21T24:00:00Z", want },
    { why: "hour 25", value: "2026-09-21T25:00:00Z", want },
    { why: "minute 60", value: "2026-09-21T14:60:00Z", want },
    { why: "second 61", value: "2026-09-21T14:13:61Z", want },
    { why: "a leap second on the 31st of April", value: "2026-04-31T23:59:60Z", want },
    { why: "second 60 at another minute", value: "2026-12-31T23:58:60Z", want },
    { why: "second 60 at another hour", value: "2026-12-31T22:59:60Z", want },
    { why: "second 60 as a minute and a second", value: "2026-12-31T59:60:00Z", want },
    { why: "lower-case t", value: "2026-09-21t14:13:20Z", want },
    { why: "lower-case z", value: "2026-09-21T14:13:20z", want },
    { why: "space for T", value: "2026-09-21 14:13:20Z", want },
    { why: "offset of zero", value: "2026-09-21T14:13:20+00:00", want },
    { why: "offset and Z", value: "2026-09-21T14:13:20+00:00Z", want },
    { why: "another offset", value: "2026-09-21T14:13:20+02:00", want },
    { why: "no zone", value: "2026-09-21T14:13:20", want },
    { why: "two zones", value: "2026-09-21T14:13:20ZZ", want },
    { why: "fraction without digits", value: "2026-09-21T14:13:20.Z", want },
    { why: "fraction behind a comma", value: "2026-09-21T14:13:20,5Z", want },
    { why: "two fractions", value: "2026-09-21T14:13:20.5.5Z", want },
    { why: "fraction in other digits", value: "2026-09-21T14:13:20.５Z", want },
    { why: "space in front", value: " 2026-09-21T14:13:20Z", want },
    { why: "space behind", value: "2026-09-21T14:13:20Z ", want },
    { why: "line break behind", value: "2026-09-21T14:13:20Z\n", want },
    { why: "space before Z", value: "2026-09-21T14:13:20 Z", want },
    { why: "date only", value: "2026-09-21", want },
    { why: "date and Z", value: "2026-09-21Z", want },
    { why: "no seconds", value: "2026-09-21T14:13Z", want },
    { why: "month of one digit", value: "2026-9-21T14:13:200Z", want },
    { why: "two-digit year", value: "26-09-21T14:13:20Z", want },
    { why: "five-digit year", value: "12026-09-21T14:13:20Z", want },
    { why: "five-digit year in 19 characters", value: "12026-09-21T14:13:2Z", want },
    // Six digits and a sign are ECMAScript's own form of a year; without seconds it is as long as RFC 3339 with them.
    { why: "signed year", value: "+002026-09-21T14:13:20Z", want },
    { why: "signed year in 19 characters", value: "+002026-09-21T14:13Z", want },
    { why: "signed year beyond 9999 in 19 characters", value: "+012026-09-21T14:13Z", want },
    { why: "signed year beyond 9999 with a fraction", value: "+012026-09-21T14:13.5Z", want },
    { why: "year before zero in 19 characters", value: "-000001-09-21T14:13Z", want },
    { why: "week date", value: "2026-W39-1T14:13:20Z", want },
    { why: "day of the year", value: "2026-264T14:13:20Z", want },
    { why: "basic form", value: "20260921T141320Z", want },
    { why: "as HTTP writes it", value: "Mon, 21 Sep 2026 14:13:20 GMT", want },
    { why: "nineteen characters of nothing", value: "xxxxxxxxxxxxxxxxxxxZ", want },
    { why: "seconds since 1970 as text", value: "1790000000", want },
    { why: "empty", value: "", want },
    { why: "missing", value: undefined, want },
    { why: "seconds since 1970", value: 1_790_000_000, want },
    ...wrongKinds("created"),
  ])("$why: $value → $want", ({ value, want: verdict }) => {
    expect(judge(sampleEvent({ created: value }))).toBe(verdict)
  })
})

describe("livemode: spec 2.1", () => {
  const want = "invalid_value_type livemode"
  it.each([
    { why: "a test event", value: false, want: "ok" },
    { why: "a live event", value: true, want: "ok" },
    { why: "missing", value: undefined, want },
    { why: "text true", value: "true", want },
    { why: "text false", value: "false", want },
    { why: "empty text", value: "", want },
    { why: "0", value: 0, want },
    ...wrongKinds("livemode", "boolean"),
  ])("$why → $want", ({ value, want: verdict }) => {
    expect(judge(sampleEvent({ livemode: value }))).toBe(verdict)
  })
})

describe("api_version: spec 2.2, 2.7", () => {
  const want = "invalid_value_type api_version"
  it.each([
    { why: "the one of today", value: "2026-07-01", want: "ok" },
    { why: "a later one, which only adds", value: "2031-01-01", want: "ok" },
    { why: "one character", value: "1", want: "ok" },
    { why: "longest", value: "x".repeat(32), want: "ok" },
    // Caught: code units were counted, so that 17 emoji were too long for the check and not for the document.
    { why: "32 emoji", value: "\u{1f600}".repeat(32), want: "ok" },
    { why: "33 emoji", value: "\u{1f600}".repeat(33), want },
    { why: "one too long", value: "x".repeat(33), want },
    { why: "empty", value: "", want },
    { why: "missing", value: undefined, want },
    ...wrongKinds("api_version", "string"),
  ])("$why → $want", ({ value, want: verdict }) => {
    expect(judge(sampleEvent({ api_version: value }))).toBe(verdict)
  })
})

describe("data: spec 2.1, 2.7", () => {
  const object = { id: "dec_1" }
  it.each([
    { why: "object only", value: { object }, want: "ok" },
    { why: "empty object", value: { object: {} }, want: "ok" },
    { why: "with previous", value: { object, previous: { id: "dec_0" } }, want: "ok" },
    { why: "empty previous", value: { object, previous: {} }, want: "ok" },
    { why: "fields of tomorrow", value: { object, next: 1 }, want: "ok" },
    { why: "missing", value: undefined, want: "invalid_value_type data" },
    ...wrongKinds("data", "object"),
    { why: "empty", value: {}, want: "invalid_value_type data.object" },
    ...wrongKinds("data.object", "object", (wrong) => ({ object: wrong })),
    ...wrongKinds("data.previous", "object", (previous) => ({ object, previous })),
  ])("$why → $want", ({ value, want }) => {
    expect(judge(sampleEvent({ data: value }))).toBe(want)
  })
})

/** An event that ends before its field number `count`. */
const upTo = (count: number): Record<string, unknown> =>
  Object.fromEntries(Object.entries(sampleEvent()).slice(0, count))

describe("the first field that fails, in the order of 2.1, is the answer: spec 3.8", () => {
  const fields = ["id", "type", "created", "livemode", "api_version", "data"]

  it.each(fields.map((want, i) => ({ want, value: upTo(i) })))("nothing from $want on → $want", ({ want, value }) => {
    expect(judge(value)).toBe(`invalid_value_type ${want}`)
  })

  it.each([
    { why: "object before previous", value: sampleEvent({ data: { object: 1, previous: 1 } }), want: "data.object" },
    { why: "previous last", value: sampleEvent({ data: { object: {}, previous: 1 } }), want: "data.previous" },
    {
      why: "api_version before previous",
      value: sampleEvent({ api_version: 1, data: { object: {}, previous: 1 } }),
      want: "api_version",
    },
    { why: "the body's own order does not count", value: { data: 1, api_version: 1, type: 1, id: 1 }, want: "id" },
  ])("$why → $want", ({ value, want }) => {
    expect(judge(value)).toBe(`invalid_value_type ${want}`)
  })
})

describe("what is no object of fields has no first field: spec 3.8", () => {
  it.each([
    { why: "array of one event", text: `[${sampleBody()}]`, want: "invalid_value_type" },
    { why: "empty array", text: "[]", want: "invalid_value_type" },
    { why: "string", text: JSON.stringify(sampleBody()), want: "invalid_value_type" },
    { why: "null", text: "null", want: "invalid_value_type" },
    { why: "number", text: "1", want: "invalid_value_type" },
    { why: "true", text: "true", want: "invalid_value_type" },
    { why: "false", text: "false", want: "invalid_value_type" },
    { why: "empty object", text: "{}", want: "invalid_value_type id" },
  ])("$why → $want", ({ text, want }) => {
    expect(judgeText(text)).toBe(want)
  })
})

/** A JSON text of these bytes. */
const inString = (...bytes: number[]): Uint8Array => new Uint8Array([0x22, ...bytes, 0x22])

describe("strict UTF-8, then JSON: spec 3.7", () => {
  const bom = [0xef, 0xbb, 0xbf]
  const event = utf8.encode(sampleBody())
  it.each([
    { why: "as it is", body: event, want: "ok" },
    { why: "white space around it", body: utf8.encode(` \t\r\n${sampleBody()}\n`), want: "ok" },
    { why: "byte order mark", body: new Uint8Array([...bom, ...event]), want: "invalid_json" },
    { why: "byte order mark alone", body: new Uint8Array(bom), want: "invalid_json" },
    { why: "nothing", body: new Uint8Array(), want: "invalid_json" },
    { why: "white space only", body: utf8.encode(" \n"), want: "invalid_json" },
    { why: "white space that JSON does not know", body: utf8.encode(`\u00a0${sampleBody()}`), want: "invalid_json" },
    { why: "cut off", body: event.slice(0, -1), want: "invalid_json" },
    { why: "two events", body: new Uint8Array([...event, ...event]), want: "invalid_json" },
    { why: "trailing NUL", body: new Uint8Array([...event, 0]), want: "invalid_json" },
    { why: "trailing comma", body: utf8.encode('{"id":"evt_1",}'), want: "invalid_json" },
    { why: "comment", body: utf8.encode(`/**/${sampleBody()}`), want: "invalid_json" },
    { why: "single quotes", body: utf8.encode("{'id':'evt_1'}"), want: "invalid_json" },
    { why: "NaN", body: utf8.encode('{"id":NaN}'), want: "invalid_json" },
    { why: "a form", body: utf8.encode("id=evt_1"), want: "invalid_json" },
    { why: "lone continuation byte", body: inString(0x80), want: "invalid_json" },
    { why: "overlong slash", body: inString(0xc0, 0xaf), want: "invalid_json" },
    { why: "surrogate as bytes", body: inString(0xed, 0xa0, 0x80), want: "invalid_json" },
    { why: "sequence cut off", body: inString(0xe2, 0x82), want: "invalid_json" },
    { why: "Latin-1", body: inString(0xe9), want: "invalid_json" },
    { why: "beyond U+10FFFF", body: inString(0xf4, 0x90, 0x80, 0x80), want: "invalid_json" },
    { why: "UTF-16", body: new Uint8Array([0xff, 0xfe, 0x7b, 0, 0x7d, 0]), want: "invalid_json" },
  ])("$why → $want", ({ body, want }) => {
    expect(verdictOf(parseEvent(body))).toBe(want)
  })
})

/** A sample event as text, with one of its fields once for each value. */
const withField = (name: string, ...values: readonly unknown[]): string =>
  `{${Object.entries(sampleEvent())
    .flatMap(([key, value]) => (key === name ? values : [value]).map((each) => `"${key}":${JSON.stringify(each)}`))
    .join()}}`

describe("a key that occurs twice: the last counts, spec 2.7", () => {
  it.each([
    { why: "good last", text: withField("id", 1, "evt_2"), want: "ok" },
    { why: "bad last", text: withField("id", "evt_2", 1), want: "invalid_value_type id" },
    {
      why: "the same key with an escape in it",
      text: withField("id", "evt_2").replace("{", '{"\\u0069d":1,'),
      want: "ok",
    },
    {
      why: "bad object last",
      text: withField("data", { object: {} }, { object: [] }),
      want: "invalid_value_type data.object",
    },
  ])("$why → $want", ({ text, want }) => {
    expect(judgeText(text)).toBe(want)
  })

  it("takes the last id for the event's", () => {
    const result = parseEvent(utf8.encode(withField("id", "evt_first", "evt_last")))
    expect(result).toMatchObject({ ok: true, value: { id: "evt_last" } })
  })
})

describe("unknown fields pass, and reach the handler: spec 2.2", () => {
  it.each([
    { why: "beside the known ones", text: sampleBody({ account: "acc_1" }), path: ["account"], want: "acc_1" },
    { why: "in data", text: sampleBody({ data: { object: {}, next: 1 } }), path: ["data", "next"], want: 1 },
    {
      why: "in the object",
      text: sampleBody({ data: { object: { new: [1] } } }),
      path: ["data", "object", "new"],
      want: [1],
    },
  ])("$why → ok", ({ text, path, want }) => {
    const result = parseEvent(utf8.encode(text))
    expect(result.ok).toBe(true)
    if (result.ok)
      expect(path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], result.value)).toEqual(want)
  })
})

describe("keys that name a prototype are keys like any other", () => {
  const complete = sampleBody()
  const withKey = (key: string, value: string): string => complete.replace("{", `{"${key}":${value},`)

  it.each([
    { why: "__proto__ beside the fields", text: withKey("__proto__", '{"polluted":1}'), want: "ok" },
    { why: "__proto__ as null", text: withKey("__proto__", "null"), want: "ok" },
    { why: "__proto__ with escapes", text: withKey(String.raw`\u005f_proto__`, '{"polluted":1}'), want: "ok" },
    { why: "constructor", text: withKey("constructor", '{"prototype":{"polluted":1}}'), want: "ok" },
    { why: "hasOwnProperty", text: withKey("hasOwnProperty", "1"), want: "ok" },
    { why: "toString", text: withKey("toString", "1"), want: "ok" },
    { why: "every field in __proto__", text: `{"__proto__":${complete}}`, want: "invalid_value_type id" },
    {
      why: "the object in data's __proto__",
      text: sampleBody({ data: 1 }).replace('"data":1', '"data":{"__proto__":{"object":{}}}'),
      want: "invalid_value_type data.object",
    },
    {
      why: "a field of a prototype for type",
      text: sampleBody({ type: "constructor" }),
      want: "invalid_value_type type",
    },
  ])("$why → $want", ({ text, want }) => {
    const before = Reflect.ownKeys(Object.prototype)
    expect(judgeText(text)).toBe(want)
    expect(Reflect.ownKeys(Object.prototype)).toEqual(before)
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined()
  })
})

// Catches an event that is parsed before its levels are counted: its tree costs many times its bytes (spec 3.7).
it.each([
  { levels: 128, want: "ok" },
  { levels: 129, want: "invalid_json" },
])("an event of $levels levels → $want", ({ levels, want }) => {
  // The event and its data are the first two.
  const nested = `${'{"a":'.repeat(levels - 2)}1${"}".repeat(levels - 2)}`
  expect(judgeText(sampleBody({ data: 0 }).replace('"data":0', `"data":{"object":${nested}}`))).toBe(want)
})
