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

const PARSED = "pass the raw body"
const READ = "await rawBody.arrayBuffer()"
const VIEW = "make it a Uint8Array"

const refused: readonly { why: string; make: () => unknown; says: readonly string[] }[] = [
  { why: "a parsed object", make: () => JSON.parse('{"id":"evt_1"}'), says: ["not an Object", PARSED] },
  { why: "a parsed list", make: () => JSON.parse("[123]"), says: ["not an Array", PARSED] },
  { why: "a parsed number", make: () => 123, says: ["not a number", PARSED] },
  { why: "a parsed boolean", make: () => true, says: ["not a boolean", PARSED] },
  { why: "null", make: () => null, says: ["not null", PARSED] },
  { why: "undefined: nothing read the body", make: () => undefined, says: ["not undefined", "read the body"] },
  { why: "a bigint", make: () => 1n, says: ["not a bigint"] },
  { why: "a symbol", make: () => Symbol("body"), says: ["not a symbol"] },
  { why: "a function, as request.text is without ()", make: () => () => "{}", says: ["not a function", "call it"] },
  { why: "a promise, as request.text() is without await", make: () => Promise.resolve("{}"), says: ["await it"] },
  {
    why: "a Request",
    make: () => new Request("https://a.example/", { method: "POST", body: "{}" }),
    says: ["not a Request", READ, "checkRequest"],
  },
  { why: "a Response", make: () => new Response("{}"), says: ["not a Response", READ] },
  { why: "a Blob", make: () => new Blob(["{}"]), says: ["not a Blob", READ] },
  { why: "a stream", make: () => new Response("{}").body, says: ["not a ReadableStream", "to its end"] },
  { why: "a stream of Node's", make: () => ({ pipe: () => {} }), says: ["to its end"] },
  { why: "the headers", make: () => new Headers(), says: ["not a Headers", "rawBody, headers"] },
  { why: "form data", make: () => new FormData(), says: ["not a FormData", PARSED] },
  { why: "search parameters", make: () => new URLSearchParams("a=1"), says: ["not a URLSearchParams", PARSED] },
  { why: "a list of byte values", make: () => BYTES, says: ["not an Array", PARSED] },
  { why: "a list of chunks", make: () => [Uint8Array.from(BYTES)], says: ["not an Array"] },
  { why: "DataView", make: () => new DataView(new ArrayBuffer(4)), says: ["not a DataView", VIEW] },
  { why: "Int8Array", make: () => new Int8Array(4), says: ["not an Int8Array", VIEW] },
  { why: "Uint8ClampedArray", make: () => new Uint8ClampedArray(4), says: ["not a Uint8ClampedArray", VIEW] },
  { why: "Uint16Array, whose items are not bytes", make: () => new Uint16Array(4), says: ["not a Uint16Array", VIEW] },
  { why: "Float64Array", make: () => new Float64Array(4), says: ["not a Float64Array", VIEW] },
  // It could change between the check and the use of what was checked.
  { why: "bytes in shared memory", make: () => new Uint8Array(new SharedArrayBuffer(4)), says: ["shared"] },
  { why: "shared memory", make: () => new SharedArrayBuffer(4), says: ["not a SharedArrayBuffer"] },
  { why: "a boxed string", make: () => Object("{}"), says: ["not a String"] },
  { why: "an error", make: () => new Error("{}"), says: ["not an Error"] },
  { why: "a Map", make: () => new Map([["id", "evt_1"]]), says: ["not a Map", PARSED] },
  {
    why: "Buffer.toJSON(), of a Buffer that went through JSON",
    make: () => ({ type: "Buffer", data: BYTES }),
    says: ["Buffer.from(rawBody.data)"],
  },
  { why: "an object with a text method", make: () => ({ text: () => "{}", toString: () => "{}" }), says: [PARSED] },
]

describe("toBytes refuses what is not the raw body (spec 1.3)", () => {
  it.each(refused)("$why → TypeError that says $says", ({ make, says }) => {
    const body = make()
    expect(() => toBytes(body)).toThrow(TypeError)
    expect(() => toBytes(body)).toThrow("rawBody must be the body's bytes or text as they arrived")
    for (const part of says) expect(() => toBytes(body)).toThrow(part)
  })

  it("shows nothing of the body", () => {
    expect(() => toBytes({ iban: "GB00-private" })).not.toThrow("private")
    expect(() => toBytes({ [Symbol.toStringTag]: "GB00-private" })).not.toThrow("private")
  })
})
