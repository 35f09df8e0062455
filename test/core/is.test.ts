import { describe, expect, it } from "vitest"
import { hasAtMost, isFields, isText, isTimeSeconds } from "../../src/core/is.ts"

describe("isTimeSeconds: whole seconds, at most 12 digits", () => {
  const cases: readonly { why: string; value: unknown; want: boolean }[] = [
    { why: "0", value: 0, want: true },
    { why: "now", value: 1_790_000_000, want: true },
    { why: "the largest of 12 digits", value: 999_999_999_999, want: true },
    { why: "13 digits", value: 1_000_000_000_000, want: false },
    { why: "milliseconds", value: 1_790_000_000_000, want: false },
    { why: "below 0", value: -1, want: false },
    { why: "a fraction", value: 1.5, want: false },
    { why: "half a second over the largest", value: 999_999_999_999.5, want: false },
    { why: "NaN", value: Number.NaN, want: false },
    { why: "Infinity", value: Number.POSITIVE_INFINITY, want: false },
    { why: "text", value: "1790000000", want: false },
    { why: "empty text", value: "", want: false },
    { why: "a bigint", value: 1n, want: false },
    { why: "a boxed number", value: Object(1), want: false },
    { why: "a date", value: new Date(0), want: false },
    { why: "a list of one number", value: [1], want: false },
    { why: "true", value: true, want: false },
    { why: "null", value: null, want: false },
    { why: "undefined", value: undefined, want: false },
  ]

  it.each(cases)("$why → $want", ({ value, want }) => {
    expect(isTimeSeconds(value)).toBe(want)
  })
})

describe("isFields: an object of fields", () => {
  const cases: readonly { why: string; value: unknown; want: boolean }[] = [
    { why: "an empty object", value: {}, want: true },
    { why: "an object with fields", value: { a: 1 }, want: true },
    { why: "an object without a prototype", value: Object.create(null), want: true },
    { why: "null", value: null, want: false },
    { why: "undefined", value: undefined, want: false },
    { why: "a list", value: [], want: false },
    { why: "a list of pairs", value: [["a", 1]], want: false },
    { why: "text", value: "{}", want: false },
    { why: "a number", value: 1, want: false },
    { why: "true", value: true, want: false },
    { why: "a function", value: () => ({}), want: false },
  ]

  it.each(cases)("$why → $want", ({ value, want }) => {
    expect(isFields(value)).toBe(want)
  })
})

describe("isText: a string that fits", () => {
  const cases: readonly { why: string; value: unknown; want: boolean }[] = [
    { why: "fits", value: "12", want: true },
    { why: "does not fit", value: "ab", want: false },
    { why: "empty", value: "", want: false },
    { why: "a number whose text would fit", value: 12, want: false },
    { why: "a boxed string", value: Object("12"), want: false },
    { why: "a list whose text would fit", value: ["12"], want: false },
    { why: "an object whose text would fit", value: { toString: () => "12" }, want: false },
    { why: "null", value: null, want: false },
    { why: "undefined", value: undefined, want: false },
  ]

  it.each(cases)("$why → $want", ({ value, want }) => {
    expect(isText(value, /^\d+$/)).toBe(want)
  })

  it("not even undefined whose name would fit → false", () => {
    expect(isText(undefined, /^undefined$/)).toBe(false)
  })
})

describe("hasAtMost: characters, as JSON Schema counts them", () => {
  const face = "\u{1f600}"
  it.each([
    { why: "as many", text: "xxx", max: 3, want: true },
    { why: "one more", text: "xxxx", max: 3, want: false },
    { why: "as many emoji", text: face.repeat(3), max: 3, want: true },
    { why: "one emoji more", text: face.repeat(4), max: 3, want: false },
    { why: "a letter more than emoji", text: `${face.repeat(3)}x`, max: 3, want: false },
    { why: "halves of emoji, each a character", text: "\ud83d".repeat(4), max: 3, want: false },
    { why: "nothing", text: "", max: 0, want: true },
    { why: "any text without a bound", text: "x".repeat(1_000), max: Number.POSITIVE_INFINITY, want: true },
  ])("$why → $want", ({ text, max, want }) => {
    expect(hasAtMost(text, max)).toBe(want)
  })
})
