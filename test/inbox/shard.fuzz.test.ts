// Catches a sequence that nobody thought of, after which an acknowledged event is lost, a run waits for ever or has two
// attempts at once.

import { allDead } from "./contract/inbox-driver.ts"
import * as fc from "fast-check"
import { expect, it } from "vitest"
import type { HandlerCall, RunOutcome } from "../../src/inbox/inbox.ts"
import { createMemoryShard, settle, type MemoryShard } from "../support/memory-inbox.ts"

const START_MS = 1_790_000_000_000
const LEASE_MS = 40_000
const HANDLERS = ["a.b", "a.*", "*"]

/** How an attempt ends: `hang` never does, `late` only when the clock is moved beyond its lease. */
const ENDINGS = ["done", "failed", "killed", "hang", "late", "later", "gave_up", "payload_refused", "gone"] as const

type Step =
  | { readonly do: "accept"; readonly id: number; readonly handlers: number }
  | { readonly do: "accept_and_crash"; readonly id: number; readonly ticks: number }
  | { readonly do: "crash" | "ring" | "ring_early" }
  | { readonly do: "pause" | "resume"; readonly handler: number }
  | { readonly do: "pass"; readonly ms: number }
  | { readonly do: "disk"; readonly fails: boolean }
  | { readonly do: "sync"; readonly fails: boolean }
  | { readonly do: "rerun" | "erase"; readonly id: number }
  | { readonly do: "rerunMany" | "back" }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("accept" as const), id: fc.nat(9), handlers: fc.nat(3) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("accept_and_crash" as const), id: fc.nat(9), ticks: fc.nat(12) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom("crash" as const, "ring" as const, "ring_early" as const) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("pause" as const, "resume" as const), handler: fc.nat(2) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("pass" as const), ms: fc.constantFrom(1, 5_000, LEASE_MS, 90_000_000) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("disk" as const), fails: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("sync" as const), fails: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("rerun" as const, "erase" as const), id: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("rerunMany" as const, "back" as const) }) },
)

/** One attempt, as its handler sees it. */
interface Seen {
  readonly attempt: number
  readonly at: number
  settled: boolean
}

class World {
  now = START_MS
  readonly shard: MemoryShard
  /** Run → its attempts. */
  readonly seen = new Map<string, Seen[]>()
  readonly acknowledged = new Set<string>()
  /** Those whose body someone has tried to erase: they may end without a try. */
  readonly erased = new Set<string>()
  readonly violations: string[] = []
  readonly #endings: readonly (typeof ENDINGS)[number][]
  readonly #late: (() => void)[] = []
  #count = 0
  /** From now on every attempt is done at once. */
  calm = false

  constructor(endings: readonly (typeof ENDINGS)[number][]) {
    this.#endings = endings
    this.shard = createMemoryShard({
      runner: { run: async (call) => await this.#run(call) },
      clock: () => this.now,
      random: () => 0.5,
      // Rings go on to the next alarm: pruning would be a loss like any other.
      retention: undefined,
    })
  }

  async #run({ handler, deliveryId, attempt }: HandlerCall): Promise<RunOutcome> {
    const run = `${deliveryId} ${handler}`
    const attempts = this.seen.get(run) ?? []
    this.seen.set(run, attempts)
    const last = attempts.at(-1)
    if (last) {
      // Thrown here it would be the shard's to swallow.
      if (attempt <= last.attempt) this.violations.push(`${run}: attempt ${attempt} after ${last.attempt}`)
      if (!last.settled && this.now < last.at + LEASE_MS && this.now >= last.at)
        this.violations.push(`${run}: two at once`)
    }
    const one = { attempt, at: this.now, settled: false }
    attempts.push(one)
    const ending = this.calm ? "done" : this.#endings[this.#count++ % this.#endings.length]!
    if (ending === "hang") return await new Promise<never>(() => {})
    if (ending === "late") {
      await new Promise<void>((resolve) => {
        this.#late.push(resolve)
      })
    }
    one.settled = true
    if (ending === "killed") throw new Error("killed")
    if (ending === "gone") return { kind: "handler_gone" }
    if (ending === "later") return { kind: "failed", error: "later", retryAfterSeconds: 1_000 }
    if (ending === "failed") return { kind: "failed", error: "no" }
    if (ending === "gave_up" || ending === "payload_refused") return { kind: "dead", reason: ending, error: "no" }
    return { kind: "done" }
  }

  async accept(id: string, handlers: readonly string[]): Promise<void> {
    const delivery = { source: "s", dedupeKey: id, type: "a.b", body: new Uint8Array(2), deliveryId: id, secretId: "t" }
    const { kind } = await this.shard.accept({ ...delivery, handlers }, 1)
    // The sender may be told so: from here on it is ours.
    if (kind === "accepted" || kind === "duplicate") this.acknowledged.add(id)
  }

