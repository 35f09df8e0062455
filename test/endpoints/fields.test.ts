// Catches a body that is taken though it is not what spec 5.1, 5.6, 5.7 and 5.8 list, and a param that names the wrong field.

import type { GenericSchema } from "valibot"
import { describe, expect, it } from "vitest"
import { checkFields } from "../../src/http/fields.ts"
import { toCursor } from "../../src/http/paging.ts"
import { EndpointPatch, NewEndpoint, Page, Rotation } from "../../src/endpoints/fields.ts"

/** `code param` of a failure, or "ok". */
function verdict(schema: GenericSchema, value: unknown): string {
  const result = checkFields(schema, value)
  return result.ok ? "ok" : [result.error.code, result.error.param].filter((part) => part !== undefined).join(" ")
}

/** A value as it comes out of a body: with `__proto__` as a field, and nothing that JSON has not. */
const json = (text: string): unknown => JSON.parse(text)

const WRONG = "invalid_value_type"

describe("a body that is no object (spec 5.8)", () => {
  const SCHEMAS = { NewEndpoint, EndpointPatch, Rotation }
  const VALUES = ["null", "true", "0", '""', '"{}"', "[]", "[{}]", '[["url","x"]]']
  const rows = Object.entries(SCHEMAS).flatMap(([name, schema]) => VALUES.map((text) => ({ name, schema, text })))

  it.each(rows)("$name: $text → invalid_value_type", ({ schema, text }) => {
    expect(verdict(schema, json(text)).split(" ")[0]).toBe(WRONG)
  })
})

const pairs = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, ""]))

describe("metadata (spec 5.1, 5.8)", () => {
  it.each([
    { why: "nothing", metadata: {}, want: "ok" },
    { why: "20 pairs", metadata: pairs(20), want: "ok" },
    { why: "21 pairs", metadata: pairs(21), want: `${WRONG} metadata` },
    { why: "a key of 40", metadata: { ["k".repeat(40)]: "" }, want: "ok" },
    { why: "a key of 41", metadata: { ["k".repeat(41)]: "" }, want: `${WRONG} metadata.${"k".repeat(41)}` },
    { why: "an empty key", metadata: { "": "" }, want: `${WRONG} metadata.` },
    { why: "a value of 500", metadata: { k: "v".repeat(500) }, want: "ok" },
    { why: "a value of 501", metadata: { k: "v".repeat(501) }, want: `${WRONG} metadata.k` },
    { why: "an empty value", metadata: { k: "" }, want: "ok" },
    { why: "a number", metadata: { k: 1 }, want: `${WRONG} metadata.k` },
    { why: "null", metadata: { k: null }, want: `${WRONG} metadata.k` },
    { why: "a list", metadata: { k: ["v"] }, want: `${WRONG} metadata.k` },
    { why: "an object", metadata: { k: { l: "v" } }, want: `${WRONG} metadata.k` },
    { why: "the second of two", metadata: { a: "", b: true }, want: `${WRONG} metadata.b` },
    { why: "an empty list instead", metadata: [], want: `${WRONG} metadata` },
    { why: "a list of text instead", metadata: ["v"], want: `${WRONG} metadata` },
    { why: "null instead", metadata: null, want: `${WRONG} metadata` },
    { why: "text instead", metadata: "k=v", want: `${WRONG} metadata` },
  ])("$why → $want", ({ metadata, want }) => {
    expect(verdict(EndpointPatch, { metadata })).toBe(want)
  })

  /** Each was dropped without a word, or took another rule's way around, in one schema library or another. */
  const NAMES = ["constructor", "prototype", "__proto__", "toString", "hasOwnProperty", "valueOf"]

  it.each(NAMES)("the key %s is kept, or refused by name: never dropped", (name) => {
    const result = checkFields(EndpointPatch, json(`{"metadata":{"${name}":"v"}}`))
    if (result.ok) expect(Object.entries(result.value.metadata ?? {})).toEqual([[name, "v"]])
    else expect(result.error).toEqual({ code: WRONG, param: `metadata.${name}` })
  })

  it.each(NAMES)("the key %s has rules like any other", (name) => {
    expect(verdict(EndpointPatch, json(`{"metadata":{"${name}":1}}`))).toBe(`${WRONG} metadata.${name}`)
  })

  it.each(NAMES)("the key %s counts like any other", (name) => {
    const text = JSON.stringify({ metadata: pairs(20) }).replace("}}", `,"${name}":"v"}}`)
    expect(verdict(EndpointPatch, json(text)).split(" ")[0]).toBe(WRONG)
  })
})

