import { errorText } from "../core/error-text.ts"
import type { Outcome } from "./receive.ts"

/** Spec 2.8: a delivery id is untrusted text, and it is logged before the signature has passed. */
export const MAX_LOGGED_DELIVERY_ID_CHARS = 128

/** Facts in the log line of a delivery, besides its outcome. */
export interface DeliveryFacts {
  readonly source: string
  readonly requestId: string
  readonly deliveryId: string | undefined
  /** How long the sender waited for the answer, in milliseconds. */
  readonly waitMs: number
  readonly detail?: string | undefined
}

/**
 * Creates the log line of one delivery. Fields are named one by one, so secrets, signatures and bodies cannot get into it.
 * Before the signature has passed, only the sender's delivery id is taken from headers and body (spec 2.8).
 */
export function toLogEntry({ result, proven, cause }: Outcome, facts: DeliveryFacts): Record<string, unknown> {
  const failed = !result.ok && result.error.status >= 500
  return {
    level: failed ? "error" : result.ok ? "info" : "warn",
    message: "delivery",
    outcome: result.ok ? result.value.status : failed ? "failed" : "refused",
    ...(!result.ok && { code: result.error.code, reason: result.error.reason, param: result.error.param }),
    detail: facts.detail,
    error: cause === undefined ? undefined : errorText(cause),
    source: facts.source,
    assurance: proven?.assurance,
    request_id: facts.requestId,
    delivery_id: facts.deliveryId,
    event_id: proven?.eventId,
    event_type: proven?.eventType,
    secret_id: proven?.secretId,
    bytes: proven?.bytes,
    wait_ms: facts.waitMs,
  }
}

/** Cuts untrusted text to 128 characters and replaces what is not printable ASCII (spec 2.8). */
export const toLoggedDeliveryId = (text: string | null): string | undefined =>
  text?.slice(0, MAX_LOGGED_DELIVERY_ID_CHARS).replace(/[^ -~]/g, "?")
