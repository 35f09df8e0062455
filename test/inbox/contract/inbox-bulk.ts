import { describe, expect, it } from "vitest"
import type { BulkDiscard, BulkRerun } from "../../../src/inbox/inbox.ts"
import { sequenceAt } from "../../../src/inbox/sequence.ts"
import { allDead, failed, inWords, SECOND_MS, START_MS, type Driver } from "./inbox-driver.ts"

const KEYS = ["payment.*", "enquiry.*", "*"]

/**
 * A shard with an event of each status, a second between each: evt_1 is done, evt_2 and evt_5 are unhandled, evt_3 is done
 * and dead, evt_4 waits for a second attempt and is dead, evt_6 is dead.
 */
async function openWithSamples(open: () => Promise<Driver>): Promise<Driver> {
  const driver = await open()
  const { take, pass, runner } = driver
  runner.answer = ({ handler }) => {
    if (handler === "*") return { kind: "dead", reason: "gave_up", error: "no" }
    return handler === "enquiry.*" ? failed() : { kind: "done" }
  }
  const samples: readonly [id: string, type: string, handlers: readonly string[] | undefined][] = [
    ["evt_1", "payment.settled", ["payment.*"]],
    ["evt_2", "payment.settled", undefined],
    ["evt_3", "payment.settled", ["payment.*", "*"]],
    ["evt_4", "enquiry.created", ["enquiry.*", "*"]],
    ["evt_5", "enquiry.created", []],
    ["evt_6", "payment.succeeded", ["*"]],
  ]
  for (const [id, type, handlers] of samples) {
    await take(id, { type, handlers })
    pass(SECOND_MS)
  }
  runner.answer = () => ({ kind: "done" })
  runner.calls.length = 0
  return driver
}

const all = (changes: Partial<BulkRerun>): BulkRerun => allDead({ type: undefined, keys: KEYS, ...changes })

const toDiscard = (changes: Partial<BulkDiscard> = {}): BulkDiscard => ({
  type: undefined,
  handler: undefined,
  from: 0,
  before: Number.MAX_SAFE_INTEGER,
  limit: 500,
  dryRun: false,
  note: "by the tests",
  ...changes,
})

