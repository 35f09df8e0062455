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

/** How far beyond the tolerance: far enough that a slow test does not bring a delivery back within it. */
const MARGIN_SECONDS = 60

const shift = (options: FaultOptions, direction: 1 | -1): DeliveryOptions => {
  const { toleranceSeconds = DEFAULT_TOLERANCE_SECONDS } = options
  return { ...options, at: timeOf(options) + direction * (toleranceSeconds + MARGIN_SECONDS) }
}

/** The genuine delivery, with other bytes in it than those that were signed. */
const resent =
  (change: (body: Uint8Array) => Uint8Array): Fault =>
  (event, options) =>
    withBody(signedRequest(event, options), change(bodyOf(event)))

/** What goes wrong between a sender and a receiver, each as the request that the receiver gets. */
export interface Faults {
  /** A byte more, which leaves the JSON as it was: only the signature can tell. → `webhook_signature_invalid` */
  readonly tampered: Fault
  /** The last byte is lost. → `webhook_signature_invalid`, before anything is parsed */
  readonly truncated: Fault
  /** Parsed and written again, as a proxy or a body parser does (spec 1.3). → `webhook_signature_invalid` */
  readonly reencoded: Fault
  /** Signed with a secret that nobody knows. → `webhook_signature_invalid` */
  readonly wrongSecret: Fault
  /** Signed a minute more than the tolerance ago. → `webhook_signature_invalid` */
  readonly stale: Fault
  /** Signed a minute more than the tolerance ahead. → `webhook_signature_invalid` */
  readonly ahead: Fault
  /** Without a signature. → `webhook_signature_missing` */
  readonly unsigned: Fault
  /** A header that breaks one rule of spec 1.7, by the way in which it does. → `webhook_signature_invalid` */
  readonly malformed: Readonly<Record<MalformedWay, Fault>>
  /** One event in two deliveries, signed a second apart (spec 1.6): both are taken, and it is handled once (spec 2.4). */
  readonly duplicate: (event: EventInput, options: DeliveryOptions) => readonly [Request, Request]
  /** Events in the order in which they happened → their deliveries, the last first (spec 2.4): all are taken. */
  readonly reordered: (events: readonly EventInput[], options: DeliveryOptions) => readonly Request[]
}

/**
 * Deliveries with one thing wrong. A fault takes what `signedRequest` takes; `reencoded` needs a body that is JSON.
 *
 * @example
 * ```ts
 * const event = sampleEvent("payment.settled")
 * const response = await app.request(faults.tampered(event, { secret: env.WEBHOOK_SECRET }))
 * const [first, second] = faults.duplicate(event, { secret: env.WEBHOOK_SECRET })
 * ```
 */
export const faults: Faults = {
  tampered: resent((body) => Uint8Array.of(...body, 0x20)),
  truncated: resent((body) => body.slice(0, -1)),
  reencoded: resent((body) => bodyOf(JSON.stringify(JSON.parse(new TextDecoder().decode(body)), null, 1))),
  wrongSecret: (event, options) => signedRequest(event, { ...options, secret: `whsec_${crypto.randomUUID()}` }),
  stale: (event, options) => signedRequest(event, shift(options, -1)),
  ahead: (event, options) => signedRequest(event, shift(options, 1)),
  unsigned: (event, options) =>
    signedRequest(event, { ...options, headers: { ...options.headers, [SIGNATURE_HEADER]: undefined } }),
  malformed,
  duplicate: (event, options) => {
    const at = timeOf(options)
    return [signedRequest(event, { ...options, at: at - 1 }), signedRequest(event, { ...options, at })]
  },
  reordered: (events, options) => events.map((event) => signedRequest(event, options)).toReversed(),
}
