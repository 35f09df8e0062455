import { parseKeySet, type KeySet } from "./key-set.ts"
import type { TokenRules } from "./tokens.ts"

/** What names an issuer or an API: a URL, mostly. */
export const MAX_ISSUER_CHARS = 512

/** Whose tokens are believed, and by which keys. */
export interface TokenConfig extends TokenRules {
  /** The keys themselves, or the URL where the issuer publishes them. */
  readonly keys: KeySet | string
}

/**
 * Reads `PARTNER_JWT_ISSUER` and `PARTNER_JWT_AUDIENCE`.
 *
 * @throws {TypeError} It is missing or could be nothing that a claim says.
 */
export function parseClaimText(text: string): string {
  if (!/^\S(?:.*\S)?$/.test(text) || text.length > MAX_ISSUER_CHARS) {
    throw new TypeError(
      `must be 1 to ${MAX_ISSUER_CHARS} characters; PARTNER_JWT_ISSUER, PARTNER_JWT_AUDIENCE and PARTNER_JWKS go together`,
    )
  }
  return text
}

/**
 * Reads `PARTNER_JWKS`: a JSON Web Key Set, or the URL of one. Plain http is for a test issuer on this machine: whoever
 * stands between here and an issuer could put keys of their own into the set.
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
