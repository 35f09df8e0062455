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
  { why: "the name of a header of its own: headers", headers: { headers: "v" } },
  { why: "the name headers in two lines", headers: { headers: ["v", "w"] } },
  { why: "the value undefined", headers: { [NAME]: undefined } },
  { why: "the value null", headers: { [NAME]: null } },
  { why: "the value an empty list", headers: { [NAME]: [] } },
  { why: "the value empty", headers: { [NAME]: "" } },
  { why: "pairs with the value undefined", headers: [[NAME, undefined]] },
  { why: "pairs without a value", headers: [[NAME]] },
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

/** As Node's IncomingMessage: a class whose instances have headers. */
class IncomingMessage {
  readonly headers = { [NAME]: "v" }
}

/** As a framework's context: a class whose instances have no headers of their own. */
class Context {
  readonly path = "/"
}

// Each of these counted as headers without a signature: the caller's mistake was reported as the sender's.
const refused: readonly { why: string; make: () => unknown; says: string }[] = [
  { why: "undefined", make: () => undefined, says: "not undefined: pass request.headers" },
  { why: "null", make: () => null, says: "not null: pass request.headers" },
  { why: "the header's value itself", make: () => "t=1,v1=a", says: "not a string: pass request.headers" },
  { why: "empty text", make: () => "", says: "not a string: pass request.headers" },
  { why: "a number", make: () => 1, says: "not a number" },
  { why: "true", make: () => true, says: "not a boolean" },
  { why: "a bigint", make: () => 1n, says: "not a bigint" },
  { why: "a symbol", make: () => Symbol("headers"), says: "not a symbol" },
  { why: "a getter that was not called", make: () => () => new Headers(), says: "not a function" },
  { why: "Next's headers() without await", make: () => Promise.resolve(headersOf("v")), says: "await it" },
  {
    why: "a promise that has the methods of Headers, too",
    make: () => Object.assign(Promise.resolve(headersOf("v")), { get: () => "v" }),
    says: "await it",
  },
  {
    why: "a Request instead of its headers",
    make: () => new Request("https://a.example", { headers: headersOf("v") }),
    says: "not a Request: pass its .headers",
  },
  { why: "a Response", make: () => new Response(null, { headers: headersOf("v") }), says: "pass its .headers" },
  { why: "Node's IncomingMessage", make: () => new IncomingMessage(), says: "pass its .headers" },
  { why: "a plain object that has headers", make: () => ({ headers: {}, body: "{}" }), says: "pass its .headers" },
  { why: "a Date", make: () => new Date(0), says: "not a Date: pass request.headers" },
  { why: "an instance of a class without headers", make: () => new Context(), says: "pass request.headers" },
  { why: "what only inherits headers", make: () => Object.create({ [NAME]: "v" }), says: "pass request.headers" },
  { why: "a WeakMap", make: () => new WeakMap(), says: "not a WeakMap" },
  { why: "the body's bytes", make: () => Uint8Array.of(1), says: "must be pairs" },
  { why: "a parsed list", make: () => [1, 2], says: "must be pairs" },
  { why: "node:http's rawHeaders, a flat list", make: () => [NAME, "v"], says: "rawHeaders" },
  { why: "a Set of texts", make: () => new Set([NAME]), says: "must be pairs" },
  { why: "pairs with a hole", make: () => [[NAME, "v"], undefined], says: "must be pairs" },
]

describe("createHeaderLookup refuses what is not headers", () => {
  it.each(refused)("$why → TypeError that says $says", ({ make, says }) => {
    const headers = make()
    expect(() => createHeaderLookup(headers)).toThrow(TypeError)
    expect(() => createHeaderLookup(headers)).toThrow(/^headers must be /)
    expect(() => createHeaderLookup(headers)).toThrow(says)
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
