import { DEFAULT_TOLERANCE_SECONDS } from "../verify/options.ts"
import { malformed, type MalformedWay } from "./malformed.ts"
import {
  bodyOf,
  SIGNATURE_HEADER,
  signedRequest,
  timeOf,
  withBody,
  type DeliveryOptions,
  type EventInput,
  type Fault,
  type FaultOptions,
} from "./signed-request.ts"

/** Distance beyond the tolerance: large enough that a slow test does not bring a delivery back within it. */
const MARGIN_SECONDS = 60

const shift = (options: FaultOptions, direction: 1 | -1): DeliveryOptions => {
  const { toleranceSeconds = DEFAULT_TOLERANCE_SECONDS } = options
  return { ...options, now: timeOf(options) + direction * (toleranceSeconds + MARGIN_SECONDS) }
}

/** Makes the genuine delivery, with other bytes in it than those that were signed. */
const resent =
  (change: (body: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>): Fault =>
  (event, options) =>
    withBody(signedRequest(event, options), change(bodyOf(event)))

/** Everything that goes wrong between a sender and a receiver, each as the request that the receiver gets. */
export interface Faults {
  /** A byte more, which leaves the JSON as it was: only the signature can tell. → `webhook_signature_invalid` */
  readonly tampered: Fault
  /** The last byte is lost. → `webhook_signature_invalid`, before anything is parsed */
  readonly truncated: Fault
  /** Parsed and written again, as a proxy or a body parser does (spec 1.3). → `webhook_signature_invalid` */
  readonly reencoded: Fault
  /** Signed with a random secret. → `webhook_signature_invalid` */
  readonly wrongSecret: Fault
  /** Signed a minute more than the tolerance ago. → `webhook_signature_invalid` */
  readonly stale: Fault
  /** Signed a minute more than the tolerance ahead. → `webhook_signature_invalid` */
  readonly ahead: Fault
  /** Without a signature. → `webhook_signature_missing` */
  readonly unsigned: Fault
  /** A header that breaks one rule of spec 1.7, by the way in which it does. → `webhook_signature_invalid` */
  readonly malformed: Readonly<Record<MalformedWay, Fault>>
  /** One event in two deliveries, signed a second apart (spec 1.6): both are accepted, and the event is handled once (spec 2.4). */
  readonly duplicate: (event: EventInput, options: DeliveryOptions) => readonly [Request, Request]
  /** Events in the order in which they happened → their deliveries, the last first (spec 2.4): all are accepted. */
  readonly reordered: (events: readonly EventInput[], options: DeliveryOptions) => readonly Request[]
}

/**
 * Makes deliveries with one thing wrong. A fault takes the arguments of `signedRequest`; `reencoded` needs a body that is JSON.
 *
 * @example
 * ```ts
 * const event = sampleEvent("payment.settled")
 * const response = await app.request(faults.tampered(event, { secrets: [env.WEBHOOK_SECRET] }))
 * const [first, second] = faults.duplicate(event, { secrets: [env.WEBHOOK_SECRET] })
 * ```
 */
export const faults: Faults = {
  tampered: resent((body) => Uint8Array.of(...body, 0x20)),
  truncated: resent((body) => body.slice(0, -1)),
  reencoded: resent((body) => bodyOf(JSON.stringify(JSON.parse(new TextDecoder().decode(body)), null, 1))),
  wrongSecret: (event, options) => signedRequest(event, { ...options, secrets: [`whsec_${crypto.randomUUID()}`] }),
  stale: (event, options) => signedRequest(event, shift(options, -1)),
  ahead: (event, options) => signedRequest(event, shift(options, 1)),
  unsigned: (event, options) =>
    signedRequest(event, { ...options, headers: { ...options.headers, [SIGNATURE_HEADER]: undefined } }),
  malformed,
  duplicate: (event, options) => {
    const now = timeOf(options)
    return [signedRequest(event, { ...options, now: now - 1 }), signedRequest(event, { ...options, now })]
  },
  reordered: (events, options) => events.map((event) => signedRequest(event, options)).toReversed(),
}