/** What an operator does with many runs at once. */
export function describeBulk(open: () => Promise<Driver>): void {
  describe("run many again", () => {
    it.each<{ why: string; wanted: Partial<BulkRerun>; want: readonly string[] }>([
      { why: "dead", wanted: {}, want: ["evt_6 *", "evt_4 *", "evt_3 *"] },
      { why: "dead of a type", wanted: { type: "payment.settled" }, want: ["evt_3 *"] },
      { why: "dead of a source", wanted: { source: "credicorp" }, want: ["evt_6 *", "evt_4 *", "evt_3 *"] },
      { why: "dead of a source with none", wanted: { source: "stripe" }, want: [] },
      { why: "unhandled of a source with none", wanted: { status: "unhandled", source: "stripe" }, want: [] },
      { why: "dead of a handler", wanted: { handler: "*" }, want: ["evt_6 *", "evt_4 *", "evt_3 *"] },
      { why: "dead of a handler with none", wanted: { handler: "payment.*" }, want: [] },
      {
        why: "dead in a range",
        wanted: { from: sequenceAt(START_MS + 3_000), before: sequenceAt(START_MS + 5_000) },
        want: ["evt_4 *"],
      },
      {
        why: "unhandled",
        wanted: { status: "unhandled" },
        want: ["evt_5 enquiry.*", "evt_5 *", "evt_2 payment.*", "evt_2 *"],
      },
      { why: "unhandled, one handler", wanted: { status: "unhandled", handler: "*" }, want: ["evt_5 *", "evt_2 *"] },
      { why: "unhandled, none takes it now", wanted: { status: "unhandled", keys: ["card.*"] }, want: [] },
      { why: "waiting for a later attempt", wanted: { status: "waiting" }, want: ["evt_4 enquiry.*"] },
      { why: "waiting of another handler", wanted: { status: "waiting", handler: "*" }, want: [] },
      {
        why: "done, also with a handler that is new",
        wanted: { status: "done" },
        want: ["evt_1 payment.*", "evt_1 *"],
      },
      { why: "done, with the handler that is new alone", wanted: { status: "done", handler: "*" }, want: ["evt_1 *"] },
      { why: "discarded, of which there are none", wanted: { status: "discarded" }, want: [] },
    ])("$why → $want; a dry run counts the same and starts nothing", async ({ wanted, want }) => {
      const { shard, runner, settle } = await openWithSamples(open)
      const counted = await shard().rerunMany(all({ ...wanted, dryRun: true }))
      await settle()
      expect([counted, runner.calls]).toEqual([{ runs: want.length, more: undefined }, []])
      expect(await shard().rerunMany(all(wanted))).toEqual(counted)
      await settle()
      const started = runner.calls.map(({ deliveryId, handler }) => `${deliveryId!.slice(4)} ${handler}`)
      expect(started.toSorted()).toEqual([...want].toSorted())
    })

    it("at a pace: each is due a step after the one before, and no earlier", async () => {
      const { take, find, shard, runner, settle, passAndRing } = await open()
      runner.answer = () => ({ kind: "dead", reason: "gave_up", error: "no" })
      for (let i = 0; i < 3; i++) await take(`evt_${i}`)
      runner.answer = () => ({ kind: "done" })
      runner.calls.length = 0
      await shard().rerunMany(all({ delayMs: 10_000, everyMs: 60_000 }))
      await settle()
      const dues = await Promise.all([2, 1, 0].map(async (i) => (await find(`evt_${i}`)).runs[0]!.nextAt! - START_MS))
      expect([dues, runner.calls]).toEqual([[10_000, 70_000, 130_000], []])
      await passAndRing(70_000)
      expect(runner.calls.map(({ deliveryId }) => deliveryId)).toEqual(["dlv_evt_2", "dlv_evt_1"])
    })

    it("a run that waits is never put off by a pace", async () => {
      const { shard, runs, find } = await openWithSamples(open)
      const before = (await find("evt_4")).runs.find(({ lane }) => lane === "enquiry.*")!.nextAt
      await shard().rerunMany(all({ status: "waiting", delayMs: 3_600_000 }))
      expect((await find("evt_4")).runs.find(({ lane }) => lane === "enquiry.*")!.nextAt).toBe(before)
      expect(await runs("evt_4")).toContain("enquiry.* waiting 1")
    })

    it("passes over events without a body", async () => {
      const { shard } = await openWithSamples(open)
      await shard().erase("credicorp", "evt_2")
      expect((await shard().rerunMany(all({ status: "unhandled", handler: "*" }))).runs).toBe(1)
    })
  })

  describe("discard", () => {
    it("the dead runs of an event: it is listed as discarded, counted no more as dead, and can run again", async () => {
      const { shard, runs, settle } = await openWithSamples(open)
      const wanted = { source: "credicorp", dedupeKey: "evt_3", note: "refunded by hand" }
      expect(await shard().discard(wanted)).toMatchObject({ status: "discarded" })
      expect(await runs("evt_3")).toEqual(["payment.* done 1", "* discarded 1 refunded by hand"])
      const { counts, runs: byHandler } = await shard().stats()
      expect(counts).toEqual({ unhandled: 2, waiting: 1, done: 1, dead: 1, discarded: 1 })
      expect(byHandler).toContainEqual({ handler: "*", status: "dead", count: 2 })
      const filter = {
        status: "discarded",
        type: undefined,
        from: 0,
        before: Number.MAX_SAFE_INTEGER,
        limit: 9,
      } as const
      expect((await shard().list(filter)).events.map(({ dedupeKey }) => dedupeKey)).toEqual(["evt_3"])
      expect((await shard().rerunMany(all({ type: "payment.settled" }))).runs).toBe(0)
      expect((await shard().rerunMany(all({ status: "discarded" }))).runs).toBe(1)
      await settle()
      expect(await runs("evt_3")).toEqual(["payment.* done 1", "* done 2"])
    })

    it.each([
      { why: "no such event", changes: { dedupeKey: "evt_0" }, want: "no_event" },
      { why: "an event of another source", changes: { source: "other" }, want: "no_event" },
      { why: "an event without a dead run", changes: { dedupeKey: "evt_1" }, want: "no_dead_run" },
      { why: "an unhandled event", changes: { dedupeKey: "evt_2" }, want: "no_dead_run" },
      { why: "a handler that is not dead", changes: { only: "payment.*" }, want: "no_dead_run" },
    ])("$why → $want, and nothing changes", async ({ changes, want }) => {
      const { shard } = await openWithSamples(open)
      const before = await shard().stats()
      expect(await shard().discard({ source: "credicorp", dedupeKey: "evt_3", note: "x", ...changes })).toBe(want)
      expect((await shard().stats()).counts).toEqual(before.counts)
    })

    it("a run that waits beside it goes on", async () => {
      const { shard, find } = await openWithSamples(open)
      await shard().discard({ source: "credicorp", dedupeKey: "evt_4", note: "x" })
      const event = await find("evt_4")
      expect([event.status, event.runs.map(inWords)]).toEqual(["waiting", ["enquiry.* waiting 1", "* discarded 1 x"]])
    })

    it.each<{ why: string; wanted: Partial<BulkDiscard>; want: readonly string[] }>([
      { why: "everything", wanted: {}, want: ["evt_3", "evt_4", "evt_6"] },
      { why: "a type", wanted: { type: "payment.settled" }, want: ["evt_3"] },
      { why: "a handler with none", wanted: { handler: "payment.*" }, want: [] },
      { why: "a source", wanted: { source: "credicorp", type: "payment.settled" }, want: ["evt_3"] },
      { why: "a source with none", wanted: { source: "stripe" }, want: [] },
      { why: "a range", wanted: { before: sequenceAt(START_MS + 3_000) }, want: ["evt_3"] },
    ])("many: $why → $want; a dry run counts the same and changes nothing", async ({ wanted, want }) => {
      const { shard, runs } = await openWithSamples(open)
      const dead = async (): Promise<readonly string[]> => {
        const ids = ["evt_3", "evt_4", "evt_6"]
        const texts = await Promise.all(ids.map(async (id) => (await runs(id)).join()))
        return ids.filter((_, i) => !texts[i]!.includes("* dead"))
      }
      const counted = await shard().discardMany(toDiscard({ ...wanted, dryRun: true }))
      expect([counted, await dead()]).toEqual([{ runs: want.length, more: undefined }, []])
      expect(await shard().discardMany(toDiscard(wanted))).toEqual(counted)
      expect(await dead()).toEqual(want)
    })
  })

  describe("what is counted", () => {
    it("runs by handler, events by type", async () => {
      const { shard, take } = await openWithSamples(open)
      await shard().setPaused("payment.*", true)
      await take("evt_7")
      const { runs, types } = await shard().stats()
      expect([...runs].toSorted((a, b) => a.handler.localeCompare(b.handler))).toEqual(
        expect.arrayContaining([
          { handler: "*", status: "dead", count: 3 },
          { handler: "enquiry.*", status: "waiting", count: 1 },
          { handler: "payment.*", status: "waiting", count: 1 },
        ]),
      )
      expect(runs).toHaveLength(3)
      const inText = types.map(({ type, status, count }) => `${type} ${status} ${count}`).toSorted()
      expect(inText).toEqual([
        "enquiry.created dead 1",
        "enquiry.created unhandled 1",
        "enquiry.created waiting 1",
        "payment.settled dead 1",
        "payment.settled unhandled 1",
        "payment.settled waiting 1",
        "payment.succeeded dead 1",
      ])
    })

    // Caught: after a restart the counts of the last hour were shown as if they were complete.
    it("attempts of the last hour by how they ended, and since when all of that is complete", async () => {
      const { shard, pass } = await openWithSamples(open)
      const { lastHour, countedSince } = await shard().stats()
      expect(lastHour).toMatchObject({
        accepted: 6,
        types: { "payment.settled": 3, "enquiry.created": 2, "payment.succeeded": 1 },
        done: { "payment.*": 2 },
        failed: { "*": 3, "enquiry.*": 1 },
      })
      expect(countedSince).toBe(START_MS)
      pass(2 * 3_600_000)
      const later = await shard().stats()
      expect(later.countedSince).toBe(START_MS + 6 * SECOND_MS + 3_600_000)
      expect(later.lastHour.accepted).toBe(0)
    })

    it("what a health check needs", async () => {
      const { shard } = await open()
      const { storage } = await shard().stats()
      expect(await shard().storage()).toEqual(storage)
    })
  })
}
