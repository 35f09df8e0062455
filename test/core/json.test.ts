// Catches a bound on bytes where the cost is structure: 1 MiB of `{},{},…` or `[[[…` parses into 25 MB and more.

import { describe, expect, it } from "vitest"
import { toUtf8 } from "../../src/core/bytes.ts"
import { isWithinJsonLimits, MAX_JSON_LEVELS, MAX_JSON_TOKENS, parseJsonBytes } from "../../src/core/json.ts"

const nested = (levels: number, inner = ""): string => "[".repeat(levels) + inner + "]".repeat(levels)

/** An array of that many items. */
const repeated = (item: string, count: number): string => `[${Array.from({ length: count }, () => item).join(",")}]`

/** 2 × count + 1 tokens. */
const numbers = (count: number): string => repeated("0", count)

interface Row {
  readonly why: string
  readonly text: string
  readonly isTaken: boolean
}

const LIMIT = MAX_JSON_TOKENS

const levels: readonly Row[] = [
  { why: "128 arrays", text: nested(128), isTaken: true },
  { why: "129 arrays", text: nested(129), isTaken: false },
  { why: "128 objects", text: '{"a":'.repeat(127) + "{}" + "}".repeat(127), isTaken: true },
  { why: "129 objects", text: '{"a":'.repeat(128) + "{}" + "}".repeat(128), isTaken: false },
  { why: "64 objects in 64 arrays", text: '[{"a":'.repeat(64) + "0" + "}]".repeat(64), isTaken: true },
  { why: "64 objects in 65 arrays", text: `[${'[{"a":'.repeat(64)}0${"}]".repeat(64)}]`, isTaken: false },
  {
    why: "levels that close before others open",
    text: `[${nested(127)},${nested(127)},${nested(127)}]`,
    isTaken: true,
  },
  { why: "too many levels late in the text", text: `[${nested(127)},${nested(128)}]`, isTaken: false },
  { why: "129 levels with white space", text: "[ \n\t\r".repeat(129) + "]".repeat(129), isTaken: false },
  { why: "brackets in a string", text: `["${"[{".repeat(200)}"]`, isTaken: true },
  { why: "brackets in a key", text: `{"${"[".repeat(200)}":1}`, isTaken: true },
  { why: "brackets behind an escaped quote", text: `["a\\"${"[".repeat(200)}"]`, isTaken: true },
  { why: "brackets behind an escaped backslash", text: `["a\\\\",${nested(128)}]`, isTaken: false },
  { why: "brackets behind three backslashes and a quote", text: `["a\\\\\\"${"[".repeat(200)}"]`, isTaken: true },
  { why: "levels behind a long string", text: `["${"x".repeat(500)}",${nested(128)}]`, isTaken: false },
  { why: "a long string with an escaped quote", text: `["${"x".repeat(99)}\\"${"[".repeat(200)}"]`, isTaken: true },
  {
    why: "a long string that ends in escaped backslashes",
    text: `["${"x".repeat(99)}${"\\\\".repeat(50)}",${nested(128)}]`,
    isTaken: false,
  },
  { why: "a quote as \\u0022", text: `["\\u0022${"[".repeat(200)}"]`, isTaken: true },
  { why: "an empty string before the levels", text: `["",${nested(128)}]`, isTaken: false },
  { why: "text beyond ASCII before the levels", text: `["é漢😀\u2028",${nested(128)}]`, isTaken: false },
]

