import { describe, expect, it } from "vitest"
import { credicorp } from "../../src/providers/credicorp.ts"
import { checkSecrets, type Secret } from "../../src/verify/secrets.ts"
import { thrownBy } from "../support/thrown.ts"

/** Part of every refused row, so that a message that quotes its input is seen. */
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
  { why: "an id of 128 characters", input: [{ id: "a".repeat(128), secret: S }] },
  { why: "an id of every kind of character", input: [{ id: "Az09._:-_", secret: S }] },
  { why: "an id that is a version", input: [{ id: "v1.2:2026-10", secret: S }] },
  { why: "both bounds", input: [{ id: "a", secret: S, notBefore: 1, notAfter: 2 }] },
  { why: "the widest bounds", input: [{ id: "a", secret: S, notBefore: 0, notAfter: 999_999_999_999 }] },
  {
    why: "optional fields that are undefined",
    input: [{ id: "a", secret: S, notBefore: undefined }],
    want: [{ id: "a", secret: S, notBefore: 0 }],
  },
  { why: "allowUnusual false", input: [{ id: "a", secret: S, allowUnusual: false }], want: [{ id: "a", secret: S }] },
  {
    why: "an instance of a class, which may have fields of its own",
    input: [Object.assign(Object.create({ id: "a" }), { secret: S, cached: 1 })],
    want: [{ id: "a", secret: S }],
  },
  {
    why: "one secret under two ids",
    input: [
      { id: "a", secret: S },
      { id: "b", secret: S },
    ],
  },
  { why: "16 secrets", input: many(16) },
  // A rule about what wraps a secret says nothing of the same characters elsewhere in it.
  { why: "quotes inside", input: [`${S}"a"`, `"a"${S}`, `${S}'`, `${S}“a”`, `“a”${S}`, `${S}‘a’`, `‘a’${S}`] },
  { why: "a variable's signs inside", input: [`${S}<a>`, `<a>${S}`, `{{a}}${S}`, `\${a}${S}`] },
]

describe("checkSecrets accepts (spec 1.11, 1.12)", () => {
  it.each(accepted)("$why → as given", ({ input, want }) => {
    const secrets = checkSecrets(input, credicorp)
    expect(secrets).toHaveLength(input.length)
    expect(secrets).toMatchObject(
      want ?? input.map((item, i) => (typeof item === "string" ? { id: `secret-${i + 1}`, secret: item } : item)),
    )
  })
})

