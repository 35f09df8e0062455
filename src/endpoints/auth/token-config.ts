import { parseKeySet, type KeySet } from "./key-set.ts"
import type { TokenRules } from "./tokens.ts"

/** The name of an issuer or an API, in most cases a URL. */
export const MAX_ISSUER_CHARS = 512

/** Whose tokens are accepted, and the keys that verify them. */
export interface TokenConfig extends TokenRules {
  /** The keys themselves, or the URL where the issuer publishes them. */
  readonly keys: KeySet | string
}

/**
 * Reads `PARTNER_JWT_ISSUER` and `PARTNER_JWT_AUDIENCE`.
 *
 * @throws {TypeError} It is missing, or no claim could equal it.
 */
export function parseClaimText(text: string): string {
  if (!/^\S(?:.*\S)?$/.test(text) || text.length > MAX_ISSUER_CHARS) {
    throw new TypeError(
      `must be 1 to ${MAX_ISSUER_CHARS} characters; PARTNER_JWT_ISSUER, PARTNER_JWT_AUDIENCE and PARTNER_JWKS go together`,
    )
  }
  return text
}

/** Claims that say something else about a token, mostly the same thing in each: by one of them all accounts would be one. */
const OTHER_CLAIMS = ["iss", "aud", "exp", "nbf", "iat", "jti", "livemode", "scope", "scp"]

/**
 * Reads `PARTNER_JWT_ACCOUNT_CLAIM`, the name of a claim such as `tenant` or `https://example.com/account`.
 *
 * @throws {TypeError} It is not a name, or names a claim with another meaning.
 */
export function parseAccountClaim(text: string): string {
  if (!/^[!-~]{1,128}$/.test(text) || OTHER_CLAIMS.includes(text)) {
    throw new TypeError(
      `must be the name of the claim that holds the account: 1 to 128 printable ASCII characters without spaces, and none of ${OTHER_CLAIMS.join(", ")}`,
    )
  }
  return text
}

/**
 * Reads `PARTNER_JWKS`: a JSON Web Key Set, or the URL of one. Plain http is allowed only for a test issuer on this machine:
 * anyone on the way to another host could replace the keys.
 *
 * @throws {TypeError} As `parseKeySet`, or it is a URL of another kind.
 */
export function parseKeys(text: string): KeySet | string {
  if (!URL.canParse(text)) return parseKeySet(text)
  const { protocol, hostname, username, password } = new URL(text)
  const local = protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(hostname)
  if ((protocol !== "https:" && !local) || username !== "" || password !== "") {
    throw new TypeError("must be a JSON Web Key Set, or an https URL of one without a password")
  }
  return text
}
