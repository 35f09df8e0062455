// Catches a key that is believed though it is not the one that was configured, and a configuration that is half right.

import { describe, expect, it } from "vitest"
import { createApiKeyAuth, parseApiKeys, type ApiKey } from "../../../src/endpoints/auth/api-keys.ts"
import { API_KEYS, KEYS } from "../../support/api-keys.ts"

const ENTRY = {
  id: "key_1",
  account: "acct_1",
  livemode: false,
  sha256: "0123456789abcdef".repeat(4),
  scopes: ["webhooks:read"],
} as const satisfies ApiKey

const entry = (changes: Readonly<Record<string, unknown>>): Record<string, unknown> => ({ ...ENTRY, ...changes })

const many = (count: number) =>
  Array.from({ length: count }, (_, i) => entry({ id: `key_${i}`, sha256: i.toString(16).padStart(64, "0") }))

describe("parseApiKeys", () => {
  it.each([
    { why: "one key", keys: [ENTRY] },
    { why: "two keys of one account and mode", keys: many(2) },
    { why: "as many as there may be", keys: many(25) },
    { why: "live", keys: [entry({ livemode: true })] },
    { why: "several scopes", keys: [entry({ scopes: ["webhooks:read", "webhooks:write"] })] },
    { why: "a scope of another surface", keys: [entry({ scopes: ["payments:read"] })] },
    { why: "names of one character", keys: [entry({ id: "a", account: "-" })] },
    { why: "the longest names", keys: [entry({ id: "a".repeat(64), account: "Z_9-".repeat(32) })] },
    { why: "an account as an issuer may name it (spec 5.9)", keys: [entry({ account: "auth0|5f/~ e" })] },
    { why: "the keys of these tests", keys: API_KEYS },
  ])("$why → taken as it is", ({ keys }) => {
    expect(parseApiKeys(JSON.stringify(keys))).toEqual(keys)
  })

  it.each([
    { why: "empty", text: "", want: "must be a JSON list" },
    { why: "no JSON", text: "[{", want: "must be a JSON list" },
    { why: "a key itself", text: KEYS.a, want: "must be a JSON list" },
    { why: "null", text: "null", want: "must be a list of 1 to 25 entries" },
    { why: "one entry and no list", text: JSON.stringify(ENTRY), want: "must be a list of 1 to 25 entries" },
    { why: "a list in quotes", text: JSON.stringify("[]"), want: "must be a list of 1 to 25 entries" },
    { why: "an empty list", text: "[]", want: "must be a list of 1 to 25 entries" },
    { why: "an entry that is no object", text: '["sk_test_x"]', want: "0 must be an object" },
  ])("$why → refused, naming $want", ({ text, want }) => {
    expect(() => parseApiKeys(text)).toThrow(want)
  })

  const WRONG_FIELDS: readonly { why: string; change: Readonly<Record<string, unknown>>; want: string }[] = [
    { why: "no id", change: { id: undefined }, want: "1.id" },
    { why: "an empty id", change: { id: "" }, want: "1.id" },
    { why: "an id of 65 characters", change: { id: "a".repeat(65) }, want: "1.id" },
    { why: "an id with a space", change: { id: "a b" }, want: "1.id" },
    { why: "an id with a line break", change: { id: "a\n" }, want: "1.id" },
    { why: "an id that is a number", change: { id: 1 }, want: "1.id" },
    { why: "no account", change: { account: undefined }, want: "1.account" },
    { why: "an empty account", change: { account: "" }, want: "1.account" },
    { why: "an account of 129 characters", change: { account: "a".repeat(129) }, want: "1.account" },
    { why: "an account with a control character", change: { account: "a\u007f" }, want: "1.account" },
    { why: "an account with a letter beyond ASCII", change: { account: "á" }, want: "1.account" },
    { why: "no mode", change: { livemode: undefined }, want: "1.livemode" },
    { why: "a mode in quotes", change: { livemode: "true" }, want: "1.livemode" },
    { why: "a mode that is null", change: { livemode: null }, want: "1.livemode" },
    { why: "no hash", change: { sha256: undefined }, want: "1.sha256" },
    { why: "the key instead of its hash", change: { sha256: KEYS.a }, want: "1.sha256" },
    { why: "a hash in upper case: it would never match", change: { sha256: "A".repeat(64) }, want: "1.sha256" },
    { why: "63 digits", change: { sha256: "a".repeat(63) }, want: "1.sha256" },
    { why: "65 digits", change: { sha256: "a".repeat(65) }, want: "1.sha256" },
    { why: "a digit that is none", change: { sha256: `${"a".repeat(63)}g` }, want: "1.sha256" },
    { why: "no scopes", change: { scopes: undefined }, want: "1.scopes" },
    { why: "an empty list of scopes: a key for nothing", change: { scopes: [] }, want: "1.scopes" },
    { why: "scopes that are text", change: { scopes: "webhooks:read" }, want: "1.scopes" },
    { why: "a scope without a colon", change: { scopes: ["webhooks"] }, want: "1.scopes.0" },
    { why: "every scope at once", change: { scopes: ["webhooks:*"] }, want: "1.scopes.0" },
    { why: "a scope in upper case", change: { scopes: ["Webhooks:read"] }, want: "1.scopes.0" },
    {
      why: "a second scope with white space",
      change: { scopes: ["webhooks:read", " webhooks:write"] },
      want: "1.scopes.1",
    },
    // A misspelt scope was taken, and the key could do nothing.
    { why: "every scope by a word", change: { scopes: ["webhooks:all"] }, want: "1.scopes.0" },
    { why: "a scope in the plural", change: { scopes: ["webhooks:read", "webhooks:writes"] }, want: "1.scopes.1" },
    { why: "a prefix of a scope", change: { scopes: ["webhooks:rea"] }, want: "1.scopes.0" },
  ]

  it.each(WRONG_FIELDS)("$why → refused, naming $want", ({ change, want }) => {
    const text = JSON.stringify([entry({ id: "key_0", sha256: "f".repeat(64) }), entry(change)])
    expect(() => parseApiKeys(text)).toThrow(new RegExp(`^${want} is (missing or )?invalid`))
  })

  it("a refused scope → the message lists those that exist", () => {
    expect(() => parseApiKeys(JSON.stringify([entry({ scopes: ["webhooks:all"] })]))).toThrow(
      "0.scopes.0 is invalid: it takes webhooks:read and webhooks:write",
    )
  })

  // The name of an unknown field was in the message, and with it in the log: a key pasted as a name leaked.
  it.each(["scope", "constructor", "__proto__x", KEYS.a])("a field %s → refused, and its name is not shown", (name) => {
    let message = ""
    try {
      parseApiKeys(JSON.stringify([ENTRY, entry({ id: "key_2", sha256: "f".repeat(64), [name]: 1 })]))
    } catch (error) {
      message = String(error)
    }
    expect(message).toBe(
      "TypeError: 1 has a field that is not one of id, account, livemode, sha256, scopes; npm run key makes an entry",
    )
  })

  it.each([
    { why: "26 keys", keys: many(26), want: "must be a list of 1 to 25 entries" },
    { why: "one id twice", keys: [ENTRY, entry({ sha256: "f".repeat(64) })], want: "two keys have the same id" },
    { why: "one hash twice", keys: [ENTRY, entry({ id: "key_2" })], want: "two keys have the same sha256" },
    {
      why: "one id twice, in both modes: revoking one would revoke both",
      keys: [ENTRY, entry({ livemode: true, sha256: "f".repeat(64) })],
      want: "two keys have the same id",
    },
  ])("$why → refused, naming $want", ({ keys, want }) => {
    expect(() => parseApiKeys(JSON.stringify(keys))).toThrow(want)
  })

  it("shows no value of what it refuses", () => {
    for (const field of Object.keys(ENTRY)) {
      const text = JSON.stringify([entry({ [field]: { [KEYS.a]: "seen" } })])
      let message = ""
      try {
        parseApiKeys(text)
      } catch (error) {
        message = String(error)
      }
      expect(message).toMatch(/^TypeError: 0\./)
      expect(message).not.toContain("sk_")
      expect(message).not.toContain("seen")
    }
  })
})