/** A secret, and a word of the rule that it breaks. Each is tried with and without what a provider says of its secrets. */
const unusual: readonly { why: string; secret: string; rule: string }[] = [
  { why: "white space alone", secret: " ", rule: "white space" },
  { why: "a space in front", secret: ` ${S}`, rule: "white space" },
  { why: "a space at the end", secret: `${S} `, rule: "white space" },
  { why: "a tab in front", secret: `\t${S}`, rule: "white space" },
  { why: "a line feed at the end, as a file has", secret: `${S}\n`, rule: "white space" },
  { why: "a carriage return at the end", secret: `${S}\r`, rule: "white space" },
  { why: "a no-break space at the end", secret: `${S}\u00a0`, rule: "white space" },
  { why: "a byte order mark in front", secret: `\ufeff${S}`, rule: "white space" },
  { why: "a line separator at the end", secret: `${S}\u2028`, rule: "white space" },
  { why: "a line feed inside", secret: `${S}\n${S}`, rule: "control" },
  { why: "a tab inside", secret: `${S}\t1`, rule: "control" },
  { why: "a NUL inside", secret: `${S}\0`, rule: "control" },
  { why: "a C1 control inside", secret: `${S}\u0085x`, rule: "control" },
  { why: "a zero-width space inside", secret: `whsec_\u200bdo-not-show-me`, rule: "control" },
  { why: "a zero-width joiner at the end", secret: `${S}\u200d`, rule: "control" },
  { why: "a soft hyphen inside", secret: `${S}\u00ad1`, rule: "control" },
  { why: "a right-to-left override", secret: `${S}\u202e1`, rule: "control" },
  { why: "half a surrogate pair", secret: `${S}\ud83d`, rule: "control" },
  { why: "a private-use character", secret: `${S}\ue000`, rule: "control" },
  { why: "a literal \\n at the end", secret: `${S}\\n`, rule: "literal" },
  { why: "a literal \\n inside", secret: `${S}\\n${S}`, rule: "literal" },
  { why: "a literal \\r\\n", secret: `${S}\\r\\n`, rule: "literal" },
  { why: "double quotes around it", secret: `"${S}"`, rule: "quotes" },
  { why: "single quotes around it", secret: `'${S}'`, rule: "quotes" },
  { why: "backquotes around it", secret: `\`${S}\``, rule: "quotes" },
  { why: "typographic quotes around it", secret: `“${S}”`, rule: "quotes" },
  { why: "an ellipsis of three dots", secret: "whsec_do-not-show-me...", rule: "ellipsis" },
  { why: "an ellipsis inside", secret: "whsec_do-not...show-me", rule: "ellipsis" },
  { why: "an ellipsis of one character", secret: "whsec_do-not-show-me…", rule: "ellipsis" },
  { why: "the ellipsis of an example", secret: "whsec_…", rule: "ellipsis" },
  { why: "Bearer in front", secret: `Bearer ${S}`, rule: "Bearer" },
  { why: "bearer in front", secret: `bearer ${S}`, rule: "Bearer" },
  { why: "a line of .env", secret: `WEBHOOK_SECRET=${S}`, rule: "NAME=" },
  { why: "a line of .env with quotes", secret: `WEBHOOK_SECRET="${S}"`, rule: "NAME=" },
  { why: "a line of .env with spaces", secret: `WEBHOOK_SECRET = ${S}`, rule: "NAME=" },
  { why: "a line of a shell", secret: `export WEBHOOK_SECRET=${S}`, rule: "NAME=" },
  { why: "a line of .env without a secret", secret: "WEBHOOK_SECRET=", rule: "NAME=" },
  { why: "id=secret, which parseSecrets reads", secret: `2026-10=${S}`, rule: "NAME=" },
  { why: "a name in front of base64", secret: "KEY=c2VjcmV0LXNlY3JldA==", rule: "NAME=" },
  { why: "$NAME", secret: "$WEBHOOK_SECRET", rule: "not expanded" },
  { why: "$name", secret: "$webhook_secret", rule: "not expanded" },
  { why: "${NAME}", secret: "${WEBHOOK_SECRET}", rule: "not expanded" },
  { why: "${NAME:-default}", secret: "${WEBHOOK_SECRET:-abc}", rule: "not expanded" },
  { why: "${{ … }}", secret: "${{ secrets.WEBHOOK_SECRET }}", rule: "not expanded" },
  { why: "{{…}}", secret: "{{ webhook_secret }}", rule: "not expanded" },
  { why: "<…>", secret: "<webhook secret>", rule: "not expanded" },
  { why: "your…secret", secret: "your_webhook_secret", rule: "placeholder" },
  { why: "your…secret with a prefix", secret: "whsec_your_secret_here", rule: "placeholder" },
  { why: "your…secret in capitals", secret: "YOUR-SECRET", rule: "placeholder" },
  { why: "your…secret in words", secret: "put your signing secret here", rule: "placeholder" },
  { why: "your…secret in one word", secret: "yourwebhooksecret", rule: "placeholder" },
  { why: "your…secret, doubled", secret: "your_secretyour_secret", rule: "placeholder" },
  { why: "changeme", secret: "changeme", rule: "placeholder" },
  { why: "changeme, doubled to be long enough", secret: "changemechangeme", rule: "placeholder" },
  { why: "Change-Me", secret: "Change-Me", rule: "placeholder" },
  { why: "change_me and a number", secret: "change_me_123", rule: "placeholder" },
  { why: "undefined, of a template", secret: "undefined", rule: "placeholder" },
  { why: "null, of a template", secret: "null", rule: "placeholder" },
  { why: "an object in a template", secret: "[object Object]", rule: "placeholder" },
  { why: "one character repeated", secret: "xxxxxxxxxxxxxxxx", rule: "one character" },
  { why: "one digit repeated", secret: "0000000000000000", rule: "one character" },
  { why: "asterisks, as a form shows a secret", secret: "****************", rule: "one character" },
  { why: "bullets, as a form shows a secret", secret: "••••••••", rule: "one character" },
  { why: "one character in groups", secret: "xxxx-xxxx-xxxx-xxxx", rule: "one character" },
  { why: "a character beyond 16 bits, repeated", secret: "🔑🔑🔑", rule: "one character" },
]

