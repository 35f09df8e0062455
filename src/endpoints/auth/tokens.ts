import { base64url, compactVerify, errors } from "jose"
import { fromUtf8, toHex } from "../../core/bytes.ts"
import { isFields, isText } from "../../core/is.ts"
import { fail, ok, type Result } from "../../core/result.ts"
import { ALGORITHMS, type KeySet } from "./key-set.ts"
import type { KeySource } from "./key-source.ts"
import { ACCOUNT_NAME, CREDENTIAL_ID, type Authenticate, type CredentialRefusal, type Principal } from "./principal.ts"

/** Spec 5.9: how far apart the clocks of an issuer and of ours may be. */
export const TOKEN_LEEWAY_SECONDS = 60

/** What tokens are checked against. */
export interface TokenRules {
  /** `iss`, letter for letter. */
  readonly issuer: string
  /** What `aud` is or holds. */
  readonly audience: string
  /** The claim that names the account; `sub` unless given. */
  readonly accountClaim?: string
  /** The mode of every token; the claim `livemode` says it unless given. */
  readonly livemode?: boolean
}

type Claims = Readonly<Record<string, unknown>>

/** What a signature proves: the claims, and which algorithm made it. */
interface Proven {
  readonly claims: Claims
  readonly alg: string
}

/** Three parts of base64url: nothing else goes to the library. */
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/

/** A token of the same issuer for another purpose (a log-out, an identity) says so in its type, and is not for access. */
const TYPE = /^(?:application\/)?(?:at\+)?jwt$/i

const invalid = (check: string) => fail({ code: "invalid_api_key", check } as const)

const UNREACHABLE = { code: "temporarily_unavailable", check: "key_set" } as const

/** Authenticates JWTs (spec 5.9): signature and `alg` first, then the claims. Nothing is said about an unproven token. */
export const createTokenAuth =
  (rules: TokenRules, keysOf: KeySource): Authenticate =>
  async (token, now) => {
    if (!COMPACT.test(token)) return invalid("format")
    const proven = await findProof(token, keysOf, now)
    if (!proven.ok) return proven
    const { claims, alg } = proven.value
    const failed = checkClaims(claims, rules, Math.floor(now / 1000))
    return failed ? fail(failed) : await toPrincipal(claims, rules, { token, alg })
  }

/** Verifies a token by the keys at hand, and by newer ones if it names a key that is not among them. */
async function findProof(token: string, keysOf: KeySource, now: number): Promise<Result<Proven, CredentialRefusal>> {
  const keys = await keysOf(now)
  if (!keys) return fail(UNREACHABLE)
  const proven = await prove(token, keys)
  if (proven !== "unknown_key") return proven
  const newer = await keysOf(now, keys)
  if (!newer) return fail(UNREACHABLE)
  const again = newer === keys ? proven : await prove(token, newer)
  return again === "unknown_key" ? invalid("key") : again
}

async function prove(token: string, keys: KeySet): Promise<Result<Proven, CredentialRefusal> | "unknown_key"> {
  try {
    const { payload, protectedHeader } = await compactVerify(token, keys, { algorithms: ALGORITHMS })
    const { alg, crit, typ = "JWT" } = protectedHeader
    // The library knows one extension, `b64`, which a JWT must not use (RFC 7797, section 7).
    if (crit !== undefined) return invalid("critical")
    if (!isText(typ, TYPE)) return invalid("type")
    const claims = parseClaims(payload)
    return claims ? ok({ claims, alg }) : invalid("claims")
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return "unknown_key"
    if (error instanceof errors.JWKSMultipleMatchingKeys) return invalid("key")
    return invalid(error instanceof errors.JOSEAlgNotAllowed ? "alg" : "signature")
  }
}

function parseClaims(payload: Uint8Array): Claims | undefined {
  try {
    const claims: unknown = JSON.parse(fromUtf8(payload))
    return isFields(claims) ? claims : undefined
  } catch {
    return undefined
  }
}

/** The first of `iss`, `nbf`, `exp` and `aud` that fails (spec 5.9). @param now Whole seconds since 1970. */
function checkClaims(claims: Claims, { issuer, audience }: TokenRules, now: number): CredentialRefusal | undefined {
  const { iss, nbf = 0, exp, aud } = claims
  if (iss !== issuer) return { code: "invalid_api_key", check: "issuer" }
  if (!isTime(nbf) || nbf > now + TOKEN_LEEWAY_SECONDS) return { code: "invalid_api_key", check: "not_before" }
  if (!isTime(exp)) return { code: "invalid_api_key", check: "expiry" }
  if (exp <= now - TOKEN_LEEWAY_SECONDS) return { code: "token_expired", check: "expiry" }
  return [aud].flat().includes(audience) ? undefined : { code: "audience_mismatch", check: "audience" }
}

/** Seconds since 1970, with a fraction if the issuer likes. JSON can spell Infinity, as 1e999: a token for ever. */
const isTime = (value: unknown): value is number => Number.isFinite(value)

/** Reads who a token speaks for: the account first, then the mode (spec 5.9), the scopes and the id. */
async function toPrincipal(
  claims: Claims,
  { accountClaim = "sub", livemode = claims["livemode"] as boolean | undefined }: TokenRules,
  signed: { readonly token: string; readonly alg: string },
): Promise<Result<Principal, CredentialRefusal>> {
  const account = Object.hasOwn(claims, accountClaim) ? claims[accountClaim] : undefined
  if (!isText(account, ACCOUNT_NAME)) return invalid(`claim:${accountClaim}`)
  if (typeof livemode !== "boolean") return invalid("claim:livemode")
  const scopeClaim = claims["scope"] === undefined ? "scp" : "scope"
  const scopes = toScopes(claims[scopeClaim])
  if (!scopes) return invalid(`claim:${scopeClaim}`)
  const { jti } = claims
  if (jti !== undefined && !isText(jti, CREDENTIAL_ID)) return invalid("claim:jti")
  return ok({ credentialId: jti ?? (await hashSignature(signed)), account, livemode, scopes })
}

/** `scope` is text with spaces between (RFC 8693), `scp` often a list; each may be either. */
function toScopes(value: unknown): readonly string[] | undefined {
  if (value === undefined) return []
  if (typeof value === "string") return value.split(" ").filter(Boolean)
  return Array.isArray(value) && value.every((one) => typeof one === "string") ? value : undefined
}

/**
 * Names a token that has no `jti` by its signature, so that it can be revoked (spec 5.9).
 *
 * The bytes are hashed, not their text, whose last character has unused bits. Of an ECDSA signature (r, s) only r counts:
 * (r, -s) is valid, too, and anyone who has the token can make it to escape its revocation.
 */
async function hashSignature({ token, alg }: { readonly token: string; readonly alg: string }): Promise<string> {
  const signature = base64url.decode(token.slice(token.lastIndexOf(".") + 1))
  const fixed = alg.startsWith("ES") ? signature.subarray(0, signature.length / 2) : signature
  return `sig_${toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", fixed)))}`
}
