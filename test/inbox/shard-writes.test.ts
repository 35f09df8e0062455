// Catches what goes wrong only between two writes: a group that is undone and made again one by one, or not at all; a
// sync that takes long; an answer that comes late; a clock that was ahead.

import { describe, expect, it } from "vitest"
import type { HandlerCall, InboxDelivery, RunOutcome } from "../../src/inbox/inbox.ts"
import { DAY_MS, delivery, inWords } from "./contract/inbox-driver.ts"
import { createLog, createMemoryShard, settle } from "../support/memory-inbox.ts"

const LEASE_MS = 40_000
const DONE: RunOutcome = { kind: "done" }
const FAILED: RunOutcome = { kind: "failed", error: "no" }

/** A shard of its own, with a clock, and whose disk does what a test says. */
async function openShard(random = 0.5) {
  const world: { now: number; concurrency: number; run: (call: HandlerCall) => RunOutcome | Promise<RunOutcome> } = {
    now: 1_790_000_000_000,
    concurrency: 16,
    run: () => DONE,
  }
  const { lines, log } = createLog()
  const calls: HandlerCall[] = []
  const runner = {
    concurrency: async () => ({ "payment.*": world.concurrency }),
    async run(call: HandlerCall): Promise<RunOutcome> {
      calls.push(call)
      return await world.run(call)
    },
  }
  const shard = createMemoryShard({ runner, clock: () => world.now, random: () => random, log })
  await shard.open(1, 0)
  const { disk } = shard
  const transact = disk.transactionSync.bind(disk)
  const sync = disk.sync.bind(disk)
  return {
    world,
    shard,
    calls,
    lines,
    take: async (id: string, changes: Partial<InboxDelivery> = {}): Promise<void> => {
      await shard.accept(delivery(id, changes), 1)
      await settle()
    },
    pass: async (ms: number): Promise<void> => {
      world.now += ms
      await shard.wake()
      await settle()
    },
    runs: async (id: string): Promise<readonly string[]> => (await shard.show("credicorp", id))!.runs.map(inWords),
    /** Of the next transactions, those from one to another are undone after their work, as what cannot be written is. */
    undo: (from: number, to: number): void => {
      let count = 0
      disk.transactionSync = (work) =>
        transact(() => {
          const value = work()
          count += 1
          if (count >= from && count <= to) throw new Error("undone by the test")
          return value
        })
    },
    onSync: (work: () => void): void => {
      disk.sync = async () => {
        work()
        await sync()
      }
    },
  }
}

describe("a group that is undone", () => {
  it.each([
    { why: "and then made one by one", fails: 1 },
    { why: "altogether", fails: 3 },
  ])("$why: the counts of the last hour survive", async ({ fails }) => {
    const { world, shard, undo, take } = await openShard()
    await take("evt_1")
    world.now += 60_000
    undo(1, fails)
    await Promise.allSettled([shard.setPaused("a.b", true), shard.wake()])
    await settle()
    expect((await shard.stats()).lastHour.accepted).toBe(1)
    await shard.wake()
    expect((await shard.stats()).lastHour.accepted).toBe(1)
  })

  it("of a wake: its runs start with the second try, and their slots are taken once", async () => {
    const { world, calls, undo, take, pass } = await openShard()
    world.run = () => FAILED
    for (let i = 0; i < 16; i++) await take(`evt_${i}`)
    calls.length = 0
    undo(1, 1)
    await pass(6_000)
    expect(calls).toHaveLength(16)
  })

  it("of an attempt's end, twice: it is written down with another try, and does not run again", async () => {
    const { world, calls, undo, take, pass, runs } = await openShard()
    world.run = () => {
      undo(1, 2)
      return DONE
    }
    await take("evt_1")
    expect(await runs("evt_1")).toEqual(["payment.* done 1"])
    await pass(LEASE_MS)
    expect(calls).toHaveLength(1)
  })

  it("from the acknowledgement on, for 31 days: the event runs, and was not pruned meanwhile", async () => {
    const { shard, undo, take, pass, runs } = await openShard()
    undo(2, Infinity)
    await take("evt_1")
    expect(await runs("evt_1")).toEqual(["payment.* waiting 0"])
    undo(0, 0)
    await pass(31 * DAY_MS)
    expect(await runs("evt_1")).toEqual(["payment.* done 1"])
    await pass(0)
    expect(await shard.body("credicorp", "evt_1")).toBeUndefined()
  })
})

it("what an operator runs again is durable with its alarm: a shard may be gone before it wakes", async () => {
  const { world, shard, onSync, take } = await openShard()
  world.run = () => ({ kind: "dead", reason: "gave_up", error: "no" })
  await take("evt_1")
  const alarms: (number | undefined)[] = []
  onSync(() => void alarms.push(shard.disk.alarmAt()))
  // The one of its acceptance has rung.
  await shard.ring()
  await settle()
  alarms.length = 0
  await shard.rerun({ source: "credicorp", dedupeKey: "evt_1", keys: ["payment.*"] })
  expect(alarms[0]).toBeLessThanOrEqual(world.now)
})

