import { describe, expect, it } from "vitest"
import { checkSecrets } from "../../src/verify/secrets.ts"
import { thrownBy } from "../support/thrown.ts"

/** Stands in every row, so that a message that quotes its input is seen. */
const S = "whsec_do-not-show-me"

const many = (count: number) => Array.from({ length: count }, (_, i) => `${S}-${i}`)

const accepted = [
  { why: "one string", input: [S], want: [{ id: "secret-1", secret: S }] },
  { why: "one entry", input: [{ id: "a", secret: S }], want: [{ id: "a", secret: S }] },
  {
    why: "ids by position, counted over both forms",
    input: [S, { id: "old", secret: S }, S],
    want: [
      { id: "secret-1", secret: S },
      { id: "old", secret: S },
      { id: "secret-3", secret: S },
    ],
  },
  { why: "an id of 32 characters", input: [{ id: "a".repeat(32), secret: S }] },
  { why: "an id of digits and hyphens", input: [{ id: "-2026-10-", secret: S }] },
  { why: "a secret of one character", input: ["x"], want: [{ id: "secret-1", secret: "x" }] },
  { why: "white space inside a secret", input: ["a b\tc\nd"] },
  { why: "a secret without the prefix", input: ["0123456789abcdef"] },
  { why: "a secret with = and : in it", input: ["whsec_a=b:c=="] },
  { why: "a secret in other letters", input: ["whsec_ключ🔑"] },
  { why: "both bounds", input: [{ id: "a", secret: S, notBefore: 1, notAfter: 2 }] },
  { why: "the widest bounds", input: [{ id: "a", secret: S, notBefore: 0, notAfter: 999_999_999_999 }] },
  {
    why: "one secret under two ids",
    input: [
      { id: "a", secret: S },
      { id: "b", secret: S },
    ],
  },
  { why: "16 secrets", input: many(16) },
]

describe("checkSecrets accepts (spec 1.11, 1.12)", () => {
  it.each(accepted)("$why → as given", ({ input, want }) => {
    const secrets = checkSecrets(input)
    expect(secrets).toHaveLength(input.length)
    expect(secrets).toMatchObject(
      want ?? input.map((item, i) => (typeof item === "string" ? { id: `secret-${i + 1}`, secret: item } : item)),
    )
  })
})

const refused = [
  { why: "no list: undefined", input: undefined },
  { why: "no list: null", input: null },
  { why: "no list: a string, which would be a list of letters", input: S },
  { why: "no list: an object", input: { id: "a", secret: S } },
  { why: "no list: a Set", input: new Set([S]) },
  { why: "no list: something with a length", input: { length: 1, 0: S } },
  { why: "an empty list", input: [] },
  { why: "17 secrets", input: many(17) },
  { why: "a list of holes", input: Array<string>(2) },
  { why: "a hole beside a secret", input: Object.assign(Array<string>(2), { 1: S }) },
  { why: "an empty secret", input: [""] },
  { why: "an empty secret beside a good one", input: [S, ""] },
  { why: "only white space", input: [" "] },
  { why: "only a line feed", input: ["\n"] },
  { why: "a space before", input: [` ${S}`] },
  { why: "a space after", input: [`${S} `] },
  { why: "a tab before", input: [`\t${S}`] },
  { why: "a line feed after, as a file read whole has", input: [`${S}\n`] },
  { why: "a carriage return after", input: [`${S}\r`] },
  { why: "a no-break space after", input: [`${S}\u00a0`] },
  { why: "a byte order mark before", input: [`\ufeff${S}`] },
  { why: "an entry with an empty secret", input: [{ id: "a", secret: "" }] },
  { why: "an entry with white space around the secret", input: [{ id: "a", secret: `${S} ` }] },
  { why: "an entry without a secret", input: [{ id: "a" }] },
  { why: "an entry whose secret is a number", input: [{ id: "a", secret: 1 }] },
  { why: "an entry whose secret is a list", input: [{ id: "a", secret: [S] }] },
  { why: "an entry whose secret is bytes", input: [{ id: "a", secret: new TextEncoder().encode(S) }] },
  { why: "an entry whose secret is a boxed string", input: [{ id: "a", secret: Object(S) }] },
  { why: "an entry that is undefined", input: [undefined] },
  { why: "an entry that is null", input: [null] },
  { why: "an entry that is a number", input: [1] },
  { why: "an entry that is a list", input: [[S]] },
  { why: "an entry that is a function", input: [() => S] },
  { why: "an entry without an id", input: [{ secret: S }] },
  { why: "an id that is empty", input: [{ id: "", secret: S }] },
  { why: "an id of 33 characters", input: [{ id: "a".repeat(33), secret: S }] },
  { why: "an id in upper case", input: [{ id: "A", secret: S }] },
  { why: "an id with an underscore", input: [{ id: "a_b", secret: S }] },
  { why: "an id with a space", input: [{ id: "a b", secret: S }] },
  { why: "an id with a line feed", input: [{ id: "a\n", secret: S }] },
  { why: "an id that is the secret itself", input: [{ id: S, secret: S }] },
  { why: "an id that is a number", input: [{ id: 1, secret: S }] },
  {
    why: "two entries with one id",
    input: [
      { id: "a", secret: S },
      { id: "a", secret: `${S}-2` },
    ],
  },
  { why: "an id that a position takes later", input: [{ id: "secret-2", secret: S }, S] },
  { why: "an id that a position took before", input: [S, { id: "secret-1", secret: S }] },
  { why: "notBefore with a fraction", input: [{ id: "a", secret: S, notBefore: 1.5 }] },
  { why: "notBefore below 0", input: [{ id: "a", secret: S, notBefore: -1 }] },
  { why: "notBefore NaN", input: [{ id: "a", secret: S, notBefore: Number.NaN }] },
  { why: "notBefore as text", input: [{ id: "a", secret: S, notBefore: "1790000000" }] },
  { why: "notBefore in milliseconds", input: [{ id: "a", secret: S, notBefore: 1_790_000_000_000 }] },
  { why: "notBefore null", input: [{ id: "a", secret: S, notBefore: null }] },
  { why: "notAfter with a fraction", input: [{ id: "a", secret: S, notAfter: 1.5 }] },
  { why: "notAfter Infinity", input: [{ id: "a", secret: S, notAfter: Number.POSITIVE_INFINITY }] },
  { why: "notAfter as text", input: [{ id: "a", secret: S, notAfter: "1790000000" }] },
  { why: "notAfter in milliseconds", input: [{ id: "a", secret: S, notAfter: 1_790_000_000_000 }] },
  { why: "notAfter null", input: [{ id: "a", secret: S, notAfter: null }] },
  { why: "notAfter a Date", input: [{ id: "a", secret: S, notAfter: new Date(0) }] },
  { why: "notAfter 0: never valid", input: [{ id: "a", secret: S, notAfter: 0 }] },
  { why: "notAfter the second of notBefore: never valid", input: [{ id: "a", secret: S, notBefore: 5, notAfter: 5 }] },
  { why: "notAfter before notBefore", input: [{ id: "a", secret: S, notBefore: 6, notAfter: 5 }] },
]

describe("checkSecrets refuses the whole list (spec 1.11, 1.12)", () => {
  it.each(refused)("$why → TypeError that shows no secret", ({ input }) => {
    const thrown = thrownBy(() => checkSecrets(input))
    expect(thrown).toBeInstanceOf(TypeError)
    expect(String(thrown)).not.toContain("do-not-show-me")
  })

  it("names the entry that is wrong, not the first", () => {
    expect(() => checkSecrets([S, { id: "a", secret: " " }])).toThrow("[1]")
  })
})
