// Catches a token that is believed without proof, one of another issuer, API or time, and an answer that tells a forger more.

import { base64url, CompactSign, FlattenedSign, importJWK } from "jose"
import { beforeAll, describe, expect, it } from "vitest"
import { parseKeySet, type KeySet } from "../../../src/endpoints/auth/key-set.ts"
import { createFixedKeys } from "../../../src/endpoints/auth/key-source.ts"
import type { Authenticate } from "../../../src/endpoints/auth/principal.ts"
import { createTokenAuth, type TokenRules } from "../../../src/endpoints/auth/tokens.ts"
import { NOW } from "../../support/delivery.ts"
import { AUDIENCE, createIssuer, forge, ISSUER, soundClaims, type Issuer } from "../../support/issuer.ts"

let issuer: Issuer
let other: Issuer
let rsa: Issuer
let keys: KeySet
let authenticate: Authenticate

beforeAll(async () => {
  issuer = await createIssuer("k1")
  other = await createIssuer("k1")
  rsa = await createIssuer("r1", "RS256")
  keys = parseKeySet(JSON.stringify({ keys: [issuer.jwk, rsa.jwk] }))
  authenticate = createTokenAuth({ issuer: ISSUER, audience: AUDIENCE }, createFixedKeys(keys))
})

const verdict = async (token: string, now = NOW): Promise<string> => {
  const result = await authenticate(token, now * 1000)
  return result.ok ? "believed" : result.error.code
}

/** The check that failed. */
const failedCheck = async (token: string, rules: Partial<TokenRules> = {}): Promise<string> => {
  const auth = createTokenAuth({ issuer: ISSUER, audience: AUDIENCE, ...rules }, createFixedKeys(keys))
  const result = await auth(token, NOW * 1000)
  return result.ok ? "none" : `${result.error.code} ${result.error.check}`
}

describe("a token that is believed", () => {
  it("is its account's, with its scopes, its mode and its id", async () => {
    expect(await authenticate(await issuer.token(), NOW * 1000)).toEqual({
      ok: true,
      value: {
        credentialId: "tok_1",
        account: "acct_a",
        livemode: false,
        scopes: ["webhooks:read", "webhooks:write"],
      },
    })
  })

  it.each<{ why: string; claims?: object; header?: object }>([
    { why: "of type JWT", header: { typ: "JWT" } },
    { why: "of no type", header: { typ: undefined } },
    { why: "of a type in full", header: { typ: "application/at+jwt" } },
    { why: "without kid, where one key fits", header: { kid: undefined } },
    { why: "for several APIs", claims: { aud: ["https://else.example", AUDIENCE] } },
    { why: "of live mode", claims: { livemode: true } },
    { why: "without scopes", claims: { scope: undefined } },
    { why: "with claims that nobody knows", claims: { act: { sub: "x" }, __proto__x: 1 } },
    { why: "with times in fractions", claims: { exp: NOW + 0.5, nbf: NOW - 0.5 } },
  ])("$why", async ({ claims, header }) => {
    expect(await verdict(await issuer.token({ ...claims }, { ...header }))).toBe("believed")
  })

  it("of RSA, by the same set", async () => {
    expect(await verdict(await rsa.token())).toBe("believed")
  })

  it.each([
    { scope: undefined, want: [] },
    { scope: "", want: [] },
    { scope: "a:b  c:d ", want: ["a:b", "c:d"] },
    { scope: ["a:b", "c:d"], want: ["a:b", "c:d"] },
    { scope: [], want: [] },
  ])("scope $scope → $want, and the same as scp", async ({ scope, want }) => {
    const asScope = await authenticate(await issuer.token({ scope }), NOW * 1000)
    const asScp = await authenticate(await issuer.token({ scope: undefined, scp: scope }), NOW * 1000)
    expect([asScope, asScp].map((result) => result.ok && result.value.scopes)).toEqual([want, want])
  })

  it("of scope and scp, scope counts", async () => {
    const result = await authenticate(await issuer.token({ scope: "a:b", scp: ["c:d"] }), NOW * 1000)
    expect(result.ok && result.value.scopes).toEqual(["a:b"])
  })
})

