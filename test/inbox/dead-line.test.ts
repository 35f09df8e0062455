// Catches a run that dies and is not named in the log: an erased event may be pruned in the transaction that ends its last run,
// and then the line is all there is.

import { expect, it } from "vitest"
import type { RunOutcome } from "../../src/inbox/inbox.ts"
import { createLog, createMemoryShard, DAY_MS, settle } from "../support/memory-inbox.ts"

const delivery = {
  source: "credicorp",
  type: "payment.settled",
  body: new Uint8Array(2),
  deliveryId: undefined,
  secretId: "test",
}

const fails = async (): Promise<RunOutcome> => ({ kind: "failed", error: "Error: no" })

it.each<{ why: string; last: () => Promise<RunOutcome>; outcome: string }>([
  { why: "fails", last: fails, outcome: "failed" },
  { why: "is not heard of", last: async () => await new Promise<never>(() => {}), outcome: "lost" },
])("its last attempt $why, after the time of its id: the line names the event", async ({ last, outcome }) => {
  let now = 1_790_000_000_000
  let answer = fails
  const { lines, log } = createLog()
  const runner = { run: async () => await answer() }
  const shard = createMemoryShard({ runner, log, clock: () => now, random: () => 0.5 })
  await shard.open(1, 0)
  await shard.accept({ ...delivery, dedupeKey: "evt_1", handlers: ["a.b"] }, 1)
  await settle()
  await shard.setPaused("a.b", true)
  now += 91 * DAY_MS
  await shard.accept({ ...delivery, dedupeKey: "evt_2", handlers: [] }, 1)
  await shard.wake()
  answer = last
  await shard.setPaused("a.b", false)
  for (let rings = 0; (await shard.show("credicorp", "evt_1")) && rings < 100; rings++) {
    now = Math.max(now, shard.disk.alarmAt() ?? now)
    await shard.ring()
    await settle()
  }
  expect(lines.at(-1)).toMatchObject({
    level: "error",
    message: "run is dead",
    event_id: "evt_1",
    handler: "a.b",
    attempt: 8,
    outcome,
    reason: "attempts_exhausted",
  })
})
