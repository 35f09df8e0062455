import { describe, expect, it } from "vitest"
import { isEventType } from "../../src/events/envelope.ts"
import { PUBLIC_EVENT_TYPES } from "../../src/events/known.ts"

describe("the types whose names are public: spec 2.3", () => {
  it("are these six", () => {
    expect(PUBLIC_EVENT_TYPES.toSorted()).toEqual([
      "application.funded",
      "application.submitted",
      "decision.completed",
      "enquiry.created",
      "payment.settled",
      "payment.succeeded",
    ])
  })

  it.each(PUBLIC_EVENT_TYPES.map((type) => ({ type })))("$type is a type", ({ type }) => {
    expect(isEventType(type)).toBe(true)
  })
})
