import { describe, expect, it, vi } from "vitest"
import { eventually } from "../../support/eventually.ts"
import { timeOf } from "../../../src/inbox/sequence.ts"
import type { EventFilter, InboxEvent, Rerun, RerunFailure, BulkStep } from "../../../src/inbox/inbox.ts"
import {
  allDead,
  createGate,
  DAY_MS,
  delivery,
  failed,
  hang,
  inWords,
  SECOND_MS,
  SHARDS,
  START_MS,
  type Driver,
} from "./inbox-driver.ts"

const KEYS = ["payment.*", "*"]

const again = (id: string, changes: Partial<Rerun> = {}): Rerun => ({
  source: "credicorp",
  dedupeKey: id,
  keys: KEYS,
  ...changes,
})

/** Why it is not run again, or that it is. */
const verdictOf = (result: InboxEvent | RerunFailure): string => (typeof result === "string" ? result : "rerun")

const ALL: EventFilter = { status: undefined, type: undefined, from: 0, before: Number.MAX_SAFE_INTEGER, limit: 100 }

/** A shard with an event of each status; evt_1 is the oldest, a second between each. */
async function openWithSamples(open: () => Promise<Driver>): Promise<Driver> {
  const driver = await open()
  const { take, pass, runner, shard } = driver
  runner.answer = ({ handler }) =>
    handler === "*" ? { kind: "dead", reason: "gave_up", error: "no" } : { kind: "done" }
  await shard().setPaused("enquiry.*", true)
  const samples: readonly [id: string, type: string, handlers: readonly string[] | undefined][] = [
    ["evt_1", "payment.settled", ["payment.*"]],
    ["evt_2", "card.blocked", undefined],
    ["evt_3", "payment.settled", ["payment.*", "*"]],
    ["evt_4", "enquiry.created", ["enquiry.*", "*"]],
    ["evt_5", "enquiry.created", []],
    ["evt_6", "payment.succeeded", ["*"]],
  ]
  for (const [id, type, handlers] of samples) {
    await take(id, { type, handlers })
    pass(SECOND_MS)
  }
  return driver
}

