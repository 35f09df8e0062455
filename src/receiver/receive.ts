import { ok, type Result } from "../core/result.ts"
import { refuse, type Refusal } from "../errors/webhook-error.ts"
import type { WebhookEvent } from "../events/event.ts"
import { Unavailable, type HandOff } from "../events/hand-off.ts"
import { isKnownType } from "../events/known.ts"
import type { EventPattern } from "../events/patterns.ts"
import { checkPayload, type EventSchemas } from "../events/schema.ts"
import { platformEngine } from "../verify/hmac.ts"
import type { CheckResult } from "../verify/verifier.ts"
import type { AnyProvider } from "../providers/provider.ts"
import { checkDelivery, type DeliveryChecks } from "./check-delivery.ts"

/** What a receiver judges by. */
export interface ReceiverSettings extends DeliveryChecks<WebhookEvent> {
  readonly provider: AnyProvider
  /** How many secrets are valid at a time, in seconds since 1970: none makes every delivery fail (spec 1.12). */
  readonly activeSecrets: (now: number) => number
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
  readonly result: Result<Receipt, Refusal>
  /** What was checked of the delivery itself; there is more in it the further it came. */
  readonly checked?: CheckResult
  /** What a handler, a schema or the store threw. */
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
  const { provider, knownPatterns, handOff } = settings
  let checked: CheckResult | undefined
  try {
    checked = await checkDelivery(request, settings)
    if (!checked.ok) return { result: checked, checked }
    const { body } = checked
    const event = checkEvent(checked.event, settings)
    if (!event.ok) return { result: event, checked }
    const status = await handOff({
      source: provider.name,
      dedupeKey: provider.dedupeKey(event.value, () => platformEngine.digest([body])),
      event: event.value,
      body,
      deliveryId,
      secretId: checked.secretId,
      receivedAt: now,
      known: isKnownType(event.value.type, knownPatterns),
    })
    return { result: ok({ event: event.value, status }), checked }
  } catch (cause) {
    const unavailable = cause instanceof Unavailable
    const result = unavailable ? refuse("temporarily_unavailable", 503) : refuse("server_error", 500)
    return { result, cause, ...(checked && { checked }) }
  }
}

/** Type (spec 3.10) and payload (3.11) of a proven event. */
function checkEvent(event: WebhookEvent, settings: ReceiverSettings): Result<WebhookEvent, Refusal> {
  const { unknownEvents, knownPatterns, schemas } = settings
  if (isKnownType(event.type, knownPatterns)) return checkPayload(event, schemas)
  return unknownEvents === "ignore" ? ok(event) : refuse("webhook_event_unknown", 422)
}
