// Catches an engine that charges one run for another's crash, starts more of a lane than it may, takes stored times as true,
// or lets one claim that cannot be written hold up the others.

import { describe, expect, it } from "vitest"
import type { HandlerCall, RunOutcome } from "../../src/inbox/inbox.ts"
import { DAY_MS, delivery, inWords } from "../inbox/contract/inbox-driver.ts"
import { createLog, createMemoryShard, settle } from "../support/memory-inbox.ts"

const LEASE_MS = 40_000
const DONE: RunOutcome = { kind: "done" }
const FAILED: RunOutcome = { kind: "failed", error: "no" }

/** A shard whose handlers do what a test says. */
async function openShard(concurrency: Readonly<Record<string, number>> = {}) {
  const world: { now: number; run: (call: HandlerCall) => RunOutcome | Promise<RunOutcome> } = {
    now: 1_790_000_000_000,
    run: () => DONE,
  }
  const { lines, log } = createLog()
  const calls: HandlerCall[] = []
  const runner = {
    concurrency: async () => concurrency,
    async run(call: HandlerCall): Promise<RunOutcome> {
      calls.push(call)
      return await world.run(call)
    },
  }
  const shard = createMemoryShard({ runner, clock: () => world.now, random: () => 0.5, log })
  await shard.open(1, 0)
  const ring = async (): Promise<void> => {
    await shard.ring()
    await settle()
  }
  return {
    world,
    shard,
    calls,
    lines,
    ring,
    take: async (id: string, handlers: readonly string[] = ["a.b"]): Promise<void> => {
      await shard.accept(delivery(id, { handlers }), 1)
      await settle()
    },
    /** Goes on to each alarm until a time from now. */
    pass: async (ms: number): Promise<void> => {
      const end = world.now + ms
      for (let rings = 0; (shard.disk.alarmAt() ?? Infinity) <= end && rings < 500; rings++) {
        world.now = Math.max(world.now, shard.disk.alarmAt()!)
        await ring()
      }
      world.now = end
    },
    run: async (id: string) => (await shard.show("credicorp", id))!.runs[0]!,
  }
}

const hang = async (): Promise<RunOutcome> => await new Promise(() => {})
const failRead = (): never => {
  throw new Error("a damaged row")
}
const killed = async (): Promise<RunOutcome> => await Promise.reject(new Error("the isolate is gone"))

describe("an attempt that is lost", () => {
  // Handlers share an isolate: when one takes it, every attempt that is in flight is lost.
  it("with others: none is charged, suspects are tried one by one, and only the one that kills is dead in the end", async () => {
    const { world, take, pass, run, calls } = await openShard()
    const ids = ["evt_1", "bomb", "evt_2"]
    const inFlight = new Set<string>()
    let together = 0
    world.run = async ({ deliveryId, attempt }) => {
      inFlight.add(deliveryId!)
      await new Promise((resolve) => setTimeout(resolve))
      if (attempt > 2) together = Math.max(together, inFlight.size)
      inFlight.delete(deliveryId!)
      // Twice it takes all that are in flight with it.
      return attempt <= 2 || deliveryId === "dlv_bomb" ? await killed() : DONE
    }
    for (const id of ids) await take(id)
    await settle()
    await pass(5_000)
    for (const { attempts, before } of await Promise.all(ids.map(run))) expect([attempts, before]).toEqual([2, 2])
    await pass(2 * DAY_MS)
    expect(together).toBe(1)
    expect((await Promise.all(["evt_1", "evt_2"].map(run))).map(inWords)).toEqual(["a.b done 3", "a.b done 3"])
    expect(inWords(await run("bomb"))).toBe("a.b dead 10 attempts_exhausted")
    expect(calls.filter(({ deliveryId }) => deliveryId === "dlv_bomb")).toHaveLength(10)
  })

  it("after an attempt that was not: losses in a row are free twice at most, so a round has an end all the same", async () => {
    const { world, take, pass, run } = await openShard()
    world.run = async ({ attempt }) => (attempt % 2 === 0 ? FAILED : await killed())
    await take("evt_1")
    await pass(30 * DAY_MS)
    expect(inWords(await run("evt_1"))).toBe("a.b dead 16 attempts_exhausted")
  })
})

describe("a lane", () => {
  it.each([1, 2, 16, 64])("of %i: so many runs are in flight, and the rest follow", async (concurrency) => {
    const { world, take, pass, calls, run } = await openShard({ "a.b": concurrency })
    world.run = hang
    for (let i = 0; i < concurrency + 2; i++) await take(`evt_${i}`)
    await pass(5_000)
    expect(calls).toHaveLength(concurrency)
    expect((await run(`evt_${concurrency}`)).status).toBe("waiting")
  })

  it("takes nothing from another", async () => {
    const { world, take, calls } = await openShard({ "a.b": 1 })
    world.run = async ({ handler }) => (handler === "a.b" ? await hang() : DONE)
    for (let i = 0; i < 5; i++) await take(`evt_${i}`, ["a.b", "c.d"])
    expect(calls.filter(({ handler }) => handler === "c.d")).toHaveLength(5)
  })

  it("of 1, after a restart: what may still run elsewhere counts until its lease ends", async () => {
    const { world, take, pass, calls, shard } = await openShard({ "a.b": 1 })
    world.run = hang
    await take("evt_1")
    await shard.crash()
    await take("evt_2")
    await pass(LEASE_MS - 10_000)
    expect(calls.map(({ deliveryId }) => deliveryId)).toEqual(["dlv_evt_1"])
    world.run = () => DONE
    await pass(20_000)
    expect(calls.map(({ deliveryId }) => deliveryId)).toContain("dlv_evt_2")
  })
})

