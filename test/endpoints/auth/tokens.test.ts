// Catches a token that is believed without proof, one of another issuer, API or time, and an answer that tells a forger more.

import { base64url, CompactSign, FlattenedSign, importJWK } from "jose"
import { beforeAll, describe, expect, it } from "vitest"
import { parseKeySet } from "../../../src/endpoints/auth/key-set.ts"
import { createFixedKeys } from "../../../src/endpoints/auth/key-source.ts"
import type { Authenticate } from "../../../src/endpoints/auth/principal.ts"
import { createTokenAuth } from "../../../src/endpoints/auth/tokens.ts"
import { NOW } from "../../support/delivery.ts"
import { AUDIENCE, createIssuer, forge, ISSUER, soundClaims, type Issuer } from "../../support/issuer.ts"

let issuer: Issuer
let other: Issuer
let rsa: Issuer
let authenticate: Authenticate

beforeAll(async () => {
  issuer = await createIssuer("k1")
  other = await createIssuer("k1")
  rsa = await createIssuer("r1", "RS256")
  const keys = parseKeySet(JSON.stringify({ keys: [issuer.jwk, rsa.jwk] }))
  authenticate = createTokenAuth({ issuer: ISSUER, audience: AUDIENCE }, createFixedKeys(keys))
})

const verdict = async (token: string, now = NOW): Promise<string> => {
  const result = await authenticate(token, now * 1000)
  return result.ok ? "believed" : result.error
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
  ])("scope $scope → $want", async ({ scope, want }) => {
    const result = await authenticate(await issuer.token({ scope }), NOW * 1000)
    expect(result.ok && result.value.scopes).toEqual(want)
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
    { why: "an account with a slash", claims: { sub: "acct_a/../b" }, want: "invalid_api_key" },
    { why: "an account with a line break", claims: { sub: "acct_a\n" }, want: "invalid_api_key" },
    { why: "an account of 65", claims: { sub: "a".repeat(65) }, want: "invalid_api_key" },
    { why: "a number for an account", claims: { sub: 1 }, want: "invalid_api_key" },
    { why: "no mode", claims: { livemode: undefined }, want: "invalid_api_key" },
    { why: "a mode as text", claims: { livemode: "true" }, want: "invalid_api_key" },
    { why: "no id", claims: { jti: undefined }, want: "invalid_api_key" },
    { why: "an empty id", claims: { jti: "" }, want: "invalid_api_key" },
    { why: "an id with a blank", claims: { jti: "a b" }, want: "invalid_api_key" },
    { why: "an id of 129", claims: { jti: "j".repeat(129) }, want: "invalid_api_key" },
    { why: "an id of 128", claims: { jti: "j".repeat(128) }, want: "believed" },
    { why: "scopes as a list", claims: { scope: ["webhooks:read"] }, want: "invalid_api_key" },
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
