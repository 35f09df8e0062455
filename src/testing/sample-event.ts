import { assertOption, kindOf } from "../core/assert.ts"
import type { WebhookEvent } from "../events/event.ts"

const id = (prefix: string): string => `${prefix}_${crypto.randomUUID().replaceAll("-", "")}`

/** Event type → a payload as the sender makes it (spec 2.3). */
const PAYLOADS: Readonly<Record<string, () => object>> = {
  "enquiry.created": () => ({ id: id("enq"), form: "business_loan", dept: "lending", status: "new" }),
  "decision.completed": () => ({
    id: id("dec"),
    enquiry_id: id("enq"),
    outcome: "approved",
    amount: 25_000,
    currency: "GBP",
    term_months: 36,
  }),
  "application.submitted": () => ({ id: id("app"), enquiry_id: id("enq") }),
  "application.funded": () => ({ id: id("app"), amount: 25_000, currency: "GBP" }),
  "payment.settled": () => ({ id: id("pay"), amount: 812.5, currency: "GBP" }),
  "payment.succeeded": () => ({ id: id("pay"), amount: 812.5, currency: "GBP" }),
}

/** The event types that have a sample payload: those whose names are public (spec 2.3). */
export const SAMPLE_TYPES: readonly string[] = Object.keys(PAYLOADS)

/**
 * Makes an event as the sender does (spec 2.1): of test mode, with fresh random ids, created now.
 *
 * @param type Any event type; one without a sample payload gets an object of just an id.
 * @param changes Fields to replace as a whole: `data` replaces the payload.
 * @throws {TypeError} `type` is not text.
 * @example
 * ```ts
 * sampleEvent("decision.completed").data.object.amount // 25000
 * sampleEvent("payment.settled", { id: "evt_1", livemode: true })
 * ```
 */
export const sampleEvent = <const Type extends string>(
  type: Type,
  changes?: Partial<Omit<WebhookEvent<Type>, "type">>,
): WebhookEvent<Type> => {
  assertOption(typeof type === "string", `type must be an event type such as "payment.settled", not ${kindOf(type)}`)
  return {
    id: id("evt"),
    type,
    created: new Date().toISOString(),
    livemode: false,
    api_version: "2026-07-01",
    data: { object: Object.hasOwn(PAYLOADS, type) ? PAYLOADS[type]!() : { id: id("obj") } },
    ...changes,
  } as WebhookEvent<Type>
}