describe("createApiKeyAuth (spec 5.9)", () => {
  const authenticate = createApiKeyAuth(API_KEYS)

  it.each(API_KEYS.map(({ id }) => id))("%s is believed, as who it was configured for", async (id) => {
    const key = API_KEYS.find((one) => one.id === id)!
    const name = id.slice("key_".length) as keyof typeof KEYS
    const { account, livemode, scopes } = key
    expect(await authenticate(KEYS[name])).toEqual({ ok: true, value: { credentialId: id, account, livemode, scopes } })
  })

  it.each([
    { why: "another key", bearer: `sk_test_${"x".repeat(43)}` },
    { why: "a character more", bearer: `${KEYS.a}0` },
    { why: "a character less", bearer: KEYS.a.slice(0, -1) },
    { why: "another case", bearer: KEYS.a.toUpperCase() },
    { why: "the mode changed in the text", bearer: KEYS.a.replace("sk_test_", "sk_live_") },
    { why: "the hash instead of the key", bearer: API_KEYS[0]!.sha256 },
    { why: "the id instead of the key", bearer: "key_a" },
    { why: "empty", bearer: "" },
    { why: "what every object has", bearer: "__proto__" },
    { why: "a token", bearer: "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhY2N0X2EifQ." },
  ])("$why → invalid_api_key", async ({ bearer }) => {
    expect(await authenticate(bearer)).toEqual({ ok: false, error: { code: "invalid_api_key", check: "api_key" } })
  })

  /** Keys whose hash is right, so that only their text speaks against them. */
  const HASHED = [
    { why: "of test mode, configured as live", key: KEYS.a, livemode: true, want: false },
    { why: "of live mode, configured as test", key: KEYS.aLive, livemode: false, want: false },
    { why: "without a mode", key: "sk_0123456789abcdef0123456789abcdef0123", livemode: false, want: false },
    { why: "of another mode", key: "sk_demo_0123456789abcdef0123456789abcdef", livemode: false, want: false },
    { why: "31 random characters", key: `sk_test_${"a".repeat(31)}`, livemode: false, want: false },
    { why: "32 random characters", key: `sk_test_${"a".repeat(32)}`, livemode: false, want: true },
    { why: "128 random characters", key: `sk_live_${"a".repeat(128)}`, livemode: true, want: true },
    { why: "129 random characters", key: `sk_live_${"a".repeat(129)}`, livemode: true, want: false },
    { why: "something before it", key: `x${KEYS.a}`, livemode: false, want: false },
    { why: "a character that no key has", key: `${KEYS.a}.`, livemode: false, want: false },
  ]

  it.each(HASHED)("a key whose hash is configured: $why → $want", async ({ key, livemode, want }) => {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key)))
    const sha256 = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("")
    const result = await createApiKeyAuth([{ ...ENTRY, livemode, sha256 }])(key)
    expect(result.ok || result.error).toEqual(want || { code: "invalid_api_key", check: "api_key_mode" })
  })
})
