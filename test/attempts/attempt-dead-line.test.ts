// Catches a run that dies and is not named in the log: an erased event may be pruned in the transaction that ends its last run,
// and then the line is all there is.

import { expect, it } from "vitest"
import type { RunOutcome } from "../../src/inbox/inbox.ts"
import { createLog, createMemoryShard, DAY_MS, settle, type MemoryShard } from "../support/memory-inbox.ts"

const delivery = {
  source: "credicorp",
  type: "payment.settled",
  body: new Uint8Array(2),
  deliveryId: undefined,
  secretId: "test",
}

it.each<{ why: string; end: RunOutcome; want: Readonly<Record<string, unknown>> }>([
  {
    why: "gives up",
    end: { kind: "dead", reason: "gave_up", error: "no" },
    want: { outcome: "failed", reason: "gave_up" },
  },
  { why: "fails", end: { kind: "failed", error: "no" }, want: { reason: "body_erased" } },
])("its attempt $why after it was erased, and after the time of its id: the line names the event", async (one) => {
  let now = 1_790_000_000_000
  const { lines, log } = createLog()
  const runner = {
    async run(): Promise<RunOutcome> {
      await shard.erase("credicorp", "evt_1")
      return one.end
    },
  }
  const shard: MemoryShard = createMemoryShard({ runner, log, clock: () => now, random: () => 0.5 })
  await shard.open(1, 0)
  await shard.setPaused("a.b", true)
  await shard.accept({ ...delivery, dedupeKey: "evt_1", handlers: ["a.b"] }, 1)
  await settle()
  now += 91 * DAY_MS
  await shard.wake()
  await shard.setPaused("a.b", false)
  await settle()
  now += 6_000
  await shard.wake()
  expect(await shard.show("credicorp", "evt_1")).toBeUndefined()
  const line = { level: "error", message: "run is dead", event_id: "evt_1", handler: "a.b", attempt: 1 }
  expect(lines.at(-1)).toMatchObject({ ...line, ...one.want })
})
