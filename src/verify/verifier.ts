import type { BodyCharge } from "../http/body-budget.ts"
import { readBody } from "../http/read-body.ts"
import { toBytes, type BodyInput } from "../http/body-input.ts"
import { createHeaderLookup, type HeaderLookup, type HeadersInput } from "../http/headers.ts"
import { assertOption, kindOf, OptionError } from "../core/assert.ts"
import { refuseBody, WebhookError, type Refused } from "../errors/webhook-error.ts"
import type { WebhookEvent } from "../events/event.ts"
import { checkPayload, type EventSchemas } from "../events/schema.ts"
import type { AnyProvider, Assurance, DeliveryTarget, ProviderEvent } from "../providers/provider.ts"
import type { AssuranceOf, EventFrom } from "./event-types.ts"
import { checkOptions, type Credicorp, type Settings, type VerifyOptions } from "./options.ts"
import { prove, proveAsync, readSignature, type Arrived, type Verified } from "./verify.ts"

/**
 * A proven event; or the refusal, with the parts that had been proven by then. Log single fields of it, as `error` and
 * `secretId`, and never the whole: once the signature has passed, a refusal carries `body` too.
 */
export type CheckResult<Event = WebhookEvent, Level extends Assurance = Assurance> =
  | Proven<Event, Level>
  | (Refused & Partial<Omit<Proven<Event, Level>, "ok">>)

/** A proven body with the event in it. */
export interface Proven<Event = WebhookEvent, Level extends Assurance = Assurance> extends Verified<Level> {
  readonly event: Event
}

/** A proven body, or the refusal. */
export type SignatureResult<Level extends Assurance = Assurance> = Verified<Level> | Refused

/** A delivery: body, headers, and method and URL where the provider signs them. */
export type DeliveryArguments = readonly [rawBody: BodyInput, headers: HeadersInput, target?: DeliveryTarget]

/**
 * Turns bytes and headers into a proven event. The checks run in this order, and the first that fails is the answer: the
 * header (spec 1.7, 1.8), the size of the body (3.5), the signature, then the time (spec 3.6, 1.9), the provider's format
 * (3.7), its fields (3.8), the payload (3.11).
 *
 * Every method throws a `TypeError` for a caller's mistake: a body that was parsed, is missing or was already read,
 * headers that are not headers, a clock that does not return whole seconds, no method and URL where the provider signs them.
 * `check`, `checkSignature` and `verify` throw it as well for keys that are asymmetric or a JWT's (spec 7.9).
 */
export interface Verifier<Event = WebhookEvent, Level extends Assurance = Assurance> {
  /**
   * Verifies a delivery and returns its event.
   *
   * @throws {WebhookError} The delivery is refused.
   */
  verify(...delivery: DeliveryArguments): Event
  /** Verifies like `verify`, and returns a refusal as a value. */
  check(...delivery: DeliveryArguments): CheckResult<Event, Level>
  /** Does what `check` does, for every provider. */
  checkAsync(...delivery: DeliveryArguments): Promise<CheckResult<Event, Level>>
  /** Checks signature and time only, for bodies that are not the provider's events. */
  checkSignature(...delivery: DeliveryArguments): SignatureResult<Level>
  /** Does what `checkSignature` does, for every provider. */
  checkSignatureAsync(...delivery: DeliveryArguments): Promise<SignatureResult<Level>>
  /**
   * Verifies like `verify`, for every provider. Reads the body itself, but only after the signature header has parsed. A
   * body whose `Content-Length` is over `maxBodyBytes` is not read, and one without a length is read no further than that.
   * Only a request that code made can hold more than it announces: it is read whole, and then refused. A body that breaks
   * off before its end is refused as `body_incomplete` (spec 1.9).
   */
  verifyRequest(request: Request): Promise<Event>
  /**
   * Verifies like `verifyRequest`, and returns a refusal as a value.
   *
   * @param charge Bounds the memory and time of all bodies together. A server that has no such bound of its own gives one.
   */
  checkRequest(request: Request, charge?: BodyCharge): Promise<CheckResult<Event, Level>>
}

/**
 * Creates a verifier. The secrets' keys are prepared once, for any number of deliveries.
 *
 * @throws {TypeError} An option is invalid (spec 1.5, 1.11). The message names the option and the rule, and shows no value.
 * @example
 * ```ts
 * const verifier = createVerifier({ secrets: [env.WEBHOOK_SECRET] })
 * const event = verifier.verify(rawBody, headers)
 * ```
 */
export function createVerifier<
  const Schemas extends EventSchemas = Record<never, never>,
  From extends AnyProvider = Credicorp,
