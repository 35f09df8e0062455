import { toBytes, type BodyInput } from "../http/body-input.ts"
import { createHeaderLookup, type HeadersInput } from "../http/headers.ts"
import { readBody } from "../http/read-body.ts"
import type { Result } from "../core/result.ts"
import { refuseSize, type Refused, WebhookError, type Refusal } from "../errors/webhook-error.ts"
import { parseEvent } from "../events/envelope.ts"
import type { WebhookEvent } from "../events/event.ts"
import { checkPayload, type AnyEvent, type EventSchemas } from "../events/schema.ts"
import { checkOptions, type VerifyOptions } from "./options.ts"
import type { DeliveryTarget, SignedParts } from "../providers/provider.ts"
import { prove, readSignature, type Verified } from "./verify.ts"

/** A proven event, or why there is none, and then as much of it as had been proven, for the log. */
export type CheckResult<Event = WebhookEvent> = Proven<Event> | (Refused & Partial<Omit<Proven<Event>, "ok">>)

/** A proven body with the event in it. */
export interface Proven<Event = WebhookEvent> extends Verified {
  readonly event: Event
}

/** A proven body, or why there is none. */
export type SignatureResult = Verified | Refused

/**
 * Bytes and headers in, a proven event out. Checks in this order, and the first that fails is the answer: the header
 * (spec 1.7, 1.8), the size of the body (3.5), signature, then time (1.9), JSON (3.7), envelope (3.8), payload (3.11).
 *
 * Every method throws a `TypeError` for a caller's mistake: a body that was parsed, is missing or was read before,
 * headers that are not headers, a clock that is not in whole seconds.
 */
export interface Verifier<Event = WebhookEvent> {
  /** @throws {WebhookError} The delivery is refused. */
  verify(rawBody: BodyInput, headers: HeadersInput, target?: DeliveryTarget): Event
  /** As `verify`, with the refusal as a value. */
  check(rawBody: BodyInput, headers: HeadersInput, target?: DeliveryTarget): CheckResult<Event>
  /** Stops after signature and time: for bodies that are not the envelope of spec 2.1. */
  checkSignature(rawBody: BodyInput, headers: HeadersInput, target?: DeliveryTarget): SignatureResult
  /**
   * As `verify`. Reads the body itself, and only if the header gives hope. A body that announces more than `maxBodyBytes`
   * is not read; one that comes unannounced is read no further. Only a request that code made can announce less than it
   * holds: it is read whole, and then refused. Rejects with what the stream fails with if the sender goes away before the
   * end.
   */
  verifyRequest(request: Request): Promise<Event>
  /** As `verifyRequest`, with the refusal as a value. */
  checkRequest(request: Request): Promise<CheckResult<Event>>
}

/**
 * Prepares the secrets' keys once, for any number of deliveries.
 *
 * @throws {TypeError} An option is unsound (spec 1.5, 1.11). The message names each problem and shows no secret.
 * @example
 * ```ts
 * const verifier = createVerifier({ secrets: ["whsec_…"] })
 * const event = verifier.verify(rawBody, headers)
 * ```
 */
export function createVerifier<const Schemas extends EventSchemas = Record<never, never>>(
  options: VerifyOptions<Schemas>,
): Verifier<AnyEvent<Schemas>> {
  const settings = checkOptions(options)

  const readHeaders = (headers: unknown): Result<SignedParts, Refusal> =>
    readSignature(createHeaderLookup(headers), settings.scheme)

  const checkSignature: Verifier["checkSignature"] = (rawBody, headers, target) => {
    const body = toBytes(rawBody)
    const parts = readHeaders(headers)
    return parts.ok ? prove(parts.value, body, settings, target) : parts
  }

  const toEvent = (verified: SignatureResult): CheckResult<AnyEvent<Schemas>> => {
    if (!verified.ok) return verified
    const parsed = parseEvent(verified.body)
    const event = parsed.ok ? checkPayload(parsed.value, settings.events) : parsed
    // Also where the event is refused: who signed it is known by then, and worth a line in the log.
    return event.ok ? { ...verified, event: event.value as AnyEvent<Schemas> } : { ...verified, ...event }
  }

  const check: Verifier<AnyEvent<Schemas>>["check"] = (...delivery) => toEvent(checkSignature(...delivery))

  const checkRequest: Verifier<AnyEvent<Schemas>>["checkRequest"] = async (request) => {
    const parts = readHeaders(request.headers)
    if (!parts.ok) return parts
    const body = await readBody(request, settings.maxBodyBytes)
    return body ? toEvent(prove(parts.value, body, settings, request)) : refuseSize()
  }

  return {
    verify: (...delivery) => eventOf(check(...delivery)),
    check,
    checkSignature,
    verifyRequest: async (request) => eventOf(await checkRequest(request)),
    checkRequest,
  }
}

function eventOf<Event>(result: CheckResult<Event>): Event {
  if (!result.ok) throw new WebhookError(result.error)
  return result.event
}

/**
 * Verifies one delivery. To verify many, keep a verifier: it prepares the keys once.
 *
 * @throws {WebhookError} The delivery is refused.
 * @throws {TypeError} A caller's mistake; see `Verifier`.
 * @example
 * ```ts
 * const event = verifyWebhook(rawBody, headers, { secrets: ["whsec_…"] })
 * if (event.type === "decision.completed") release(event.data.object.id)
 * ```
 */
export const verifyWebhook = <const Schemas extends EventSchemas = Record<never, never>>(
  rawBody: BodyInput,
  headers: HeadersInput,
  options: VerifyOptions<Schemas>,
): AnyEvent<Schemas> => createVerifier(options).verify(rawBody, headers)

/**
 * As `verifyWebhook`, with the refusal as a value.
 *
 * @example
 * ```ts
 * const result = checkWebhook(rawBody, headers, { secrets: ["whsec_…"] })
 * if (!result.ok) return new Response(result.error.code, { status: result.error.status })
 * ```
 */
export const checkWebhook = <const Schemas extends EventSchemas = Record<never, never>>(
  rawBody: BodyInput,
  headers: HeadersInput,
  options: VerifyOptions<Schemas>,
): CheckResult<AnyEvent<Schemas>> => createVerifier(options).check(rawBody, headers)

/**
 * Checks signature and time only, for bodies that are not the envelope of spec 2.1.
 *
 * @example
 * ```ts
 * const result = checkSignature(rawBody, headers, { secrets: ["whsec_…"] })
 * if (result.ok) console.log(`signed by ${result.secretId} at ${result.signedAt}`)
 * ```
 */
export const checkSignature = (rawBody: BodyInput, headers: HeadersInput, options: VerifyOptions): SignatureResult =>
  createVerifier(options).checkSignature(rawBody, headers)
