import { checkContentType } from "../http/content-type.ts"
import { refuse, refuseContentType, refuseSignature } from "../errors/webhook-error.ts"
import type { WebhookEvent } from "../events/event.ts"
import type { CheckResult, Verifier } from "../verify/verifier.ts"

/** What a delivery is held against. */
export interface DeliveryChecks<Event> {
  readonly verifier: Verifier<Event>
  /** The mode of this receiver; either is taken if it has none (spec 2.5). */
  readonly livemode: boolean | undefined
}

/**
 * What every receiver asks of a delivery: content type (spec 3.3), all that a verifier checks, mode (spec 3.9). A body that
 * breaks off is a signature that does not match: bytes that never came are bytes that nobody signed.
 *
 * @throws {TypeError} A caller's mistake, as a body that was read before.
 */
export async function checkDelivery<Event extends Pick<WebhookEvent, "livemode">>(
  request: Request,
  { verifier, livemode }: DeliveryChecks<Event>,
): Promise<CheckResult<Event>> {
  const contentType = checkContentType(request.headers)
  if (!contentType.ok) return refuseContentType(contentType.error)
  let checked: CheckResult<Event>
  try {
    checked = await verifier.checkRequest(request)
  } catch (error) {
    if (error instanceof TypeError) throw error
    return refuseSignature("signature_mismatch")
  }
  if (!checked.ok || livemode === undefined || checked.event.livemode === livemode) return checked
  return { ...checked, ...refuse("invalid_value_type", 422, { param: "livemode" }) }
}
