// Catches a credential that is read out of a header that says something else.

import { describe, expect, it } from "vitest"
import { parseBearer } from "../../src/http/bearer.ts"

const KEY = "sk_test_0123456789abcdef0123456789abcdef"

const read = (header: string | null): string => {
  const result = parseBearer(header)
  return result.ok ? result.value : result.error
}

describe("parseBearer (spec 5.9)", () => {
  it.each([
    { why: "as it is usually written", header: `Bearer ${KEY}`, want: KEY },
    { why: "the scheme in any case, RFC 9110", header: `bEARER ${KEY}`, want: KEY },
    { why: "several spaces between, RFC 9110", header: `Bearer   ${KEY}`, want: KEY },
    { why: "white space around", header: ` \tBearer ${KEY} \t`, want: KEY },
    {
      why: "a JWT",
      header: "Bearer eyJhbGciOiJFUzI1NiJ9.eyJhIjoxfQ.MEUC-_x",
      want: "eyJhbGciOiJFUzI1NiJ9.eyJhIjoxfQ.MEUC-_x",
    },
    { why: "every character of RFC 6750", header: "Bearer aZ09-._~+/==", want: "aZ09-._~+/==" },
    // The scheme counted, so that an operator's token of 8,186 to 8,192 characters could be set and never matched.
    { why: "8,192 characters", header: `Bearer ${"a".repeat(8_192)}`, want: "a".repeat(8_192) },
    {
      why: "8,192 characters after spaces",
      header: `Bearer${" ".repeat(58)}${"a".repeat(8_192)}`,
      want: "a".repeat(8_192),
    },
  ])("$why → the credential", ({ header, want }) => {
    expect(read(header)).toBe(want)
  })

  it.each([
    { why: "absent", header: null, want: "missing" },
    { why: "empty", header: "", want: "missing" },
    { why: "white space", header: " \t ", want: "missing" },
    { why: "the scheme alone", header: "Bearer", want: "missing" },
    { why: "the scheme and a space", header: "Bearer ", want: "missing" },
    { why: "one character too many", header: `Bearer ${"a".repeat(8_193)}`, want: "malformed" },
    { why: "spaces without end", header: `Bearer${" ".repeat(10_000)}a`, want: "malformed" },
    { why: "a key without the scheme", header: KEY, want: "malformed" },
    { why: "another scheme", header: `Basic ${KEY}`, want: "malformed" },
    { why: "another scheme that begins alike", header: `Bearers ${KEY}`, want: "malformed" },
    { why: "no space between", header: `Bearer${KEY}`, want: "malformed" },
    { why: "a tab between", header: `Bearer\t${KEY}`, want: "malformed" },
    { why: "a colon behind the scheme", header: `Bearer: ${KEY}`, want: "malformed" },
    { why: "an equals sign", header: `Bearer=${KEY}`, want: "malformed" },
    { why: "the scheme twice", header: `Bearer Bearer ${KEY}`, want: "malformed" },
    { why: "two credentials", header: `Bearer ${KEY} ${KEY}`, want: "malformed" },
    { why: "two header lines, as HTTP joins them", header: `Bearer ${KEY}, Bearer ${KEY}`, want: "malformed" },
    { why: "two header lines, the first empty", header: `, Bearer ${KEY}`, want: "malformed" },
    { why: "a comma behind", header: `Bearer ${KEY},`, want: "malformed" },
    { why: "quotes", header: `Bearer "${KEY}"`, want: "malformed" },
    { why: "a parameter", header: `Bearer ${KEY};a=b`, want: "malformed" },
    { why: "padding alone", header: "Bearer ==", want: "malformed" },
    { why: "padding inside", header: "Bearer a=b", want: "malformed" },
    { why: "a line break inside", header: `Bearer ${KEY}\nx`, want: "malformed" },
    { why: "a line break between", header: `Bearer\n${KEY}`, want: "malformed" },
    { why: "no ASCII", header: `Bearer ${KEY}é`, want: "malformed" },
    { why: "fullwidth letters", header: "Bearer ａｂｃ", want: "malformed" },
    { why: "a percent-encoded character", header: "Bearer sk%5ftest", want: "malformed" },
  ])("$why → $want", ({ header, want }) => {
    expect(read(header)).toBe(want)
  })
})
