import { fail } from "../core/result.ts"
import type { ErrorCode, StatusOf } from "./catalogue.ts"
import type { Refusal, RefusalDetails, SignatureReason } from "./webhook-error.ts"

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