describe("api_version (spec 5.1)", () => {
  it.each([
    { why: "a date", text: "2026-07-01", want: "ok" },
    { why: "a leap day", text: "2024-02-29", want: "ok" },
    { why: "a leap day of a year that has none", text: "2026-02-29", want: WRONG },
    { why: "the 30th of February", text: "2026-02-30", want: WRONG },
    { why: "the 31st of April", text: "2026-04-31", want: WRONG },
    { why: "the 32nd", text: "2026-01-32", want: WRONG },
    { why: "the 0th", text: "2026-01-00", want: WRONG },
    { why: "the 13th month", text: "2026-13-01", want: WRONG },
    { why: "the 0th month", text: "2026-00-01", want: WRONG },
    { why: "empty", text: "", want: WRONG },
    { why: "no leading zeros", text: "2026-7-1", want: WRONG },
    { why: "with a time", text: "2026-07-01T00:00:00Z", want: WRONG },
    { why: "another order", text: "01-07-2026", want: WRONG },
    { why: "slashes", text: "2026/07/01", want: WRONG },
    { why: "two digits of a year", text: "26-07-01", want: WRONG },
    { why: "a signed year", text: "-2026-07-01", want: WRONG },
    { why: "white space", text: " 2026-07-01", want: WRONG },
    { why: "a line break behind", text: "2026-07-01\n", want: WRONG },
    { why: "digits that are not ASCII", text: "٢٠٢٦-٠٧-٠١", want: WRONG },
    { why: "the newest", text: "latest", want: WRONG },
  ])("$why → $want", ({ text, want }) => {
    const value = { url: "u", enabled_events: [], api_version: text }
    expect(verdict(NewEndpoint, value)).toBe(want === "ok" ? "ok" : `${want} api_version`)
  })
})

describe("Rotation (spec 5.6)", () => {
  it.each([
    { why: "nothing: a day", body: "{}", want: 86_400 },
    { why: "at once", body: '{"overlap_seconds":0}', want: 0 },
    { why: "a second", body: '{"overlap_seconds":1}', want: 1 },
    { why: "a day", body: '{"overlap_seconds":86400}', want: 86_400 },
    { why: "a whole number in another spelling of JSON", body: '{"overlap_seconds":6e1}', want: 60 },
  ])("$why → $want", ({ body, want }) => {
    expect(checkFields(Rotation, json(body))).toEqual({ ok: true, value: { overlap_seconds: want } })
  })

  it.each([
    { why: "a second more than a day", body: '{"overlap_seconds":86401}', want: `${WRONG} overlap_seconds` },
    { why: "less than nothing", body: '{"overlap_seconds":-1}', want: `${WRONG} overlap_seconds` },
    { why: "a fraction", body: '{"overlap_seconds":0.5}', want: `${WRONG} overlap_seconds` },
    { why: "more than any number", body: '{"overlap_seconds":1e999}', want: `${WRONG} overlap_seconds` },
    { why: "text", body: '{"overlap_seconds":"0"}', want: `${WRONG} overlap_seconds` },
    { why: "null", body: '{"overlap_seconds":null}', want: `${WRONG} overlap_seconds` },
    { why: "a truth", body: '{"overlap_seconds":false}', want: `${WRONG} overlap_seconds` },
    { why: "a list", body: '{"overlap_seconds":[0]}', want: `${WRONG} overlap_seconds` },
    { why: "a field misspelt", body: '{"overlap":0}', want: "unknown_field overlap" },
    { why: "a field in another case", body: '{"Overlap_Seconds":0}', want: "unknown_field Overlap_Seconds" },
    { why: "a field of every object", body: '{"__proto__":{"overlap_seconds":0}}', want: "unknown_field __proto__" },
  ])("$why → $want", ({ body, want }) => {
    expect(verdict(Rotation, json(body))).toBe(want)
  })
})