describe("an answer that comes late", () => {
  it("because its start was: its lease counts from there, and it is not lost", async () => {
    const { world, calls, onSync, take, pass, runs } = await openShard()
    const answers: ((outcome: RunOutcome) => void)[] = []
    world.run = async () => await new Promise((resolve) => void answers.push(resolve))
    onSync(() => {
      world.now += 10_000
    })
    await take("evt_1")
    onSync(() => {})
    await pass(LEASE_MS - 5_000)
    expect(await runs("evt_1")).toEqual(["payment.* running 1"])
    answers[0]!(DONE)
    await settle()
    expect([await runs("evt_1"), calls.length]).toEqual([["payment.* done 1"], 1])
  })

  it("after its lease: a line says so, and the slot of the next attempt stays taken", async () => {
    const { world, calls, lines, take, pass, runs } = await openShard()
    world.concurrency = 1
    const answers: ((outcome: RunOutcome) => void)[] = []
    world.run = async () => await new Promise((resolve) => void answers.push(resolve))
    await take("evt_0")
    await pass(LEASE_MS)
    await pass(6_000)
    expect([await runs("evt_0"), calls.length]).toEqual([["payment.* running 2"], 2])
    await take("evt_1")
    answers[0]!(DONE)
    await settle()
    await pass(1_000)
    expect([await runs("evt_0"), await runs("evt_1")]).toEqual([["payment.* running 2"], ["payment.* waiting 0"]])
    const line = { level: "warn", message: "a run ended after its lease", handler: "payment.*", attempt: 1 }
    expect(lines).toContainEqual(expect.objectContaining({ ...line, event_id: "evt_0" }))
  })
})

describe("what starts", () => {
  it("bodies of 32 MiB by their weight are in flight, and no more; the rest follows", async () => {
    const { world, calls, take, pass, runs } = await openShard()
    const answers: ((outcome: RunOutcome) => void)[] = []
    world.run = async () => await new Promise((resolve) => void answers.push(resolve))
    // Four are less than that: a byte weighs four.
    for (let i = 0; i < 10; i++) await take(`evt_${i}`, { body: new Uint8Array(1_900_000), handlers: [`a.b${i}`] })
    expect([calls.length, await runs("evt_5")]).toEqual([5, ["a.b5 waiting 0"]])
    answers[0]!(DONE)
    await settle()
    await pass(1_000)
    expect(calls).toHaveLength(6)
  })

  // The slots of a step are taken after it: within one event, each handler saw the slots as they were before.
  it.each([
    { why: "small: no more than one wake may start", bytes: 2, first: 16 },
    { why: "large: their weight counts within the event", bytes: 1_900_000, first: 5 },
  ])("one event of 60 handlers, $why; the rest follows", async ({ bytes, first }) => {
    const { world, calls, onSync, take, pass, runs } = await openShard()
    const answers: (() => void)[] = []
    world.run = async () => await new Promise((resolve) => void answers.push(() => resolve(DONE)))
    let wakes = 0
    onSync(() => {
      wakes += 1
      // Only the first wake, which follows the acceptance, can write.
      if (wakes > 2) throw new Error("held back")
    })
    const handlers = Array.from({ length: 60 }, (_, i) => `a.b${i}`)
    await take("evt_1", { body: new Uint8Array(bytes), handlers })
    expect(calls).toHaveLength(first)
    onSync(() => {})
    for (let i = 0; i < 60; i++) {
      for (const answer of answers.splice(0)) answer()
      await settle()
      await pass(1_000)
    }
    expect(new Set(await runs("evt_1"))).toEqual(new Set(handlers.map((handler) => `${handler} done 1`)))
    expect(calls).toHaveLength(60)
  })

  it("a run that is due again does not wait for all that has just come", async () => {
    const { world, shard, calls, take } = await openShard()
    world.run = () => FAILED
    await take("evt_old", { handlers: ["a.b"] })
    world.now += 6_000
    const ids = Array.from({ length: 40 }, (_, i) => `evt_${i}`)
    await Promise.all(ids.map(async (id) => await shard.accept(delivery(id, { handlers: [`c.d${id}`] }), 1)))
    await settle()
    expect(calls.slice(1, 17).map(({ handler }) => handler)).toContain("a.b")
  })

  it.each([
    { random: 0, want: "a.b0" },
    { random: 0.5, want: "a.b2" },
    { random: 0.99, want: "a.b3" },
  ])("any handler may be the first ($random → $want): none is always behind the others", async ({ random, want }) => {
    const { world, calls, take, pass } = await openShard(random)
    world.run = () => FAILED
    await take("evt_1", { handlers: ["a.b0", "a.b1", "a.b2", "a.b3"] })
    calls.length = 0
    await pass(6_000)
    expect(calls.map(({ handler }) => handler)[0]).toBe(want)
  })
})