describe("its time, with 60 s for the clocks", () => {
  it.each<{ why: string; claims: object; want: string }>([
    { why: "the last second", claims: { exp: NOW - 59 }, want: "believed" },
    { why: "one more", claims: { exp: NOW - 60 }, want: "token_expired" },
    { why: "long ago", claims: { exp: 0 }, want: "token_expired" },
    { why: "before 1970", claims: { exp: -1 }, want: "token_expired" },
    { why: "no end", claims: { exp: undefined }, want: "invalid_api_key" },
    { why: "an end that is null", claims: { exp: null }, want: "invalid_api_key" },
    { why: "an end as text", claims: { exp: String(NOW + 600) }, want: "invalid_api_key" },
    { why: "the first second", claims: { nbf: NOW + 60 }, want: "believed" },
    { why: "too soon", claims: { nbf: NOW + 61 }, want: "invalid_api_key" },
    { why: "a beginning as text", claims: { nbf: String(NOW) }, want: "invalid_api_key" },
    { why: "a beginning that is null", claims: { nbf: null }, want: "invalid_api_key" },
  ])("$why: $claims → $want", async ({ claims, want }) => {
    expect(await verdict(await issuer.token({ ...claims }))).toBe(want)
  })

  it("an end that is Infinity in JSON → invalid_api_key", async () => {
    const text = JSON.stringify(soundClaims()).replace(/"exp":\d+/, '"exp":1e999')
    expect(await verdict(await issuer.sign(text))).toBe("invalid_api_key")
  })

  it("is judged at the time of the request", async () => {
    const token = await issuer.token()
    expect([await verdict(token, NOW + 659), await verdict(token, NOW + 660)]).toEqual(["believed", "token_expired"])
  })
})

