import { randomBytes } from "node:crypto"

const id = (prefix: string): string => `${prefix}_${randomBytes(9).toString("base64url")}`

/** Event type → a payload as it is seen (spec 2.3). */
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

export const SAMPLE_TYPES: readonly string[] = Object.keys(PAYLOADS)

/** A fresh event of the type; one without a sample payload gets just an id. */
export const sampleEvent = (type: string, livemode: boolean, payload?: object): Record<string, unknown> => ({
  id: id("evt"),
  type,
  created: new Date().toISOString(),
  livemode,
  api_version: "2026-07-01",
  data: { object: payload ?? PAYLOADS[type]?.() ?? { id: id("obj") } },
})
