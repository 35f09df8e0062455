import type { ErrorCode, StatusOf } from "./catalogue.ts"
import { fail } from "../core/result.ts"

/** A path into a payload consists of the sender's own keys, which may be as long as the body. */
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

/** The details of a refusal beyond its code. They are for the error object and the log, never for the response. */
export interface RefusalDetails {
  /** Why the signature was refused (spec 1.9). Log it; do not send it back (spec 1.8). */
  readonly reason?: SignatureReason
  /** The dotted path of the first field that failed, as `data.object.amount`. */
  readonly param?: string
  /** With `header_missing`: the header that is absent or empty, in lower case. */
  readonly header?: string
  /** With `timestamp_stale` and `timestamp_ahead`: seconds since the signature was made, negative where it is ahead. */
  readonly ageSeconds?: number
  /** With `timestamp_stale` and `timestamp_ahead`: the tolerance that was exceeded, in seconds. */
  readonly toleranceSeconds?: number
}

/** Why a delivery was refused, as a value. It has no stack: taking one would cost a forged delivery twice its HMAC. */
export interface Refusal extends RefusalDetails {
  /** One of the catalogue (spec 4.2). */
  readonly code: ErrorCode
  /** The HTTP status to answer with. */
  readonly status: number
}

/**
 * A refused delivery, thrown. Branch on `code`. The message is `<code>: <reason>. <sentence>`; it is for people, may
 * change, and contains no secret, signature or body. Log it, and never send it to the sender (spec 1.8).
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
  declare readonly header?: string
  declare readonly ageSeconds?: number
  declare readonly toleranceSeconds?: number

  constructor(refusal: Refusal) {
    super(toMessage(refusal))
    Object.assign(this, refusal)
  }
}

/** Writes `<code>: <reason>. <sentence>`, leaving out what the refusal does not have. */
function toMessage(refusal: Refusal): string {
  const { code, reason } = refusal
  const help = HELP[reason ?? code]
  const sentence = typeof help === "function" ? help(refusal) : help
  return [reason ? `${code}: ${reason}.` : `${code}${sentence ? ":" : ""}`, sentence].filter(Boolean).join(" ")
}

type Help = string | ((refusal: Refusal) => string)

/** Reason, or code where there is none → what helps. A `param` is not repeated: its keys are part of the body. */
const HELP: Readonly<Record<SignatureReason, Help> & Partial<Record<ErrorCode, Help>>> = {
  header_missing: ({ header = "signature" }) => `The ${header} header is absent or empty.`,
  header_malformed: "The signature header is not in the provider's format.",
  header_too_long: "The signature header is longer than its limit.",
  too_many_signatures: "The signature header has more signatures than its limit.",
  signature_mismatch:
    "No active secret made this signature; check the secret, and that the body is the bytes as they arrived.",
  timestamp_stale: ({ ageSeconds, toleranceSeconds }) =>
    `Signed ${ageSeconds} s ago; the tolerance is ${toleranceSeconds} s.`,
  timestamp_ahead: ({ ageSeconds = 0, toleranceSeconds }) =>
    `Signed ${-ageSeconds} s ahead of this clock; the tolerance is ${toleranceSeconds} s.`,
  body_incomplete: "The body broke off before its end.",
  request_body_too_large: "The body is larger than maxBodyBytes.",
  invalid_json: "The body was signed, but is not JSON in UTF-8.",
  invalid_value_type: "A field is missing or has the wrong type; see param.",
  temporarily_unavailable: "No memory was free for the body.",
}

/** A refused delivery, as a value. */
export interface Refused {
  readonly ok: false
  readonly error: Refusal
}

/** Makes a refusal. The compiler checks `status` against the catalogue, so the verifier need not load the catalogue. */
export const refuse = <Code extends ErrorCode>(code: Code, status: StatusOf<Code>, details?: RefusalDetails): Refused =>
  fail({ code, status, ...details })

/**
 * Turns a precise reason into the vague answer of spec 1.8. Everything but an absent header is the same
 * `webhook_signature_invalid`, so that the answer tells a forger nothing.
 */
export const refuseSignature = (reason: SignatureReason, details?: RefusalDetails): Refused =>
  refuse(reason === "header_missing" ? "webhook_signature_missing" : "webhook_signature_invalid", 400, {
    reason,
    ...details,
  })

/** Refuses a content type (spec 3.3). */
export const refuseContentType = (problem: "missing" | "unsupported"): Refused =>
  problem === "missing" ? refuse("missing_content_type", 400) : refuse("unsupported_media_type", 415)

/** Refuses a body over the cap (spec 3.5). */
export const refuseSize = (): Refused => refuse("request_body_too_large", 422)

/** Refuses a body that could not be read: over the cap (3.5), not whole (1.9), or no memory for it (3.12). */
export const refuseBody = (problem: "too_large" | "incomplete" | "no_room"): Refused =>
  problem === "too_large"
    ? refuseSize()
    : problem === "incomplete"
      ? refuseSignature("body_incomplete")
      : refuse("temporarily_unavailable", 503)
