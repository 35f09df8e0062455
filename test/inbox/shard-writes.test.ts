// Catches what is lost when a group of writes is undone and made again one by one, or not at all: the platform does both.

import { describe, expect, it } from "vitest"
import { delivery } from "../contracts/inbox-driver.ts"
import type { HandlerCall, RunOutcome } from "../../src/inbox/inbox.ts"
import { createLog, createMemoryShard, settle } from "../support/memory-inbox.ts"

/** A shard of its own, with a clock, and whose transactions fail when a test says so. */
async function openShard(run = async (): Promise<RunOutcome> => ({ kind: "done" })) {
  const world = { now: 1_790_000_000_000, run }
  const { lines, log } = createLog()
  const calls: HandlerCall[] = []
  const shard = createMemoryShard({
    runner: {
      async run(call) {
        calls.push(call)
        return await world.run()
      },
    },
    clock: () => world.now,
    random: () => 0.5,
    log,
  })
  await shard.open(1, 0)
  const { disk } = shard
  const transact = disk.transactionSync.bind(disk)
  return {
    world,
    shard,
    calls,
    lines,
    /** The next transactions are undone after their work, as one that cannot be written is. */
    failNext: (count: number): void => {
      let left = count
      disk.transactionSync = (work) =>
        transact(() => {
          const value = work()
          if (left-- > 0) throw new Error("undone by the test")
          return value
        })
    },
  }
}

describe("counts of the last hour", () => {
  it.each([
    { why: "that is undone, and then made one by one", fails: 1 },
    { why: "that is undone altogether", fails: 3 },
  ])("survive a group $why", async ({ fails }) => {
    const { world, shard, failNext } = await openShard()
    await shard.accept(delivery("evt_1"), 1)
    await settle()
    world.now += 60_000
    failNext(fails)
    await Promise.allSettled([shard.setPaused("a.b", true), shard.wake()])
    await settle()
    expect((await shard.stats()).lastHour.accepted).toBe(1)
    await shard.wake()
    expect((await shard.stats()).lastHour.accepted).toBe(1)
  })
})
