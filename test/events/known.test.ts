import { describe, expect, it } from "vitest"
import { isEventType } from "../../src/events/envelope.ts"
import { isKnownType, PUBLIC_EVENT_TYPES } from "../../src/events/known.ts"

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

  it.each(PUBLIC_EVENT_TYPES.map((type) => ({ type })))("$type is a type and known by itself", ({ type }) => {
    expect(isEventType(type)).toBe(true)
    expect(isKnownType(type, [])).toBe(true)
  })
})

describe("which types are known: spec 3.10", () => {
  it.each([
    { why: "configured", type: "card.blocked", patterns: ["card.blocked"], want: true },
    { why: "in a family", type: "card.blocked", patterns: ["card.*"], want: true },
    { why: "everything is", type: "card.blocked", patterns: ["*"], want: true },
    { why: "by the second pattern", type: "card.blocked", patterns: ["loan.*", "card.blocked"], want: true },
    { why: "public although others are configured", type: "payment.settled", patterns: ["card.blocked"], want: true },
    { why: "nothing configured", type: "card.blocked", patterns: [], want: false },
    { why: "another is configured", type: "card.blocked", patterns: ["card.opened"], want: false },
    { why: "another family", type: "card.blocked", patterns: ["cards.*"], want: false },
    { why: "the family of a public type is not public", type: "payment.failed", patterns: [], want: false },
    { why: "below a public type", type: "payment.settled.late", patterns: [], want: false },
    { why: "public in another case", type: "Payment.settled", patterns: [], want: false },
    { why: "public with a space", type: "payment.settled ", patterns: [], want: false },
    { why: "a name of Object.prototype's", type: "constructor", patterns: [], want: false },
  ])("$why: $type, $patterns → $want", ({ type, patterns, want }) => {
    expect(isKnownType(type, patterns)).toBe(want)
  })
})