const FORMATS = [
  { name: "of Credicorp", format: credicorp },
  { name: "of no known form", format: {} },
]

describe.each(FORMATS)("an unusual secret $name (spec 1.11)", ({ format }) => {
  it.each(unusual)("$why → TypeError that says $rule and shows none of it", ({ secret, rule }) => {
    for (const input of [[secret], [S, { id: "a", secret }], [{ id: "a", secret, allowUnusual: false }]]) {
      const thrown = thrownBy(() => checkSecrets(input, format))
      expect(thrown).toBeInstanceOf(TypeError)
      expect(String(thrown)).toContain(`secrets[${input.length - 1}].secret`)
      expect(String(thrown)).toContain(rule)
      expect(String(thrown)).toContain("allowUnusual: true")
      expect(String(thrown)).not.toMatch(/do-not-show-me|webhook|abc/i)
    }
  })

  it.each(unusual)("$why, with allowUnusual: true → taken, to the character", ({ secret }) => {
    const given = { id: "a", secret, allowUnusual: true }
    const [checked] = checkSecrets([given], format)
    expect(checked).toEqual({ ...given, notBefore: 0, notAfter: 999_999_999_999 })
    // What was checked is checked again by createVerifier({ secrets: parseSecrets(…) }).
    expect(checkSecrets([checked], format)).toEqual([checked])
  })
})

describe("with the provider's prefix in front (spec 1.11)", () => {
  const rows = [
    { why: "nothing behind it", secret: "whsec_", rule: "prefix" },
    { why: "nothing behind it, twice", secret: "whsec_whsec_", rule: "prefix" },
    { why: "a variable", secret: "whsec_${SECRET}", rule: "not expanded" },
    { why: "a variable in angles", secret: "whsec_<secret>", rule: "not expanded" },
    { why: "one character repeated", secret: "whsec_xxxxxxxxxxxx", rule: "one character" },
    { why: "one character repeated, doubled with its prefix", secret: "whsec_xxxxwhsec_xxxx", rule: "one character" },
    { why: "changeme", secret: "whsec_changeme", rule: "placeholder" },
    { why: "changeme, doubled with its prefix", secret: "whsec_changemewhsec_changeme", rule: "placeholder" },
    { why: "undefined", secret: "whsec_undefined", rule: "placeholder" },
    { why: "a second prefix behind =", secret: "whsec_new=whsec_do-not-show-me", rule: "NAME=" },
  ]
  it.each(rows)("$why → TypeError that says $rule", ({ secret, rule }) => {
    expect(() => checkSecrets([secret], credicorp)).toThrow(rule)
    expect(() => checkSecrets([secret], credicorp)).toThrow(TypeError)
  })
})