describe("a clock that was ahead", () => {
  it("holds up nothing that waits for a slot", async () => {
    const { world, shard, take, runs } = await openShard()
    world.now += DAY_MS
    await take("evt_1")
    world.now -= DAY_MS
    await shard.setPaused("payment.*", true)
    await take("evt_2")
    await shard.setPaused("payment.*", false)
    await settle()
    expect(await runs("evt_2")).toEqual(["payment.* done 1"])
  })

  it("and whose events are pruned: what comes then still begins", async () => {
    const { world, shard, take, pass, runs } = await openShard()
    world.now += 100 * DAY_MS
    await take("evt_1")
    await pass(100 * DAY_MS)
    expect(await shard.show("credicorp", "evt_1")).toBeUndefined()
    world.now -= 200 * DAY_MS
    await shard.crash()
    await take("evt_2")
    expect(await runs("evt_2")).toEqual(["payment.* done 1"])
  })
})

it("two wakes about the end of a minute keep its counts once", async () => {
  const { world, shard, take, onSync } = await openShard()
  await take("evt_1")
  world.now += 60_000
  let wakes = 0
  // Its own wake is being made durable, and the next one begins.
  onSync(() => {
    wakes += 1
    if (wakes === 1) void shard.wake()
  })
  await shard.wake()
  await settle()
  expect((await shard.stats()).lastHour.accepted).toBe(1)
})

it("an event that is erased before its runs have rows is dead, though its handler is paused", async () => {
  const { shard, runs } = await openShard()
  await shard.setPaused("payment.*", true)
  await settle()
  const accepted = shard.accept(delivery("evt_1"), 1)
  expect(await shard.erase("credicorp", "evt_1")).toBe(true)
  await accepted
  await settle()
  expect(await runs("evt_1")).toEqual(["payment.* dead 0 body_erased"])
})

// A full shard read the first copy while its sync was pending, and acknowledged the second one before either was durable.
it("a duplicate of what is not durable yet is acknowledged with it, though the shard has no room left", async () => {
  const shard = createMemoryShard({
    runner: { run: async () => DONE },
    maxBytes: 300_000,
    clock: () => 1_790_000_000_000,
  })
  await shard.open(1, 0)
  const sync = shard.disk.sync.bind(shard.disk)
  let release: (() => void) | undefined
  shard.disk.sync = async () => {
    await new Promise<void>((resolve) => void (release = resolve))
    await sync()
  }
  const kinds: string[] = []
  const send = async (): Promise<void> => {
    const { kind } = await shard.accept(delivery("evt_1", { body: new Uint8Array(100_000), handlers: [] }), 1)
    kinds.push(kind)
  }
  void send()
  await settle()
  void send()
  await settle()
  expect(kinds).toEqual([])
  for (let i = 0; i < 3; i++) {
    release?.()
    await settle()
  }
  expect(kinds).toEqual(["accepted", "duplicate"])
})

// Admission looked at the body alone, and an empty one was no delivery at all: without bound, they waited for their commit.
it.each<{ why: string; changes: Partial<InboxDelivery>; sent: number; accepted: number }>([
  { why: "empty bodies", changes: { body: new Uint8Array(0) }, sent: 300, accepted: 256 },
  {
    why: "empty bodies with large headers",
    changes: { body: new Uint8Array(0), headers: { a: "x".repeat(600_000) } },
    sent: 12,
    accepted: 9,
  },
])(
  "deliveries with $why that come in one turn: the rest is told to come again",
  async ({ changes, sent, accepted }) => {
    const { shard } = await openShard()
    const answers = Array.from({ length: sent }, async (_, i) => await shard.accept(delivery(`evt_${i}`, changes), 1))
    const kinds = (await Promise.all(answers)).map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === "accepted")).toHaveLength(accepted)
    expect(kinds.filter((kind) => kind === "full")).toHaveLength(sent - accepted)
  },
)

// The end was written, its sync failed, and the second try took it for that of another attempt.
it("an end that is written and whose sync fails is not told as one after its lease", async () => {
  const { world, lines, onSync, take, runs } = await openShard()
  let hasFailed = false
  let fails = false
  onSync(() => {
    if (!fails || hasFailed) return
    hasFailed = true
    throw new Error("not durable")
  })
  world.run = () => {
    fails = true
    return FAILED
  }
  await take("evt_1")
  expect([hasFailed, await runs("evt_1")]).toEqual([true, ["payment.* waiting 1"]])
  expect(lines.map(({ message }) => message)).toEqual(["run failed"])
})
