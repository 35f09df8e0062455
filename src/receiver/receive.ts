import { ok, type Result } from "../core/result.ts"
import { refuse, type Refusal } from "../errors/webhook-error.ts"
import type { WebhookEvent } from "../events/event.ts"
import { Unavailable, type HandOff, type HandOffInput } from "../events/hand-off.ts"
import { isKnownType } from "../events/known.ts"
import type { EventPattern } from "../events/patterns.ts"
import { checkPayload, type EventSchemas } from "../events/schema.ts"
import type { BodyBudget, BodyCharge } from "../http/body-budget.ts"
import type { AnyProvider } from "../providers/provider.ts"
import { platformEngine } from "../verify/hmac.ts"
import type { Proven } from "../verify/verifier.ts"
import { checkDelivery, type DeliveryChecks } from "./check-delivery.ts"

/** Settings of a receiver. */
export interface ReceiverSettings extends DeliveryChecks<WebhookEvent> {
  readonly provider: AnyProvider
  /** How many secrets are valid at a time, in seconds since 1970. With none, every delivery fails (spec 1.12). */
  readonly activeSecrets: (now: number) => number
  /** What happens to an event of a type that is not known (spec 3.10). */
  readonly unknownEvents: "ignore" | "reject"
  /** Types and patterns that are known beyond the public ones. */
  readonly knownPatterns: readonly EventPattern[]
  readonly schemas: EventSchemas
  /** Memory for the bodies of all deliveries; that of the isolate unless given. */
  readonly bodies?: BodyBudget
  readonly handOff: HandOff
}

/** An event that was taken. */
export interface Receipt {
  readonly eventId: string
  readonly status: "accepted" | "duplicate" | "ignored"
}

/** What the log may tell of a delivery whose signature has passed (spec 2.8). */
export interface ProvenFacts {
  readonly secretId: string
  readonly bytes: number | undefined
  readonly eventId: string | undefined
  readonly eventType: string | undefined
}

/** How a delivery ended. */
export interface Outcome {
  readonly result: Result<Receipt, Refusal>
  /** Undefined before the signature has passed. */
  readonly proven?: ProvenFacts | undefined
  /** The error that a schema or the store threw. */
  readonly cause?: unknown
}

/** Facts about a delivery that are not signed. */
interface Unproven {
  /** Already cut to what may be logged. */
  readonly deliveryId: string | undefined
  /** Whole seconds since 1970. */
  readonly now: number
  readonly charge: BodyCharge
}

/**
 * Takes one delivery through spec 3.3 to 3.12, in that order; the first check that fails is the answer. Path and method
 * (3.1, 3.2) are the router's.
 */
export async function receive(request: Request, settings: ReceiverSettings, unproven: Unproven): Promise<Outcome> {
  const { result, ...rest } = await check(request, settings, unproven)
  if (!result.ok) return { result, ...rest }
  const { eventId } = result.value
  try {
    return { result: ok({ eventId, status: await settings.handOff(result.value) }), ...rest }
  } catch (cause) {
    const isUnavailable = cause instanceof Unavailable
    return { result: isUnavailable ? refuse("temporarily_unavailable", 503) : FAILED, ...rest, cause }
  }
}

const FAILED = refuse("server_error", 500)

/**
 * Makes every check before the hand-off. It ends before the hand-off begins, so that nothing holds the parsed event
 * meanwhile: that takes seconds where the store is slow, and a tree is many times as large as its bytes.
 */
async function check(
  request: Request,
  settings: ReceiverSettings,
  unproven: Unproven,
): Promise<Omit<Outcome, "result"> & { readonly result: Result<HandOffInput, Refusal> }> {
  let proven: ProvenFacts | undefined
  try {
    const checked = await checkDelivery(request, settings, unproven.charge)
    const { secretId, body, event } = checked
    if (secretId !== undefined) proven = { secretId, bytes: body?.length, eventId: event?.id, eventType: event?.type }
    return { result: checked.ok ? toHandOffInput(checked, settings, unproven) : checked, proven }
  } catch (cause) {
    return { result: FAILED, proven, cause }
  }
}

/** Checks type (spec 3.10) and payload (3.11) of a proven event. */
function toHandOffInput(
  { event, body, secretId }: Proven,
  { provider, unknownEvents, knownPatterns, schemas }: ReceiverSettings,
  { deliveryId, now }: Unproven,
): Result<HandOffInput, Refusal> {
  const known = isKnownType(event.type, knownPatterns)
  if (!known && unknownEvents === "reject") return refuse("webhook_event_unknown", 422)
  const checked = known ? checkPayload(event, schemas) : ok(event)
  if (!checked.ok) return checked
  const { id: eventId, type: eventType } = event
  const source = provider.name
  const dedupeKey = provider.dedupeKey(event, () => platformEngine.digest([body]))
  return ok({ source, dedupeKey, eventId, eventType, body, deliveryId, secretId, receivedAt: now, known })
}