>(options: VerifyOptions<Schemas, From>): Verifier<EventFrom<From, Schemas>, AssuranceOf<From>> {
  const settings = checkOptions(options)
  const { provider, keys } = settings
  const asynchronous = keys.some((key) => key.asynchronous)

  /** Returns what arrived, its headers parsed; or the refusal. */
  const arrive = (rawBody: unknown, headers: unknown, target?: DeliveryTarget): Arrived | Refused => {
    const body = toBytes(rawBody)
    const header = createHeaderLookup(headers)
    const claim = readSignature(header, provider)
    return claim.ok ? { claim: claim.value, body, header, target } : claim
  }

  const assertSynchronous = (instead: string): void => {
    if (asynchronous) throw new OptionError(`a key of ${provider.name} is asymmetric or a JWT's: use ${instead}`)
  }

  const check = (rawBody: unknown, headers: unknown, target?: DeliveryTarget): CheckResult<AnyOf> => {
    const arrived = arrive(rawBody, headers, target)
    return "ok" in arrived ? arrived : toEvent(prove(arrived, settings), arrived.header, settings)
  }

  const checkRequest = async (request: Request, charge?: BodyCharge): Promise<CheckResult<AnyOf>> => {
    assertRequest(request)
    const header = createHeaderLookup(request.headers)
    const claim = readSignature(header, provider)
    if (!claim.ok) return claim
    const read = await readBody(request, settings.maxBodyBytes, charge)
    if (!read.ok) return refuseBody(read.error)
    const arrived = { claim: claim.value, body: read.value, header, target: request }
    return toEvent(asynchronous ? await proveAsync(arrived, settings) : prove(arrived, settings), header, settings)
  }

  const verifier: Verifier<AnyOf> = {
    verify(rawBody, headers, target) {
      assertSynchronous("verifyRequest or checkAsync")
      return eventOf(check(rawBody, headers, target))
    },
    check(rawBody, headers, target) {
      assertSynchronous("checkAsync")
      return check(rawBody, headers, target)
    },
    async checkAsync(rawBody, headers, target) {
      const arrived = arrive(rawBody, headers, target)
      return "ok" in arrived ? arrived : toEvent(await proveAsync(arrived, settings), arrived.header, settings)
    },
    checkSignature(rawBody, headers, target) {
      assertSynchronous("checkSignatureAsync")
      const arrived = arrive(rawBody, headers, target)
      return "ok" in arrived ? arrived : prove(arrived, settings)
    },
    async checkSignatureAsync(rawBody, headers, target) {
      const arrived = arrive(rawBody, headers, target)
      return "ok" in arrived ? arrived : proveAsync(arrived, settings)
    },
    verifyRequest: async (request) => eventOf(await checkRequest(request)),
    checkRequest,
  }
  return verifier as Verifier<EventFrom<From, Schemas>, AssuranceOf<From>>
}

type AnyOf = WebhookEvent | ProviderEvent

/** Reads the event of a proven delivery, and checks its payload against the schema of its type. */
function toEvent(
  verified: Verified | Refused,
  header: HeaderLookup,
  { provider, events }: Pick<Settings, "provider" | "events">,
): CheckResult<AnyOf> {
  if (!verified.ok) return verified
  const read = provider.readEvent({ body: verified.body, header })
  const event = read.ok ? checkPayload(read.value, events) : read
  // A refused event keeps what was proven: the log line says which secret signed it.
  return event.ok ? { ...verified, event: event.value } : { ...verified, ...event }
}

function eventOf<Event>(result: CheckResult<Event>): Event {
  if (!result.ok) throw new WebhookError(result.error)
  return result.event
}

/** Asserts a fetch `Request`, by the parts that are used, because frameworks have classes of their own. */
function assertRequest(request: unknown): void {
  const { headers, arrayBuffer } = Object(request) as Partial<Request>
  assertOption(
    typeof headers?.get === "function" && typeof arrayBuffer === "function",
    `request must be a fetch Request (in Hono c.req.raw), not ${kindOf(request)}; otherwise call check(rawBody, headers)`,
  )
}

/**
 * Verifies one delivery. To verify many, keep a verifier: it prepares the keys once.
 *
 * @throws {WebhookError} The delivery is refused.
 * @throws {TypeError} The caller made a mistake; see `Verifier`.
 * @example
 * ```ts
 * const event = verifyWebhook(rawBody, headers, { secrets: [env.WEBHOOK_SECRET] })
 * if (event.type === "decision.completed") release(event.data.object.id)
 * ```
 */
export const verifyWebhook = <
  const Schemas extends EventSchemas = Record<never, never>,
  From extends AnyProvider = Credicorp,
>(
  rawBody: BodyInput,
  headers: HeadersInput,
  options: VerifyOptions<Schemas, From>,
): EventFrom<From, Schemas> => createVerifier(options).verify(rawBody, headers)

/**
 * Verifies like `verifyWebhook`, and returns a refusal as a value.
 *
 * @example
 * ```ts
 * const result = checkWebhook(rawBody, headers, { secrets: [env.WEBHOOK_SECRET] })
 * if (!result.ok) return new Response(result.error.code, { status: result.error.status })
 * ```
 */
export const checkWebhook = <
  const Schemas extends EventSchemas = Record<never, never>,
  From extends AnyProvider = Credicorp,
>(
  rawBody: BodyInput,
  headers: HeadersInput,
  options: VerifyOptions<Schemas, From>,
): CheckResult<EventFrom<From, Schemas>, AssuranceOf<From>> => createVerifier(options).check(rawBody, headers)

/**
 * Checks signature and time only, for bodies that are not the envelope of spec 2.1.
 *
 * @example
 * ```ts
 * const result = checkSignature(rawBody, headers, { secrets: [env.WEBHOOK_SECRET] })
 * if (result.ok) console.log(`signed by ${result.secretId} at ${result.signedAt}`)
 * ```
 */
export const checkSignature = <From extends AnyProvider = Credicorp>(
  rawBody: BodyInput,
  headers: HeadersInput,
  options: VerifyOptions<Record<never, never>, From>,
): SignatureResult<AssuranceOf<From>> => createVerifier(options).checkSignature(rawBody, headers)
