import { assertOption, assertWhole } from "../core/assert.ts"
import { isText, MAX_TIME_SECONDS } from "../core/is.ts"

/** Spec 1.11. Each secret costs one HMAC over the body of every delivery, forged ones included. */
export const MAX_SECRETS = 16

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

/** A secret that is sound, its times filled in. */
export type CheckedSecret = Required<Secret> & { readonly notBefore: number; readonly notAfter: number }

/** A list of secrets; a bare string gets the id `secret-1`, `secret-2`, … by its position. */
export type SecretsInput = readonly (string | Secret)[]

/**
 * Takes a list of secrets, or refuses it whole (spec 1.11).
 *
 * @throws {TypeError} What is wrong with which entry. No message shows a secret.
 */
export function checkSecrets(input: unknown): readonly CheckedSecret[] {
  assertOption(
    Array.isArray(input) && input.length > 0 && input.length <= MAX_SECRETS,
    `secrets must list 1 to ${MAX_SECRETS}`,
  )
  const ids = new Set<unknown>()
  // Array.from sees the holes of a sparse list, and a hole is no secret.
  return Array.from(input, (item: unknown, i) => {
    const given: Partial<Secret> = typeof item === "string" ? { id: `secret-${i + 1}`, secret: item } : Object(item)
    const { id, secret, notBefore = 0, notAfter = MAX_TIME_SECONDS } = given
    const name = `secrets[${i}]`
    assertOption(isText(id, /^[a-z0-9-]{1,32}$/) && !ids.has(id), `${name}.id must be unique, of [a-z0-9-]{1,32}`)
    assertOption(isText(secret, /^\S(.*\S)?$/s), `${name}.secret must be text, not empty or padded`)
    assertWhole(`${name}.notBefore`, notBefore, 0)
    assertWhole(`${name}.notAfter`, notAfter, notBefore + 1)
    ids.add(id)
    return { id, secret, notBefore, notAfter }
  })
}
