import { compactVerify, errors } from "jose"
import * as v from "valibot"
import { fromUtf8 } from "../../core/bytes.ts"
import { isFields, isText } from "../../core/is.ts"
import { fail, ok, type Result } from "../../core/result.ts"
import { ALGORITHMS, type KeySet } from "./key-set.ts"
import type { KeySource } from "./key-source.ts"
import { ACCOUNT_NAME, CREDENTIAL_ID, type Authenticate, type Principal } from "./principal.ts"

/** Spec 5.9: how far apart the clocks of an issuer and of ours may be. */
export const TOKEN_LEEWAY_SECONDS = 60

/** What tokens are held against. */
export interface TokenRules {
  /** `iss`, letter for letter. */
  readonly issuer: string
  /** What `aud` is or holds. */
  readonly audience: string
}

type Claims = Readonly<Record<string, unknown>>

/** Three parts of base64url: nothing else goes to the library. */
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/

/** A token of the same issuer that says what else it is (of a log-out, of an identity) is not for access. */
const TYPE = /^(?:application\/)?(?:at\+)?jwt$/i

const Subject = v.object({
  sub: v.pipe(v.string(), v.regex(ACCOUNT_NAME)),
  livemode: v.boolean(),
  jti: v.pipe(v.string(), v.regex(CREDENTIAL_ID)),
  scope: v.optional(v.string(), ""),
})

/** Believes JWTs (spec 5.9): signature and `alg` first, then the claims; of a token that is not proven nothing is told. */
export const createTokenAuth =
  (rules: TokenRules, keysOf: KeySource): Authenticate =>
  async (token, now) => {
    if (!COMPACT.test(token)) return fail("invalid_api_key")
    const claims = await readClaims(token, keysOf, now)
    return claims.ok ? judgeClaims(claims.value, rules, Math.floor(now / 1000)) : claims
  }

/** The claims of a token that the issuer has signed. */
async function readClaims(
  token: string,
  keysOf: KeySource,
  now: number,
): Promise<Result<Claims, "invalid_api_key" | "temporarily_unavailable">> {
  const keys = await keysOf(now)
  if (!keys) return fail("temporarily_unavailable")
  const proven = await prove(token, keys)
  if (proven !== "unknown_key") return proven
  const newer = await keysOf(now, keys)
  if (!newer) return fail("temporarily_unavailable")
  const again = newer === keys ? proven : await prove(token, newer)
  return again === "unknown_key" ? fail("invalid_api_key") : again
}

async function prove(token: string, keys: KeySet): Promise<Result<Claims, "invalid_api_key"> | "unknown_key"> {
  try {
    const { payload, protectedHeader } = await compactVerify(token, keys, { algorithms: ALGORITHMS })
    const { crit, typ = "JWT" } = protectedHeader
    // The library knows one extension, `b64`, which a JWT must not use (RFC 7797, section 7).
    const plain = crit === undefined && isText(typ, TYPE)
    const claims: unknown = plain && JSON.parse(fromUtf8(payload))
    return isFields(claims) ? ok(claims) : fail("invalid_api_key")
  } catch (error) {
    return error instanceof errors.JWKSNoMatchingKey ? "unknown_key" : fail("invalid_api_key")
  }
}

/** In the order of spec 5.9. @param now Whole seconds since 1970. */
function judgeClaims(
  claims: Claims,
  { issuer, audience }: TokenRules,
  now: number,
): Result<Principal, "invalid_api_key" | "token_expired" | "audience_mismatch"> {
  const { iss, nbf = 0, exp, aud } = claims
  if (iss !== issuer) return fail("invalid_api_key")
  if (!isTime(nbf) || nbf > now + TOKEN_LEEWAY_SECONDS) return fail("invalid_api_key")
  if (!isTime(exp)) return fail("invalid_api_key")
  if (exp <= now - TOKEN_LEEWAY_SECONDS) return fail("token_expired")
  if (![aud].flat().includes(audience)) return fail("audience_mismatch")
  const subject = v.safeParse(Subject, claims)
  if (!subject.success) return fail("invalid_api_key")
  const { sub: account, livemode, jti: credentialId, scope } = subject.output
  return ok({ credentialId, account, livemode, scopes: scope.split(" ").filter(Boolean) })
}

/** Seconds since 1970, with a fraction if the issuer likes. JSON can spell Infinity, as 1e999: a token for ever. */
const isTime = (value: unknown): value is number => Number.isFinite(value)
