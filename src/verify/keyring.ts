import { equalText } from "../core/bytes.ts"
import type { HashEngine } from "../providers/hashes.ts"
import type { Claim, DeliveryTarget, PreparedKey, Scheme } from "../providers/provider.ts"
import type { CheckedSecret } from "./secrets.ts"

/** When a secret is valid: whole seconds since 1970, `notBefore` inclusive, `notAfter` exclusive (spec 1.12). */
export type ValidTime = Pick<CheckedSecret, "notBefore" | "notAfter">

/** A secret with its key prepared. */
export interface Key extends ValidTime, PreparedKey {
  readonly id: string
}

/** Prepares every secret once, so that a delivery costs one HMAC per active secret and nothing else. */
export const createKeyring = (
  secrets: readonly CheckedSecret[],
  scheme: Pick<Scheme, "prepareKey">,
  engine: HashEngine,
): readonly Key[] =>
  secrets.map(({ id, secret, notBefore, notAfter }, index) => ({
    ...scheme.prepareKey({ id, secret, index }, engine),
    id,
    notBefore,
    notAfter,
  }))

/** Whether a secret is valid now, by the receiver's clock, never by `t`. */
export const isActive = ({ notBefore, notAfter }: ValidTime, now: number): boolean => notBefore <= now && now < notAfter

/** A delivery whose signature is to be found among the keys. */
export interface Delivery {
  readonly claim: Claim
  readonly body: Uint8Array
  readonly target: DeliveryTarget | undefined
  /** Whole seconds since 1970. */
  readonly now: number
}

/**
 * Whether a key made one of the claim's signatures. Each key is compared with every signature, in constant time
 * (spec 1.10). A key that is not active, or is not the one that the delivery names, matches nothing.
 */
function matches(key: Key, { claim, body, target, now }: Delivery): boolean | Promise<boolean> {
  if (!isActive(key, now) || (claim.keyId !== undefined && claim.keyId !== key.id)) return false
  if (key.verify) return key.verify(claim, body, target, now)
  const expected = key.sign!(claim, body, target)
  const signatures = key.select ? key.select(claim) : claim.signatures
  // An empty expectation would match an empty signature.
  if (!expected) return false
  let isMatch = false
  // All of them, whichever matches.
  for (const signature of signatures) if (equalText(expected, signature)) isMatch = true
  return isMatch
}

/**
 * The first active key that made one of the signatures. Stopping at the key that matches tells only which one it is, and
 * that is not secret (spec 1.10). Only `true` counts: a promise from a key that is asynchronous is not a match.
 */
export function findSigner(keys: readonly Key[], delivery: Delivery): Key | undefined {
  for (const key of keys) if (matches(key, delivery) === true) return key
  return undefined
}

/** As `findSigner`, for keys that may be asynchronous. */
export async function findSignerAsync(keys: readonly Key[], delivery: Delivery): Promise<Key | undefined> {
  for (const key of keys) {
    const matched = matches(key, delivery)
    // A key that answers at once costs no turn of the event loop.
    if (matched === true || (matched !== false && (await matched))) return key
  }
  return undefined
}
