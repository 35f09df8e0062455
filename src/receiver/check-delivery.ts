import { refuse, refuseContentType } from "../errors/webhook-error.ts"
import type { BodyCharge } from "../http/body-budget.ts"
import { checkContentType } from "../http/content-type.ts"
import type { AnyProvider } from "../providers/provider.ts"
import type { CheckResult, Verifier } from "../verify/verifier.ts"

/** Settings of the checks that every receiver makes. */
export interface DeliveryChecks<Event> {
  readonly verifier: Verifier<Event>
  /** The mode of this receiver; events of both modes are accepted if it is undefined (spec 2.5). */
  readonly livemode: boolean | undefined
  /** Its `bodyFormat` decides which media types are taken (spec 3.0); JSON alone unless given. */
  readonly provider?: Pick<AnyProvider, "bodyFormat"> | undefined
}

/**
 * Checks a delivery as every receiver does: content type (spec 3.3), everything that a verifier checks, mode (spec 3.9).
 *
 * @param charge Bounds the memory and time of all bodies together, where the receiver has such a bound.
 * @throws {TypeError} A caller's mistake, such as a body that was read before.
 */
export async function checkDelivery<Event extends object>(
  request: Request,
  { verifier, livemode, provider }: DeliveryChecks<Event>,
  charge?: BodyCharge,
): Promise<CheckResult<Event>> {
  const contentType = checkContentType(request.headers, provider?.bodyFormat)
  if (!contentType.ok) return refuseContentType(contentType.error)
  const checked = await verifier.checkRequest(request, charge)
  // Only Credicorp's events have a mode.
  if (!checked.ok || livemode === undefined || !("livemode" in checked.event)) return checked
  if (checked.event.livemode === livemode) return checked
  return { ...checked, ...refuse("invalid_value_type", 422, { param: "livemode" }) }
}
