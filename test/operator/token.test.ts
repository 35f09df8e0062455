// Catches an operator's routes that open to a short, a wrong or an absent token, and a token that could never be sent.

import { describe, expect, it } from "vitest"
import { checkOperator, parseOperatorTokens } from "../../src/operator/token.ts"

const TOKEN = "operator-token-of-thirty-two-ch."
const OLD = "the-old-token-of-thirty-three-ch."

describe("parseOperatorTokens", () => {
  it.each([
    { why: "32 characters", text: TOKEN, want: [TOKEN] },
    { why: "base64 with its padding", text: `${"a".repeat(31)}+/==`, want: [`${"a".repeat(31)}+/==`] },
    { why: "8,192 characters", text: "a".repeat(8_192), want: ["a".repeat(8_192)] },
    { why: "two, during a rotation", text: `${TOKEN},${OLD}`, want: [TOKEN, OLD] },
    { why: "two with white space between", text: `${TOKEN} , ${OLD}`, want: [TOKEN, OLD] },
  ])("takes $why, and each of them matches when it is sent", ({ text, want }) => {
    const tokens = parseOperatorTokens(text)
    expect(tokens).toEqual(want)
    expect(tokens.map((token) => checkOperator(`Bearer ${token}`, tokens))).toEqual(
      tokens.map((_, index) => ({ ok: true, value: index + 1 })),
    )
  })

  it.each([
    { why: "nothing", text: "" },
    { why: "31 characters", text: TOKEN.slice(1) },
    { why: "8,193 characters", text: "a".repeat(8_193) },
    { why: "a space within", text: `${TOKEN} x` },
    { why: "a space before", text: ` ${TOKEN}` },
    { why: "a line break at the end", text: `${TOKEN}\n` },
    { why: "a comma at the end", text: `${TOKEN},` },
    { why: "a comma in front", text: `,${TOKEN}` },
    { why: "a comma within, which leaves a scrap", text: `${TOKEN},x` },
    { why: "a comma alone", text: "," },
    { why: "a line break between two", text: `${TOKEN},\n${OLD}` },
    { why: "padding within", text: `=${TOKEN}` },
    { why: "a letter beyond ASCII", text: `${TOKEN}é` },
    { why: "three", text: `${TOKEN},${OLD},${TOKEN}3` },
    { why: "one twice", text: `${TOKEN},${TOKEN}` },
  ])("refuses $why, and does not show it", ({ text }) => {
    const refusal = (): unknown => parseOperatorTokens(text)
    expect(refusal).toThrow(TypeError)
    expect(refusal).toThrow(
      /^must (?:be 32 to 8192 characters of A-Z|be at most 2 tokens|not hold the same token twice)/,
    )
    expect(refusal).not.toThrow(/operator-token/)
  })
})

describe("checkOperator", () => {
  it.each([
    { header: `Bearer ${TOKEN}`, want: 1 },
    { header: `bearer ${TOKEN}`, want: 1 },
    { header: `Bearer ${OLD}`, want: 2 },
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
    { header: `Bearer ${TOKEN},${OLD}`, want: "invalid_api_key" },
    { header: `Bearer ${TOKEN}${OLD}`, want: "invalid_api_key" },
    { header: `Bearer ${"a".repeat(9_000)}`, want: "invalid_api_key" },
  ])("$header → $want", ({ header, want }) => {
    const result = checkOperator(header, [TOKEN, OLD])
    expect(result.ok ? result.value : result.error).toBe(want)
  })
})
