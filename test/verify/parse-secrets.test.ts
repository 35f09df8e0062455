import { describe, expect, it } from "vitest"
import { parseSecrets } from "../../src/verify/parse-secrets.ts"
import { thrownBy } from "../support/thrown.ts"

const one = (secret: string, id = "secret-1") => [{ id, secret }]

const ab = [
  { id: "secret-1", secret: "whsec_a" },
  { id: "secret-2", secret: "whsec_b" },
]

const texts = [
  { why: "one secret", text: "whsec_a", want: one("whsec_a") },
  { why: "one secret with an id", text: "new=whsec_a", want: one("whsec_a", "new") },
  { why: "white space around it all", text: " \t\r\n whsec_a \r\n", want: one("whsec_a") },
  { why: "separated by a comma", text: "whsec_a,whsec_b", want: ab },
  { why: "separated by a comma and white space", text: "whsec_a \t,  whsec_b", want: ab },
  { why: "separated by a line feed", text: "whsec_a\nwhsec_b", want: ab },
  { why: "separated by CRLF", text: "whsec_a\r\nwhsec_b\r\n", want: ab },
  { why: "separated by an empty line", text: "whsec_a\n\nwhsec_b", want: ab },
  { why: "separated by a comma and a line feed", text: "whsec_a,\n  whsec_b", want: ab },
  {
    why: "ids and positions mixed",
    text: "new=whsec_a, whsec_b",
    want: [
      { id: "new", secret: "whsec_a" },
      { id: "secret-2", secret: "whsec_b" },
    ],
  },
  { why: "an id of 32 characters", text: `${"a".repeat(32)}=whsec_a`, want: one("whsec_a", "a".repeat(32)) },
  { why: "an id of digits and hyphens", text: "2026-10=whsec_a", want: one("whsec_a", "2026-10") },
  { why: "= inside the secret behind an id", text: "new=whsec_a=b==", want: one("whsec_a=b==", "new") },
  { why: "a space inside a secret", text: "whsec_a b", want: one("whsec_a b") },
  { why: "a secret that is not of Credicorp's form", text: "0123456789abcdef", want: one("0123456789abcdef") },
  // Otherwise the whole item is the secret: a part that is cut off would be a key nobody signs with.
  { why: "no prefix behind =", text: "new=abc", want: one("new=abc") },
  { why: "base64 that ends in =", text: "c2VjcmV0LXNlY3JldA==", want: one("c2VjcmV0LXNlY3JldA==") },
  {
    why: "an id that is a field of the JSON form",
    text: "secret=whsec_a",
    want: [{ id: "secret", secret: "whsec_a" }],
  },
]

describe("parseSecrets reads the text form", () => {
  it.each(texts)("$why → the list", ({ text, want }) => {
    expect(parseSecrets(text)).toMatchObject(want)
  })

  it("16 secrets → the list", () => {
    const items = Array.from({ length: 16 }, (_, i) => `whsec_${i}`)
    expect(parseSecrets(items.join()).map(({ secret }) => secret)).toEqual(items)
  })
})

const jsonTexts = [
  { why: "one entry", list: [{ id: "a", secret: "whsec_a" }], want: one("whsec_a", "a") },
  { why: "strings", list: ["whsec_a", "whsec_b"], want: ab },
  { why: "a secret with a comma", list: [{ id: "a", secret: "whsec_a,b" }], want: one("whsec_a,b", "a") },
  { why: "id=secret is not split in a list", list: ["new=whsec_a"], want: one("new=whsec_a") },
  {
    why: "bounds (spec 1.12)",
    list: [{ id: "a", secret: "whsec_a", notBefore: 1, notAfter: 2 }],
    want: [{ id: "a", secret: "whsec_a", notBefore: 1, notAfter: 2 }],
  },
]

describe("parseSecrets reads the JSON form", () => {
  it.each(jsonTexts)("$why → the list", ({ list, want }) => {
    expect(parseSecrets(JSON.stringify(list))).toMatchObject(want)
    expect(parseSecrets(`\n ${JSON.stringify(list, null, 2)}\r\n`)).toMatchObject(want)
  })
})

/** Stands in every text, so that a message that quotes its input is seen. */
const S = "whsec_do-not-show-me"

