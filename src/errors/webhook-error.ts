import type { ErrorCode } from "./catalogue.ts"

/** Why a signature was refused (spec 1.9). For the error object and the log, never for the response (spec 1.8). */
export type SignatureReason =
  | "header_missing"
  | "header_malformed"
  | "header_too_long"
  | "too_many_signatures"
  | "signature_mismatch"
  | "timestamp_stale"
  | "timestamp_ahead"

/** What there is to say about a refusal beyond its code. */
export interface RefusalDetails {
  /** Why the signature was refused (spec 1.9). Log it; do not send it back (spec 1.8). */
  readonly reason?: SignatureReason
  /** Dotted path of the first field that failed, as `data.object.amount`. */
  readonly param?: string
}

/** Why a delivery was refused, as a value: no stack is taken, which would cost an attacker's delivery twice its HMAC. */
export interface Refusal extends RefusalDetails {
  /** One of the catalogue (spec 4.2). */
  readonly code: ErrorCode
  /** HTTP status to answer with. */
  readonly status: number
}

/**
 * A delivery that was refused, thrown. Branch on `code`; the message is for people and may change.
 *
 * Never thrown for a caller's mistake: that is a `TypeError`.
 *
 * @example
 * ```ts
 * try {
 *   verifyWebhook(rawBody, headers, { secrets })
 * } catch (error) {
 *   if (error instanceof WebhookError) return new Response(error.code, { status: error.status })
 *   throw error
 * }
 * ```
 */
export class WebhookError extends Error implements Refusal {
  override readonly name: string = "WebhookError"
  declare readonly code: ErrorCode
  declare readonly status: number
  declare readonly reason?: SignatureReason
  declare readonly param?: string

  constructor(refusal: Refusal) {
    super(refusal.code)
    Object.assign(this, refusal)
  }
}