describe("its claims", () => {
  it.each<{ why: string; claims: object; want: string }>([
    { why: "another issuer", claims: { iss: "https://issuer.example" }, want: "invalid_api_key" },
    { why: "no issuer", claims: { iss: undefined }, want: "invalid_api_key" },
    { why: "a list of issuers", claims: { iss: [ISSUER] }, want: "invalid_api_key" },
    { why: "another audience", claims: { aud: "https://else.example" }, want: "audience_mismatch" },
    { why: "a part of ours", claims: { aud: AUDIENCE.slice(0, -1) }, want: "audience_mismatch" },
    { why: "no audience", claims: { aud: undefined }, want: "audience_mismatch" },
    { why: "a list without us", claims: { aud: ["a", "b"] }, want: "audience_mismatch" },
    { why: "a list in a list", claims: { aud: [[AUDIENCE]] }, want: "audience_mismatch" },
    { why: "an object", claims: { aud: { 0: AUDIENCE } }, want: "audience_mismatch" },
    { why: "no account", claims: { sub: undefined }, want: "invalid_api_key" },
    { why: "an empty account", claims: { sub: "" }, want: "invalid_api_key" },
    { why: "an account as an issuer may name it", claims: { sub: "auth0|5f/~ e" }, want: "believed" },
    { why: "an account with a line break", claims: { sub: "acct_a\n" }, want: "invalid_api_key" },
    { why: "an account beyond ASCII", claims: { sub: "acct_á" }, want: "invalid_api_key" },
    { why: "an account of 128", claims: { sub: "a".repeat(128) }, want: "believed" },
    { why: "an account of 129", claims: { sub: "a".repeat(129) }, want: "invalid_api_key" },
    { why: "a number for an account", claims: { sub: 1 }, want: "invalid_api_key" },
    { why: "no mode", claims: { livemode: undefined }, want: "invalid_api_key" },
    { why: "a mode as text", claims: { livemode: "true" }, want: "invalid_api_key" },
    { why: "no id", claims: { jti: undefined }, want: "believed" },
    { why: "an id that is null", claims: { jti: null }, want: "invalid_api_key" },
    { why: "an empty id", claims: { jti: "" }, want: "invalid_api_key" },
    { why: "an id with a blank", claims: { jti: "a b" }, want: "invalid_api_key" },
    { why: "an id of 129", claims: { jti: "j".repeat(129) }, want: "invalid_api_key" },
    { why: "an id of 128", claims: { jti: "j".repeat(128) }, want: "believed" },
    { why: "scopes as a number", claims: { scope: 1 }, want: "invalid_api_key" },
    { why: "scopes as null", claims: { scope: null }, want: "invalid_api_key" },
    { why: "a list with a number", claims: { scope: ["webhooks:read", 1] }, want: "invalid_api_key" },
    { why: "scp as an object", claims: { scope: undefined, scp: {} }, want: "invalid_api_key" },
  ])("$why → $want", async ({ claims, want }) => {
    expect(await verdict(await issuer.token({ ...claims }))).toBe(want)
  })

  const WRONG = {
    iss: { iss: "x" },
    nbf: { nbf: NOW + 999 },
    exp: { exp: NOW - 999 },
    aud: { aud: "x" },
    sub: { sub: "" },
  }
  it.each([
    { order: ["exp", "aud", "sub"] as const, want: "token_expired" },
    { order: ["aud", "sub"] as const, want: "audience_mismatch" },
    { order: ["nbf", "exp", "aud"] as const, want: "invalid_api_key" },
    { order: ["iss", "exp", "aud"] as const, want: "invalid_api_key" },
  ])("the first of $order is the answer: $want (spec 5.9)", async ({ order, want }) => {
    expect(await verdict(await issuer.token(Object.assign({}, ...order.map((name) => WRONG[name]))))).toBe(want)
  })

  it.each(["null", "[]", '"x"', "1", "", "{", "{}x"])("claims that are %s → invalid_api_key", async (text) => {
    expect(await verdict(await issuer.sign(text))).toBe("invalid_api_key")
  })

  it("claims that are no UTF-8 → invalid_api_key", async () => {
    const bytes = new TextEncoder().encode(JSON.stringify(soundClaims({ x: "?" })))
    expect(await verdict(await issuer.sign(bytes.map((byte) => (byte === 0x3f ? 0xff : byte))))).toBe("invalid_api_key")
  })

  it("of a claim that stands twice the last counts", async () => {
    const text = JSON.stringify(soundClaims())
    expect(await verdict(await issuer.sign(`{"iss":"x",${text.slice(1)}`))).toBe("believed")
    expect(await verdict(await issuer.sign(`${text.slice(0, -1)},"iss":"x"}`))).toBe("invalid_api_key")
  })
})

