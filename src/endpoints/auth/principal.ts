import type { Result } from "../../core/result.ts"
import type { ErrorCode } from "../../errors/catalogue.ts"

/** A UUID has 36 characters, a long random id 86. Each that is revoked is stored, and every one is logged. */
export const MAX_CREDENTIAL_ID_CHARS = 128

/** Who makes a request of the partner plane, once its credential has been believed. */
export interface Principal {
  /** Names the credential, in the log and for its revocation: the id of an API key, the `jti` of a token. */
  readonly credentialId: string
  readonly account: string
  readonly livemode: boolean
  readonly scopes: readonly string[]
}

/** What an account may be called: it names an object, and stands in every log line. */
export const ACCOUNT_NAME = /^[\w-]{1,64}$/

/** What a credential may be called: printable, no blanks. */
export const CREDENTIAL_ID: RegExp = new RegExp(`^[!-~]{1,${MAX_CREDENTIAL_ID_CHARS}}$`)

/**
 * Believes a bearer credential, or says with which code not (spec 5.9). The only way to a `Principal`.
 *
 * @param now Milliseconds since 1970.
 */
export type Authenticate = (bearer: string, now: number) => Promise<Result<Principal, ErrorCode>>

/** What a request needs: `webhooks:read` to look, `webhooks:write` to change (spec 5.9). */
export type Scope = "webhooks:read" | "webhooks:write"

/** `insufficient_scope` without any scope for webhooks, `scope_not_granted` with another than the one that is needed. */
export function checkScope(
  { scopes }: Principal,
  needed: Scope,
): "insufficient_scope" | "scope_not_granted" | undefined {
  if (scopes.includes(needed)) return undefined
  return scopes.some((scope) => scope.startsWith("webhooks:")) ? "scope_not_granted" : "insufficient_scope"
}
