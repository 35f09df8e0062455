// Catches a rerun of all dead runs that takes a run twice, misses one, or finds nothing after a key was renamed.

import { describe, expect, it } from "vitest"
import type { HandlerCall, InboxShard, RunOutcome } from "../../src/inbox/inbox.ts"
import { bulkAll, MAX_BULK_EVENTS, MAX_BULK_STEPS } from "../../src/inbox/operate-all.ts"
import { createShards, type Shards } from "../../src/inbox/shards.ts"
import { allDead, delivery, inWords } from "./contract/inbox-driver.ts"
import { createMemoryShard, settle, type MemoryShard } from "../support/memory-inbox.ts"

interface DeadInbox {
  readonly shards: Shards
  readonly shard: MemoryShard
  readonly calls: HandlerCall[]
  /** How an attempt ends; dead unless a test says otherwise. */
  answer: (call: HandlerCall) => RunOutcome
  /** Waits until nothing is due. */
  rest(): Promise<void>
  runs(id: string): Promise<readonly string[]>
}

const GAVE_UP: RunOutcome = { kind: "dead", reason: "gave_up", error: "no" }

/** Creates one shard with a number of dead events. */
async function openWithDead(count: number, handlers: readonly string[] = ["payment.*"]): Promise<DeadInbox> {
  let now = 1_790_000_000_000
  const calls: HandlerCall[] = []
  const shard = createMemoryShard({
    clock: () => now,
    runner: {
      async run(call) {
        calls.push(call)
        return inbox.answer(call)
      },
    },
  })
  await shard.open(1, 0)
  const inbox: DeadInbox = {
    shards: createShards(1, () => ({
      ...shard,
      // The runs that a step has started end before the next step.
      async rerunMany(...wanted) {
        const step = await shard.rerunMany(...wanted)
        await settle()
        return step
      },
    })),
    shard,
    calls,
    answer: () => GAVE_UP,
    async rest() {
      await settle()
      now += 2_000
      while ((shard.disk.alarmAt() ?? Infinity) <= now) {
        await shard.ring()
        await settle()
      }
    },
    runs: async (id) => (await shard.show("credicorp", id))!.runs.map(inWords),
  }
  for (let i = 0; i < count; i++) await shard.accept(delivery(`evt_${i}`, { handlers }), 1)
  await inbox.rest()
  expect((await shard.stats()).counts.dead).toBe(count)
  calls.length = 0
  return inbox
}

const START = { shard: 0, before: Number.MAX_SAFE_INTEGER, runs: 0, startedAt: 0 }

const again = async ({ shards }: DeadInbox, keys: readonly string[], dryRun = false): Promise<number> => {
  const { runs, next } = await bulkAll(shards, { start: START, before: START.before }, async (shard, { before }) =>
    shard.rerunMany(allDead({ keys, dryRun, before, limit: MAX_BULK_EVENTS })),
  )
  expect(next).toBeUndefined()
  return runs
}

describe("a rerun of all dead runs", () => {
  it("each once, though more than a step holds die again meanwhile", async () => {
    // The newest were taken again with every step, and displaced as many of the oldest.
    const inbox = await openWithDead(520)
    expect(await again(inbox, ["payment.*"], true)).toBe(520)
    expect(await again(inbox, ["payment.*"])).toBe(520)
    await inbox.rest()
    const attempts = await Promise.all(
      Array.from({ length: 520 }, async (_, i) => (await inbox.shard.show("credicorp", `evt_${i}`))!.runs[0]!.attempts),
    )
    expect([Math.min(...attempts), Math.max(...attempts)]).toEqual([2, 2])
  }, 30_000)

  it("after a key was renamed: the new one takes what the old one left dead", async () => {
    const inbox = await openWithDead(3, ["payment.settled"])
    inbox.answer = () => ({ kind: "done" })
    expect(await again(inbox, ["payment.*"], true)).toBe(3)
    expect(await again(inbox, ["payment.*"])).toBe(3)
    await inbox.rest()
    expect(await inbox.runs("evt_1")).toEqual(["payment.* done 1"])
    expect((await inbox.shard.stats()).counts).toEqual({ unhandled: 0, waiting: 0, done: 3, dead: 0, discarded: 0 })
    expect(await again(inbox, ["payment.*"], true)).toBe(0)
  })
})

/** Creates shards with a number of steps each, and a run in each step. */
const shardsOf = (...steps: readonly number[]): { shards: Shards; asked: string[] } => {
  const asked: string[] = []
  const shards = createShards(steps.length, (index) => {
    const shard: Pick<InboxShard, "rerunMany"> = {
      async rerunMany({ before }) {
        asked.push(`${index} ${before}`)
        return { runs: 1, more: before > 100 - steps[index]! + 1 ? before - 1 : undefined }
      },
    }
    return shard as InboxShard
  })
  return { shards, asked }
}

describe("the steps of one request", () => {
  const start = { shard: 0, before: 100, runs: 0, startedAt: 5 }
  const run = async (shards: Shards, from = start) =>
    await bulkAll(shards, { start: from, before: 100 }, async (shard, { before }) =>
      shard.rerunMany(allDead({ before })),
    )

  it("go through shard after shard, each from the beginning", async () => {
    const { shards, asked } = shardsOf(2, 1, 3)
    expect(await run(shards)).toEqual({ runs: 6, next: undefined })
    expect(asked).toEqual(["0 100", "0 99", "1 100", "2 100", "2 99", "2 98"])
  })

  // Caught: one request went on until nothing was left, however long that took.
  it("end after their share, and the next request goes on where they ended", async () => {
    const { shards, asked } = shardsOf(15, 15)
    const first = await run(shards)
    expect(first).toEqual({
      runs: MAX_BULK_STEPS + 1,
      next: { shard: 1, before: 100 - 6, runs: MAX_BULK_STEPS + 1, startedAt: 5 },
    })
    const second = await run(shards, first.next)
    expect(second).toEqual({ runs: 9, next: undefined })
    expect(new Set(asked).size).toBe(30)
  })
})