// The answer says one code for most checks, so without this the log could not tell an operator what is wrong with a token.
describe("the check that the log names (spec 5.9)", () => {
  const none = { sub: "", livemode: 1, scope: 1, jti: 1 }
  it.each<{ why: string; claims?: object; header?: object; want: string }>([
    { why: "nothing", want: "none" },
    { why: "type", header: { typ: "id+jwt" }, claims: { iss: "x" }, want: "invalid_api_key type" },
    { why: "critical", header: { crit: ["b64"], b64: true }, want: "invalid_api_key critical" },
    { why: "issuer", claims: { iss: "x", nbf: "x", exp: 0, aud: "x", ...none }, want: "invalid_api_key issuer" },
    { why: "not before", claims: { nbf: NOW + 99, exp: 0, aud: "x", ...none }, want: "invalid_api_key not_before" },
    { why: "no expiry", claims: { exp: "x", aud: "x", ...none }, want: "invalid_api_key expiry" },
    { why: "expiry", claims: { exp: 0, aud: "x", ...none }, want: "token_expired expiry" },
    { why: "audience", claims: { aud: "x", ...none }, want: "audience_mismatch audience" },
    { why: "account", claims: none, want: "invalid_api_key claim:sub" },
    { why: "mode", claims: { ...none, sub: "a" }, want: "invalid_api_key claim:livemode" },
    { why: "scope", claims: { scope: 1, jti: 1 }, want: "invalid_api_key claim:scope" },
    { why: "scp", claims: { scope: undefined, scp: 1, jti: 1 }, want: "invalid_api_key claim:scp" },
    { why: "id", claims: { jti: "" }, want: "invalid_api_key claim:jti" },
  ])("$why → $want, and it is the first of them", async ({ claims = {}, header = {}, want }) => {
    expect(await failedCheck(await issuer.token({ ...claims }, { ...header }))).toBe(want)
  })

  it.each<{ why: string; make: () => Promise<string> | string; want: string }>([
    { why: "two parts", make: () => "a.b", want: "invalid_api_key format" },
    { why: "the key of another", make: () => other.token({ iss: "x" }), want: "invalid_api_key signature" },
    { why: "HMAC", make: () => confused("HS256", "x"), want: "invalid_api_key alg" },
    { why: "unsigned", make: () => forge({ alg: "none" }, soundClaims()), want: "invalid_api_key alg" },
    { why: "no such key", make: () => issuer.token({}, { kid: "k9" }), want: "invalid_api_key key" },
    { why: "a list for claims", make: () => issuer.sign("[]"), want: "invalid_api_key claims" },
    { why: "claims that are no JSON", make: () => issuer.sign("{"), want: "invalid_api_key claims" },
  ])("$why → $want", async ({ make, want }) => {
    expect(await failedCheck(await make())).toBe(want)
  })

  it("no kid where two keys fit → key", async () => {
    const two = parseKeySet(JSON.stringify({ keys: [issuer.jwk, { ...other.jwk, kid: "k2" }] }))
    const auth = createTokenAuth({ issuer: ISSUER, audience: AUDIENCE }, createFixedKeys(two))
    const token = await issuer.token({}, { kid: undefined })
    expect(await auth(token, NOW * 1000)).toEqual({ ok: false, error: { code: "invalid_api_key", check: "key" } })
  })

  it("keys out of reach → key_set", async () => {
    const auth = createTokenAuth({ issuer: ISSUER, audience: AUDIENCE }, async () => undefined)
    const error = { code: "temporarily_unavailable", check: "key_set" }
    expect(await auth(await issuer.token(), NOW * 1000)).toEqual({ ok: false, error })
  })
})

describe("the claim of the account, and the mode, as the operator sets them (spec 5.9)", () => {
  it.each<{ why: string; rules: Partial<TokenRules>; claims: object; want: string }>([
    { why: "another claim", rules: { accountClaim: "tenant" }, claims: { tenant: "t1" }, want: "none" },
    {
      why: "a claim with a URL for a name",
      rules: { accountClaim: "https://a.b/c" },
      claims: { "https://a.b/c": "t" },
      want: "none",
    },
    {
      why: "sub is not looked at then",
      rules: { accountClaim: "tenant" },
      claims: { tenant: "t1", sub: 1 },
      want: "none",
    },
    {
      why: "and does not stand in",
      rules: { accountClaim: "tenant" },
      claims: {},
      want: "invalid_api_key claim:tenant",
    },
    {
      why: "what every object has",
      rules: { accountClaim: "constructor" },
      claims: {},
      want: "invalid_api_key claim:constructor",
    },
    { why: "a mode for every token", rules: { livemode: true }, claims: { livemode: undefined }, want: "none" },
    { why: "the claim is not looked at then", rules: { livemode: false }, claims: { livemode: "x" }, want: "none" },
  ])("$why → $want", async ({ rules, claims, want }) => {
    expect(await failedCheck(await issuer.token({ ...claims }), rules)).toBe(want)
  })

  it("are what the principal has", async () => {
    const rules = { issuer: ISSUER, audience: AUDIENCE, accountClaim: "tenant", livemode: true }
    const auth = createTokenAuth(rules, createFixedKeys(keys))
    const result = await auth(await issuer.token({ tenant: "t1", livemode: false }), NOW * 1000)
    expect(result).toMatchObject({ ok: true, value: { account: "t1", livemode: true } })
  })
})