/** What an operator asks of a shard. */
export function describeOperate(open: () => Promise<Driver>): void {
  describe("show", () => {
    it.each([
      { source: "credicorp", id: "evt_0" },
      { source: "credicorp", id: "" },
      { source: "other", id: "evt_1" },
      { source: "", id: "evt_1" },
      { source: "credicorp", id: "%" },
    ])("$source $id → nothing", async ({ source, id }) => {
      const { shard } = await openWithSamples(open)
      expect(await shard().show(source, id)).toBeUndefined()
      expect(await shard().body(source, id)).toBeUndefined()
      expect(await shard().erase(source, id)).toBe(false)
    })

    it("every attempt with its times, the last 20 of them", async () => {
      const { take, find, runner, shard, settle, passAndRing } = await open()
      runner.answer = ({ attempt }) => failed(`Error: ${attempt}`)
      await take("evt_1")
      for (let round = 0; round < 3; round++) {
        await passAndRing(2 * DAY_MS)
        await shard().rerun(again("evt_1", { only: "payment.*" }))
        await settle()
      }
      const [run] = (await find("evt_1")).runs
      expect([run!.attempts, run!.before]).toEqual([25, 24])
      expect(run!.history.map(({ attempt }) => attempt)).toEqual(Array.from({ length: 20 }, (_, i) => 6 + i))
      expect(run!.history.at(-1)).toMatchObject({ attempt: 25, at: START_MS + 6 * DAY_MS, error: "Error: 25", ms: 0 })
    })
  })

  describe("list", () => {
    it.each<{ why: string; filter: Partial<EventFilter>; want: readonly string[] }>([
      { why: "everything", filter: {}, want: ["evt_6", "evt_5", "evt_4", "evt_3", "evt_2", "evt_1"] },
      { why: "done", filter: { status: "done" }, want: ["evt_1"] },
      { why: "dead", filter: { status: "dead" }, want: ["evt_6", "evt_3"] },
      { why: "waiting, though one of its runs is dead", filter: { status: "waiting" }, want: ["evt_4"] },
      { why: "unhandled", filter: { status: "unhandled" }, want: ["evt_5", "evt_2"] },
      { why: "a type", filter: { type: "payment.settled" }, want: ["evt_3", "evt_1"] },
      { why: "a type and a status", filter: { type: "payment.settled", status: "dead" }, want: ["evt_3"] },
      { why: "a type that none has", filter: { type: "payment.settle" }, want: [] },
      { why: "a pattern, which is no type", filter: { type: "payment.*" }, want: [] },
      { why: "the newest two", filter: { limit: 2 }, want: ["evt_6", "evt_5"] },
      { why: "nothing before the first", filter: { before: 1 }, want: [] },
    ])("$why → $want", async ({ filter, want }) => {
      const { shard } = await openWithSamples(open)
      const { events } = await shard().list({ ...ALL, ...filter })
      expect(events.map(({ dedupeKey }) => dedupeKey)).toEqual(want)
    })

    it("from is inclusive, before is not", async () => {
      const { shard, find } = await openWithSamples(open)
      const [from, before] = [(await find("evt_2")).sequence, (await find("evt_4")).sequence]
      const { events } = await shard().list({ ...ALL, from, before })
      expect(events.map(({ dedupeKey }) => dedupeKey)).toEqual(["evt_3", "evt_2"])
    })

    it("page by page, whatever arrives meanwhile", async () => {
      const { shard, take } = await openWithSamples(open)
      const seen: string[] = []
      let before: number | undefined = ALL.before
      while (before !== undefined) {
        const page = await shard().list({ ...ALL, before, limit: 2 })
        seen.push(...page.events.map(({ dedupeKey }) => dedupeKey))
        before = page.more
        await take(`evt_new_${seen.length}_${before}`)
      }
      expect(seen).toEqual(["evt_6", "evt_5", "evt_4", "evt_3", "evt_2", "evt_1"])
    })

    it("sequences tell when an event was taken, and no two are the same", async () => {
      const { shard, inOneTurn } = await open()
      await inOneTurn(async (one) => {
        await Promise.all(Array.from({ length: 50 }, async (_, i) => await one.accept(delivery(`evt_${i}`), SHARDS)))
      })
      const { events } = await shard().list(ALL)
      expect(new Set(events.map(({ sequence }) => sequence)).size).toBe(50)
      expect(events.map(({ dedupeKey }) => dedupeKey)).toEqual(Array.from({ length: 50 }, (_, i) => `evt_${49 - i}`))
      // Four a millisecond: the fiftieth runs 12 ms ahead of the clock.
      expect(events.map(({ sequence }) => timeOf(sequence) - START_MS).toReversed()).toEqual(
        Array.from({ length: 50 }, (_, i) => Math.floor(i / 4)),
      )
    })
  })

  describe("run again", () => {
    it.each<{ why: string; id: string; changes: Partial<Rerun>; want: string; runs?: readonly string[] }>([
      { why: "an event that is done", id: "evt_1", changes: {}, want: "rerun", runs: ["payment.* done 2", "* done 1"] },
      {
        why: "one handler",
        id: "evt_3",
        changes: { only: "*" },
        want: "rerun",
        runs: ["payment.* done 1", "* done 2"],
      },
      {
        why: "with today's keys",
        id: "evt_1",
        changes: { keys: ["*"] },
        want: "rerun",
        runs: ["payment.* done 1", "* done 1"],
      },
      {
        why: "an unhandled event, for which there is a handler now",
        id: "evt_2",
        changes: {},
        want: "rerun",
        runs: ["* done 1"],
      },
      { why: "an accepted event without a handler", id: "evt_5", changes: {}, want: "rerun", runs: ["* done 1"] },
      { why: "an event that is not there", id: "evt_0", changes: {}, want: "no_event" },
      { why: "another source's", id: "evt_1", changes: { source: "other" }, want: "no_event" },
      { why: "a handler that does not take it", id: "evt_6", changes: { only: "enquiry.*" }, want: "no_handler" },
      {
        why: "a handler that is not there today",
        id: "evt_3",
        changes: { keys: ["payment.*"], only: "*" },
        want: "no_handler",
      },
      { why: "without handlers", id: "evt_1", changes: { keys: [] }, want: "no_handler" },
      {
        why: "without handlers for its type",
        id: "evt_1",
        changes: { keys: ["enquiry.*", "payment.succeeded"] },
        want: "no_handler",
      },
    ])("$why: $id → $want", async ({ id, changes, want, runs: wanted }) => {
      const { shard, runs, runner, settle } = await openWithSamples(open)
      runner.answer = () => ({ kind: "done" })
      runner.calls.length = 0
      expect(verdictOf(await shard().rerun(again(id, changes)))).toBe(want)
      await settle()
      if (wanted) expect(await runs(id)).toEqual(wanted)
      else expect(runner.calls).toEqual([])
    })

    it("an unhandled event runs once, and not again when its turn comes in the log", async () => {
      const { take, shard, runner, settle, passAndRing } = await open()
      await take("evt_1", { type: "card.blocked", handlers: undefined })
      await shard().rerun(again("evt_1", { keys: ["*"] }))
      await settle()
      await take("evt_2")
      await passAndRing(60 * SECOND_MS)
      expect(runner.calls.map(({ handler, attempt }) => `${handler} ${attempt}`)).toEqual(["* 1", "payment.* 1"])
    })

    it("a body that is gone → no_body", async () => {
      const { take, shard } = await open()
      await take("evt_1")
      await shard().erase("credicorp", "evt_1")
      expect(await shard().rerun(again("evt_1"))).toBe("no_body")
    })

    it("leaves a running attempt alone", async () => {
      const { take, shard, runner, runs, settle } = await open()
      runner.answer = hang
      await take("evt_1")
      expect(verdictOf(await shard().rerun(again("evt_1", { only: "payment.*" })))).toBe("rerun")
      await settle()
      expect([await runs("evt_1"), runner.calls.length]).toEqual([["payment.* running 1"], 1])
    })

    it("gives eight attempts more, and no more than eight", async () => {
      const { take, shard, runner, runs, settle, passAndRing } = await open()
      runner.answer = () => failed()
      await take("evt_1")
      await passAndRing(2 * DAY_MS)
      await shard().rerun(again("evt_1", { only: "payment.*" }))
      await settle()
      expect(await runs("evt_1")).toEqual(["payment.* waiting 9"])
      await passAndRing(2 * DAY_MS)
      expect(await runs("evt_1")).toEqual(["payment.* dead 16 attempts_exhausted"])
    })

    it("a waiting run begins at once, and its old time starts nothing", async () => {
      const { take, shard, runner, runs, settle, passAndRing } = await open()
      runner.answer = ({ attempt }) => (attempt === 1 ? failed() : { kind: "done" })
      await take("evt_1")
      await shard().rerun(again("evt_1", { only: "payment.*" }))
      await settle()
      expect(await runs("evt_1")).toEqual(["payment.* done 2"])
      await passAndRing(DAY_MS)
      expect(runner.calls).toHaveLength(2)
    })
  })

  describe("run all that is dead of a type again", () => {
    it.each([
      { why: "a type with one", type: "payment.settled", keys: KEYS, want: 1 },
      { why: "dead beside one that waits", type: "enquiry.created", keys: KEYS, want: 1 },
      { why: "a type with none", type: "card.blocked", keys: KEYS, want: 0 },
      { why: "a pattern", type: "payment.*", keys: KEYS, want: 0 },
      { why: "its handler is gone, and no other is new", type: "payment.settled", keys: ["payment.*"], want: 0 },
      { why: "no handler at all", type: "payment.settled", keys: [], want: 0 },
    ])("$why → $want", async ({ type, keys, want }) => {
      const { shard, runner, settle } = await openWithSamples(open)
      runner.answer = () => ({ kind: "done" })
      runner.calls.length = 0
      const wanted = allDead({ type, keys })
      expect(await shard().rerunMany({ ...wanted, dryRun: true })).toEqual({ runs: want, more: undefined })
      await settle()
      expect(runner.calls).toEqual([])
      expect((await shard().rerunMany(wanted)).runs).toBe(want)
      await settle()
      expect(runner.calls).toHaveLength(want)
      expect((await shard().rerunMany(wanted)).runs).toBe(0)
    })

    it("in steps, from the newest on; what dies again meanwhile is not met twice", async () => {
      const { take, find, shard, runner, settle, pass } = await open()
      runner.answer = () => ({ kind: "dead", reason: "gave_up", error: "no" })
      for (let i = 0; i < 5; i++) {
        await take(`evt_${i}`)
        pass(SECOND_MS)
      }
      const steps: BulkStep[] = []
      let before: number | undefined = ALL.before
      while (before !== undefined) {
        const step: BulkStep = await shard().rerunMany(allDead({ before, limit: 2 }))
        await settle()
        steps.push(step)
        before = step.more
      }
      expect(steps).toEqual([
        { runs: 2, more: (await find("evt_3")).sequence },
        { runs: 2, more: (await find("evt_1")).sequence },
        { runs: 1, more: undefined },
      ])
      const attempts = await Promise.all([0, 1, 2, 3, 4].map(async (i) => (await find(`evt_${i}`)).runs[0]!.attempts))
      expect(attempts).toEqual([2, 2, 2, 2, 2])
    })

    it("leaves out what has no body any more", async () => {
      const { shard } = await openWithSamples(open)
      await shard().erase("credicorp", "evt_3")
      expect(await shard().rerunMany(allDead({ dryRun: true }))).toEqual({ runs: 0, more: undefined })
    })
  })

  describe("what is dead of a key that is gone", () => {
    /** Of an event: its handlers that are dead, and those that are done. */
    const CASES: readonly {
      why: string
      dead: readonly string[]
      done: readonly string[]
      keys: readonly string[]
      all: readonly string[]
      one: readonly string[]
    }[] = [
      {
        why: "its key was renamed",
        dead: ["payment.settled"],
        done: [],
        keys: ["payment.*"],
        all: ["payment.* done 1"],
        one: ["payment.* done 1"],
      },
      {
        why: "beside one that is done",
        dead: ["payment.settled"],
        done: ["*"],
        keys: ["payment.*", "*"],
        all: ["* done 1", "payment.* done 1"],
        one: ["* done 2", "payment.* done 1"],
      },
      {
        why: "beside one that is dead and still there",
        dead: ["payment.settled", "*"],
        done: [],
        keys: ["payment.*", "*"],
        all: ["* done 2", "payment.* done 1"],
        one: ["* done 2", "payment.* done 1"],
      },
      {
        why: "its event has had all handlers of today: only a rerun of them all ends it",
        dead: ["payment.settled"],
        done: ["*"],
        keys: ["*"],
        all: ["payment.settled dead 1 gave_up", "* done 1"],
        one: ["* done 2"],
      },
      {
        why: "none is gone: a handler that is new gets what is accepted from then on",
        dead: ["*"],
        done: [],
        keys: ["*", "payment.*"],
        all: ["* done 2"],
        one: ["* done 2", "payment.* done 1"],
      },
    ]

    it.each(CASES)("$why: $all, and by itself $one", async ({ dead, done, keys, all, one }) => {
      const { take, shard, runner, runs, settle } = await open()
      runner.answer = ({ handler }) =>
        dead.includes(handler) ? { kind: "dead", reason: "gave_up", error: "no" } : { kind: "done" }
      for (const id of ["evt_1", "evt_2"]) await take(id, { handlers: [...dead, ...done] })
      runner.answer = () => ({ kind: "done" })
      await shard().rerun(again("evt_1", { keys }))
      await settle()
      expect(await runs("evt_1")).toEqual(one)
      const before = runner.calls.length
      const counted = await shard().rerunMany(allDead({ keys, dryRun: true }))
      expect(await runs("evt_2")).toEqual([
        ...dead.map((key) => `${key} dead 1 gave_up`),
        ...done.map((key) => `${key} done 1`),
      ])
      expect(await shard().rerunMany(allDead({ keys }))).toEqual(counted)
      await settle()
      expect([await runs("evt_2"), runner.calls.length - before]).toEqual([all, counted.runs])
      const left = all.some((run) => run.includes("dead")) ? 1 : 0
      expect((await shard().stats()).counts).toEqual({
        unhandled: 0,
        waiting: 0,
        done: 2 - left,
        dead: left,
        discarded: 0,
      })
    })

    it("one handler alone leaves it as it is", async () => {
      const { shard, runs, settle } = await openWithSamples(open)
      await shard().rerun(again("evt_3", { keys: ["payment.*"], only: "payment.*" }))
      await settle()
      expect(await runs("evt_3")).toEqual(["payment.* done 2", "* dead 1 gave_up"])
    })
  })

  describe("pause and resume", () => {
    it("accepting goes on, runs wait, attempts are not used up; then they run", async () => {
      const { take, shard, runner, runs, settle, passAndRing } = await open()
      await shard().setPaused("payment.*", true)
      await take("evt_1", { handlers: ["payment.*", "*"] })
      await passAndRing(3 * DAY_MS)
      expect(await runs("evt_1")).toEqual(["payment.* waiting 0", "* done 1"])
      await shard().setPaused("payment.*", false)
      await settle()
      expect(await runs("evt_1")).toEqual(["payment.* done 1", "* done 1"])
      expect(runner.calls).toHaveLength(2)
    })

    it("a run that failed before waits, too", async () => {
      const { take, shard, runner, runs, settle, passAndRing } = await open()
      runner.answer = () => failed()
      await take("evt_1")
      await shard().setPaused("payment.*", true)
      await passAndRing(DAY_MS)
      expect(await runs("evt_1")).toEqual(["payment.* waiting 1"])
      await shard().setPaused("payment.*", false)
      await settle()
      expect(await runs("evt_1")).toEqual(["payment.* waiting 2"])
    })

    it("stays paused when the object was put away; twice is once", async () => {
      const { take, shard, runs, restart } = await open()
      await shard().setPaused("payment.*", true)
      await shard().setPaused("payment.*", true)
      await shard().setPaused("*", false)
      await restart()
      await take("evt_1")
      expect(await runs("evt_1")).toEqual(["payment.* waiting 0"])
      expect((await shard().stats()).paused).toEqual(["payment.*"])
    })
  })

  describe("erase", () => {
    it("what is done stays done, without its body", async () => {
      const { take, shard, find } = await open()
      await take("evt_1")
      expect(await shard().erase("credicorp", "evt_1")).toBe(true)
      expect(await shard().body("credicorp", "evt_1")).toBeUndefined()
      expect(await find("evt_1")).toMatchObject({ status: "done", hasBody: false, bytes: 14 })
      expect(await shard().erase("credicorp", "evt_1")).toBe(true)
    })

    it.each([
      { why: "before its first attempt", paused: true, want: "payment.* dead 0 body_erased" },
      { why: "between two attempts", paused: false, want: "payment.* dead 1 body_erased" },
    ])("a run that waits $why is dead", async ({ paused, want }) => {
      const { take, shard, runner, runs, passAndRing } = await open()
      runner.answer = () => failed()
      await shard().setPaused("payment.*", paused)
      await take("evt_1")
      await shard().erase("credicorp", "evt_1")
      await shard().setPaused("payment.*", false)
      await passAndRing(DAY_MS)
      expect(await runs("evt_1")).toEqual([want])
    })

    it.each<{ outcome: "done" | "failed"; want: string }>([
      { outcome: "done", want: "payment.* done 1" },
      { outcome: "failed", want: "payment.* dead 1 body_erased" },
    ])("an attempt that is under way ends as it does: $outcome → $want", async ({ outcome, want }) => {
      const { take, shard, runner, find, runs, passAndRing } = await open()
      const gate = createGate()
      runner.answer = async () => {
        await gate.opened()
        return outcome === "done" ? { kind: "done" } : failed("Error: what the body says")
      }
      await take("evt_1")
      await shard().erase("credicorp", "evt_1")
      gate.open()
      await eventually(async () => expect(await runs("evt_1")).not.toEqual(["payment.* running 1"]))
      const { history } = (await find("evt_1")).runs[0]!
      expect(history).toEqual([{ attempt: 1, at: expect.any(Number), outcome, ms: expect.any(Number) }])
      await passAndRing(DAY_MS)
      expect(await runs("evt_1")).toEqual([want])
    })

    it("an unhandled event: nothing is left to run", async () => {
      const { take, shard, find } = await open()
      await take("evt_1", { handlers: undefined })
      expect(await shard().erase("credicorp", "evt_1")).toBe(true)
      expect(await find("evt_1")).toMatchObject({ status: "unhandled", hasBody: false })
    })
  })

  describe("stats", () => {
    it("of nothing", async () => {
      const { shard } = await open()
      expect(await shard().stats()).toEqual({
        counts: { unhandled: 0, waiting: 0, done: 0, dead: 0, discarded: 0 },
        oldestWaitingAt: undefined,
        lastHour: { accepted: 0, duplicates: 0, secrets: {}, types: {}, done: {}, failed: {} },
        countedSince: START_MS,
        runs: [],
        types: [],
        paused: [],
        storage: { bytes: expect.any(Number) as number, intakeBytes: 5_000_000_000, maxBytes: 10_000_000_000 },
      })
    })

    it("of an event of each status", async () => {
      const { shard, take } = await openWithSamples(open)
      await take("evt_1", { secretId: "next" })
      expect(await shard().stats()).toMatchObject({
        counts: { unhandled: 2, waiting: 1, done: 1, dead: 2 },
        oldestWaitingAt: START_MS + 3 * SECOND_MS,
        lastHour: { accepted: 6, duplicates: 1, secrets: { test: 6, next: 1 } },
        paused: ["enquiry.*"],
      })
    })

    it("the oldest that waits is told by when it was accepted, not by when it is due", async () => {
      const { take, shard, runner, pass } = await open()
      runner.answer = () => failed()
      await take("evt_0", { handlers: [] })
      pass(SECOND_MS)
      await take("evt_1")
      pass(SECOND_MS)
      await take("evt_2")
      expect((await shard().stats()).oldestWaitingAt).toBe(START_MS + SECOND_MS)
      await shard().erase("credicorp", "evt_1")
      expect((await shard().stats()).oldestWaitingAt).toBe(START_MS + 2 * SECOND_MS)
      await shard().erase("credicorp", "evt_2")
      expect((await shard().stats()).oldestWaitingAt).toBeUndefined()
    })

    it("what has not begun yet waits, too", async () => {
      const { inOneTurn, runner } = await open()
      runner.answer = hang
      const seen = await inOneTurn(async (one) => {
        await one.accept(delivery("evt_1", { handlers: undefined }), SHARDS)
        await one.accept(delivery("evt_2", { handlers: [] }), SHARDS)
        vi.setSystemTime(START_MS + SECOND_MS)
        const accepting = one.accept(delivery("evt_3"), SHARDS)
        // Until it is written; it begins once it is durable.
        const look = async () => await Promise.all([one.stats(), one.list({ ...ALL, status: "waiting" })])
        let looked = await look()
        while (looked[0].counts.waiting === 0) looked = await look()
        const [{ counts, oldestWaitingAt }, { events }] = looked
        await accepting
        return { counts, oldestWaitingAt, runs: events.flatMap((event) => event.runs.map(inWords)) }
      })
      expect(seen).toEqual({
        counts: { unhandled: 2, waiting: 1, done: 0, dead: 0, discarded: 0 },
        oldestWaitingAt: START_MS + SECOND_MS,
        runs: ["payment.* waiting 0"],
      })
    })

    it("the last hour, minute by minute, across a restart; the current minute is the most that is lost", async () => {
      const { take, shard, pass, restart } = await open()
      await take("evt_1")
      pass(60 * SECOND_MS)
      await take("evt_2")
      await restart()
      expect((await shard().stats()).lastHour).toMatchObject({ accepted: 1, duplicates: 0, secrets: { test: 1 } })
      pass(58 * 60 * SECOND_MS)
      expect((await shard().stats()).lastHour.accepted).toBe(1)
      pass(60 * SECOND_MS)
      expect((await shard().stats()).lastHour.accepted).toBe(0)
    })
  })
}
