// Catches `countersign inbox tail` showing a change twice, or not at all.

import { describe, expect, it } from "vitest"
import { compare, type Changes } from "../../../src/cli/commands/inbox-tail.ts"
import type { EventView } from "../../../src/inbox/view.ts"

const event = (id: string, status: EventView["status"], attempts = 1): EventView => ({
  source: "credicorp",
  id,
  type: "payment.settled",
  status,
  received: "2026-01-01T00:00:00.000Z",
  delivery_id: null,
  secret_id: "a",
  bytes: 1,
  has_body: true,
  runs: [
    {
      handler: "*",
      status: status === "dead" ? "dead" : "waiting",
      attempts,
      next_attempt: null,
      reason: null,
      note: null,
    },
  ],
})

const idsOf = ({ events }: Changes): readonly string[] => events.map(({ id }) => id)

describe("countersign inbox tail: what is shown after a look", () => {
  const many = Array.from({ length: 12 }, (_, i) => event(`evt_${12 - i}`, "waiting"))

  it("at first the newest ten, the newest last", () => {
    expect(idsOf(compare(many, undefined))).toEqual(Array.from({ length: 10 }, (_, i) => `evt_${i + 3}`))
  })

  it.each([
    { why: "nothing has changed", page: many, tells: [] },
    { why: "one is new", page: [event("evt_13", "waiting"), ...many.slice(0, 11)], tells: ["evt_13"] },
    { why: "one has another status", page: [event("evt_12", "dead"), ...many.slice(1)], tells: ["evt_12"] },
    {
      why: "one has had another attempt",
      page: [...many.slice(0, 11), event("evt_1", "waiting", 2)],
      tells: ["evt_1"],
    },
    { why: "all were erased from the inbox", page: [], tells: [] },
    { why: "none is known: there may be more between", page: [event("evt_99", "done")], tells: ["evt_99"], gap: true },
  ])("then only what is new or has changed: $why", ({ page, tells, gap = false }) => {
    const { seen } = compare(many, undefined)
    const changes = compare(page, seen)
    expect([idsOf(changes), changes.gap]).toEqual([tells, gap])
    expect(changes.seen.size).toBe(page.length)
  })

  it("the first event of an empty inbox is no gap", () => {
    expect(compare(many, compare([], undefined).seen)).toMatchObject({ gap: false, events: many.toReversed() })
  })
})
