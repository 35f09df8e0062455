import { describe, expect, it } from "vitest"
import { credicorp } from "../../src/providers/credicorp.ts"
import { parseSecrets, type ParseSecretsOptions } from "../../src/verify/parse-secrets.ts"
import { createVerifier } from "../../src/verify/verifier.ts"
import { NOW, sampleBody, signatureHeader } from "../support/delivery.ts"
import { thrownBy } from "../support/thrown.ts"

const A = "whsec_8kL5mP2nQ9rS4vX7"
const B = "whsec_zC3bE6hJ1m8kL5mP"
const HEX = "0123456789abcdef0123456789abcdef"

const one = (secret: string, id = "secret-1") => [{ id, secret }]

const ab = [
  { id: "secret-1", secret: A },
  { id: "secret-2", secret: B },
]

/** A provider whose secrets have no prefix, as GitHub's: the user chooses them. */
const FREE: ParseSecretsOptions = { provider: {} }

const texts: readonly { why: string; text: string; options?: ParseSecretsOptions; want: unknown }[] = [
  { why: "one secret", text: A, want: one(A) },
  { why: "one secret with an id", text: `new=${A}`, want: one(A, "new") },
  { why: "white space around it all", text: ` \t\r\n ${A} \r\n`, want: one(A) },
  { why: "separated by a comma", text: `${A},${B}`, want: ab },
  { why: "separated by a comma and white space", text: `${A} \t,  ${B}`, want: ab },
  { why: "separated by a line feed", text: `${A}\n${B}`, want: ab },
  { why: "separated by CRLF", text: `${A}\r\n${B}\r\n`, want: ab },
  { why: "separated by an empty line", text: `${A}\n\n${B}`, want: ab },
  { why: "separated by a comma and a line feed", text: `${A},\n  ${B}`, want: ab },
  { why: "ids and positions mixed", text: `new=${A}, ${B}`, want: [{ id: "new", secret: A }, ab[1]] },
  { why: "an id of 128 characters", text: `${"a".repeat(128)}=${A}`, want: one(A, "a".repeat(128)) },
  { why: "an id of every kind of character", text: `Az09._:-=${A}`, want: one(A, "Az09._:-") },
  { why: "a line of .env, whose name is the id", text: `WEBHOOK_SECRET=${A}`, want: one(A, "WEBHOOK_SECRET") },
  { why: "= inside the secret behind an id", text: `new=${A}=b==`, want: one(`${A}=b==`, "new") },
  {
    why: "base64 with the prefix and its padding",
    text: `${A}==,${B}=`,
    want: [{ secret: `${A}==` }, { secret: `${B}=` }],
  },
  { why: "an id that is a field of the JSON form", text: `secret=${A}`, want: one(A, "secret") },
  { why: "16 characters", text: "whsec_8kL5mP2nQ9", want: one("whsec_8kL5mP2nQ9") },
  { why: "a secret that is not of Credicorp's form", text: HEX, want: one(HEX) },
  {
    why: "two that are not of Credicorp's form",
    text: `${HEX},${HEX}0`,
    want: [{ secret: HEX }, { secret: `${HEX}0` }],
  },
  { why: "base64 that ends in =", text: "c2VjcmV0LXNlY3JldA==", want: one("c2VjcmV0LXNlY3JldA==") },
  { why: "a provider without a prefix", text: HEX, options: FREE, want: one(HEX) },
  {
    why: "a provider without a prefix, base64",
    text: "c2VjcmV0LXNlY3JldA==",
    options: FREE,
    want: [{ id: "secret-1" }],
  },
  {
    why: "a provider without a prefix, secrets with and without one",
    text: `${A},${HEX}`,
    options: FREE,
    want: [{ secret: A }, { secret: HEX }],
  },
  {
    why: "another provider's prefix",
    text: `new=sk_0123456789abcdef`,
    options: { provider: { secretPrefix: "sk_" } },
    want: one("sk_0123456789abcdef", "new"),
  },
  { why: "the provider undefined", text: `new=${A}`, options: { provider: undefined }, want: one(A, "new") },
]

describe("parseSecrets reads the text form", () => {
  it.each(texts)("$why → the list", ({ text, options, want }) => {
    expect(parseSecrets(text, options)).toMatchObject(want as object[])
  })

  it("16 secrets → the list", () => {
    const items = Array.from({ length: 16 }, (_, i) => `${A}${i}`)
    expect(parseSecrets(items.join()).map(({ secret }) => secret)).toEqual(items)
  })
})

