import { assertOption, assertOptions, assertSeconds, isPromise, kindOf } from "../core/assert.ts"
import { toBytes, type BodyInput } from "../http/body-input.ts"
import { credicorp } from "../providers/credicorp.ts"
import type { Claim } from "../providers/provider.ts"
import { platformEngine } from "../verify/hmac.ts"
import { createKeyring } from "../verify/keyring.ts"
import type { VerifyOptions } from "../verify/options.ts"
import { checkSecrets, type SecretsInput } from "../verify/secrets.ts"

/** An event as an object, which is sent as JSON; or a body as it is, for bodies that are not events. */
export type EventInput = object | BodyInput

/** How a delivery is made. `secrets` and `now` are those of `signWebhook`. */
export interface DeliveryOptions extends Pick<VerifyOptions, "now"> {
  /**
   * The secrets to sign with: one signature for each, as during a rotation (spec 5.6). All of them sign, whether or not they
   * are valid now.
   */
  readonly secrets: SecretsInput
  /** Where it goes; `https://receiver.example/webhooks/credicorp` unless given. */
  readonly url?: string | undefined
  /** Headers to set beside the usual ones or in their place; `undefined` leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined
}

/** How a faulty delivery is made. */
export interface FaultOptions extends DeliveryOptions {
  /** The receiver's tolerance, for `stale` and `ahead`: whole seconds; 300 unless given (spec 1.5). */
  readonly toleranceSeconds?: number | undefined
}

/** Makes one delivery with one thing wrong. */
export type Fault = (event: EventInput, options: FaultOptions) => Request

export const SIGNATURE_HEADER = "Credicorp-Signature"

/** Any URL: nothing is looked up unless a request is sent. */
export const DEFAULT_URL = "https://receiver.example/webhooks/credicorp"

/** Returns when a delivery is signed, in whole seconds since 1970: `now`, or the system clock. */
export const timeOf = ({ now = () => Math.floor(Date.now() / 1000) }: Pick<DeliveryOptions, "now">): number =>
  assertSeconds("now", typeof now === "function" ? now() : now, 0)

/** Returns the bytes of an event: JSON of an object, or a body as it is. */
export function bodyOf(event: EventInput): Uint8Array<ArrayBuffer> {
  if (typeof event === "string" || ArrayBuffer.isView(event) || event instanceof ArrayBuffer) return toBytes(event)
  assertOption(
    typeof event === "object" && event !== null && !isPromise(event),
    `event must be an object, or a body as bytes or text, not ${kindOf(event)}`,
  )
  return toBytes(JSON.stringify(event))
}

/** Returns the signatures of a body, one for each secret (spec 1.2 to 1.4), with any ASCII text as their time. */
export function signaturesOf(timeText: string, body: Uint8Array, secrets: SecretsInput): readonly string[] {
  const claim: Claim = { signatures: [], timeText, signedAt: undefined }
  const keys = createKeyring(checkSecrets(secrets, credicorp), credicorp, platformEngine)
  return keys.flatMap(({ sign }) => sign?.(claim, body, undefined) ?? [])
}

/**
 * Makes a delivery as the sender does (spec 1.1 to 1.4), ready for a fetch handler or for `fetch`.
 *
 * @throws {TypeError} An option or the event is invalid.
 * @example
 * ```ts
 * const request = signedRequest(sampleEvent("payment.settled"), { secrets: [env.WEBHOOK_SECRET] })
 * const response = await app.request(request)
 * ```
 */
export function signedRequest(event: EventInput, options: DeliveryOptions): Request {
  assertOptions("options", options, ["secrets", "now", "url", "headers", "toleranceSeconds"])
  const { secrets, url = DEFAULT_URL, headers } = options
  const body = bodyOf(event)
  const timeText = String(timeOf(options))
  const all: Record<string, string | undefined> = {
    "Content-Type": "application/json",
    "Credicorp-Delivery": `dlv_${crypto.randomUUID()}`,
    [SIGNATURE_HEADER]: [`t=${timeText}`, ...signaturesOf(timeText, body, secrets)].join(",v1="),
    ...headers,
  }
  const sent = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return new Request(url, { method: "POST", headers: sent, body })
}

/** Returns the same request, headers and all, with another body. */
export const withBody = (request: Request, body: Uint8Array<ArrayBuffer>): Request =>
  new Request(request, { method: "POST", body })