const tokens: readonly Row[] = [
  { why: "199,999 of numbers", text: numbers(LIMIT / 2 - 1), isTaken: true },
  { why: "200,001 of numbers", text: numbers(LIMIT / 2), isTaken: false },
  { why: "exactly 200,000", text: `[${"[],".repeat((LIMIT - 8) / 3)}0,0,[]]`, isTaken: true },
  { why: "exactly 200,000 in an object", text: `{"a":${numbers(LIMIT / 2 - 5)},"b":[]}`, isTaken: true },
  { why: "exactly 200,001 in an object", text: `{"a":${numbers(LIMIT / 2 - 4)},"b":1}`, isTaken: false },
  { why: "66,666 empty objects", text: repeated("{}", 66_666), isTaken: true },
  { why: "66,667 empty objects", text: repeated("{}", 66_667), isTaken: false },
  { why: "99,999 strings", text: repeated('"a,b"', 99_999), isTaken: true },
  { why: "100,000 strings", text: repeated('"a,b"', 100_000), isTaken: false },
  { why: "99,999 literals", text: repeated("null", 99_999), isTaken: true },
  { why: "100,000 literals", text: repeated("true", 100_000), isTaken: false },
  { why: "99,999 long numbers", text: repeated("-1.5e+10", 99_999), isTaken: true },
  { why: "33,333 members of an object and white space", text: repeated('{ "a" : 1 }', 33_333), isTaken: true },
  { why: "33,334 members of an object", text: repeated('{"a":1}', 33_334), isTaken: false },
  { why: "a string of 1 MB of commas", text: `["${",".repeat(1_000_000)}"]`, isTaken: true },
  { why: "1 MB of escaped quotes", text: `["${'\\"'.repeat(500_000)}"]`, isTaken: true },
  { why: "1 MB of escaped backslashes", text: `["${"\\\\".repeat(500_000)}"]`, isTaken: true },
  { why: "1 MB of white space", text: `[${" \n".repeat(500_000)}]`, isTaken: true },
  { why: "one number of 1 MB", text: "1".repeat(1_000_000), isTaken: true },
]

/** RFC 8259 by the book, in the slow way: an expression for each token. */
function countByExpression(text: string): { tokens: number; levels: number } {
  let [count, depth, deepest] = [0, 0, 0]
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\[^])*"|[[\]{}:,]|[^\s[\]{}:,"]+/g)) {
    count++
    if (/^[[{]$/.test(token)) deepest = Math.max(deepest, ++depth)
    if (/^[\]}]$/.test(token)) depth--
  }
  return { tokens: count, levels: deepest }
}

describe("the limits of JSON (spec 3.7)", () => {
  it("are those of the contract", () => {
    expect([MAX_JSON_LEVELS, MAX_JSON_TOKENS]).toEqual([128, 200_000])
  })

  it.each([...levels, ...tokens])("$why → taken: $isTaken", ({ text, isTaken }) => {
    // The table itself is valid JSON, and its counts are those that an independent count finds.
    const value: unknown = JSON.parse(text)
    const counted = countByExpression(text)
    expect(counted.tokens <= LIMIT && counted.levels <= MAX_JSON_LEVELS).toBe(isTaken)
    const parsed = parseJsonBytes(toUtf8(text))
    expect(parsed.ok).toBe(isTaken)
    if (parsed.ok) expect(JSON.stringify(parsed.value) === JSON.stringify(value)).toBe(true)
  })
})

describe("what is not JSON", () => {
  it.each([
    { why: "1 MB of opening brackets", text: "[".repeat(1_000_000) },
    { why: "1 MB of opening objects", text: '{"a":'.repeat(200_000) },
    { why: "a bomb in front of an error", text: `[${"{},".repeat(70_000)}` },
    { why: "a bomb behind closing brackets", text: `${"]".repeat(1_000)}${"[".repeat(1_200)}` },
  ])("$why is refused before it is parsed", ({ text }) => {
    expect(isWithinJsonLimits(toUtf8(text))).toBe(false)
  })

  it.each([
    { why: "nothing", bytes: toUtf8("") },
    { why: "a string without an end", bytes: toUtf8('["abc') },
    { why: "a long string without an end", bytes: toUtf8(`["${"x".repeat(1_000)}`) },
    { why: "a string that ends in a backslash", bytes: toUtf8('["abc\\') },
    { why: "a long string that ends in an escaped quote", bytes: toUtf8(`["${"x".repeat(1_000)}\\"`) },
    { why: "two values", bytes: toUtf8("{} {}") },
    { why: "a byte order mark", bytes: toUtf8("\ufeff{}") },
    { why: "bytes that are not UTF-8", bytes: Uint8Array.of(0x22, 0xff, 0x22) },
    { why: "a lone surrogate in CESU-8", bytes: Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22) },
  ])("$why → invalid_json", ({ bytes }) => {
    expect(parseJsonBytes(bytes)).toEqual({ ok: false, error: "invalid_json" })
  })

  // A search for the end of a string that starts over at each quote would take hours for this.
  it("1 MB of quotes behind backslashes takes linear time", { timeout: 2_000 }, () => {
    expect(parseJsonBytes(toUtf8(`["${"x".repeat(99)}${'\\"'.repeat(500_000)}`)).ok).toBe(false)
  })
})
