import type { ErrorCode, StatusOf } from "./catalogue.ts"
import { fail } from "../core/result.ts"

/** A path into a payload is made of the sender's own keys, which may be as long as a body. */
export const MAX_PARAM_CHARS = 256

/** Why a signature was refused (spec 1.9). For the error object and the log, never for the response (spec 1.8). */
export type SignatureReason =
  | "header_missing"
  | "header_malformed"
  | "header_too_long"
  | "too_many_signatures"
  | "signature_mismatch"
  | "timestamp_stale"
  | "timestamp_ahead"
  | "body_incomplete"

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

/** A delivery that is not taken, as a value. */
export interface Refused {
  readonly ok: false
  readonly error: Refusal
}

/** The compiler holds `status` against the catalogue, so that the verifier works without carrying the catalogue along. */
export const refuse = <Code extends ErrorCode>(code: Code, status: StatusOf<Code>, details?: RefusalDetails): Refused =>
  fail({ code, status, ...details })

/**
 * The one way from a precise reason to a vague answer (spec 1.8): everything but an absent header is the same
 * `webhook_signature_invalid`, so that a forger learns nothing from it.
 */
export const refuseSignature = (reason: SignatureReason): Refused =>
  refuse(reason === "header_missing" ? "webhook_signature_missing" : "webhook_signature_invalid", 400, { reason })

/** Spec 3.3. */
export const refuseContentType = (problem: "missing" | "unsupported"): Refused =>
  problem === "missing" ? refuse("missing_content_type", 400) : refuse("unsupported_media_type", 415)

/** Spec 3.5. */
export const refuseSize = (): Refused => refuse("request_body_too_large", 422)

/** Refuses a body that could not be read: over the cap (3.5), not whole (1.9), or no memory for it (3.12). */
export const refuseBody = (problem: "too_large" | "incomplete" | "no_room"): Refused =>
  problem === "too_large"
    ? refuseSize()
    : problem === "incomplete"
      ? refuseSignature("body_incomplete")
      : refuse("temporarily_unavailable", 503)
