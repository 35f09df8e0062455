// Catches a key set that lets someone else sign: a shared key, a private one, one that is weak or for something else.

import type { JWK } from "jose"
import { beforeAll, describe, expect, it } from "vitest"
import { parseKeySet } from "../../../src/endpoints/auth/key-set.ts"
import { createIssuer, type Issuer } from "../../support/issuer.ts"

let ec: Issuer
let rsa: Issuer

beforeAll(async () => {
  ec = await createIssuer("e1")
  rsa = await createIssuer("r1", "PS256")
})

const set = (...keys: readonly unknown[]): string => JSON.stringify({ keys })
const weak = (): JWK => ({ ...rsa.jwk, n: rsa.jwk.n!.slice(0, 341) })

/** How long a coordinate is in base64url. */
const CURVES = [
  { kty: "EC", crv: "P-256", chars: 43 },
  { kty: "EC", crv: "P-384", chars: 64 },
  { kty: "EC", crv: "P-521", chars: 88 },
  { kty: "OKP", crv: "Ed25519", chars: 43 },
]

describe("parseKeySet", () => {
  it.each<{ why: string; text: () => string }>([
    { why: "one key", text: () => set(ec.jwk) },
    { why: "two of two kinds", text: () => set(ec.jwk, rsa.jwk) },
    {
      why: "a key with a certificate and fields of its own",
      text: () => set({ ...ec.jwk, x5c: ["MIIB"], issuer: "x" }),
    },
    { why: "a key that says nothing of its use", text: () => set({ ...ec.jwk, use: undefined, alg: undefined }) },
    { why: "one for encryption beside it", text: () => set({ ...rsa.jwk, use: "enc" }, ec.jwk) },
    { why: "one of a kind that nobody knows beside it", text: () => set({ kty: "AKP", pub: "x" }, ec.jwk) },
    { why: "things that are no keys beside it", text: () => set(null, 1, [], {}, ec.jwk) },
    { why: "one that may only encrypt beside it", text: () => set({ ...rsa.jwk, key_ops: ["encrypt"] }, ec.jwk) },
    { why: "a key that may verify", text: () => set({ ...ec.jwk, use: undefined, key_ops: ["verify"] }) },
    { why: "64 keys", text: () => set(...Array(64).fill(ec.jwk)) },
  ])("$why → a key set", ({ text }) => {
    expect(parseKeySet(text())).toBeTypeOf("function")
  })

  it.each(["ES384", "ES512", "Ed25519", "RS256"])("a key of %s → a key set", async (alg) => {
    expect(parseKeySet((await createIssuer("k", alg)).keySet)).toBeTypeOf("function")
  })

  it.each<{ why: string; text: () => string; says: RegExp }>([
    { why: "nothing", text: () => "", says: /must be a JSON Web Key Set/ },
    { why: "half of one", text: () => set(ec.jwk).slice(0, -1), says: /must be a JSON Web Key Set/ },
    { why: "a key and no set", text: () => JSON.stringify(ec.jwk), says: /no list of keys/ },
    { why: "a list and no set", text: () => JSON.stringify([ec.jwk]), says: /no list of keys/ },
    { why: "null", text: () => "null", says: /no list of keys/ },
    { why: "keys that are no list", text: () => JSON.stringify({ keys: { 0: ec.jwk } }), says: /no list of keys/ },
    { why: "no keys", text: () => set(), says: /no public key/ },
    { why: "65 keys", text: () => set(...Array(65).fill(ec.jwk)), says: /more than 64/ },
    { why: "a shared key", text: () => set({ kty: "oct", k: "c2VjcmV0" }), says: /secret or a private key/ },
    {
      why: "a shared key beside a sound one",
      text: () => set(ec.jwk, { kty: "oct", k: "c2VjcmV0", kid: "e1" }),
      says: /secret/,
    },
    { why: "a shared key without its bytes", text: () => set(ec.jwk, { kty: "oct" }), says: /secret or a private key/ },
    { why: "a private key", text: () => set(ec.privateJwk), says: /secret or a private key/ },
    { why: "a private RSA key", text: () => set(ec.jwk, rsa.privateJwk), says: /secret or a private key/ },
    { why: "a weak RSA key", text: () => set(weak()), says: /no public key/ },
    {
      why: "an RSA key of 16,384 bits",
      text: () => set({ ...rsa.jwk, n: rsa.jwk.n!.repeat(8) }),
      says: /no public key/,
    },
    { why: "an RSA key with e = 1", text: () => set({ ...rsa.jwk, e: "AQ" }), says: /no public key/ },
    { why: "a key for encryption alone", text: () => set({ ...ec.jwk, use: "enc" }), says: /no public key/ },
    {
      why: "a curve that is not for signatures",
      text: () => set({ kty: "OKP", crv: "X25519", x: "abc" }),
      says: /no public key/,
    },
    { why: "a key that may only encrypt", text: () => set({ ...ec.jwk, key_ops: ["encrypt"] }), says: /no public key/ },
    { why: "a key that may do nothing", text: () => set({ ...ec.jwk, key_ops: [] }), says: /no public key/ },
    { why: "operations that are no list", text: () => set({ ...ec.jwk, key_ops: "verify" }), says: /no public key/ },
    { why: "an algorithm with a shared key", text: () => set({ ...ec.jwk, alg: "HS256" }), says: /no public key/ },
    { why: "an algorithm that encrypts", text: () => set({ ...rsa.jwk, alg: "RSA-OAEP" }), says: /no public key/ },
    { why: "an algorithm of another kind", text: () => set({ ...ec.jwk, alg: "RS256" }), says: /no public key/ },
    { why: "an algorithm of another curve", text: () => set({ ...ec.jwk, alg: "ES384" }), says: /no public key/ },
    ...CURVES.flatMap(({ crv, chars, ...key }) =>
      [1, chars - 1, chars + 1].map((wrong) => ({
        why: `${crv} with ${wrong} characters`,
        text: () => set({ ...key, crv, x: "A".repeat(wrong), y: "A".repeat(wrong) }),
        says: /no public key/,
      })),
    ),
    { why: "half a point", text: () => set({ ...ec.jwk, y: "AA" }), says: /no public key/ },
    { why: "a curve of coins", text: () => set({ ...ec.jwk, crv: "secp256k1" }), says: /no public key/ },
  ])("$why → refused, and no value is shown", ({ text, says }) => {
    const refusal = (() => {
      try {
        parseKeySet(text())
      } catch (error) {
        return error as Error
      }
      return undefined
    })()
    expect(refusal).toBeInstanceOf(TypeError)
    expect(refusal?.message).toMatch(says)
    for (const value of ["c2VjcmV0", ec.jwk.x!, rsa.jwk.n!]) expect(refusal?.message).not.toContain(value)
  })
})
