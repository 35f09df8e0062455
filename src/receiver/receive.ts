import { checkContentType } from "../core/content-type.ts"
import { ok, type Result } from "../core/result.ts"
import { refuse, refuseContentType, refuseSignature } from "../errors/refuse.ts"
import type { WebhookError } from "../errors/webhook-error.ts"
import type { WebhookEvent } from "../events/event.ts"
import { Unavailable, type HandOff } from "../events/hand-off.ts"
import { isKnownType } from "../events/known.ts"
import type { EventPattern } from "../events/patterns.ts"
import { checkPayload, type EventSchemas } from "../events/schema.ts"
import type { CheckResult, Verifier } from "../verifier.ts"
import type { Scheme } from "../verify/scheme.ts"

/** What a receiver judges by. */
export interface ReceiverSettings {
  readonly scheme: Scheme
  readonly verifier: Verifier
  /** How many secrets are valid at a time, in seconds since 1970: none makes every delivery fail (spec 1.12). */
  readonly activeSecrets: (now: number) => number
  /** The mode of this receiver; either is taken if it has none (spec 2.5). */
  readonly livemode: boolean | undefined
  /** What happens to an event of a type that is not known (spec 3.10). */
  readonly unknownEvents: "ignore" | "reject"
  /** Types and patterns that are known beyond the public ones. */
  readonly knownPatterns: readonly EventPattern[]
  readonly schemas: EventSchemas
  readonly handOff: HandOff
}

export interface Receipt {
  readonly event: WebhookEvent
  readonly status: "accepted" | "duplicate" | "ignored"
}

/** How a delivery ended, and what may be logged of it: nothing but its outcome before the signature has passed (spec 2.8). */
export interface Outcome {
  readonly result: Result<Receipt, WebhookError>
  readonly proven?: Extract<CheckResult, { ok: true }>
  /** What the stream of the body, a handler, a schema or the store threw. */
  readonly cause?: unknown
}

/**
 * Takes one delivery through spec 3.3 to 3.12, in that order; the first check that fails is the answer. Path and method
 * (3.1, 3.2) are the router's.
 *
 * @param deliveryId Already cut to what may be logged.
 * @param now Whole seconds since 1970.
 */
export async function receive(
  request: Request,
  settings: ReceiverSettings,
  { deliveryId, now }: { readonly deliveryId: string | undefined; readonly now: number },
): Promise<Outcome> {
  const contentType = checkContentType(request.headers)
  if (!contentType.ok) return { result: refuseContentType(contentType.error) }

  let proven: CheckResult
  try {
    proven = await settings.verifier.checkRequest(request)
  } catch (cause) {
    // A mistake of ours; or the body broke off, and bytes that never came are bytes that nobody signed.
    const ours = cause instanceof TypeError
    return { result: ours ? refuse("server_error", 500) : refuseSignature("signature_mismatch"), cause }
  }
  if (!proven.ok) return { result: proven }

  const { scheme, knownPatterns, handOff } = settings
  try {
    const event = checkEvent(proven.event, settings)
    if (!event.ok) return { result: event, proven }
    const status = await handOff({
      source: scheme.name,
      dedupeKey: scheme.dedupeKey(event.value),
      event: event.value,
      body: proven.body,
      deliveryId,
      secretId: proven.secretId,
      receivedAt: now,
      known: isKnownType(event.value.type, knownPatterns),
    })
    return { result: ok({ event: event.value, status }), proven }
  } catch (cause) {
    const unavailable = cause instanceof Unavailable
    return { result: unavailable ? refuse("temporarily_unavailable", 503) : refuse("server_error", 500), proven, cause }
  }
}

/** Mode (spec 3.9), type (3.10) and payload (3.11) of a proven event. */
function checkEvent(event: WebhookEvent, settings: ReceiverSettings): Result<WebhookEvent, WebhookError> {
  const { livemode = event.livemode, unknownEvents, knownPatterns, schemas } = settings
  if (event.livemode !== livemode) return refuse("invalid_value_type", 422, { param: "livemode" })
  if (isKnownType(event.type, knownPatterns)) return checkPayload(event, schemas)
  return unknownEvents === "ignore" ? ok(event) : refuse("webhook_event_unknown", 422)
}