const PEM = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n"

const jsonTexts: readonly { why: string; list: unknown; options?: ParseSecretsOptions; want: unknown }[] = [
  { why: "one entry", list: [{ id: "a", secret: A }], want: one(A, "a") },
  { why: "strings", list: [A, B], want: ab },
  { why: "a short secret, which the text form refuses", list: ["abc"], want: one("abc") },
  { why: "a secret with a comma", list: ["whsec_a,b"], want: one("whsec_a,b") },
  { why: "a secret with white space and # inside", list: ["whsec_a # b"], want: one("whsec_a # b") },
  { why: "one with the prefix and one without", list: [A, HEX], want: [{ secret: A }, { secret: HEX }] },
  { why: "a secret with a quote on one side", list: ['abc"'], want: one('abc"') },
  { why: "an unusual one", list: [{ id: "a", secret: "changeme", allowUnusual: true }], want: one("changeme", "a") },
  {
    why: "bounds (spec 1.12)",
    list: [{ id: "a", secret: A, notBefore: 1, notAfter: 2 }],
    want: [{ id: "a", secret: A, notBefore: 1, notAfter: 2 }],
  },
  {
    why: "a PEM, for the provider's parser",
    list: [{ id: "a", secret: PEM }],
    options: { provider: { parseKey: String } },
    want: one(PEM, "a"),
  },
  {
    why: "a JWK, for the provider's parser",
    list: [{ id: "a", secret: { kty: "OKP" } }],
    options: { provider: { parseKey: (jwk) => JSON.stringify(jwk) } },
    want: one('{"kty":"OKP"}', "a"),
  },
]

describe("parseSecrets reads the JSON form", () => {
  it.each(jsonTexts)("$why → the list", ({ list, options, want }) => {
    expect(parseSecrets(JSON.stringify(list), options)).toMatchObject(want as object[])
    expect(parseSecrets(`\n ${JSON.stringify(list, null, 2)}\r\n`, options)).toMatchObject(want as object[])
  })
})

/** Part of most refused rows, so that the test notices a message that quotes its input. */
const S = "whsec_do-not-show-me-01"
const T = "do-not-show-me-0123456789"

