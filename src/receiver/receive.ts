import { ok, type Result } from "../core/result.ts"
import { refuse, type Refusal } from "../errors/webhook-error.ts"
import { isText } from "../core/is.ts"
import type { WebhookEvent } from "../events/event.ts"
import { Unavailable, type HandOff, type HandOffInput } from "../events/hand-off.ts"
import { matchesAnyPattern } from "../events/lanes.ts"
import type { EventPattern } from "../events/patterns.ts"
import { checkPayload, type EventSchemas } from "../events/schema.ts"
import type { BodyBudget, BodyCharge } from "../http/body-budget.ts"
import { createHeaderLookup } from "../http/headers.ts"
import type { HandshakeAnswer } from "../providers/handshake.ts"
import type { AnyProvider, Assurance, ProviderEvent } from "../providers/provider.ts"
import { platformEngine } from "../verify/hmac.ts"
import type { Proven } from "../verify/verifier.ts"
import { checkDelivery, type DeliveryChecks } from "./check-delivery.ts"
import { answerHandshake, type HandshakeSettings } from "./handshake.ts"

/** Settings of one source (spec 7.6). */
export interface ReceiverSettings extends DeliveryChecks<WebhookEvent | ProviderEvent>, HandshakeSettings {
  /** The name under which it is mounted. */
  readonly source: string
  readonly provider: AnyProvider
  /** How many secrets are valid at a time, in seconds since 1970. With none, every delivery fails (spec 1.12). */
  readonly activeSecrets: (now: number) => number
  /** What happens to an event of a type that is not known (spec 3.10). */
  readonly unknownEvents: "ignore" | "reject"
  /** Types and patterns that are known: public, configured, or a handler's (spec 3.10). */
  readonly knownPatterns: readonly EventPattern[]
  readonly schemas: EventSchemas
  /** Memory for the bodies of all deliveries; that of the isolate unless given. */
  readonly bodies?: BodyBudget
  readonly handOff: HandOff
}

/** An event that was acknowledged, or a handshake to answer. */
export type Receipt =
  | { readonly status: "accepted" | "duplicate" | "ignored"; readonly eventId: string }
  | { readonly status: "handshake"; readonly answer: HandshakeAnswer }

/** The facts that the log may hold about a delivery whose signature has passed (spec 2.8). */
export interface ProvenFacts {
  readonly secretId: string
  readonly assurance: Assurance | undefined
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
  if ("answer" in result.value) return { result: ok(result.value), ...rest }
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
 * Makes every check before the hand-off. It is a function of its own so that the parsed event can be freed before the
 * hand-off begins: a hand-off takes seconds where the store is slow, and a parsed event is many times as large as its bytes.
 */
async function check(
  request: Request,
  settings: ReceiverSettings,
  unproven: Unproven,
): Promise<Omit<Outcome, "result"> & { readonly result: Result<HandOffInput | Handshake, Refusal> }> {
  let proven: ProvenFacts | undefined
  try {
    const checked = await checkDelivery(request, settings, unproven.charge)
    const { secretId, assurance, body, event } = checked
    if (secretId !== undefined && body) {
      proven = { secretId, assurance, bytes: body.length, eventId: event?.id, eventType: event?.type }
      // A handshake need not be an event.
      const answer = answerHandshake(request, settings, { when: "after", body })
      if (answer) return { result: ok({ status: "handshake", answer }), proven }
    }
    return { result: checked.ok ? toHandOffInput(checked, request, { settings, unproven }) : checked, proven }
  } catch (cause) {
    return { result: FAILED, proven, cause }
  }
}

/** Checks type (spec 3.10) and payload (3.11) of a proven event. */
function toHandOffInput(
  { event, body, secretId }: Proven<WebhookEvent | ProviderEvent>,
  { headers: given }: Pick<Request, "headers">,
  { settings, unproven }: { readonly settings: ReceiverSettings; readonly unproven: Unproven },
): Result<HandOffInput, Refusal> {
  const { source, provider, unknownEvents, knownPatterns, schemas } = settings
  const { type: eventType = UNTYPED } = event
  const known = matchesAnyPattern(knownPatterns, eventType)
  if (!known && unknownEvents === "reject") return refuse("webhook_event_unknown", 422)
  const checked = known ? checkPayload(event, schemas) : ok(event)
  if (!checked.ok) return checked
  // An id that could not be a key of the inbox counts as none.
  const id = isText(event.id, /^[!-~]{1,256}$/) ? event.id : undefined
  // Spec 7.3.
  const dedupeKey = provider.dedupeKey({ id }, () => platformEngine.digest([body]))
  const { deliveryId, now: receivedAt } = unproven
  const headers = pickHeaders(given, provider.eventHeaders)
  const facts = { deliveryId, secretId, receivedAt, known }
  return ok({ source, dedupeKey, eventId: id ?? dedupeKey, eventType, body, headers, ...facts })
}

type Handshake = Extract<Receipt, { readonly status: "handshake" }>

/** The type under which an event is stored whose provider sends none. */
export const UNTYPED = "untyped"

/** The longest header that is stored with an event. Types and ids are far shorter; a longer one counts as absent. */
const MAX_EVENT_HEADER_CHARS = 1_024

/** Picks the headers that the event is read from (spec 7.10). */
function pickHeaders(headers: Headers, names: readonly string[]): Readonly<Record<string, string>> | undefined {
  const header = createHeaderLookup(headers)
  const found = names
    .map((name) => [name, header(name)] as const)
    .filter(([, value]) => value !== "" && value.length <= MAX_EVENT_HEADER_CHARS)
  return found.length > 0 ? Object.fromEntries(found) : undefined
}
