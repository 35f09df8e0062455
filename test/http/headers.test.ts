import { describe, expect, it } from "vitest"
import { createHeaderLookup, type HeadersInput } from "../../src/http/headers.ts"

const NAME = "credicorp-signature"

function* pairsOf(...pairs: readonly (readonly [string, string])[]): Generator<readonly [string, string]> {
  yield* pairs
}

const headersOf = (...values: readonly string[]): Headers => {
  const headers = new Headers({ other: "x" })
  for (const value of values) headers.append("Credicorp-Signature", value)
  return headers
}

/** Another realm's Headers: no `instanceof` holds, but it can be iterated. */
const headersOfAnotherRealm = (): Iterable<readonly [string, string]> => ({
  [Symbol.iterator]: () => headersOf("v")[Symbol.iterator](),
})

const found: readonly { why: string; headers: HeadersInput; want: string }[] = [
  { why: "Headers", headers: headersOf("v"), want: "v" },
  { why: "Headers with two lines", headers: headersOf("v", "w"), want: "v, w" },
  { why: "Headers of another realm", headers: headersOfAnotherRealm(), want: "v" },
  {
    why: "Headers of a Request",
    headers: new Request("https://a.example", { headers: headersOf("v") }).headers,
    want: "v",
  },
  { why: "record, lower case", headers: { "credicorp-signature": "v" }, want: "v" },
  { why: "record, as documented", headers: { "Credicorp-Signature": "v" }, want: "v" },
  { why: "record, upper case", headers: { "CREDICORP-SIGNATURE": "v" }, want: "v" },
  { why: "record without a prototype", headers: Object.assign(Object.create(null), { [NAME]: "v" }), want: "v" },
  { why: "record with a list of one", headers: { [NAME]: ["v"] }, want: "v" },
  { why: "record with a list of two lines", headers: { [NAME]: ["v", "w"] }, want: "v, w" },
  { why: "record with the name in two cases", headers: { [NAME]: "v", "Credicorp-Signature": "w" }, want: "v, w" },
  { why: "pairs", headers: [[NAME, "v"]], want: "v" },
  { why: "pairs in any case", headers: [["Credicorp-Signature", "v"]], want: "v" },
  {
    why: "pairs with the name twice",
    headers: [
      [NAME, "v"],
      ["other", "x"],
      [NAME, "w"],
    ],
    want: "v, w",
  },
  { why: "Map", headers: new Map([["Credicorp-Signature", "v"]]), want: "v" },
  { why: "generator", headers: pairsOf([NAME, "v"], ["other", "x"]), want: "v" },
  { why: "entries of Headers", headers: headersOf("v").entries(), want: "v" },
  { why: "the value is left as it is", headers: { [NAME]: " v\t" }, want: " v\t" },
]

describe("createHeaderLookup finds a header in every form (spec 1.7)", () => {
  it.each(found)("$why → $want", ({ headers, want }) => {
    expect(createHeaderLookup(headers)(NAME)).toBe(want)
  })

  it("a generator is read once and can be asked twice", () => {
    const lookup = createHeaderLookup(pairsOf([NAME, "v"], ["b", "w"]))
    expect([lookup("b"), lookup(NAME), lookup(NAME)]).toEqual(["w", "v", "v"])
  })
})

const absent: readonly { why: string; headers: unknown }[] = [
  { why: "empty Headers", headers: new Headers() },
  { why: "empty record", headers: {} },
  { why: "empty pairs", headers: [] },
  { why: "empty Map", headers: new Map() },
  { why: "another name in Headers", headers: new Headers({ "credicorp-signature-2": "v" }) },
  { why: "a longer name", headers: { "x-credicorp-signature": "v" } },
  { why: "a name with a space behind it", headers: { "credicorp-signature ": "v" } },
  { why: "a name with _ for -", headers: { credicorp_signature: "v" } },
  { why: "a name with a dotless or dotted i of other alphabets", headers: { "CREDİCORP-SİGNATURE": "v" } },
  { why: "a name with the Kelvin sign's like: long s", headers: { "credicorp-ſignature": "v" } },
  { why: "the value undefined", headers: { [NAME]: undefined } },
  { why: "the value null", headers: { [NAME]: null } },
  { why: "the value an empty list", headers: { [NAME]: [] } },
  { why: "the value empty", headers: { [NAME]: "" } },
  { why: "pairs with the value undefined", headers: [[NAME, undefined]] },
  { why: "pairs without a value", headers: [[NAME]] },
  { why: "inherited by the record", headers: Object.create({ [NAME]: "v" }) },
  { why: "node:http's rawHeaders, a flat list", headers: [NAME, "v"] },
  { why: "a Date", headers: new Date(0) },
  { why: "a Request instead of its headers", headers: new Request("https://a.example", { headers: headersOf("v") }) },
]

describe("createHeaderLookup finds nothing: an absent header is an empty one (spec 1.8)", () => {
  it.each(absent)("$why → empty", ({ headers }) => {
    expect(createHeaderLookup(headers)(NAME)).toBe("")
  })

  it("a name that Object.prototype has → empty", () => {
    for (const name of ["constructor", "__proto__", "toString", "hasownproperty"]) {
      expect(createHeaderLookup({})(name)).toBe("")
    }
  })
})

const refused: readonly { why: string; headers: unknown }[] = [
  { why: "undefined", headers: undefined },
  { why: "null", headers: null },
  { why: "the header's value itself", headers: "t=1,v1=a" },
  { why: "empty text", headers: "" },
  { why: "a number", headers: 1 },
  { why: "true", headers: true },
  { why: "a bigint", headers: 1n },
  { why: "a symbol", headers: Symbol("headers") },
  { why: "a function, as a getter that was not called", headers: () => new Headers() },
]

describe("createHeaderLookup refuses what is no headers", () => {
  it.each(refused)("$why → TypeError that names the cure", ({ headers }) => {
    expect(() => createHeaderLookup(headers)).toThrow(TypeError)
    expect(() => createHeaderLookup(headers)).toThrow("request.headers")
  })
})

// The types forbid these; a framework that parses cookies or queries into its headers may still hand them out.
const strange: readonly { why: string; value: unknown }[] = [
  { why: "a number", value: 1 },
  { why: "true", value: true },
  { why: "NaN", value: Number.NaN },
  { why: "a bigint", value: 1n },
  { why: "an object", value: {} },
  { why: "bytes", value: new Uint8Array(3) },
  { why: "a list in a list", value: [["v"], [["w"]]] },
  { why: "a list with undefined in it", value: [undefined, "v"] },
  { why: "a list with null in it", value: [null] },
  { why: "a function", value: () => "v" },
]

describe("createHeaderLookup: what stands in the headers never throws", () => {
  it.each(strange)("$why → some text", ({ value }) => {
    expect(createHeaderLookup({ [NAME]: value })(NAME)).toBeTypeOf("string")
    expect(createHeaderLookup([[NAME, value]])(NAME)).toBeTypeOf("string")
  })

  it.each([
    { why: "a symbol", value: Symbol("v") },
    { why: "an object without a prototype", value: Object.create(null) },
  ])("$why, which has no text → TypeError", ({ value }) => {
    expect(() => createHeaderLookup({ [NAME]: value })(NAME)).toThrow(TypeError)
  })

  it("a name that is a symbol or undefined → another name", () => {
    const headers = [
      [Symbol(NAME), "v"],
      [undefined, "v"],
      [NAME, "w"],
    ]
    expect(createHeaderLookup(headers)(NAME)).toBe("w")
  })
})