const refused: readonly { why: string; text: unknown; options?: ParseSecretsOptions; says: string }[] = [
  // A separator inside pasted text must not turn a scrap of it into a key that an attacker could guess.
  {
    why: "a comment with a comma in it",
    text: `${S} # live, rotated 2026-01-01`,
    says: "secrets[0] has white space or #",
  },
  { why: "a comment without white space", text: `${S}#live,rotated-2026-01-01-by-ops`, says: "white space or #" },
  { why: "a comma and a remark", text: `${S},rotated-2026-01-01-by-ops`, says: "secrets[1] lacks the prefix" },
  { why: "a remark and a comma", text: `rotated-2026-01-01-by-ops,${S}`, says: "secrets[0] lacks the prefix" },
  { why: "a comment line", text: `# production secrets\n${S}`, says: "secrets[0] has white space or #" },
  { why: "a comment line of one word", text: `#production-secrets\n${S}`, says: "white space or #" },
  { why: "a sentence", text: `the secrets are, in this order: ${S}`, says: "white space" },
  { why: "a sentence, for a provider without a prefix", text: `old secret, ${T}`, options: FREE, says: "white space" },
  {
    why: "a word, for a provider without a prefix",
    text: `old,${T}`,
    options: FREE,
    says: "secrets[0] is shorter than 16",
  },
  { why: "15 characters", text: "whsec_8kL5mP2nQ", says: "shorter than 16" },
  { why: "15 characters behind an id", text: "new=whsec_8kL5mP2nQ", says: "shorter than 16" },
  { why: "a field of the JSON form", text: `new=${S},notAfter=1790000000`, says: "secrets[1] is a field" },
  { why: "a field of the JSON form, long enough", text: `${T},notAfter:1790000000`, options: FREE, says: "is a field" },
  { why: "a field in other letters", text: `${T},ALLOWUNUSUAL=true`, options: FREE, says: "is a field" },
  { why: "JSON without its brackets", text: `{"id":"production","secret":"${S}"}`, says: "quote or bracket" },
  {
    why: "a JSON object of ids",
    text: `{"production":"${T}","old":"${T}-2"}`,
    options: FREE,
    says: "quote or bracket",
  },
  { why: "JSON with a stray quote", text: `'[{"id":"production","secret":"${S}"}]'`, says: "quote or bracket" },
  { why: "a quote on one side", text: `${S}"`, says: "quote or bracket" },
  { why: "a quote on one side, behind an id", text: `old=${S}"`, says: "quote or bracket" },
  { why: "quotes around a list", text: `"${S},${S}-2"`, says: "quote or bracket" },
  { why: "quotes around each", text: `"${S}","${S}-2"`, says: "quote or bracket" },
  { why: "typographic quotes", text: `“${S}”`, says: "quote or bracket" },
  { why: "a PEM", text: PEM, options: { provider: { parseKey: String } }, says: "JSON list" },
  {
    why: "a JWK",
    text: `{"kty":"OKP","crv":"Ed25519"}`,
    options: { provider: { parseKey: String } },
    says: "JSON list",
  },
  // `new=$NEW,old=$OLD` with NEW not set: the key would be "new=", which anyone can guess.
  { why: "nothing behind an id", text: `new=,old=${S}`, says: "secrets[0]" },
  { why: "nothing behind an id and the prefix", text: `new=whsec_,old=${S}`, says: "shorter than 16" },
  { why: "nothing behind the prefix", text: `whsec_,${S}`, says: "shorter than 16" },
  { why: "a variable that was not set, as text", text: "undefined", says: "shorter than 16" },
  { why: "a variable that was not expanded", text: "${CREDICORP_SECRET}", says: "quote or bracket" },
  { why: "a placeholder", text: "whsec_your_secret_here", says: "placeholder" },
  { why: "a doubled placeholder", text: "changemechangeme", says: "placeholder" },
  { why: "a literal \\n at the end", text: `${S}\\n`, says: "literal" },
  { why: "Bearer in front", text: `Bearer ${S}`, says: "white space" },
  { why: "a zero-width space", text: `${S}\u200b`, says: "control" },
  // Each of these would become a key that no sender uses, and every delivery would fail.
  { why: "an empty id", text: `=${S}`, says: "prefix inside" },
  { why: "an id of 129 characters", text: `${"a".repeat(129)}=${S}`, says: "prefix inside" },
  { why: "an id that is a secret", text: `${S}=${S}-2`, says: "must not be a secret" },
  { why: "a space before =", text: `old =${S}`, says: "white space" },
  { why: "a space after =", text: `old= ${S}`, says: "white space" },
  { why: "the prefix in upper case behind an id", text: `old=${S.toUpperCase()}`, says: "NAME=" },
  { why: "no prefix behind an id", text: `new=${T}`, says: "NAME=" },
  { why: "an id, for a provider without a prefix", text: `new=${T}`, options: FREE, says: "NAME=" },
  { why: "a semicolon between secrets", text: `${S};${S}-2`, says: "prefix inside" },
  { why: "a semicolon between secrets behind an id", text: `old=${S};new=${S}-2`, says: "prefix inside" },
  { why: "a space between secrets", text: `${S} ${S}-2`, says: "white space" },
  { why: "an em space between secrets", text: `${S}\u2003${S}-2`, says: "white space" },
  { why: "undefined: the variable is not set", text: undefined, says: "not undefined: is the variable set?" },
  { why: "null", text: null, says: "not null" },
  { why: "a number", text: 1, says: "not a number" },
  { why: "a list", text: [S], says: "not an Array" },
  { why: "a promise", text: Promise.resolve(S), says: "await" },
  { why: "a boxed string", text: Object(S), says: "not a String" },
  { why: "empty", text: "", says: "empty text: is the variable set?" },
  { why: "only white space", text: " \r\n\t", says: "empty text: is the variable set?" },
  { why: "only a comma", text: ",", says: "secrets[0] is empty" },
  { why: "an empty item between commas", text: `${S},,${S}-2`, says: "secrets[1] is empty" },
  { why: "an item of white space between commas", text: `${S}, \t ,${S}-2`, says: "secrets[1] is empty" },
  { why: "an empty item at the start", text: `,${S}`, says: "secrets[0] is empty" },
  { why: "an empty item at the end", text: `${S},`, says: "secrets[1] is empty" },
  {
    why: "a comma at the end of a line and one at the start of the next",
    text: `${S},\n,${S}-2`,
    says: "secrets[1] is empty",
  },
  { why: "one id twice", text: `a=${S},a=${S}-2`, says: "secrets[1].id is used twice" },
  { why: "an id that a position takes", text: `secret-2=${S},${S}`, says: "secrets[1].id is used twice" },
  { why: "17 secrets", text: Array.from({ length: 17 }, (_, i) => `${S}-${i}`).join(), says: "1 to 16" },
  { why: "JSON: not_after", text: `[{"id":"old","secret":"${S}","not_after":1}]`, says: "another field" },
  { why: "JSON: a field that is the secret", text: `[{"id":"old","${S}":1}]`, says: "another field" },
  { why: "JSON: an empty list", text: "[]", says: "1 to 16" },
  { why: "JSON: cut off", text: `[{"id":"a","secret":"${S}"`, says: "not a JSON list" },
  { why: "JSON: single quotes", text: `['${S}']`, says: "not a JSON list" },
  { why: "JSON: no quotes", text: `[${S}]`, says: "not a JSON list" },
  { why: "JSON: a comma at the end", text: `["${S}",]`, says: "not a JSON list" },
  { why: "JSON: text after the list", text: `["${S}"],${S}`, says: "not a JSON list" },
  { why: "JSON: two lists", text: `["${S}"]["${S}"]`, says: "not a JSON list" },
  { why: "JSON: a list in the list", text: `[["${S}"]]`, says: "secrets[0] must be text or { id, secret }" },
  { why: "JSON: null in the list", text: `["${S}",null]`, says: "secrets[1] is null" },
  { why: "JSON: an empty secret", text: `["${S}",""]`, says: "secrets[1].secret is empty" },
  { why: "JSON: white space around a secret", text: `[" ${S}"]`, says: "white space at an end" },
  { why: "JSON: NAME= in front", text: `["new=${S}"]`, says: "NAME=" },
  { why: "JSON: no id", text: `[{"secret":"${S}"}]`, says: "secrets[0].id" },
  { why: "JSON: one id twice", text: `[{"id":"a","secret":"${S}"},{"id":"a","secret":"${S}-2"}]`, says: "used twice" },
  { why: "JSON: the secret under another name", text: `[{"id":"a","value":"${S}"}]`, says: "another field" },
  { why: "JSON: a bound as text", text: `[{"id":"a","secret":"${S}","notAfter":"2026-10-01"}]`, says: "notAfter" },
  { why: "JSON: never valid", text: `[{"id":"a","secret":"${S}","notBefore":2,"notAfter":1}]`, says: "later than" },
]

