import { describe, expect, it } from "vitest"
import { checkEnabledEvents } from "../../../src/endpoints/rules/events.ts"
import { PUBLIC_EVENT_TYPES } from "../../../src/events/known.ts"

const KNOWN = [...PUBLIC_EVENT_TYPES, "card.limit.raised"]

/** `ok`, or the reason and its place. */
const outcome = (list: unknown, known: readonly string[] = KNOWN): string => {
  const result = checkEnabledEvents(list, known)
  return result.ok ? "ok" : `${result.error.reason} ${result.error.param}`
}

const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => `t.n${i}`)

describe("lists that an endpoint may have (spec 5.5)", () => {
  it.each([
    { why: "one type", list: ["payment.settled"] },
    { why: "several types, in the order given", list: ["payment.settled", "enquiry.created", "decision.completed"] },
    { why: "family", list: ["payment.*"] },
    { why: "family of a type two words below", list: ["card.*"] },
    { why: "family of a family", list: ["card.limit.*"] },
    { why: "family and a type in it", list: ["payment.*", "payment.settled"] },
    { why: "family and a family in it", list: ["card.*", "card.limit.*"] },
    { why: "everything", list: ["*"] },
  ])("$why → ok", ({ list }) => {
    expect(checkEnabledEvents(list, KNOWN)).toEqual({ ok: true, value: list })
  })

  it("100 entries → ok", () => {
    expect(checkEnabledEvents(numbered(100), numbered(100))).toEqual({ ok: true, value: numbered(100) })
  })

  it("everything, where no type is known → ok", () => {
    expect(outcome(["*"], [])).toBe("ok")
  })

  it("the list is copied: changing it later changes nothing that was accepted", () => {
    const list = ["payment.settled"]
    const result = checkEnabledEvents(list, KNOWN)
    list.push("anything")
    expect(result).toEqual({ ok: true, value: ["payment.settled"] })
  })
})

describe("lists that it may not have (spec 5.5)", () => {
  const GAP = ["payment.settled"]
  GAP.length = 2

  it.each([
    { why: "undefined", list: undefined, want: "not_a_list enabled_events" },
    { why: "null", list: null, want: "not_a_list enabled_events" },
    { why: "text", list: "*", want: "not_a_list enabled_events" },
    { why: "number", list: 1, want: "not_a_list enabled_events" },
    { why: "what looks like a list", list: { 0: "*", length: 1 }, want: "not_a_list enabled_events" },
    { why: "set", list: new Set(["*"]), want: "not_a_list enabled_events" },
    { why: "no entry", list: [], want: "empty enabled_events" },
    { why: "101 entries", list: numbered(101), want: "too_many enabled_events" },
    { why: "many entries, all the same", list: Array(101).fill("*"), want: "too_many enabled_events" },
    { why: "null as an entry", list: [null], want: "not_text enabled_events[0]" },
    { why: "number as an entry", list: ["payment.settled", 1], want: "not_text enabled_events[1]" },
    { why: "list as an entry", list: [["payment.settled"]], want: "not_text enabled_events[0]" },
    { why: "object that reads as a type", list: [new String("payment.settled")], want: "not_text enabled_events[0]" },
    { why: "gap", list: GAP, want: "not_text enabled_events[1]" },
    { why: "everything, then a type", list: ["*", "payment.settled"], want: "wildcard_not_alone enabled_events[0]" },
    { why: "a type, then everything", list: ["payment.settled", "*"], want: "wildcard_not_alone enabled_events[1]" },
    { why: "everything twice", list: ["*", "*"], want: "wildcard_not_alone enabled_events[0]" },
    { why: "everything beside what is unknown", list: ["no.type", "*"], want: "unknown_type enabled_events[0]" },
    { why: "unknown type", list: ["payment.lost"], want: "unknown_type enabled_events[0]" },
    { why: "unknown type in the middle", list: ["payment.*", "a.b", "c.d"], want: "unknown_type enabled_events[1]" },
    { why: "empty text", list: [""], want: "unknown_type enabled_events[0]" },
    { why: "upper case", list: ["Payment.settled"], want: "unknown_type enabled_events[0]" },
    { why: "space behind", list: ["payment.settled "], want: "unknown_type enabled_events[0]" },
    { why: "line break behind", list: ["payment.settled\n"], want: "unknown_type enabled_events[0]" },
    { why: "beginning of a type", list: ["payment.settle"], want: "unknown_type enabled_events[0]" },
    { why: "name of a family without its star", list: ["payment"], want: "unknown_type enabled_events[0]" },
    { why: "family without its star", list: ["payment."], want: "unknown_type enabled_events[0]" },
    { why: "star for part of a word", list: ["payment.set*"], want: "unknown_type enabled_events[0]" },
    { why: "star without its dot", list: ["payment*"], want: "unknown_type enabled_events[0]" },
    { why: "star in front", list: ["*.settled"], want: "unknown_type enabled_events[0]" },
    { why: "two stars", list: ["**"], want: "unknown_type enabled_events[0]" },
    {
      why: "two types in one text",
      list: ["payment.settled,payment.succeeded"],
      want: "unknown_type enabled_events[0]",
    },
    { why: "regular expression", list: ["payment\\..+"], want: "unknown_type enabled_events[0]" },
    { why: "name every object has", list: ["constructor"], want: "unknown_type enabled_events[0]" },
    { why: "unknown family", list: ["refund.*"], want: "unknown_family enabled_events[0]" },
    { why: "family of a whole type", list: ["payment.settled.*"], want: "unknown_family enabled_events[0]" },
    { why: "family that begins as a known one", list: ["pay.*"], want: "unknown_family enabled_events[0]" },
    { why: "family of nothing", list: [".*"], want: "unknown_family enabled_events[0]" },
    { why: "family of everything", list: ["*.*"], want: "unknown_family enabled_events[0]" },
    { why: "family in upper case", list: ["PAYMENT.*"], want: "unknown_family enabled_events[0]" },
    { why: "type twice", list: ["payment.settled", "payment.settled"], want: "duplicate enabled_events[1]" },
    { why: "family twice, apart", list: ["card.*", "enquiry.created", "card.*"], want: "duplicate enabled_events[2]" },
    { why: "unknown type twice", list: ["a.b", "a.b"], want: "unknown_type enabled_events[0]" },
  ])("$why → $want", ({ list, want }) => {
    expect(outcome(list)).toBe(want)
  })

  it("a family, where no type is known → unknown_family", () => {
    expect(outcome(["payment.*"], [])).toBe("unknown_family enabled_events[0]")
  })
})