const idOf = async (token: string): Promise<string> => {
  const result = await authenticate(token, NOW * 1000)
  return result.ok ? result.value.credentialId : result.error.check
}

describe("a token without jti (spec 5.9)", () => {
  it.each(["ES256", "RS256"])("%s: is named by a hash of its signature, another one by another", async (alg) => {
    const from = alg === "ES256" ? issuer : rsa
    const tokens = [await from.token({ jti: undefined }), await from.token({ jti: undefined, iat: 1 })]
    const ids = await Promise.all([...tokens, tokens[0]!].map(idOf))
    expect(ids.every((id) => /^sig_[0-9a-f]{64}$/.test(id))).toBe(true)
    expect([ids[0] === ids[2], ids[0] === ids[1]]).toEqual([true, false])
  })

  // Who has a revoked token can write its signature in other ways that hold: they must not be another token.
  it("keeps its name under every other spelling of its signature", async () => {
    const token = await issuer.token({ jti: undefined })
    const signed = token.slice(0, token.lastIndexOf(".") + 1)
    const signature = base64url.decode(token.slice(signed.length))
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
    const s = BigInt(`0x${Array.from(signature.slice(32), (byte) => byte.toString(16).padStart(2, "0")).join("")}`)
    const negated = (order - s).toString(16).padStart(64, "0")
    const other64 = Uint8Array.from([
      ...signature.slice(0, 32),
      ...negated.match(/../g)!.map((hex) => Number.parseInt(hex, 16)),
    ])
    const last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    const unused = last[last.indexOf(token.at(-1)!) + 1]!
    const spellings = [`${signed}${base64url.encode(other64)}`, `${token.slice(0, -1)}${unused}`]
    const id = await idOf(token)
    for (const spelling of spellings) expect(["signature", id]).toContain(await idOf(spelling))
    expect(await idOf(spellings[0]!)).toBe(id)
  })
})

/** Signed with HMAC, the key being what anyone can read of the issuer's public key. */
async function confused(alg: string, secret: string): Promise<string> {
  const key = await importJWK({ kty: "oct", k: base64url.encode(secret.padEnd(64, "\0")) }, alg)
  const claims = new TextEncoder().encode(JSON.stringify(soundClaims()))
  return await new CompactSign(claims).setProtectedHeader({ alg, kid: "k1" }).sign(key)
}

/** Its payload is signed as it stands, which RFC 7797 allows and forbids for JWTs. */
async function unencoded(): Promise<string> {
  const key = await importJWK(issuer.privateJwk, "ES256")
  const header = { alg: "ES256", kid: "k1", b64: false, crit: ["b64"] }
  const payload = base64url.encode(JSON.stringify(soundClaims()))
  const jws = await new FlattenedSign(new TextEncoder().encode(payload)).setProtectedHeader(header).sign(key)
  return `${jws.protected}.${payload}.${jws.signature}`
}

