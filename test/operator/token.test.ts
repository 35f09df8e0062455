// Catches an operator's door that opens to a short, a wrong or an absent token, and a token that nobody could ever send.

import { describe, expect, it } from "vitest"
import { checkOperator, parseOperatorToken } from "../../src/operator/token.ts"

const TOKEN = "operator-token-of-thirty-two-ch."

describe("parseOperatorToken", () => {
  it.each([
    { why: "32 characters", text: TOKEN },
    { why: "base64 with its padding", text: `${"a".repeat(31)}+/==` },
    { why: "8,192 characters", text: "a".repeat(8_192) },
  ])("takes $why", ({ text }) => {
    expect(parseOperatorToken(text)).toBe(text)
  })

  it.each([
    { why: "nothing", text: "" },
    { why: "31 characters", text: TOKEN.slice(1) },
    { why: "8,193 characters", text: "a".repeat(8_193) },
    { why: "a space within", text: `${TOKEN} x` },
    { why: "a space before", text: ` ${TOKEN}` },
    { why: "a line break at the end", text: `${TOKEN}\n` },
    { why: "a comma", text: `${TOKEN},` },
    { why: "padding within", text: `=${TOKEN}` },
    { why: "a letter beyond ASCII", text: `${TOKEN}é` },
  ])("refuses $why, and does not show it", ({ text }) => {
    expect(() => parseOperatorToken(text)).toThrow(TypeError)
    expect(() => parseOperatorToken(text)).toThrow(/^must be 32 characters or more of A-Z/)
  })
})

describe("checkOperator", () => {
  it.each([
    { header: `Bearer ${TOKEN}`, want: undefined },
    { header: `bearer ${TOKEN}`, want: undefined },
    { header: null, want: "missing_api_key" },
    { header: "", want: "missing_api_key" },
    { header: "Bearer", want: "missing_api_key" },
    { header: "Bearer ", want: "missing_api_key" },
    { header: TOKEN, want: "invalid_api_key" },
    { header: `Basic ${TOKEN}`, want: "invalid_api_key" },
    { header: `Bearer ${TOKEN}x`, want: "invalid_api_key" },
    { header: `Bearer ${TOKEN.slice(1)}`, want: "invalid_api_key" },
    { header: `Bearer ${TOKEN.toUpperCase()}`, want: "invalid_api_key" },
    { header: `Bearer ${TOKEN} ${TOKEN}`, want: "invalid_api_key" },
    { header: `Bearer ${TOKEN}, Bearer ${TOKEN}`, want: "invalid_api_key" },
    { header: `Bearer ${"a".repeat(9_000)}`, want: "invalid_api_key" },
  ])("$header → $want", ({ header, want }) => {
    expect(checkOperator(header, TOKEN)).toBe(want)
  })
})
