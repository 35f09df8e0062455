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

/** Somebody who signs tokens; each test makes its own, with keys that nobody has seen before. */
export interface Issuer {
  /** The public key as it stands in a key set. */
  readonly jwk: JWK
  readonly privateJwk: JWK
  /** The set of this key alone, as JSON. */
  readonly keySet: string
  /** Signs claims; those given replace the sound ones, undefined removes one. */
  token(claims?: Readonly<Record<string, unknown>>, header?: Readonly<Record<string, unknown>>): Promise<string>
  /** Signs bytes, whatever they are. */
  sign(payload: string | Uint8Array, header?: Readonly<Record<string, unknown>>): Promise<string>
}

/** Claims of a token that is believed at `NOW`. */
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

/** An issuer whose keys were made just now. */
export async function createIssuer(kid = "k1", alg = "ES256"): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  return issuerOf({ kid, alg, publicJwk: await exportJWK(publicKey), privateJwk: await exportJWK(privateKey) })
}

/** What an issuer is made of. */
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

/** A token of parts that no library would make. */
export const forge = (header: unknown, claims: unknown, signature: Uint8Array | string = "x"): string =>
  [header, claims]
    .map((part) => base64url.encode(typeof part === "string" ? part : JSON.stringify(part)))
    .concat(base64url.encode(signature))
    .join(".")
