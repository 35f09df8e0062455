import { toBytes, type BodyInput } from "../http/body-input.ts"
import { platformEngine } from "../verify/hmac.ts"
import { createKeyring } from "../verify/keyring.ts"
import { credicorp } from "../providers/credicorp.ts"
import { checkSecrets } from "../verify/secrets.ts"

/** An event as an object, which is sent as JSON; or a body as it is, for bodies that are no event. */
export type EventInput = object | BodyInput

/** How a delivery is made. */
export interface DeliveryOptions {
  /** What to sign it with; a list makes one signature for each, as during a rotation (spec 5.6). */
  readonly secret: string | readonly string[]
  /** When it is signed: whole seconds since 1970; the system clock unless given. */
  readonly at?: number | undefined
  /** Where it goes; `https://receiver.example/webhooks/credicorp` unless given. */
  readonly url?: string | undefined
  /** Headers to set instead, or beside; `undefined` leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined
}

export const SIGNATURE_HEADER = "Credicorp-Signature"

/** Any URL: nothing is looked up unless a request is sent. */
export const DEFAULT_URL = "https://receiver.example/webhooks/credicorp"

/** Whole seconds since 1970. */
export const timeOf = ({ at = Math.floor(Date.now() / 1000) }: Pick<DeliveryOptions, "at">): number => at

export const bodyOf = (event: EventInput): Uint8Array =>
  typeof event === "string" || ArrayBuffer.isView(event) || event instanceof ArrayBuffer
    ? toBytes(event)
    : toBytes(JSON.stringify(event))

/** The signatures of a body, one for each secret (spec 1.2 to 1.4), with any ASCII text for its time. */
export const signaturesOf = (
  timeText: string,
  body: Uint8Array,
  secret: DeliveryOptions["secret"],
): readonly string[] => {
  const claim = { signatures: [], timeText, signedAt: undefined }
  const keys = createKeyring(checkSecrets([secret].flat()), credicorp, platformEngine)
  return keys.flatMap(({ sign }) => sign?.(claim, body, undefined) ?? [])
}

/**
 * A delivery as the sender makes it (spec 1.1 to 1.4), ready for a fetch handler or for `fetch`.
 *
 * @throws {TypeError} A secret is empty or padded with white space.
 * @example
 * ```ts
 * const request = signedRequest(sampleEvent("payment.settled"), { secret: env.WEBHOOK_SECRET })
 * const response = await app.request(request)
 * ```
 */
export function signedRequest(event: EventInput, options: DeliveryOptions): Request {
  const { secret, url = DEFAULT_URL, headers } = options
  const body = bodyOf(event)
  const timeText = String(timeOf(options))
  const all: Record<string, string | undefined> = {
    "Content-Type": "application/json",
    "Credicorp-Delivery": `dlv_${crypto.randomUUID()}`,
    [SIGNATURE_HEADER]: [`t=${timeText}`, ...signaturesOf(timeText, body, secret)].join(",v1="),
    ...headers,
  }
  const sent = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return new Request(url, { method: "POST", headers: sent, body: body as Uint8Array<ArrayBuffer> })
}

/** The same request, headers and all, with another body. */
export const withBody = (request: Request, body: Uint8Array): Request =>
  new Request(request, { method: "POST", body: body as Uint8Array<ArrayBuffer> })

/** One delivery with one thing wrong. */
export type Fault = (event: EventInput, options: FaultOptions) => Request

/** How a faulty delivery is made. */
export interface FaultOptions extends DeliveryOptions {
  /** The receiver's tolerance, for `stale` and `ahead`: whole seconds; 300 unless given (spec 1.5). */
  readonly toleranceSeconds?: number | undefined
}
