// Catches a rerun of all that is dead that takes one run twice, leaves another dead, or finds nothing after a key was renamed.

import { describe, expect, it } from "vitest"
import type { HandlerCall, RunOutcome } from "../../src/inbox/inbox.ts"
import { rerunAllDead } from "../../src/inbox/operate-all.ts"
import { createShards, type Shards } from "../../src/inbox/shards.ts"
import { delivery, inWords } from "./contract/inbox-driver.ts"
import { createMemoryShard, settle, type MemoryShard } from "../support/memory-inbox.ts"

interface DeadInbox {
  readonly shards: Shards
  readonly shard: MemoryShard
  readonly calls: HandlerCall[]
  /** How an attempt ends; dead unless a test says otherwise. */
  answer: (call: HandlerCall) => RunOutcome
  /** Until nothing is due any more. */
  rest(): Promise<void>
  runs(id: string): Promise<readonly string[]>
}

const GAVE_UP: RunOutcome = { kind: "dead", reason: "gave_up", error: "no" }

/** One shard with so many dead events. */
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
      // What a step has started ends before the next one.
      async rerunDead(...wanted) {
        const step = await shard.rerunDead(...wanted)
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

const again = async ({ shards }: DeadInbox, keys: readonly string[], dryRun = false): Promise<number> =>
  await rerunAllDead(shards, { type: "payment.settled", keys, dryRun })

describe("rerunAllDead", () => {
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
    expect((await inbox.shard.stats()).counts).toEqual({ unhandled: 0, waiting: 0, done: 3, dead: 0 })
    expect(await again(inbox, ["payment.*"], true)).toBe(0)
  })
})
