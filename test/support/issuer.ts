import {
  base64url,
  CompactSign,
  exportJWK,
  generateKeyPair,
  importJWK,
  type CompactJWSHeaderParameters,
  type JWK,
} from "jose"
import { NOW } from "./delivery.ts"

export const ISSUER = "https://issuer.example/"
export const AUDIENCE = "https://api.example/partner"

/** An issuer of tokens. Each test makes its own, with new keys. */
export interface Issuer {
  /** The public key, as an entry of a key set. */
  readonly jwk: JWK
  readonly privateJwk: JWK
  /** A set with only this key, as JSON. */
  readonly keySet: string
  /** Signs claims. The given ones replace the valid ones; undefined removes one. */
  token(claims?: Readonly<Record<string, unknown>>, header?: Readonly<Record<string, unknown>>): Promise<string>
  /** Signs any bytes. */
  sign(payload: string | Uint8Array, header?: Readonly<Record<string, unknown>>): Promise<string>
}

/** Claims of a token that is valid at `NOW`. */
export const soundClaims = (changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  iss: ISSUER,
  aud: AUDIENCE,
  sub: "acct_a",
  scope: "webhooks:read webhooks:write",
  jti: "tok_1",
  livemode: false,
  iat: NOW,
  exp: NOW + 600,
  ...changes,
})

/** Creates an issuer with new keys. */
export async function createIssuer(kid = "k1", alg = "ES256"): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  return issuerOf({ kid, alg, publicJwk: await exportJWK(publicKey), privateJwk: await exportJWK(privateKey) })
}

/** The parts of an issuer. */
export interface IssuerKeys {
  readonly kid: string
  readonly alg?: string
  readonly publicJwk: JWK
  readonly privateJwk: JWK
}

export function issuerOf({ kid, alg = "ES256", publicJwk, privateJwk }: IssuerKeys): Issuer {
  const jwk = { ...publicJwk, kid, alg, use: "sig" }
  const sign: Issuer["sign"] = async (payload, header = {}) => {
    const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload
    // JSON leaves out what is undefined.
    const whole = JSON.parse(JSON.stringify({ alg, kid, typ: "at+jwt", ...header })) as CompactJWSHeaderParameters
    return await new CompactSign(bytes).setProtectedHeader(whole).sign(await importJWK(privateJwk, alg), {
      crit: { "https://example.com/critical": false },
    })
  }
  return {
    jwk,
    privateJwk: { ...privateJwk, kid, alg },
    keySet: JSON.stringify({ keys: [jwk] }),
    token: async (claims, header) => await sign(JSON.stringify(soundClaims(claims)), header),
    sign,
  }
}

/** Makes a token from parts that no library would produce. */
export const forge = (header: unknown, claims: unknown, signature: Uint8Array | string = "x"): string =>
  [header, claims]
    .map((part) => base64url.encode(typeof part === "string" ? part : JSON.stringify(part)))
    .concat(base64url.encode(signature))
    .join(".")