describe("parseSecrets refuses (spec 1.11)", () => {
  it.each(refused)("$why → TypeError that says $says, and shows no text", ({ text, options, says }) => {
    const thrown = thrownBy(() => parseSecrets(text as string, options))
    expect(thrown).toBeInstanceOf(TypeError)
    expect(String(thrown)).toContain(says)
    expect(String(thrown)).not.toMatch(/do-not-show-me|rotated|production|live/i)
    expect((thrown as TypeError).cause).toBeUndefined()
  })

  const options = [
    { why: "misspelt", given: { scheme: credicorp }, says: "scheme" },
    { why: "text", given: "credicorp", says: "a string" },
  ]
  it.each(options)("options that are $why → TypeError", ({ given, says }) => {
    expect(() => parseSecrets(A, given as ParseSecretsOptions)).toThrow(TypeError)
    expect(() => parseSecrets(A, given as ParseSecretsOptions)).toThrow(says)
  })
})

// The text was split at the comma of a comment, and its second half became a key that verified.
it("no delivery that was signed with a scrap of the text is ever accepted", async () => {
  const text = `${A} # live, rotated 2026-01-01`
  const body = sampleBody()
  for (const [, scrap = ""] of text.matchAll(/([^,#]+)/g)) {
    const headers = { "credicorp-signature": await signatureHeader(body, NOW, scrap.trim()) }
    expect(() => createVerifier({ secrets: parseSecrets(text), now: NOW }).verify(body, headers)).toThrow(TypeError)
  }
})
