import type { Result } from "../../core/result.ts"
import type { ErrorCode } from "../../errors/catalogue.ts"

/** A UUID has 36 characters, a long random id 86. Each revoked id is stored, and every request logs one. */
export const MAX_CREDENTIAL_ID_CHARS = 128

/** Who makes a request. Only `Authenticate` makes one. */
export interface Principal {
  /** Names the credential in the log and when it is revoked: the id of an API key, the `jti` of a token or a hash. */
  readonly credentialId: string
  readonly account: string
  readonly livemode: boolean
  readonly scopes: readonly string[]
}

/** What an account may be called (spec 5.9): it names an object and is in every log line. */
export const ACCOUNT_NAME = /^[ -~]{1,128}$/

/** What a credential may be called: printable ASCII without spaces. */
export const CREDENTIAL_ID: RegExp = new RegExp(`^[!-~]{1,${MAX_CREDENTIAL_ID_CHARS}}$`)

/** Why a credential is refused. */
export interface CredentialRefusal {
  readonly code: ErrorCode
  /** The check that failed, as `signature` or `claim:livemode`. For the log, never for the answer (spec 5.9). */
  readonly check: string
}

/**
 * Authenticates a bearer credential (spec 5.9).
 *
 * @param now Milliseconds since 1970.
 */
export type Authenticate = (bearer: string, now: number) => Promise<Result<Principal, CredentialRefusal>>

/** Every scope of this API: `webhooks:read` to look, `webhooks:write` to change (spec 5.9). */
export const SCOPES = ["webhooks:read", "webhooks:write"] as const

export type Scope = (typeof SCOPES)[number]

/** `insufficient_scope` without any scope for webhooks, `scope_not_granted` with another one than is needed. */
export function checkScope(
  { scopes }: Principal,
  needed: Scope,
): "insufficient_scope" | "scope_not_granted" | undefined {
  if (scopes.includes(needed)) return undefined
  return scopes.some((scope) => scope.startsWith("webhooks:")) ? "scope_not_granted" : "insufficient_scope"
}