describe("Page (spec 5.7)", () => {
  it.each([
    { why: "nothing", query: {}, want: { limit: 20 } },
    { why: "the least", query: { limit: "1" }, want: { limit: 1 } },
    { why: "the most", query: { limit: "100" }, want: { limit: 100 } },
    { why: "a cursor", query: { cursor: "c1" }, want: { limit: 20, cursor: 1 } },
    { why: "a longer cursor", query: { cursor: "czz" }, want: { limit: 20, cursor: 35 * 36 + 35 } },
    { why: "both", query: { limit: "5", cursor: "ca" }, want: { limit: 5, cursor: 10 } },
    { why: "something else beside them", query: { page: "2" }, want: { limit: 20 } },
  ])("$why → taken", ({ query, want }) => {
    expect(checkFields(Page, query)).toEqual({ ok: true, value: want })
  })

  const LIMITS = [
    "0",
    "101",
    "1000",
    "",
    " 5",
    "5 ",
    "+5",
    "-5",
    "5.0",
    "5e0",
    "0x5",
    "007",
    "05",
    "five",
    "٥",
    "5\n",
    "NaN",
  ]
  it.each(LIMITS)("limit %j → invalid_value_type", (limit) => {
    expect(verdict(Page, { limit })).toBe(`${WRONG} limit`)
  })

  const CURSORS = ["", "c", "1", "C1", "c-1", "c1.5", "cA", "c 1", "c1\n", "null", `c${"z".repeat(12)}`, "ç1", "c%31"]
  it.each(CURSORS)("cursor %j → invalid_value_type", (cursor) => {
    expect(verdict(Page, { cursor })).toBe(`${WRONG} cursor`)
  })

  it.each([1, 9, 10, 35, 36, 1_000_000, Number.MAX_SAFE_INTEGER])("the cursor of place %d is that place", (place) => {
    expect(checkFields(Page, { cursor: toCursor(place) })).toEqual({ ok: true, value: { limit: 20, cursor: place } })
  })
})

describe("param (spec 4.1)", () => {
  it.each([
    { why: "a field", value: { url: 1 }, want: "url" },
    { why: "an entry of a list", value: { url: "u", enabled_events: ["*", 1] }, want: "enabled_events[1]" },
    { why: "a key with a dot", value: { url: "u", enabled_events: [], metadata: { "a.b": 1 } }, want: "metadata.a.b" },
    {
      why: "a field of 300 characters, cut",
      value: { url: "u", enabled_events: [], ["x".repeat(300)]: 1 },
      want: "x".repeat(256),
    },
    { why: "the first of two fields", value: { url: 1, enabled_events: 1 }, want: "url" },
    { why: "a listed field before one that is not", value: { more: 1, url: 1, enabled_events: [] }, want: "url" },
    { why: "the first of two that are not listed", value: { b: 1, a: 1, url: "u", enabled_events: [] }, want: "b" },
  ])("names the first that fails: $why", ({ value, want }) => {
    expect(verdict(NewEndpoint, value).split(" ")[1]).toBe(want)
  })

  it("is absent where the body as a whole fails", () => {
    expect(checkFields(NewEndpoint, "text")).toEqual({ ok: false, error: { code: WRONG } })
  })
})