it("a lane with the default concurrency starts anew after a restart: a deployment does not hold it up", async () => {
  const { world, take, calls, shard } = await openShard()
  world.run = hang
  for (let i = 0; i < 16; i++) await take(`evt_${i}`)
  await shard.crash()
  world.run = () => DONE
  await take("evt_16")
  expect(calls.at(-1)!.deliveryId).toBe("dlv_evt_16")
})

describe("a clock that was ahead", () => {
  // Stored times were taken as true: a retry waited a year.
  it.each([
    { why: "while the shard is put away", crash: true },
    { why: "while it lives", crash: false },
  ])("a year, and is set back $why: a retry waits a week at most", async ({ crash }) => {
    const { world, take, pass, shard, run, ring } = await openShard()
    world.now += 365 * DAY_MS
    world.run = () => FAILED
    await take("evt_1")
    world.now -= 365 * DAY_MS
    if (crash) await shard.crash()
    await ring()
    expect((await run("evt_1")).nextAt! - world.now).toBeLessThanOrEqual(7 * DAY_MS)
    world.run = () => DONE
    await shard.crash()
    await pass(7 * DAY_MS)
    expect(inWords(await run("evt_1"))).toBe("a.b done 2")
  })
})

describe("a claim that cannot be written", () => {
  it.each([
    { why: "in a lane of 16", concurrency: 16 },
    { why: "in a lane of 1, at its head", concurrency: 1 },
  ])("$why harms no other, is tried again more and more seldom, and runs once it can be", async ({ concurrency }) => {
    const { take, pass, shard, calls, run, lines } = await openShard({ "a.b": concurrency })
    const { store } = shard.disk
    await shard.setPaused("a.b", true)
    for (const id of ["bad", "evt_1", "evt_2"]) await take(id)
    const bad = (await shard.show("credicorp", "bad"))!.sequence
    const putRun = store.putRun.bind(store)
    store.putRun = (sequence, one) => {
      if (sequence === bad) throw new Error("no room for it")
      putRun(sequence, one)
    }
    await shard.setPaused("a.b", false)
    await pass(600_000)
    expect(new Set(calls.map(({ deliveryId }) => deliveryId))).toEqual(new Set(["dlv_evt_1", "dlv_evt_2"]))
    expect(lines.filter(({ error }) => String(error).includes("no room for it")).length).toBeLessThan(60)
    store.putRun = putRun
    await pass(120_000)
    expect(inWords(await run("bad"))).toBe("a.b done 1")
  })
})

describe("a new event whose rows cannot be written", () => {
  // A later event was begun all the same, which counted the earlier one as begun: its runs never got rows.
  it("is not passed over for a later one, and runs once it can be written", async () => {
    const { shard, pass, world, run } = await openShard()
    const { store } = shard.disk
    const putRun = store.putRun.bind(store)
    let bad: number | undefined
    store.putRun = (sequence, one) => {
      bad ??= sequence
      if (sequence === bad) throw new Error("no room for it")
      putRun(sequence, one)
    }
    const accepts = ["evt_1", "evt_2", "evt_3"].map(
      async (id) => await shard.accept(delivery(id, { handlers: ["a.b"] }), 1),
    )
    await Promise.all(accepts)
    await settle()
    await pass(10_000)
    store.putRun = putRun
    world.run = () => DONE
    await pass(200_000)
    for (const id of ["evt_1", "evt_2", "evt_3"]) expect(inWords(await run(id))).toBe("a.b done 1")
  })
})

// The read of a chore, outside of every guard, rejected the wake, and each later wake returned the same rejected promise. A
// read that only plans the next wake undid the transaction that recorded the end of a run.
describe("a read that fails", () => {
  it.each(["eventsAfter", "newItems"] as const)(
    "by %s: runs go on, the shard is woken again, and a line says so",
    async (name) => {
      const { world, shard, take, ring, run, lines } = await openShard()
      world.run = () => FAILED
      await take("evt_1")
      const { store } = shard.disk
      const read = store[name].bind(store) as never
      Object.assign(store, { [name]: failRead })
      // The engine takes the methods of its store when it is created.
      await shard.crash()
      world.run = () => DONE
      world.now += 6_000
      for (let rings = 0; rings < 3; rings++) await ring()
      expect(inWords(await run("evt_1"))).toBe("a.b done 2")
      expect(lines).toContainEqual(expect.objectContaining({ level: "error", error: "Error: a damaged row" }))
      expect(shard.disk.alarmAt()).toBeDefined()
      Object.assign(store, { [name]: read })
      await shard.crash()
      await ring()
      await take("evt_2")
      expect(inWords(await run("evt_2"))).toBe("a.b done 1")
    },
  )
})