describe("tokens that nobody but the issuer may make", () => {
  it.each<{ why: string; make: () => Promise<string> | string }>([
    { why: "unsigned", make: () => forge({ alg: "none" }, soundClaims(), "") },
    { why: "unsigned, with something for a signature", make: () => forge({ alg: "none" }, soundClaims()) },
    { why: "unsigned in capitals", make: () => forge({ alg: "NONE", kid: "k1" }, soundClaims()) },
    { why: "no algorithm", make: () => forge({ kid: "k1" }, soundClaims()) },
    { why: "an algorithm that is a list", make: () => forge({ alg: ["ES256"], kid: "k1" }, soundClaims()) },
    { why: "HMAC with the public key", make: () => confused("HS256", JSON.stringify(issuer.jwk)) },
    { why: "HMAC with a part of it", make: () => confused("HS512", String(issuer.jwk.x)) },
    { why: "the key of another", make: () => other.token() },
    { why: "the key of another, brought along", make: () => other.token({}, { jwk: other.jwk }) },
    {
      why: "the key of another, at a URL",
      make: () => other.token({}, { jku: "https://evil.example/", x5u: "https://evil.example/" }),
    },
    { why: "the key of another, in a certificate", make: () => other.token({}, { x5c: ["MIIB"] }) },
    { why: "the id of another key of the set", make: () => issuer.token({}, { kid: "r1" }) },
    { why: "a key that is not in the set", make: () => issuer.token({}, { kid: "k9" }) },
    { why: "kid as a path", make: () => other.token({}, { kid: "../../dev/null" }) },
    { why: "kid as an object", make: () => other.token({}, { kid: { a: 1 } }) },
    { why: "of a log-out", make: () => issuer.token({}, { typ: "logout+jwt" }) },
    { why: "of an identity", make: () => issuer.token({}, { typ: "id_token+jwt" }) },
    { why: "of a type that is no text", make: () => issuer.token({}, { typ: 1 }) },
    { why: "of a list of types", make: () => issuer.token({}, { typ: ["JWT"] }) },
    { why: "of a type that is null", make: () => issuer.token({}, { typ: null }) },
    {
      why: "a critical extension",
      make: () => issuer.token({}, { crit: ["https://example.com/critical"], "https://example.com/critical": 1 }),
    },
    { why: "b64, which the library knows", make: () => issuer.token({}, { crit: ["b64"], b64: true }) },
    { why: "a payload that is not encoded", make: () => unencoded() },
    { why: "an empty list of extensions", make: () => forge({ alg: "ES256", crit: [] }, soundClaims()) },
    { why: "no header", make: () => forge("", soundClaims()) },
    { why: "a header that is a list", make: () => forge([], soundClaims()) },
    { why: "a header that is null", make: () => forge(null, soundClaims()) },
    { why: "a header 500 deep", make: () => forge('{"alg":'.repeat(500), soundClaims()) },
    {
      why: "a key for its signature",
      make: () => forge({ alg: "ES256", kid: "k1" }, soundClaims(), String(issuer.jwk.x)),
    },
    { why: "a signature of zeros", make: () => forge({ alg: "ES256", kid: "k1" }, soundClaims(), new Uint8Array(64)) },
  ])("$why → invalid_api_key", async ({ make }) => {
    expect(await verdict(await make())).toBe("invalid_api_key")
  })

  it("4,000 characters of nesting, signed, cost no more than an answer", async () => {
    const text = `{"x":${"[".repeat(2_000)}${"]".repeat(2_000)}}`
    expect(await verdict(await issuer.sign(text))).toBe("invalid_api_key")
  })

  it("any character of any part changed → invalid_api_key", async () => {
    const token = await issuer.token()
    // The last character of a part holds bits that no byte takes.
    for (let i = 0; i < token.length - 1; i += 7) {
      if (token[i] === "." || token[i + 1] === ".") continue
      const changed = token.slice(0, i) + (token[i] === "A" ? "B" : "A") + token.slice(i + 1)
      expect([i, await verdict(changed)]).toEqual([i, "invalid_api_key"])
    }
  })

  it.each([
    { why: "two parts", change: (token: string) => token.slice(0, token.lastIndexOf(".")) },
    { why: "four parts", change: (token: string) => `${token}.x` },
    { why: "five parts, as an encrypted one", change: (token: string) => `${token}.x.x` },
    { why: "an empty signature", change: (token: string) => token.slice(0, token.lastIndexOf(".") + 1) },
    { why: "padding", change: (token: string) => `${token}==` },
    { why: "the other base64", change: (token: string) => token.replace(".", "/.") },
    { why: "a line break", change: (token: string) => `${token}\n` },
    { why: "as JSON", change: (token: string) => JSON.stringify({ token }) },
    { why: "nothing but dots", change: () => ".." },
  ])("$why → invalid_api_key", async ({ change }) => {
    expect(await verdict(change(await issuer.token()))).toBe("invalid_api_key")
  })

  it("nothing is told of its time, audience or issuer before its signature holds", async () => {
    for (const claims of [{ exp: 0 }, { aud: "x" }, { iss: "x" }])
      expect(await verdict(await other.token(claims))).toBe("invalid_api_key")
  })
})
