import { errorText } from "../core/error-text.ts"
import type { Outcome } from "./receive.ts"

/** Spec 2.8: a delivery id is a stranger's text, and it is logged before anything is proven. */
export const MAX_LOGGED_DELIVERY_ID_CHARS = 128

/** What a delivery's line holds beside its outcome. */
export interface DeliveryFacts {
  readonly source: string
  readonly requestId: string
  readonly deliveryId: string | undefined
  /** How long the sender waited for the answer, in milliseconds. */
  readonly waitMs: number
  readonly detail?: string | undefined
}

/**
 * The log line of one delivery. Secrets, signatures and bodies have no way into it: it names what it takes, and takes
 * nothing of headers and body before the signature has passed but the sender's delivery id (spec 2.8).
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
    request_id: facts.requestId,
    delivery_id: facts.deliveryId,
    event_id: proven?.eventId,
    event_type: proven?.eventType,
    secret_id: proven?.secretId,
    bytes: proven?.bytes,
    wait_ms: facts.waitMs,
  }
}

/** A stranger's text, safe for a log line: printable ASCII only, and no more than 128 of it (spec 2.8). */
export const toLoggedDeliveryId = (text: string | null): string | undefined =>
  text?.slice(0, MAX_LOGGED_DELIVERY_ID_CHARS).replace(/[^ -~]/g, "?")
