import { equalText } from "../core/bytes.ts"
import type { HmacEngine } from "./hmac.ts"
import type { VerifyingScheme } from "../providers/provider.ts"
import type { CheckedSecret } from "./secrets.ts"

/** When a secret is valid: whole seconds since 1970, `notBefore` inclusive, `notAfter` exclusive (spec 1.12). */
export type ValidTime = Pick<CheckedSecret, "notBefore" | "notAfter">

/** A secret with its key prepared. */
export interface Key extends ValidTime {
  readonly id: string
  /** The signature that this secret makes of the signed bytes. */
  readonly sign: (chunks: readonly Uint8Array[]) => string
}

/** Prepares every secret once, so that a delivery costs one HMAC per active secret and nothing else. */
export const createKeyring = (
  secrets: readonly CheckedSecret[],
  scheme: VerifyingScheme,
  engine: HmacEngine,
): readonly Key[] =>
  secrets.map(({ secret, ...rest }) => {
    const mac = engine(scheme.toKey(secret))
    return { ...rest, sign: (chunks) => scheme.encode(mac(chunks)) }
  })

/** Whether a secret is valid now, by the receiver's clock, never by `t`. */
export const isActive = ({ notBefore, notAfter }: ValidTime, now: number): boolean => notBefore <= now && now < notAfter

/**
 * The first active key that made one of the signatures. Each key is compared with every signature, in constant time;
 * stopping at the key that matches tells only which one it is, and that is no secret (spec 1.10).
 */
export const findSigner = (
  keys: readonly Key[],
  now: number,
  chunks: readonly Uint8Array[],
  signatures: readonly string[],
): Key | undefined =>
  keys.find((key) => {
    if (!isActive(key, now)) return false
    const expected = key.sign(chunks)
    // All of them, whichever matches.
    return signatures.filter((signature) => equalText(expected, signature)).length > 0
  })
