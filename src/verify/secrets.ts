import { isText, isTimeSeconds } from "../core/is.ts"
import { MAX_SECRETS, MAX_TIME_SECONDS } from "../core/limits.ts"

/** The shared key of one signer. A rotation is two of them for a while. */
export interface Secret {
  /** Names the secret in results and logs: 1 to 32 of `[a-z0-9-]`. Never made from the secret itself. */
  readonly id: string
  /** The text as the sender shows it, `whsec_` included. */
  readonly secret: string
  /** First second at which it is valid, by the receiver's clock; whole seconds since 1970 (spec 1.12). */
  readonly notBefore?: number | undefined
  /** First second at which it is no longer valid (spec 1.12). */
  readonly notAfter?: number | undefined
}

/** A list of secrets; a bare string gets the id `secret-1`, `secret-2`, … by its position. */
export type SecretsInput = readonly (string | Secret)[]

/**
 * Takes a list of secrets, or refuses it whole (spec 1.11).
 *
 * @throws {TypeError} What is wrong with which entry. No message shows a secret.
 */
export function checkSecrets(input: unknown): readonly Secret[] {
  if (!Array.isArray(input) || input.length < 1 || input.length > MAX_SECRETS) {
    throw new TypeError(`secrets must be a list of 1 to ${MAX_SECRETS}: see parseSecrets`)
  }
  const ids = new Set()
  return input.map((item, i) => {
    const secret: Secret = typeof item === "string" ? { id: `secret-${i + 1}`, secret: item } : item
    const expected = expectedOf({ ...secret }) ?? (ids.size === ids.add(secret.id).size && "another id")
    if (expected) throw new TypeError(`secrets[${i}] needs ${expected}`)
    return secret
  })
}

function expectedOf({ id, secret, notBefore = 0, notAfter = MAX_TIME_SECONDS }: Partial<Secret>): string | undefined {
  if (!isText(id, /^[a-z0-9-]{1,32}$/)) return "an id of 1 to 32 a-z 0-9 -"
  if (!isText(secret, /^\S(.*\S)?$/s)) return "a secret, not empty, no white space around it"
  if (isTimeSeconds(notBefore) && isTimeSeconds(notAfter) && notBefore < notAfter) return undefined
  return "notAfter after notBefore, in whole seconds"
}