/** Each is a neighbour of a row above that somebody could have issued. */
const genuine: readonly { why: string; secret: string }[] = [
  { why: "a secret of one character", secret: "x" },
  { why: "a secret without the prefix", secret: "0123456789abcdef" },
  { why: "a space inside", secret: "correct horse battery staple" },
  { why: "letters of other alphabets", secret: "whsec_ключ🔑" },
  { why: "base64", secret: "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0" },
  { why: "base64 with its padding", secret: "c2VjcmV0LXNlY3JldA==" },
  { why: "base64 with one =", secret: "c2VjcmV0LXNlY3JldDE=" },
  { why: "base64url with _ and its padding", secret: "c2VjcmV0_3NlY3JldDE=" },
  { why: "base64 with the prefix and its padding", secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw==" },
  { why: "capitals and padding", secret: "ABCDEFGHIJKLMNO=" },
  { why: "= inside a secret with its prefix", secret: "whsec_a=b:c==" },
  { why: "= behind what is no name", secret: "p@ss=word" },
  { why: "= in front", secret: "=abc" },
  { why: "a quote on one side", secret: `abc"` },
  { why: "two kinds of quotes", secret: `"abc'` },
  { why: "quotes inside", secret: `a"b"c` },
  { why: "a backslash and another letter", secret: String.raw`a\tb\d` },
  { why: "two dots", secret: "abc..def" },
  { why: "dots apart", secret: "a.b.c.d" },
  { why: "Bearer inside", secret: "the Bearer token" },
  { why: "Bearer without a space", secret: "BearerABC123" },
  { why: "a $ inside", secret: "abc$NAME" },
  { why: "a $ before a digit, as a hash has", secret: "$2b$10$abcdefghijklmnop" },
  { why: "a variable inside other text", secret: "abc${NAME}def" },
  { why: "one bracket", secret: "<abc" },
  { why: "single braces", secret: "{abc}" },
  { why: "your inside", secret: "whsec_8kL5your2mP9" },
  { why: "your and secret with digits between", secret: "whsec_8kL5_your2mP9secret" },
  { why: "your inside a word before secret", secret: "whsec_8kLyoursecret" },
  { why: "secret alone", secret: "whsec_secret" },
  { why: "changeme inside", secret: "whsec_8kchangeme5x" },
  { why: "undefined inside", secret: "notundefined1" },
  { why: "one character repeated, and another", secret: "xxxxxxxxxxxxxxxy" },
  { why: "two characters repeated", secret: "xyxyxyxyxyxyxyxy" },
  { why: "a real secret, doubled", secret: "8kL5mP2n8kL5mP2n" },
]

describe.each(FORMATS)("a genuine neighbour of an unusual secret $name (spec 1.11)", ({ name, format }) => {
  // Without a prefix to go by, `name=…` is a name.
  const rows = genuine.filter(({ secret }) => name === "of Credicorp" || !secret.startsWith("whsec_a=b"))
  it.each(rows)("$why → taken", ({ secret }) => {
    expect(checkSecrets([secret], format)).toMatchObject([{ secret }])
  })
})

const refused: readonly { why: string; input: unknown; says: string }[] = [
  { why: "undefined", input: undefined, says: "secrets must be a list, not undefined" },
  { why: "null", input: null, says: "not null" },
  { why: "a string, which would be a list of letters", input: S, says: "not a string: use [secret], or parseSecrets" },
  { why: "an object", input: { id: "a", secret: S }, says: "not an Object" },
  { why: "a promise", input: Promise.resolve([S]), says: "await" },
  { why: "a Set", input: new Set([S]), says: "not a Set" },
  { why: "something with a length", input: { length: 1, 0: S }, says: "must be a list" },
  { why: "an empty list", input: [], says: "1 to 16" },
  { why: "17 secrets", input: many(17), says: "1 to 16" },
  { why: "a list of holes", input: Array<string>(2), says: "secrets[0] is undefined: is the variable set?" },
  { why: "a hole beside a secret", input: Object.assign(Array<string>(2), { 1: S }), says: "secrets[0] is undefined" },
  { why: "undefined in the list", input: [undefined], says: "secrets[0] is undefined: is the variable set?" },
  { why: "undefined beside a secret", input: [S, undefined], says: "secrets[1] is undefined: is the variable set?" },
  { why: "null in the list", input: [null], says: "secrets[0] is null" },
  { why: "an empty secret", input: [""], says: "secrets[0].secret is empty: is the variable set?" },
  { why: "an empty secret beside a good one", input: [S, ""], says: "secrets[1].secret is empty" },
  { why: "an entry with an empty secret", input: [{ id: "a", secret: "" }], says: "secrets[0].secret is empty" },
  { why: "an empty secret, however unusual", input: [{ id: "a", secret: "", allowUnusual: true }], says: "is empty" },
  {
    why: "an entry without a secret",
    input: [{ id: "a" }],
    says: "secrets[0].secret is undefined: is the variable set?",
  },
  {
    why: "a number for a secret",
    input: [{ id: "a", secret: 1 }],
    says: "secrets[0].secret must be text, not a number",
  },
  { why: "a list for a secret", input: [{ id: "a", secret: [S] }], says: "must be text, not an Array" },
  { why: "bytes for a secret", input: [{ id: "a", secret: new Uint8Array(9) }], says: "not a Uint8Array" },
  { why: "a boxed string for a secret", input: [{ id: "a", secret: Object(S) }], says: "must be text, not a String" },
  { why: "a promise for a secret", input: [{ id: "a", secret: Promise.resolve(S) }], says: "await" },
  { why: "a number in the list", input: [1], says: "secrets[0] must be text or { id, secret }, not a number" },
  { why: "a list in the list", input: [[S]], says: "not an Array" },
  { why: "a promise in the list", input: [Promise.resolve(S)], says: "await" },
  { why: "a function in the list", input: [() => S], says: "not a function" },
  { why: "a misspelt end", input: [{ id: "a", secret: S, not_after: 1 }], says: "another field than id, secret" },
  { why: "the secret as a field's name", input: [{ id: "a", secret: S, [S]: 1 }], says: "another field" },
  { why: "no id", input: [{ secret: S }], says: "secrets[0].id must be 1 to 128" },
  { why: "an empty id", input: [{ id: "", secret: S }], says: ".id" },
  { why: "an id of 129 characters", input: [{ id: "a".repeat(129), secret: S }], says: ".id" },
  { why: "an id with a slash", input: [{ id: "a/b", secret: S }], says: ".id" },
  { why: "an id with a space", input: [{ id: "a b", secret: S }], says: ".id" },
  { why: "an id with a line feed", input: [{ id: "a\n", secret: S }], says: ".id" },
  { why: "an id beyond ASCII", input: [{ id: "é", secret: S }], says: ".id" },
  { why: "the secret for an id", input: [{ id: "0123abcd", secret: "0123abcd" }], says: "must not be a secret" },
  { why: "another secret for an id", input: [{ id: `${S}-2`, secret: S }], says: "must not be a secret" },
  { why: "a number for an id", input: [{ id: 1, secret: S }], says: ".id" },
  { why: "allowUnusual as text", input: [{ id: "a", secret: S, allowUnusual: "true" }], says: "allowUnusual must be" },
  { why: "allowUnusual null", input: [{ id: "a", secret: S, allowUnusual: null }], says: "allowUnusual must be" },
  {
    why: "two entries with one id",
    input: [
      { id: "a", secret: S },
      { id: "a", secret: `${S}-2` },
    ],
    says: "secrets[1].id is used twice",
  },
  { why: "an id that a position takes later", input: [{ id: "secret-2", secret: S }, S], says: "secrets[1].id" },
  { why: "an id that a position took before", input: [S, { id: "secret-1", secret: S }], says: "secrets[1].id" },
  ...[
    { why: "a fraction", value: 1.5 },
    { why: "below 0", value: -1 },
    { why: "NaN", value: Number.NaN },
    { why: "text", value: "1790000000" },
    { why: "milliseconds", value: 1_790_000_000_000 },
    { why: "null", value: null },
    { why: "Infinity", value: Number.POSITIVE_INFINITY },
    { why: "a Date", value: new Date(0) },
  ].flatMap(({ why, value }) =>
    ["notBefore", "notAfter"].map((field) => ({
      why: `${field} is ${why}`,
      input: [{ id: "a", secret: S, [field]: value }],
      says: `secrets[0].${field} must be a whole number of seconds`,
    })),
  ),
  { why: "notAfter 0: never valid", input: [{ id: "a", secret: S, notAfter: 0 }], says: "later than notBefore" },
  { why: "an empty time", input: [{ id: "a", secret: S, notBefore: 5, notAfter: 5 }], says: "later than notBefore" },
  { why: "a time backwards", input: [{ id: "a", secret: S, notBefore: 6, notAfter: 5 }], says: "later than notBefore" },
]

describe("checkSecrets refuses the whole list (spec 1.11, 1.12)", () => {
  it.each(refused)("$why → TypeError that says $says, and shows no secret", ({ input, says }) => {
    const thrown = thrownBy(() => checkSecrets(input, credicorp))
    expect(thrown).toBeInstanceOf(TypeError)
    expect(String(thrown)).toContain(says)
    expect(String(thrown)).not.toContain("do-not-show-me")
  })
})

describe("a provider whose keys are not shared secrets (spec 1.11)", () => {
  const format = {
    parseKey: (secret: unknown): string => {
      if (!(secret as string).startsWith("-----BEGIN")) throw new TypeError("not a PEM")
      return (secret as string).trim()
    },
  }

  it("its parser takes the place of the rules, and what it returns is kept", () => {
    const pem = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"
    expect(checkSecrets([{ id: "a", secret: pem }], format)).toMatchObject([{ id: "a", secret: pem.trim() }])
  })

  it("what its parser refuses is refused, allowUnusual or not", () => {
    const entry: Secret = { id: "a", secret: S, allowUnusual: true }
    expect(() => checkSecrets([entry], format)).toThrow("not a PEM")
  })
})
