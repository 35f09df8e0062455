import { OptionError } from "../core/assert.ts"
import { isTimeSeconds } from "../core/is.ts"
import { ok, type Result } from "../core/result.ts"
import { refuseSignature, refuseSize, type Refused, type Refusal } from "../errors/webhook-error.ts"
import type { HeaderLookup } from "../http/headers.ts"
import type { AnyProvider, Assurance, Claim, Covers, DeliveryTarget } from "../providers/provider.ts"
import { findSigner, findSignerAsync, type Delivery, type Key } from "./keyring.ts"

declare const proven: unique symbol

/** A body that a known secret signed close enough to now. Only `prove` and `proveAsync` make one. */
export interface Verified<Level extends Assurance = Assurance> {
  readonly ok: true
  readonly [proven]: true
  /** The bytes that arrived. They are signed if `covers.body`. */
  readonly body: Uint8Array<ArrayBuffer>
  /** The secret that matched. During a rotation it tells whether the old one is still in use. */
  readonly secretId: string
  /** Seconds since 1970, by the sender's clock; undefined where the provider signs no time. */
  readonly signedAt: number | undefined
  /** Which parts of the delivery the signature covers (spec 7.2). */
  readonly covers: Covers
  /** `authenticated` is weaker than `verified`: the payload itself is not signed. */
  readonly assurance: Level
}

/** The configuration that a proof is checked against. */
export interface VerifySettings {
  readonly provider: AnyProvider
  readonly keys: readonly Key[]
  readonly toleranceSeconds: number
  readonly maxBodyBytes: number
  /** Whole seconds since 1970. */
  readonly now: () => number
}

/** What arrived, once its headers have parsed. */
export interface Arrived {
  readonly claim: Claim
  readonly body: Uint8Array<ArrayBuffer>
  readonly header: HeaderLookup
  readonly target: DeliveryTarget | undefined
}

/** Parses what the headers claim (spec 1.7, 3.4). Needs no body, so a malformed header is refused before one is read. */
export function readSignature(
  header: HeaderLookup,
  provider: Pick<AnyProvider, "parseHeaders" | "signatureHeader">,
): Result<Claim, Refusal> {
  const claim = provider.parseHeaders(header)
  if (claim.ok) return claim
  return refuseSignature(
    claim.error,
    claim.error === "header_missing" ? { header: findMissingHeader(header, provider) } : {},
  )
}

/** Finds the header that is missing, which need not be the signature's: it is the first that is asked for in vain. */
function findMissingHeader(
  header: HeaderLookup,
  { parseHeaders, signatureHeader }: Pick<AnyProvider, "parseHeaders" | "signatureHeader">,
): string {
  let missing: string | undefined
  parseHeaders((name) => {
    const value = header(name)
    if (!value.trim()) missing ??= name
    return value
  })
  return missing ?? signatureHeader.toLowerCase()
}

/** Bounds the size (spec 3.5), completes the claim from the body where the signature is there, and reads the clock. */
function open({ claim, body, header, target }: Arrived, settings: VerifySettings): Result<Delivery, Refusal> {
  const { provider } = settings
  if (body.length > settings.maxBodyBytes) return refuseSize()
  if (target === undefined && (provider.covers.url || provider.covers.method)) {
    throw new OptionError(`${provider.name} signs method or URL: pass { method, url } as the third argument`)
  }
  const whole = provider.parseBody ? provider.parseBody(claim, body, header) : ok(claim)
  return whole.ok ? ok({ claim: whole.value, body, target, now: settings.now() }) : refuseSignature(whole.error)
}

/** Decides by the signature first, then by the time (spec 1.9, 3.6). */
function conclude(
  { claim, body, now }: Delivery,
  signer: Key | undefined,
  settings: VerifySettings,
): Verified | Refused {
  const { provider, toleranceSeconds } = settings
  if (!signer) return refuseSignature("signature_mismatch")
  const signedAt = provider.readTime ? provider.readTime(claim, body) : claim.signedAt
  if (provider.covers.time) {
    // The time of every scheme is checked here, and only here: NaN would pass every comparison.
    if (!isTimeSeconds(signedAt)) return refuseSignature("header_malformed")
    const problem = checkTimestamp(signedAt, now, toleranceSeconds)
    if (problem) return refuseSignature(problem, { ageSeconds: now - signedAt, toleranceSeconds })
  }
  const { covers, assurance } = provider
  return { ok: true, body, secretId: signer.id, signedAt, covers, assurance } as Verified
}

/** Checks a claim against the body and the clock. Every key must be synchronous. */
export function prove(arrived: Arrived, settings: VerifySettings): Verified | Refused {
  const delivery = open(arrived, settings)
  return delivery.ok ? conclude(delivery.value, findSigner(settings.keys, delivery.value), settings) : delivery
}

/** Does what `prove` does, for keys of every kind. */
export async function proveAsync(arrived: Arrived, settings: VerifySettings): Promise<Verified | Refused> {
  const delivery = open(arrived, settings)
  return delivery.ok
    ? conclude(delivery.value, await findSignerAsync(settings.keys, delivery.value), settings)
    : delivery
}

/**
 * Checks that a delivery was signed close enough to now.
 *
 * Call it only once the signature has passed: until then the header is the sender's unproven claim (spec 1.9).
 * Source: spec 1.5. Both edges are inclusive.
 *
 * @param signedAt Seconds since 1970, from the signed part of the header.
 * @param now Seconds since 1970. Passed in, never read from a clock.
 * @param toleranceSeconds Widest accepted distance from `now`, a whole number >= 1.
 * @returns `timestamp_stale` (too old), `timestamp_ahead` (too new), or undefined if it is close enough.
 */
export function checkTimestamp(
  signedAt: number,
  now: number,
  toleranceSeconds: number,
): "timestamp_stale" | "timestamp_ahead" | undefined {
  // Only a comparison that holds accepts, so that NaN on either side refuses.
  if (Math.abs(now - signedAt) <= toleranceSeconds) return undefined
  return signedAt > now ? "timestamp_ahead" : "timestamp_stale"
}
