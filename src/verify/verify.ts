import type { HeaderLookup } from "../http/headers.ts"
import type { Result } from "../core/result.ts"
import { refuseSignature, refuseSize, type Refused, type Refusal } from "../errors/webhook-error.ts"
import { findSigner, type Key } from "./keyring.ts"
import type { DeliveryTarget, SignedParts, VerifyingScheme } from "../providers/provider.ts"

declare const proven: unique symbol

/** A body that a known secret signed close enough to now. Only `prove` makes one. */
export interface Verified {
  readonly ok: true
  readonly [proven]: true
  /** The bytes that were signed. */
  readonly body: Uint8Array
  /** Which secret matched: during a rotation it tells whether the old one is still in use. */
  readonly secretId: string
  /** Seconds since 1970, by the sender's clock. */
  readonly signedAt: number
}

/** What `prove` judges by. */
export interface VerifySettings {
  readonly scheme: VerifyingScheme
  readonly keys: readonly Key[]
  readonly toleranceSeconds: number
  readonly maxBodyBytes: number
  /** Whole seconds since 1970. */
  readonly now: () => number
}

/** Reads what the headers claim (spec 1.7, 3.4). Needs no body, so a header without hope is refused before one is read. */
export function readSignature(header: HeaderLookup, scheme: VerifyingScheme): Result<SignedParts, Refusal> {
  const parts = scheme.parseHeaders(header)
  return parts.ok ? parts : refuseSignature(parts.error)
}

/** Holds the claim against the body, once its size is bounded (spec 3.5), and the clock, the signature first (1.9, 3.6). */
export function prove(
  parts: SignedParts,
  body: Uint8Array,
  judge: VerifySettings,
  target?: DeliveryTarget,
): Verified | Refused {
  if (body.length > judge.maxBodyBytes) return refuseSize()
  const { timeText, signedAt, signatures } = parts
  const now = judge.now()
  const signer = findSigner(judge.keys, now, judge.scheme.toSignedChunks(timeText, body, target), signatures)
  if (!signer) return refuseSignature("signature_mismatch")
  const problem = checkTimestamp(signedAt, now, judge.toleranceSeconds)
  if (problem) return refuseSignature(problem)
  return { ok: true, body, secretId: signer.id, signedAt } as Verified
}

/**
 * Decides whether a delivery was signed close enough to now.
 *
 * Call it only once the signature has passed: until then the header is the sender's unproven claim (spec 1.9).
 * Source: spec 1.5. Both edges are inclusive.
 *
 * @param signedAt Seconds since 1970, from the signed part of the header.
 * @param now Seconds since 1970. Passed in, never read from a clock.
 * @param toleranceSeconds Widest accepted distance from `now`, a whole number >= 1.
 * @returns `timestamp_stale` (too old), `timestamp_ahead` (too new), or undefined: it is close enough.
 */
export function checkTimestamp(
  signedAt: number,
  now: number,
  toleranceSeconds: number,
): "timestamp_stale" | "timestamp_ahead" | undefined {
  if (now - signedAt > toleranceSeconds) return "timestamp_stale"
  return signedAt - now > toleranceSeconds ? "timestamp_ahead" : undefined
}
