import { describe, expect, it } from "vitest"
import { toBytes } from "../../src/http/body-input.ts"

const BYTES = [0x7b, 0xff, 0x00, 0x7d]

/** What another realm's, or a polyfill's, object looks like: no `instanceof` holds, its tag does. */
const ofAnotherRealm = (): Uint8Array =>
  Object.setPrototypeOf(Uint8Array.from(BYTES), Object.create(Uint8Array.prototype))

const accepted: readonly { why: string; body: unknown; want: readonly number[] }[] = [
  { why: "Uint8Array", body: Uint8Array.from(BYTES), want: BYTES },
  { why: "ArrayBuffer", body: Uint8Array.from(BYTES).buffer, want: BYTES },
  { why: "part of a larger buffer", body: Uint8Array.from([1, ...BYTES, 1]).subarray(1, 5), want: BYTES },
  { why: "a subclass, as Node's Buffer is one", body: new (class extends Uint8Array {})(BYTES), want: BYTES },
  { why: "Uint8Array of another realm", body: ofAnotherRealm(), want: BYTES },
  { why: "empty Uint8Array", body: new Uint8Array(), want: [] },
  { why: "empty ArrayBuffer", body: new ArrayBuffer(0), want: [] },
  { why: "text", body: "{}", want: [0x7b, 0x7d] },
  { why: "empty text", body: "", want: [] },
  { why: "text beyond ASCII, as UTF-8", body: "é🔑", want: [0xc3, 0xa9, 0xf0, 0x9f, 0x94, 0x91] },
  { why: "text with a byte order mark, which stays", body: "\ufeff{", want: [0xef, 0xbb, 0xbf, 0x7b] },
  { why: "text with CRLF, which stays", body: "\r\n", want: [0x0d, 0x0a] },
  { why: "text that looks like a replacement pattern", body: "$&$1", want: [0x24, 0x26, 0x24, 0x31] },
]

describe("toBytes takes bytes and text as they arrived (spec 1.3)", () => {
  it.each(accepted)("$why → its bytes", ({ body, want }) => {
    expect([...toBytes(body)]).toEqual(want)
  })

  it("Uint8Array → the same object, no copy", () => {
    const body = Uint8Array.from(BYTES)
    expect(toBytes(body)).toBe(body)
  })

  it("ArrayBuffer → a view of it, no copy", () => {
    const body = new ArrayBuffer(4)
    expect(toBytes(body).buffer).toBe(body)
  })
})

const refused: readonly { why: string; make: () => unknown }[] = [
  { why: "a parsed object", make: () => JSON.parse('{"id":"evt_1"}') },
  { why: "a parsed list", make: () => JSON.parse("[123]") },
  { why: "a parsed number", make: () => 123 },
  { why: "a parsed boolean", make: () => true },
  { why: "null", make: () => null },
  { why: "undefined: no body parser ran", make: () => undefined },
  { why: "a bigint", make: () => 1n },
  { why: "a symbol", make: () => Symbol("body") },
  { why: "a function, as request.text is without ()", make: () => () => "{}" },
  { why: "a promise, as request.text() is without await", make: () => Promise.resolve("{}") },
  { why: "a Request", make: () => new Request("https://a.example/", { method: "POST", body: "{}" }) },
  { why: "a Response", make: () => new Response("{}") },
  { why: "a stream", make: () => new Response("{}").body },
  { why: "a Blob", make: () => new Blob(["{}"]) },
  { why: "form data", make: () => new FormData() },
  { why: "search parameters", make: () => new URLSearchParams("a=1") },
  { why: "a list of byte values", make: () => BYTES },
  { why: "a list of chunks", make: () => [Uint8Array.from(BYTES)] },
  { why: "DataView", make: () => new DataView(new ArrayBuffer(4)) },
  { why: "Int8Array", make: () => new Int8Array(4) },
  { why: "Uint8ClampedArray", make: () => new Uint8ClampedArray(4) },
  { why: "Uint16Array, whose items are not bytes", make: () => new Uint16Array(4) },
  { why: "Float64Array", make: () => new Float64Array(4) },
  { why: "a boxed string", make: () => Object("{}") },
  { why: "an error", make: () => new Error("{}") },
  { why: "a Map", make: () => new Map([["id", "evt_1"]]) },
  { why: "Buffer.toJSON()", make: () => ({ type: "Buffer", data: BYTES }) },
  { why: "an object with a text method", make: () => ({ text: () => "{}", toString: () => "{}" }) },
]

describe("toBytes refuses what is not the raw body (spec 1.3)", () => {
  it.each(refused)("$why → TypeError that says rawBody and parsed", ({ make }) => {
    const body = make()
    expect(() => toBytes(body)).toThrow(TypeError)
    // The cause (what it got) and the cure (as it arrived) are part of the contract, their wording is not.
    expect(() => toBytes(body)).toThrow(/rawBody must be bytes or text, not \w+/)
  })

  it("says what it got", () => {
    expect(() => toBytes(undefined)).toThrow("Undefined")
    expect(() => toBytes(Promise.resolve(""))).toThrow("Promise")
    expect(() => toBytes([])).toThrow("Array")
  })

  it("does not show what stands in the body", () => {
    expect(() => toBytes({ iban: "GB00-private" })).not.toThrow("private")
  })
})
