import { describe, expect, it } from "vitest"
import type { EventFilter } from "../../../src/inbox/inbox.ts"
import { DAY_MS, delivery, failed, hang, SHARDS, type Driver } from "./inbox-driver.ts"

const GAVE_UP = { kind: "dead", reason: "gave_up", error: "GiveUp: not here" } as const

const ALL_DEAD: EventFilter = { status: "dead", type: undefined, from: 0, before: Number.MAX_SAFE_INTEGER, limit: 9 }

/** Keeping: bodies and the texts of errors 30 days, ids 90, and nothing is dropped that waits, or could be run again. */
export function describeKeep(open: () => Promise<Driver>): void {
  describe("retention", () => {
    it("a body and the texts of errors go after 30 days, the id and what became of it stay", async () => {
      const { take, runner, find, pass, passAndRing } = await open()
      runner.answer = ({ attempt }) => (attempt === 1 ? failed() : { kind: "done" })
      await take("evt_1")
      await passAndRing(30 * DAY_MS)
      expect(await find("evt_1")).toMatchObject({ hasBody: true, runs: [{ history: [{ error: "Error: no" }, {}] }] })
      await passAndRing(1)
      const event = await find("evt_1")
      expect(event).toMatchObject({ hasBody: false, status: "done", runs: [{ attempts: 2 }] })
      expect(event.runs[0]!.history[0]).toEqual({ attempt: 1, at: expect.any(Number), outcome: "failed", ms: 0 })
      pass(DAY_MS)
      expect(await take("evt_1")).toBe("duplicate")
    })

    it.each<{ why: string; delaySeconds: number; pausedDays: number; diedOnDay: number }>([
      { why: "at once", delaySeconds: 1, pausedDays: 0, diedOnDay: 0 },
      { why: "after seven weeks", delaySeconds: 604_800, pausedDays: 0, diedOnDay: 49 },
      { why: "after a pause of 91 days", delaySeconds: 1, pausedDays: 91, diedOnDay: 91 },
    ])(
      "a run that dies $why is listed and can be run again for 30 days, and then goes like any other",
      async ({ delaySeconds, pausedDays, diedOnDay }) => {
        const { take, shard, find, runner, settle, passAndRing } = await open()
        runner.answer = () => ({ kind: "failed", error: "no", retryAfterSeconds: delaySeconds })
        await shard().setPaused("payment.*", true)
        await take("evt_1")
        await passAndRing(pausedDays * DAY_MS)
        await shard().setPaused("payment.*", false)
        await settle()
        await passAndRing((diedOnDay - pausedDays + 30) * DAY_MS + 60_000)
        const { events } = await shard().list(ALL_DEAD)
        expect(events).toMatchObject([{ dedupeKey: "evt_1", hasBody: true, runs: [{ attempts: 8 }] }])
        expect((await find("evt_1")).runs[0]!.history.at(-1)!.error).toBe("no")
        // Its day of grace is over: those that died on one day go together.
        await passAndRing(DAY_MS)
        const event = await shard().show("credicorp", "evt_1")
        expect(event?.hasBody ?? false).toBe(false)
        expect(event?.runs[0]!.history.at(-1)!.error).toBeUndefined()
      },
    )

    // A sweep passed the event over because it was dead, and no later sweep looked at discarded runs: its body stayed.
    it("a run that is discarded after its event's 30 days goes 30 days after its death, like a dead one", async () => {
      const { take, shard, find, runner, passAndRing } = await open()
      runner.answer = () => ({ kind: "failed", error: "no", retryAfterSeconds: 604_800 })
      await take("evt_1")
      await passAndRing(50 * DAY_MS)
      await shard().discard({ source: "credicorp", dedupeKey: "evt_1", note: "settled by hand" })
      await passAndRing(28 * DAY_MS)
      expect(await find("evt_1")).toMatchObject({ hasBody: true, status: "discarded" })
      await passAndRing(3 * DAY_MS)
      expect(await find("evt_1")).toMatchObject({ hasBody: false, status: "discarded" })
    })

    it("of those that died on different days each goes on its own, whichever came first", async () => {
      const { take, find, runner, passAndRing } = await open()
      runner.answer = ({ deliveryId }) =>
        deliveryId === "dlv_evt_1" ? { kind: "failed", error: "later", retryAfterSeconds: 216_000 } : GAVE_UP
      await take("evt_1")
      await take("evt_2")
      await passAndRing(31.5 * DAY_MS)
      expect([(await find("evt_1")).hasBody, (await find("evt_2")).hasBody]).toEqual([true, false])
      await passAndRing(17 * DAY_MS)
      expect((await find("evt_1")).hasBody).toBe(false)
    })

    it("what died and is run again after its event's 30 days keeps its body, for 30 more if it dies again", async () => {
      const { take, shard, find, runner, settle, passAndRing } = await open()
      runner.answer = () => GAVE_UP
      await take("evt_1")
      await passAndRing(30.5 * DAY_MS)
      runner.answer = async () => await hang()
      await shard().rerun({ source: "credicorp", dedupeKey: "evt_1", keys: ["payment.*"] })
      await settle()
      runner.answer = () => GAVE_UP
      await passAndRing(30 * DAY_MS)
      expect(await find("evt_1")).toMatchObject({ hasBody: true, status: "dead" })
      await passAndRing(DAY_MS)
      expect((await shard().show("credicorp", "evt_1"))?.hasBody ?? false).toBe(false)
    })

    it("dead runs of many days, in steps: each goes on its day, and the alarm is quiet after the last id", async () => {
      const { inOneTurn, shard, runner, settle, passAndRing, alarmAt, next } = await open()
      runner.answer = () => GAVE_UP
      await shard().setPaused("payment.*", true)
      for (const group of [0, 1]) {
        await inOneTurn(async (one) => {
          const ids = Array.from({ length: 125 }, (_, i) => `evt_${group}_${i}`)
          await Promise.all(ids.map(async (id) => await one.accept(delivery(id), SHARDS)))
        })
        await settle()
      }
      await passAndRing(40 * DAY_MS)
      await shard().setPaused("payment.*", false)
      await passAndRing(DAY_MS / 2)
      expect((await shard().stats()).counts.dead).toBe(250)
      const withBody = async (): Promise<number> => {
        const { events } = await shard().list({ ...ALL_DEAD, limit: 300 })
        return events.filter(({ hasBody }) => hasBody).length
      }
      await passAndRing(30 * DAY_MS)
      expect(await withBody()).toBe(250)
      await passAndRing(DAY_MS)
      expect(await withBody()).toBe(0)
      for (let rings = 0; (await alarmAt()) !== undefined; rings++) {
        expect(rings).toBeLessThan(200)
        await next()
      }
      expect((await shard().stats()).counts.dead).toBe(0)
    })

    it("the id goes after 90 days, and with it its runs: then it is a new event", async () => {
      const { take, shard, passAndRing } = await open()
      await take("evt_1")
      await passAndRing(90 * DAY_MS)
      expect(await take("evt_1")).toBe("duplicate")
      await passAndRing(1)
      expect(await shard().show("credicorp", "evt_1")).toBeUndefined()
      expect(await take("evt_1")).toBe("accepted")
    })

    it("each in its turn", async () => {
      const { take, find, passAndRing } = await open()
      await take("evt_1")
      await passAndRing(DAY_MS)
      await take("evt_2")
      await passAndRing(29 * DAY_MS + 1)
      expect([(await find("evt_1")).hasBody, (await find("evt_2")).hasBody]).toEqual([false, true])
      await passAndRing(DAY_MS)
      expect((await find("evt_2")).hasBody).toBe(false)
    })

    it("an unhandled event goes like any other, though nothing has woken its shard", async () => {
      const { take, find, shard, restart, settle, pass, passAndRing } = await open()
      await take("evt_1", { handlers: undefined })
      pass(31 * DAY_MS)
      await restart()
      await settle()
      await passAndRing(0)
      expect((await find("evt_1")).hasBody).toBe(false)
      await passAndRing(90 * DAY_MS)
      expect(await shard().show("credicorp", "evt_1")).toBeUndefined()
    })

    it("nothing goes while a run waits, and all of it when that has ended", async () => {
      const { take, find, shard, settle, passAndRing } = await open()
      await shard().setPaused("payment.*", true)
      await take("evt_1")
      await passAndRing(100 * DAY_MS)
      expect(await find("evt_1")).toMatchObject({ hasBody: true, status: "waiting" })
      await shard().setPaused("payment.*", false)
      await settle()
      expect(await shard().show("credicorp", "evt_1")).toBeUndefined()
    })

    it("of two runs, the last to end lets the body go", async () => {
      const { take, find, shard, settle, passAndRing } = await open()
      await shard().setPaused("*", true)
      await take("evt_1", { handlers: ["payment.*", "*"] })
      await passAndRing(40 * DAY_MS)
      expect((await find("evt_1")).hasBody).toBe(true)
      await shard().setPaused("*", false)
      await settle()
      expect(await find("evt_1")).toMatchObject({ hasBody: false, status: "done" })
    })

    it("a run whose last attempt nobody heard of is dead from then on, and lets the body go in its time", async () => {
      const { take, find, shard, runner, passAndRing } = await open()
      runner.answer = async ({ attempt }) => (attempt < 8 ? failed() : await hang())
      await take("evt_1")
      await shard().setPaused("payment.*", true)
      await passAndRing(40 * DAY_MS)
      await shard().setPaused("payment.*", false)
      await passAndRing(30 * DAY_MS)
      expect(await find("evt_1")).toMatchObject({ hasBody: true, status: "dead" })
      await passAndRing(5 * DAY_MS)
      expect(await find("evt_1")).toMatchObject({ hasBody: false, status: "dead" })
    })

    it("a run that was erased after its id's time lets the id go", async () => {
      const { take, shard, passAndRing } = await open()
      await shard().setPaused("payment.*", true)
      await take("evt_1")
      await passAndRing(100 * DAY_MS)
      await shard().erase("credicorp", "evt_1")
      expect(await shard().show("credicorp", "evt_1")).toBeUndefined()
    })

    it("run again after 29 days: the body stays for it", async () => {
      const { take, find, runner, shard, settle, passAndRing } = await open()
      runner.answer = () => GAVE_UP
      await take("evt_1")
      await passAndRing(29 * DAY_MS)
      runner.answer = () => ({ kind: "failed", error: "later", retryAfterSeconds: 172_800 })
      await shard().rerun({ source: "credicorp", dedupeKey: "evt_1", keys: ["payment.*"] })
      await settle()
      await passAndRing(1.5 * DAY_MS)
      expect((await find("evt_1")).hasBody).toBe(true)
      runner.answer = () => ({ kind: "done" })
      await passAndRing(DAY_MS)
      expect(await find("evt_1")).toMatchObject({ hasBody: false, status: "done" })
    })

    it("a run that waits for a week holds up nothing: what is 30 days old goes on its day", async () => {
      const { inOneTurn, take, runner, shard, passAndRing } = await open()
      await inOneTurn(async (one) => {
        const ids = Array.from({ length: 250 }, (_, i) => `evt_${i}`)
        await Promise.all(ids.map(async (id) => await one.accept(delivery(id, { handlers: [] }), SHARDS)))
      })
      await passAndRing(29 * DAY_MS)
      runner.answer = () => ({ kind: "failed", error: "later", retryAfterSeconds: 604_800 })
      await take("evt_late")
      await passAndRing(DAY_MS + 60_000)
      const filter = { status: undefined, type: undefined, from: 0, before: Number.MAX_SAFE_INTEGER, limit: 300 }
      const { events } = await shard().list(filter)
      expect(events.filter(({ hasBody }) => hasBody).map(({ dedupeKey }) => dedupeKey)).toEqual(["evt_late"])
    })

    it("more than one step can prune: 450 events, and the alarm is quiet after it", async () => {
      const { inOneTurn, shard, pass, passAndRing, alarmAt } = await open()
      for (const group of [0, 1]) {
        await inOneTurn(async (one) => {
          const ids = Array.from({ length: 225 }, (_, i) => `evt_${group}_${i}`)
          await Promise.all(ids.map(async (id) => await one.accept(delivery(id, { handlers: [] }), SHARDS)))
        })
      }
      expect((await shard().stats()).counts.unhandled).toBe(450)
      pass(91 * DAY_MS)
      await passAndRing(0)
      expect((await shard().stats()).counts.unhandled).toBe(0)
      expect(await alarmAt()).toBeUndefined()
    })
  })
}
