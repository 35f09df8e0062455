import { describe, expect, it } from "vitest"
import { isPattern, matchesPattern } from "../../src/events/patterns.ts"

describe("what is a pattern", () => {
  it.each([
    { why: "every event", text: "*", want: true },
    { why: "exact type", text: "payment.settled", want: true },
    { why: "type of three words", text: "payment.card.settled", want: true },
    { why: "family", text: "payment.*", want: true },
    { why: "family of a family", text: "payment.card.*", want: true },
    { why: "word with a mark", text: "k_y_c.*", want: true },
    { why: "longest family that something can be in", text: `${"a".repeat(126)}.*`, want: true },
    { why: "family whose shortest type is too long", text: `${"a".repeat(127)}.*`, want: false },
    { why: "longest type", text: `a.${"b".repeat(126)}`, want: true },
    { why: "type that is too long", text: `a.${"b".repeat(127)}`, want: false },
    { why: "empty", text: "", want: false },
    { why: "one word", text: "payment", want: false },
    { why: "two stars", text: "**", want: false },
    { why: "star and dot", text: "*.", want: false },
    { why: "family of nothing", text: ".*", want: false },
    { why: "star in front", text: "*.settled", want: false },
    { why: "star in the middle", text: "payment.*.settled", want: false },
    { why: "star for part of a word", text: "payment.set*", want: false },
    { why: "star without its dot", text: "payment*", want: false },
    { why: "two stars behind", text: "payment.**", want: false },
    { why: "a family's family by stars", text: "payment.*.*", want: false },
    { why: "two dots together", text: "payment..*", want: false },
    { why: "dot in front", text: ".payment.*", want: false },
    { why: "upper case", text: "Payment.*", want: false },
    { why: "hyphen", text: "pay-ment.*", want: false },
    { why: "space in front", text: " payment.*", want: false },
    { why: "space behind", text: "payment.* ", want: false },
    { why: "space behind the star", text: "* ", want: false },
    { why: "line break behind", text: "payment.*\n", want: false },
    { why: "regular expression", text: "payment.(settled|failed)", want: false },
    { why: "another family's mark", text: "payment.>", want: false },
    { why: "two patterns", text: "payment.*,decision.*", want: false },
    { why: "negation", text: "!payment.*", want: false },
  ])("$why: $text → $want", ({ text, want }) => {
    expect(isPattern(text)).toBe(want)
  })
})

describe("which types a pattern takes", () => {
  it.each([
    { why: "every event", pattern: "*", type: "payment.settled", want: true },
    { why: "the very type", pattern: "payment.settled", type: "payment.settled", want: true },
    { why: "in the family", pattern: "payment.*", type: "payment.settled", want: true },
    { why: "two words below the family", pattern: "payment.*", type: "payment.card.settled", want: true },
    { why: "in a family of two words", pattern: "payment.card.*", type: "payment.card.settled", want: true },
    { why: "another type", pattern: "payment.settled", type: "payment.succeeded", want: false },
    { why: "begins alike", pattern: "payment.settled", type: "payment.settled_late", want: false },
    { why: "ends alike", pattern: "payment.settled", type: "card.payment.settled", want: false },
    { why: "a type takes nothing below it", pattern: "payment.settled", type: "payment.settled.late", want: false },
    { why: "family's name begins alike", pattern: "payment.*", type: "payments.settled", want: false },
    { why: "family's name ends alike", pattern: "payment.*", type: "card.payment.settled", want: false },
    { why: "family's name by an underscore", pattern: "payment.*", type: "payment_card.settled", want: false },
    { why: "above a family of two words", pattern: "payment.card.*", type: "payment.settled", want: false },
    { why: "the name of a family of two words", pattern: "payment.card.*", type: "payment.card", want: false },
    { why: "beside a family of two words", pattern: "payment.card.*", type: "payment.cards.settled", want: false },
    { why: "a dot is a dot", pattern: "payment.settled", type: "payment_settled", want: false },
  ])("$why: $pattern, $type → $want", ({ pattern, type, want }) => {
    expect(matchesPattern(pattern, type)).toBe(want)
  })
})
