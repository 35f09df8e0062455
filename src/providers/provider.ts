import type { HeaderLookup } from "../http/headers.ts"
import type { Result } from "../core/result.ts"
import type { SignatureReason } from "../errors/webhook-error.ts"

/** What a signature header claims. Nothing in it is proven. */
export interface SignedParts {
  /** The time exactly as it was written: it is part of what was signed. */
  readonly timeText: string
  /** The same, in seconds since 1970. */
  readonly signedAt: number
  /** Well-formed signatures as they were written, at most `MAX_SIGNATURES`. */
  readonly signatures: readonly string[]
}

/** Method and URL of a delivery, for schemes that sign them. */
export interface DeliveryTarget {
  readonly method: string
  readonly url: string
}

/** What it takes to verify a provider's deliveries. */
export interface VerifyingScheme {
  /** The HMAC key that a secret's text stands for. */
  toKey(secret: string): Uint8Array
  /** Reads the untrusted headers, within the limits of spec 1.7. */
  parseHeaders(header: HeaderLookup): Result<SignedParts, SignatureReason>
  /** The signed bytes in order, the body among them as it is: joining them would copy it. */
  toSignedChunks(timeText: string, body: Uint8Array, target?: DeliveryTarget): readonly Uint8Array[]
  /** The one spelling of a signature, from the HMAC in hex: it is compared as text, so no other spelling ever matches. */
  encode(hex: string): string
}

/**
 * How one provider lays out headers, signed bytes, key and time. A scheme is data and pure functions: whoever uses one
 * names no provider.
 */
export interface Scheme extends VerifyingScheme {
  /** Name of the provider; the `source` of its events. */
  readonly name: string
  /** Header with the sender's id of a delivery, lower case. It is not signed: log it, trust it for nothing. */
  readonly deliveryHeader: string
  /** What identifies an event within this provider: two deliveries with one key are one event (spec 2.4). */
  dedupeKey(event: { readonly id: string }): string
  /** The headers of a delivery that carries these signatures: what `parseHeaders` reads. */
  toHeaders(timeText: string, signatures: readonly string[]): Record<string, string>
}