  /** Goes on to the alarm, unless it should ring before its time. */
  async ring(early = false): Promise<boolean> {
    const at = this.shard.disk.alarmAt()
    if (at === undefined) return false
    if (!early) this.now = Math.max(this.now, at)
    await this.shard.ring()
    await settle()
    return true
  }

  async take(one: Step): Promise<void> {
    const { shard } = this
    if (one.do === "accept") await this.accept(`evt_${one.id}`, HANDLERS.slice(0, one.handlers)).catch(() => {})
    if (one.do === "accept_and_crash") {
      const accepting = this.accept(`evt_${one.id}`, HANDLERS).catch(() => {})
      for (let tick = 0; tick < one.ticks; tick++) await Promise.resolve()
      await shard.crash()
      // An answer that never comes is none.
      await Promise.race([accepting, settle()])
    }
    if (one.do === "crash") await shard.crash()
    if (one.do === "ring" || one.do === "ring_early") await this.ring(one.do === "ring_early")
    if (one.do === "pause" || one.do === "resume") {
      await shard.setPaused(HANDLERS[one.handler]!, one.do === "pause").catch(() => {})
    }
    if (one.do === "pass") this.now += one.ms
    if (one.do === "pass" && one.ms >= LEASE_MS) for (const end of this.#late.splice(0)) end()
    if (one.do === "sync") shard.disk.fail.sync = one.fails ? new Error("disk gone") : undefined
    // The platform goes on with no object whose write it could not keep.
    if (one.do === "sync" && !one.fails) await shard.crash()
    if (one.do === "rerun")
      await shard.rerun({ source: "s", dedupeKey: `evt_${one.id}`, keys: HANDLERS }).catch(() => {})
    if (one.do === "erase") {
      this.erased.add(`evt_${one.id}`)
      await shard.erase("s", `evt_${one.id}`).catch(() => {})
    }
    if (one.do === "rerunMany")
      await shard.rerunMany(allDead({ type: "a.b", keys: HANDLERS, limit: 5 })).catch(() => {})
    if (one.do === "back") this.now = Math.max(START_MS, this.now - 5_000)
    if (one.do === "disk") shard.disk.fail.transaction = one.fails ? new Error("disk full") : undefined
    await settle()
  }

  /** Something waits that is not paused: then an alarm stands. */
  async checkAlarm(): Promise<void> {
    const { paused } = await this.shard.stats()
    const waits = (await this.events()).some(({ runs }) =>
      runs.some(({ nextAt, lane }) => nextAt !== null && !paused.includes(lane)),
    )
    if (waits) expect(this.shard.disk.alarmAt(), "an alarm stands").toBeDefined()
  }

  async events() {
    const page = await this.shard.list({
      status: undefined,
      type: undefined,
      from: 0,
      before: Number.MAX_SAFE_INTEGER,
      limit: 100,
    })
    return page.events
  }
}

it("whatever happens: nothing that was acknowledged is lost, and every run ends", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 40 }),
      fc.array(fc.constantFrom(...ENDINGS), { minLength: 1, maxLength: 12 }),
      async (steps, endings) => {
        const world = new World(endings)
        await world.shard.open(1, 0)
        for (const one of steps) {
          await world.take(one)
          await world.checkAlarm()
        }

        // The storm is over.
        world.calm = true
        world.shard.disk.fail.transaction = undefined
        world.shard.disk.fail.sync = undefined
        await world.shard.crash()
        for (const handler of HANDLERS) await world.shard.setPaused(handler, false)
        await settle()
        for (let rings = 0; (await world.shard.stats()).counts.waiting > 0; rings++) {
          expect(rings, "it comes to rest").toBeLessThan(200)
          expect(await world.ring(), "an alarm stands").toBe(true)
        }

        expect(world.violations).toEqual([])
        const events = await world.events()
        expect(events.map(({ dedupeKey }) => dedupeKey)).toEqual(expect.arrayContaining([...world.acknowledged]))
        for (const { dedupeKey, runs } of events) {
          for (const { lane, status, attempts, before } of runs) {
            const seen = world.seen.get(`${dedupeKey} ${lane}`) ?? []
            expect(["done", "dead"]).toContain(status)
            expect(attempts - before, "a round has eight attempts").toBeLessThanOrEqual(8)
            expect(seen.length, "none starts uncounted").toBeLessThanOrEqual(attempts)
            if (!world.erased.has(dedupeKey)) expect(seen.length, "none ends without a try").toBeGreaterThan(0)
          }
        }
      },
    ),
    { numRuns: 400 },
  )
}, 120_000)
