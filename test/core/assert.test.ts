import { describe, expect, it } from "vitest"
import { assertOption, assertSeconds } from "../../src/core/assert.ts"

describe("assertOption", () => {
  it("holds → nothing", () => {
    expect(() => assertOption(true, "rule")).not.toThrow()
  })

  it("does not hold → TypeError that says the rule, and no WebhookError", () => {
    expect(() => assertOption(false, "the rule")).toThrow(new TypeError("the rule"))
  })
})

describe("assertSeconds", () => {
  const accepted = [
    { why: "the least", value: 1, min: 1 },
    { why: "0, where 0 is allowed", value: 0, min: 0 },
    { why: "the largest of 12 digits", value: 999_999_999_999, min: 1 },
  ]

  it.each(accepted)("$why → as it is", ({ value, min }) => {
    expect(assertSeconds("name", value, min)).toBe(value)
  })

  const refused: readonly { why: string; value: unknown; min: number }[] = [
    { why: "0, where 1 is the least", value: 0, min: 1 },
    { why: "one below the least", value: 4, min: 5 },
    { why: "13 digits", value: 1_000_000_000_000, min: 1 },
    { why: "below 0", value: -1, min: 0 },
    { why: "a fraction above the least", value: 1.5, min: 1 },
    { why: "NaN, which is never below anything", value: Number.NaN, min: 0 },
    { why: "Infinity", value: Number.POSITIVE_INFINITY, min: 0 },
    { why: "text", value: "5", min: 1 },
    { why: "a bigint", value: 5n, min: 1 },
    { why: "null", value: null, min: 0 },
    { why: "undefined", value: undefined, min: 0 },
    { why: "any number, where the least is NaN", value: 5, min: Number.NaN },
  ]

  it.each(refused)("$why → TypeError that names the option", ({ value, min }) => {
    expect(() => assertSeconds("someOption", value, min)).toThrow(TypeError)
    expect(() => assertSeconds("someOption", value, min)).toThrow("someOption")
  })
})
