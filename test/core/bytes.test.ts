import { describe, expect, it } from "vitest"
import { equalText, fromUtf8, toAscii, toHex, toUtf8 } from "../../src/core/bytes.ts"

describe("equalText compares whole texts (spec 1.10)", () => {
  const cases = [
    { why: "both empty", a: "", b: "", want: true },
    { why: "the same", a: "abc", b: "abc", want: true },
    { why: "the same beyond ASCII", a: "é🔑", b: "é🔑", want: true },
    { why: "the first character differs", a: "xbc", b: "abc", want: false },
    { why: "the last character differs", a: "abx", b: "abc", want: false },
    { why: "only the case differs", a: "ABC", b: "abc", want: false },
    { why: "the lowest bit differs", a: "abb", b: "abc", want: false },
    { why: "the highest bit of a code unit differs", a: "\u8061", b: "a", want: false },
    { why: "two differences that would cancel in a sum", a: "ac", b: "bb", want: false },
    { why: "two differences that would cancel in an xor", a: "ab", b: "ba", want: false },
    { why: "a is a prefix of b", a: "ab", b: "abc", want: false },
    { why: "b is a prefix of a", a: "abc", b: "ab", want: false },
    { why: "a is empty", a: "", b: "a", want: false },
    { why: "b is empty", a: "a", b: "", want: false },
    { why: "b is a and a NUL", a: "a", b: "a\0", want: false },
    { why: "a is b and a NUL", a: "a\0", b: "a", want: false },
    { why: "composed and decomposed", a: "\u00e9", b: "e\u0301", want: false },
  ]

  it.each(cases)("$why → $want", ({ a, b, want }) => {
    expect(equalText(a, b)).toBe(want)
  })

  it("exactly one position differs, each of 64 in turn → false", () => {
    const text = "0".repeat(64)
    for (let i = 0; i < 64; i++) expect(equalText(text, `${text.slice(0, i)}1${text.slice(i + 1)}`)).toBe(false)
  })
})

describe("toHex", () => {
  const cases = [
    { why: "nothing", bytes: [], want: "" },
    { why: "two digits for a small byte", bytes: [0, 1, 15], want: "00010f" },
    { why: "lower case", bytes: [0xab, 0xcd, 0xef, 0xff], want: "abcdefff" },
  ]

  it.each(cases)("$why → $want", ({ bytes, want }) => {
    expect(toHex(Uint8Array.from(bytes))).toBe(want)
  })

  it("a view into a larger buffer → only what it shows", () => {
    expect(toHex(Uint8Array.of(1, 2, 3, 4).subarray(1, 3))).toBe("0203")
  })
})

describe("fromUtf8 is strict (spec 3.7)", () => {
  const valid = [
    { why: "empty", bytes: [], want: "" },
    { why: "ASCII", bytes: [0x7b, 0x7d], want: "{}" },
    { why: "two bytes", bytes: [0xc3, 0xa9], want: "é" },
    { why: "four bytes", bytes: [0xf0, 0x9f, 0x94, 0x91], want: "🔑" },
    { why: "the last code point", bytes: [0xf4, 0x8f, 0xbf, 0xbf], want: "\u{10ffff}" },
    { why: "U+FFFD spelt out", bytes: [0xef, 0xbf, 0xbd], want: "\ufffd" },
    { why: "NUL", bytes: [0], want: "\0" },
    { why: "a byte order mark stays, so that JSON refuses it", bytes: [0xef, 0xbb, 0xbf, 0x7b], want: "\ufeff{" },
    { why: "two byte order marks stay", bytes: [0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf], want: "\ufeff\ufeff" },
  ]

  it.each(valid)("$why → text", ({ bytes, want }) => {
    expect(fromUtf8(Uint8Array.from(bytes))).toBe(want)
  })

  const invalid = [
    { why: "a byte that begins nothing", bytes: [0xff] },
    { why: "a continuation byte alone", bytes: [0x80] },
    { why: "cut off after one byte of two", bytes: [0xc3] },
    { why: "cut off after three bytes of four", bytes: [0xf0, 0x9f, 0x94] },
    { why: "a second byte that continues nothing", bytes: [0xc3, 0x28] },
    { why: "a slash in two bytes", bytes: [0xc0, 0xaf] },
    { why: "NUL in two bytes", bytes: [0xc0, 0x80] },
    { why: "a slash in three bytes", bytes: [0xe0, 0x80, 0xaf] },
    { why: "half a surrogate pair", bytes: [0xed, 0xa0, 0x80] },
    { why: "a surrogate pair, as CESU-8 has it", bytes: [0xed, 0xa0, 0xbd, 0xed, 0xb4, 0x91] },
    { why: "beyond the last code point", bytes: [0xf4, 0x90, 0x80, 0x80] },
    { why: "Latin-1", bytes: [0x7b, 0xe9, 0x7d] },
    { why: "UTF-16 with its mark", bytes: [0xff, 0xfe, 0x7b, 0x00] },
    { why: "good text before a bad byte", bytes: [0x7b, 0x7d, 0xff] },
  ]

  it.each(invalid)("$why → TypeError", ({ bytes }) => {
    expect(() => fromUtf8(Uint8Array.from(bytes))).toThrow(TypeError)
  })

  it("after a refusal the next text is read from its start", () => {
    expect(() => fromUtf8(Uint8Array.of(0xc3))).toThrow(TypeError)
    expect(fromUtf8(Uint8Array.of(0x61))).toBe("a")
  })
})

it.each(["", "0.", "1790000000.", "999999999999."])("toAscii writes %j as toUtf8 does", (text) => {
  expect(toAscii(text)).toEqual(toUtf8(text))
})

it("toUtf8 writes what fromUtf8 reads", () => {
  expect(fromUtf8(toUtf8("a é 🔑 \0 \ufeff"))).toBe("a é 🔑 \0 \ufeff")
})
