import { describe, expect, it } from "vitest"
import { isLane, isSourceName, laneOf, laneTakes, matchesAnyPattern } from "../../src/events/lanes.ts"

describe("which types are known: spec 3.10", () => {
  it.each([
    { why: "configured", type: "card.blocked", patterns: ["card.blocked"], want: true },
    { why: "in a family", type: "card.blocked", patterns: ["card.*"], want: true },
    { why: "everything is", type: "card.blocked", patterns: ["*"], want: true },
    { why: "by the second pattern", type: "card.blocked", patterns: ["loan.*", "card.blocked"], want: true },
    { why: "in a family of another separator", type: "orders/paid", patterns: ["orders/*"], want: true },
    { why: "nothing configured", type: "card.blocked", patterns: [], want: false },
    { why: "another is configured", type: "card.blocked", patterns: ["card.opened"], want: false },
    { why: "another family", type: "card.blocked", patterns: ["cards.*"], want: false },
    { why: "the family itself", type: "orders", patterns: ["orders/*"], want: false },
    { why: "below an exact type", type: "card.blocked.late", patterns: ["card.blocked"], want: false },
    { why: "another case", type: "Card.blocked", patterns: ["card.blocked"], want: false },
    { why: "a name of Object.prototype's", type: "constructor", patterns: [], want: false },
  ])("$why: $type, $patterns → $want", ({ type, patterns, want }) => {
    expect(matchesAnyPattern(patterns, type)).toBe(want)
  })
})

describe("lanes", () => {
  it("credicorp's keep the names that are stored, and those of two sources never collide", () => {
    const lanes = ["credicorp", "stripe", "stripe-eu"].map((source) => laneOf(source, "payment.*"))
    expect(lanes).toEqual(["payment.*", "stripe:payment.*", "stripe-eu:payment.*"])
  })

  // A pattern of another provider may have a colon itself.
  it.each([
    { lane: "payment.*", source: "credicorp", type: "payment.settled", want: true },
    { lane: "payment.*", source: "stripe", type: "payment.settled", want: false },
    { lane: "stripe:payment.*", source: "stripe", type: "payment.settled", want: true },
    { lane: "stripe:payment.*", source: "credicorp", type: "payment.settled", want: false },
    { lane: "stripe:payment.*", source: "stripe-eu", type: "payment.settled", want: false },
    { lane: "a:b:c", source: "a", type: "b:c", want: true },
    { lane: "a:b:c", source: "a:b", type: "c", want: false },
    { lane: "a:*", source: "a", type: "anything at all", want: true },
    { lane: "*", source: "credicorp", type: "payment.settled", want: true },
    { lane: "*", source: "a", type: "payment.settled", want: false },
  ])("$lane takes $type of $source: $want", ({ lane, source, type, want }) => {
    expect(laneTakes(lane, { source, type })).toBe(want)
  })

  it.each([
    ["payment.*", true],
    ["*", true],
    ["github:push", true],
    ["shopify:orders/*", true],
    ["a:b:c", true],
    ["push", false],
    ["credicorp:payment.*", false],
    ["github:", false],
    ["GitHub:push", false],
    ["countersign:push", false],
    [":push", false],
    ["github:a b", false],
    [`github:${"a".repeat(130)}`, false],
  ])("isLane(%s) is %s", (text, want) => {
    expect(isLane(text)).toBe(want)
  })

  it.each([
    ["credicorp", true],
    ["a", true],
    ["stripe-eu-2", true],
    ["a".repeat(32), true],
    ["a".repeat(33), false],
    ["", false],
    ["Stripe", false],
    ["stripe_eu", false],
    ["stripe.eu", false],
    ["a/b", false],
    ["a:b", false],
    ["a\n", false],
    ["countersign", false],
  ])("isSourceName(%j) is %s", (text, want) => {
    expect(isSourceName(text)).toBe(want)
  })
})
