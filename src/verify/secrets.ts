import { assertOption, assertSeconds, isPromise, kindOf } from "../core/assert.ts"
import { isFields, isText, MAX_TIME_SECONDS } from "../core/is.ts"
import type { SecretFormat } from "../providers/provider.ts"

/** Spec 1.11. Each secret costs one HMAC over the body of every delivery, forged ones included. */
export const MAX_SECRETS = 16

/** The shared key of one signer. A rotation is two of them for a while. */
export interface Secret {
  /** Names the secret in results and logs: 1 to 128 of `[A-Za-z0-9._:-]`. Never derive it from the secret. */
  readonly id: string
  /** The text as the sender shows it, `whsec_` included. */
  readonly secret: string
  /** The first second in which it is valid, by the receiver's clock; whole seconds since 1970 (spec 1.12). */
  readonly notBefore?: number | undefined
  /** The first second in which it is no longer valid (spec 1.12). */
  readonly notAfter?: number | undefined
  /** Takes a secret that looks like a mistake (spec 1.11), as a placeholder or one with quotes around it. */
  readonly allowUnusual?: boolean | undefined
}

/** A secret that passed every rule, its times filled in. */
export type CheckedSecret = Secret & { readonly notBefore: number; readonly notAfter: number }

/** A list of secrets. A string gets the id `secret-1`, `secret-2`, … by its position. */
export type SecretsInput = readonly (string | Secret)[]

/** The fields of a secret. */
export const SECRET_FIELDS: readonly string[] = ["id", "secret", "notBefore", "notAfter", "allowUnusual"]

/**
 * Checks a list of secrets, and refuses it as a whole (spec 1.11).
 *
 * @param format What the provider's secrets look like.
 * @throws {TypeError} Which entry breaks which rule. No message shows any text of an entry.
 */
export function checkSecrets(input: unknown, format: SecretFormat = {}): readonly CheckedSecret[] {
  assertOption(
    Array.isArray(input),
    `secrets must be a list, not ${kindOf(input)}: use [secret], or parseSecrets(text); is the variable set?`,
  )
  assertOption(input.length > 0 && input.length <= MAX_SECRETS, `secrets must have 1 to ${MAX_SECRETS} entries`)
  const ids = new Set<unknown>()
  // Array.from also visits the holes of a sparse list.
  return Array.from(input, (item: unknown, i) => {
    const checked = checkSecret(
      `secrets[${i}]`,
      typeof item === "string" ? { id: `secret-${i + 1}`, secret: item } : item,
      format,
    )
    assertOption(!ids.has(checked.id), `secrets[${i}].id is used twice`)
    ids.add(checked.id)
    return checked
  })
}

function checkSecret(name: string, item: unknown, format: SecretFormat): CheckedSecret {
  assertOption(item !== undefined && item !== null, `${name} is ${kindOf(item)}: is the variable set?`)
  assertOption(isFields(item) && !isPromise(item), `${name} must be text or { id, secret }, not ${kindOf(item)}`)
  // A misspelt field, as not_after, would leave a secret valid for ever. An instance of a class may have fields of its own.
  const plain = [Object.prototype, null].includes(Object.getPrototypeOf(item))
  assertOption(
    !plain || Object.keys(item).every((field) => SECRET_FIELDS.includes(field)),
    `${name} has another field than ${SECRET_FIELDS.join(", ")}`,
  )
  const { id, secret, notBefore = 0, notAfter = MAX_TIME_SECONDS, allowUnusual = false } = item
  assertOption(isText(id, /^[A-Za-z0-9._:-]{1,128}$/), `${name}.id must be 1 to 128 of A-Z a-z 0-9 . _ : -`)
  assertOption(
    id !== secret && !(format.secretPrefix && id.startsWith(format.secretPrefix)),
    `${name}.id must not be a secret: it is logged`,
  )
  assertOption(typeof allowUnusual === "boolean", `${name}.allowUnusual must be a boolean, not ${kindOf(allowUnusual)}`)
  const from = assertSeconds(`${name}.notBefore`, notBefore, 0)
  const until = assertSeconds(`${name}.notAfter`, notAfter, 0)
  assertOption(until > from, `${name}.notAfter must be later than notBefore`)
  const text = format.parseKey?.(secret) ?? checkShared(`${name}.secret`, secret, allowUnusual, format.secretPrefix)
  return { id, secret: text, notBefore: from, notAfter: until, ...(allowUnusual && { allowUnusual }) }
}

/** Checks a shared secret: text that is not empty and, unless `allowUnusual`, does not look like a mistake (spec 1.11). */
function checkShared(name: string, secret: unknown, allowUnusual: boolean, prefix: string | undefined): string {
  assertOption(secret !== undefined, `${name} is undefined: is the variable set?`)
  assertOption(typeof secret === "string", `${name} must be text, not ${kindOf(secret)}`)
  assertOption(secret !== "", `${name} is empty: is the variable set?`)
  const problem = allowUnusual ? undefined : findUnusual(secret, prefix)
  assertOption(!problem, `${name} ${problem}; set allowUnusual: true on this secret if that is what the sender uses`)
  return secret
}

/** Returns what is unusual about a secret, in words that show none of it, or undefined. */
function findUnusual(secret: string, prefix = ""): string | undefined {
  if (secret !== secret.trim()) return "has white space at an end"
  const bare = prefix ? secret.replaceAll(prefix, "") : secret
  if (bare === "") return "is nothing but its prefix"
  // In a secret with the provider's prefix, `=` is part of it: a name does not begin so.
  const isWhole = prefix !== "" && secret.startsWith(prefix) && !secret.includes(prefix, 1)
  if (!isWhole && NAME_IN_FRONT.test(secret)) return "has NAME= in front"
  return (
    UNUSUAL.find(([pattern]) => pattern.test(secret))?.[1] ?? PLACEHOLDERS.find(([pattern]) => pattern.test(bare))?.[1]
  )
}

/** `NAME=secret` and `NAME=` with nothing behind it, but not the padding of base64. */
const NAME_IN_FRONT = /^(?:export\s+)?[\w.:-]+\s*=\s*[^=\s]|^[A-Z0-9]+(?:_[A-Z0-9]+)+=$/

const UNUSUAL: readonly (readonly [RegExp, string])[] = [
  [/\p{C}/u, "has a control or format character in it"],
  [/\\n/, "has a literal \\n in it"],
  [/^(["'`]).*\1$|^“.*”$|^‘.*’$/s, "has quotes around it"],
  [/\.\.\.|…/, "has an ellipsis in it"],
  [/^bearer\s/i, "has Bearer in front"],
]

/** Texts that stand for a secret; tried without the provider's prefix, and also where they are repeated. */
const PLACEHOLDERS: readonly (readonly [RegExp, string])[] = [
  [/^(?:\$[a-z_]\w*|\$\{.*\}|\{\{.*\}\}|<.*>)$/is, "is a variable that was not expanded"],
  [/(?:^|[\W_])your[a-z\s._-]*secret/i, "is a placeholder"],
  // What JavaScript makes of a missing value in a template is as guessable.
  [/^(?:(?:change[\W_]*me|undefined|null|\[object \w+\])[\W\d_]*)+$/i, "is a placeholder"],
  [/^(.)(?:[-_. ]?\1)+$/su, "is one character repeated"],
]