const refused: readonly { why: string; text: unknown }[] = [
  // Each of these would become a key that a stranger can guess, beside secrets that go on working.
  { why: "a slip: a field of the JSON form", text: `new=${S},notAfter=1790000000` },
  // `new=$NEW,old=$OLD` with NEW not set: the key would be "new=", which everybody can guess.
  { why: "a slip: nothing behind an id", text: `new=,old=${S}` },
  { why: "a slip: nothing behind an id and the prefix", text: `new=whsec_,old=${S}` },
  { why: "a slip: nothing behind the prefix", text: `whsec_,${S}` },
  { why: "a slip: the same in other letters", text: `${S}, NOTBEFORE: 1` },
  { why: "a slip: a comment line", text: `# production secrets\n${S}` },
  { why: "a slip: JSON without its brackets", text: `{"id":"production","secret":"${S}"}` },
  { why: "a slip: JSON with a stray quote", text: `'[{"id":"production","secret":"${S}"}]'` },
  { why: "a slip: a quote on one side", text: `${S}"` },
  { why: "a slip: a variable that was not set, as text", text: "undefined" },
  { why: "a slip: null, as text", text: "null" },
  // Each of these would become one key that nobody signs with, and every delivery would fail.
  { why: "a slip: an id in upper case", text: `Old=${S}` },
  { why: "a slip: an id with an underscore, as a whole line of .env", text: `WEBHOOK_SECRETS=${S}` },
  { why: "a slip: an empty id", text: `=${S}` },
  { why: "a slip: an id of 33 characters", text: `${"a".repeat(33)}=${S}` },
  { why: "a slip: a space before =", text: `old =${S}` },
  { why: "a slip: a space after =", text: `old= ${S}` },
  { why: "a slip: the prefix in upper case behind an id", text: `old=${S.toUpperCase()}` },
  { why: "a slip: a semicolon between secrets", text: `${S};${S}-2` },
  { why: "a slip: a semicolon between secrets behind an id", text: `old=${S};new=${S}-2` },
  { why: "a slip: a space between secrets", text: `${S} ${S}-2` },
  { why: "a slip: a quote on one side, behind an id", text: `old=${S}"` },
  // A field that is not known could be a mistyped end, and the secret valid for ever.
  { why: "JSON: not_after", text: `[{"id":"old","secret":"${S}","not_after":1}]` },
  { why: "JSON: notafter", text: `[{"id":"old","secret":"${S}","notafter":1}]` },
  { why: "undefined: the variable is not set", text: undefined },
  { why: "null", text: null },
  { why: "a number", text: 1 },
  { why: "a list", text: [S] },
  { why: "a boxed string", text: Object(S) },
  { why: "empty", text: "" },
  { why: "only white space", text: " \r\n\t" },
  { why: "only a comma", text: "," },
  { why: "an empty item between commas", text: `${S},,${S}-2` },
  { why: "an item of white space between commas", text: `${S}, \t ,${S}-2` },
  { why: "an empty item at the start", text: `,${S}` },
  { why: "an empty item at the end", text: `${S},` },
  { why: "a comma at the end of a line and one at the start of the next", text: `${S},\n,${S}-2` },
  { why: "one id twice", text: `a=${S},a=${S}-2` },
  { why: "an id that a position takes", text: `secret-2=${S},${S}` },
  { why: "17 secrets", text: Array.from({ length: 17 }, (_, i) => `${S}-${i}`).join() },
  { why: "JSON: an empty list", text: "[]" },
  { why: "JSON: cut off", text: `[{"id":"a","secret":"${S}"` },
  { why: "JSON: single quotes", text: `['${S}']` },
  { why: "JSON: no quotes", text: `[${S}]` },
  { why: "JSON: a comma at the end", text: `["${S}",]` },
  { why: "JSON: text after the list", text: `["${S}"],${S}` },
  { why: "JSON: two lists", text: `["${S}"]["${S}"]` },
  { why: "JSON: a list in the list", text: `[["${S}"]]` },
  { why: "JSON: null in the list", text: `["${S}",null]` },
  { why: "JSON: an empty secret", text: `["${S}",""]` },
  { why: "JSON: white space around a secret", text: `[" ${S}"]` },
  { why: "JSON: no id", text: `[{"secret":"${S}"}]` },
  { why: "JSON: an id in upper case", text: `[{"id":"A","secret":"${S}"}]` },
  { why: "JSON: one id twice", text: `[{"id":"a","secret":"${S}"},{"id":"a","secret":"${S}-2"}]` },
  { why: "JSON: the secret under another name", text: `[{"id":"a","value":"${S}"}]` },
  { why: "JSON: a bound as text", text: `[{"id":"a","secret":"${S}","notAfter":"2026-10-01"}]` },
  { why: "JSON: never valid", text: `[{"id":"a","secret":"${S}","notBefore":2,"notAfter":1}]` },
]

describe("parseSecrets refuses (spec 1.11)", () => {
  it.each(refused)("$why → TypeError that shows no secret", ({ text }) => {
    const thrown = thrownBy(() => parseSecrets(text as string))
    expect(thrown).toBeInstanceOf(TypeError)
    expect(String(thrown)).not.toContain("do-not-show-me")
    expect((thrown as TypeError).cause).toBeUndefined()
  })
})

it("parseSecrets of an unset variable asks whether it is set", () => {
  const variables: { readonly WEBHOOK_SECRETS?: string } = {}
  expect(() => parseSecrets(variables.WEBHOOK_SECRETS)).toThrow("is the variable set?")
})
