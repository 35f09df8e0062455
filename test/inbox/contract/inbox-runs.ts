import { describe, expect, it } from "vitest"
import { eventually } from "../../support/eventually.ts"
import { toUtf8 } from "../../../src/core/bytes.ts"
import type { RunOutcome } from "../../../src/inbox/inbox.ts"
import { createGate, DAY_MS, delivery, failed, hang, SECOND_MS, SHARDS, type Driver } from "./inbox-driver.ts"

const DELAYS_SECONDS = [5, 30, 120, 600, 3_600, 21_600, 86_400]

const LEASE_MS = 40_000

/** Running: each run on its own schedule, none lost, none for ever. */
export function describeRuns(open: () => Promise<Driver>): void {
  describe("an attempt", () => {
    it("gets the bytes, the delivery's id and its number; one event after the other", async () => {
      const { take, runner, runs } = await open()
      await take("evt_1")
      await take("evt_2", { deliveryId: undefined })
      const call = { handler: "payment.*", source: "credicorp", headers: undefined, attempt: 1 }
      expect(runner.calls).toEqual([
        { ...call, deliveryId: "dlv_evt_1", body: toUtf8('{"id":"evt_1"}') },
        { ...call, deliveryId: undefined, body: toUtf8('{"id":"evt_2"}') },
      ])
      expect([await runs("evt_1"), await runs("evt_2")]).toEqual([["payment.* done 1"], ["payment.* done 1"]])
    })

    // GitHub's type and id are headers that are not in the body: a handler sees the same event at every attempt (spec 7.10).
    it("gets the headers that were stored with it, at a later attempt too", async () => {
      const { take, runner, passAndRing } = await open()
      runner.answer = () => failed()
      const headers = { "x-github-event": "push", "x-github-delivery": "72d3162e" }
      await take("sha256:1", { source: "github", type: "push", headers, handlers: ["github:push"] })
      await passAndRing(6 * SECOND_MS)
      const call = { handler: "github:push", source: "github", headers }
      expect(runner.calls).toMatchObject([
        { ...call, attempt: 1 },
        { ...call, attempt: 2 },
      ])
    })

    it.each<{ why: string; answer: () => RunOutcome | Promise<RunOutcome>; want: string; outcome: string }>([
      { why: "done", answer: () => ({ kind: "done" }), want: "a.b done 1", outcome: "done" },
      { why: "failed", answer: () => failed(), want: "a.b waiting 1", outcome: "failed" },
      {
        why: "timed out",
        answer: () => ({ kind: "timed_out", error: "no end" }),
        want: "a.b waiting 1",
        outcome: "timed_out",
      },
      {
        why: "ended by the platform",
        answer: async () => await Promise.reject(new Error("killed")),
        want: "a.b waiting 1",
        outcome: "lost",
      },
      {
        why: "given up",
        answer: () => ({ kind: "dead", reason: "gave_up", error: "GiveUp: no" }),
        want: "a.b dead 1 gave_up",
        outcome: "failed",
      },
      {
        why: "refused by its schema (spec 3.11)",
        answer: () => ({ kind: "dead", reason: "payload_refused", error: "data.object.amount" }),
        want: "a.b dead 1 payload_refused",
        outcome: "failed",
      },
    ])("$why → $want", async ({ answer, want, outcome }) => {
      const { take, runner, runs, find } = await open()
      runner.answer = answer
      await take("evt_1", { handlers: ["a.b"] })
      expect(await runs("evt_1")).toEqual([want])
      expect((await find("evt_1")).runs[0]!.history).toMatchObject([{ attempt: 1, outcome }])
    })

    it("a failure of one handler neither holds up nor repeats another", async () => {
      const { take, runner, runs, passAndRing } = await open()
      runner.answer = ({ handler }) => (handler === "a.b" ? failed() : { kind: "done" })
      await take("evt_1", { handlers: ["a.b", "a.*", "*"] })
      expect(await runs("evt_1")).toEqual(["a.b waiting 1", "a.* done 1", "* done 1"])
      await passAndRing(2 * DAY_MS)
      expect(await runs("evt_1")).toEqual(["a.b dead 8 attempts_exhausted", "a.* done 1", "* done 1"])
      expect(runner.calls.filter(({ handler }) => handler !== "a.b")).toHaveLength(2)
    })
  })

  describe("the schedule", () => {
    it("5 s, 30 s, 2 min, 10 min, 1 h, 6 h, 24 h, and then it is dead and no alarm rings for it", async () => {
      const { take, runner, runs, now, next, passAndRing } = await open()
      const times: number[] = []
      runner.answer = () => {
        times.push(now())
        return failed()
      }
      await take("evt_1")
      await passAndRing(2 * DAY_MS)
      expect(times.slice(1).map((time, i) => (time - times[i]!) / SECOND_MS)).toEqual(DELAYS_SECONDS)
      expect(await runs("evt_1")).toEqual(["payment.* dead 8 attempts_exhausted"])
      runner.calls.length = 0
      // What rings now prunes.
      await next()
      expect(runner.calls).toEqual([])
    })

    it.each([
      { seconds: 1, want: 1 },
      { seconds: 600, want: 600 },
      { seconds: 604_800, want: 604_800 },
      { seconds: 604_801, want: 604_800 },
    ])("RetryLater($seconds) → $want s, and it counts as an attempt", async ({ seconds, want }) => {
      const { take, runner, find, now } = await open()
      runner.answer = () => ({ kind: "failed", error: "RetryLater", retryAfterSeconds: seconds })
      await take("evt_1")
      const [run] = (await find("evt_1")).runs
      expect([run!.nextAt! - now(), run!.attempts - run!.before]).toEqual([want * SECOND_MS, 1])
    })

    it("the eighth RetryLater is the last", async () => {
      const { take, runner, runs, passAndRing } = await open()
      runner.answer = () => ({ kind: "failed", error: "RetryLater", retryAfterSeconds: 1 })
      await take("evt_1")
      await passAndRing(10 * SECOND_MS)
      expect(await runs("evt_1")).toEqual(["payment.* dead 8 attempts_exhausted"])
    })

    it("a key that is gone is tried on the schedule of any failure, and then it is dead of that", async () => {
      const { take, runner, find, runs, restart, passAndRing } = await open()
      runner.answer = () => ({ kind: "handler_gone" })
      await take("evt_1")
      expect(await runs("evt_1")).toEqual(["payment.* waiting 1"])
      // A gradual deployment takes longer than minutes, and the shard is put away meanwhile.
      await passAndRing(3_600 * SECOND_MS)
      await restart()
      expect(await runs("evt_1")).toEqual(["payment.* waiting 5"])
      await passAndRing(2 * DAY_MS)
      expect(await runs("evt_1")).toEqual(["payment.* dead 8 handler_gone"])
      expect((await find("evt_1")).runs[0]!.history.at(-1)).toMatchObject({
        outcome: "failed",
        error: expect.any(String) as string,
      })
    })

    it("the reason is that of the last attempt: one that failed before its key was gone", async () => {
      const { take, runner, runs, passAndRing } = await open()
      runner.answer = ({ attempt }) => (attempt < 8 ? failed() : { kind: "handler_gone" })
      await take("evt_1")
      await passAndRing(2 * DAY_MS)
      expect(await runs("evt_1")).toEqual(["payment.* dead 8 handler_gone"])
    })

    it("a key that is there again meanwhile: runs", async () => {
      const { take, runner, runs, passAndRing } = await open()
      runner.answer = () => ({ kind: "handler_gone" })
      await take("evt_1")
      runner.answer = () => ({ kind: "done" })
      await passAndRing(6 * SECOND_MS)
      expect(await runs("evt_1")).toEqual(["payment.* done 2"])
    })
  })

  describe("an attempt that nobody hears of", () => {
    it("is running until its lease is over, then lost, and the next one begins when the schedule says", async () => {
      const { take, runner, runs, find, passAndRing } = await open()
      runner.answer = hang
      await take("evt_1")
      await passAndRing(LEASE_MS - 1)
      expect([await runs("evt_1"), runner.calls.length]).toEqual([["payment.* running 1"], 1])
      await passAndRing(1)
      expect([await runs("evt_1"), runner.calls.length]).toEqual([["payment.* waiting 1"], 1])
      await passAndRing(6 * SECOND_MS)
      expect([await runs("evt_1"), runner.calls.length]).toEqual([["payment.* running 2"], 2])
      expect((await find("evt_1")).runs[0]!.history).toMatchObject([{ outcome: "lost", ms: LEASE_MS }, { attempt: 2 }])
    })

    it("its late answer changes nothing", async () => {
      const { take, runner, runs, settle, passAndRing } = await open()
      const gate = createGate()
      let answers = 0
      runner.answer = async ({ attempt }) => {
        if (attempt > 1) return await hang()
        await gate.opened()
        answers += 1
        return { kind: "done" }
      }
      await take("evt_1")
      await passAndRing(LEASE_MS + 6 * SECOND_MS)
      gate.open()
      await eventually(() => expect(answers).toBe(1))
      await settle()
      expect(await runs("evt_1")).toEqual(["payment.* running 2"])
    })

    it("a handler that kills the object each time: two losses are not charged, then the schedule of any other", async () => {
      const { take, runner, runs, find, now, restart, passAndRing } = await open()
      runner.answer = hang
      await take("evt_1")
      const waits: number[] = []
      for (let attempt = 1; attempt <= 10; attempt++) {
        expect([await runs("evt_1"), runner.calls.length]).toEqual([[`payment.* running ${attempt}`], attempt])
        await restart()
        await passAndRing(LEASE_MS)
        const [run] = (await find("evt_1")).runs
        waits.push((run!.nextAt ?? now()) - now())
        await passAndRing(waits.at(-1)!)
      }
      const wanted = [DELAYS_SECONDS[0]!, DELAYS_SECONDS[0]!, ...DELAYS_SECONDS, 0]
      expect(waits.every((ms, i) => Math.abs(ms / SECOND_MS - wanted[i]!) <= wanted[i]! / 10)).toBe(true)
      expect([await runs("evt_1"), runner.calls.length]).toEqual([["payment.* dead 10 attempts_exhausted"], 10])
    })

    it("16 of one handler take its slots, and none of another's; after their lease there are slots again", async () => {
      const { take, runner, runs, passAndRing } = await open()
      runner.answer = async ({ handler }) => (handler === "a.b" ? await hang() : { kind: "done" })
      for (let i = 0; i < 16; i++) await take(`evt_${i}`, { handlers: ["a.b"] })
      await take("evt_16", { handlers: ["a.b", "*"] })
      expect(await runs("evt_16")).toEqual(["a.b waiting 0", "* done 1"])
      runner.answer = () => ({ kind: "done" })
      await passAndRing(2 * LEASE_MS)
      expect(await runs("evt_16")).toEqual(["a.b done 1", "* done 1"])
      expect(await runs("evt_0")).toEqual(["a.b done 2"])
    })
  })

  describe("accepting goes on", () => {
    it.each<{ why: string; answer: () => RunOutcome | Promise<RunOutcome> }>([
      { why: "waits for ever", answer: hang },
      { why: "fails", answer: () => failed() },
      { why: "is killed", answer: async () => await Promise.reject(new Error("killed")) },
      { why: "says nothing that can be read", answer: () => undefined as never },
    ])("while every run of a handler $why", async ({ answer }) => {
      const { take, runner, runs } = await open()
      runner.answer = async ({ handler }) => (handler === "a.b" ? await answer() : { kind: "done" })
      for (let i = 0; i < 20; i++) expect(await take(`evt_${i}`, { handlers: ["a.b"] })).toBe("accepted")
      expect(await take("evt_last", { handlers: ["*"] })).toBe("accepted")
      expect(await runs("evt_last")).toEqual(["* done 1"])
    })
  })

  describe("an alarm stands while something waits", () => {
    it.each<{ why: string; answer: () => RunOutcome | Promise<RunOutcome>; withinMs: number }>([
      { why: "for its answer", answer: hang, withinMs: LEASE_MS },
      { why: "for its second attempt", answer: () => failed(), withinMs: 5_000 },
      { why: "for its handler", answer: () => ({ kind: "handler_gone" }), withinMs: 60_000 },
    ])("$why", async ({ answer, withinMs }) => {
      const { take, runner, alarmAt, now, restart } = await open()
      runner.answer = answer
      await take("evt_1")
      expect((await alarmAt())! - now()).toBeLessThanOrEqual(withinMs)
      await restart()
      expect((await alarmAt())! - now()).toBeLessThanOrEqual(withinMs)
    })

    it("a shard that is gone as soon as it has answered begins when it comes back", async () => {
      const { shard, runs, restart, passAndRing } = await open()
      await shard().accept(delivery("evt_1"), SHARDS)
      await restart()
      await passAndRing(2 * LEASE_MS)
      expect(await runs("evt_1")).toEqual([expect.stringMatching(/^payment\.\* done [12]$/)])
    })
  })

  it("more runs than a wake may start all run, each once", async () => {
    const { inOneTurn, runner, passAndRing, shard } = await open()
    const handlers = ["a.b", "a.*", "*"]
    await inOneTurn(async (one) => {
      await Promise.all(
        Array.from({ length: 100 }, async (_, i) => await one.accept(delivery(`evt_${i}`, { handlers }), SHARDS)),
      )
    })
    await passAndRing(60 * SECOND_MS)
    expect(runner.calls).toHaveLength(300)
    expect((await shard().stats()).counts).toEqual({ unhandled: 0, waiting: 0, done: 100, dead: 0, discarded: 0 })
  })
}
