// An alarm that rang while the last commit of a careful wake was being made durable joined that wake: its time counted as
// set already, and no other was set.

import { expect, it } from "vitest"
import { createMemoryShard, settle } from "../support/memory-inbox.ts"

const fail = (): never => {
  throw new Error("a damaged page")
}
const START_MS = 1_790_000_000_000
const DELIVERY = {
  source: "s",
  dedupeKey: "evt_1",
  type: "a.b",
  body: new Uint8Array(2),
  deliveryId: "d",
  secretId: "t",
}

it.each([0, 1, 2, 3, 4, 5, 6])(
  "an alarm that rings after %i syncs of a careful wake is followed by another",
  async (n) => {
    const shard = createMemoryShard({
      runner: { run: async () => ({ kind: "failed", error: "no" }) },
      clock: () => START_MS,
      random: () => 0.5,
      retention: undefined,
    })
    const { disk } = shard
    await shard.open(1, 0)
    await shard.accept({ ...DELIVERY, handlers: ["a.b"] }, 1)
    await settle()
    // The next wake is a careful one: each of its commits is durable before the next.
    disk.fail.transaction = new Error("disk gone")
    await shard.wake()
    disk.fail.transaction = undefined

    const sync = disk.sync.bind(disk)
    const held: (() => void)[] = []
    disk.sync = async () => {
      await new Promise<void>((resolve) => {
        held.push(resolve)
      })
      await sync()
    }
    const release = async (): Promise<void> => {
      held.shift()?.()
      await settle()
    }
    const waking = shard.wake()
    await settle()
    for (let released = 0; released < n; released++) await release()
    const ringing = shard.ring()
    for (let rounds = 0; rounds < 20; rounds++) await release()
    await Promise.all([waking, ringing])
    expect((await shard.stats()).counts.waiting).toBe(1)
    expect(disk.alarmAt()).toBeDefined()
  },
)

// A chore that could not be written stayed due: each wake set the alarm to now, and the shard was woken again at once, for ever.
it("waits a second after a chore that could not be written", async () => {
  let now = START_MS
  const shard = createMemoryShard({
    runner: { run: async () => ({ kind: "done" }) },
    clock: () => now,
    random: () => 0.5,
    retention: { bodyMs: 1_000, idMs: 1_000 },
  })
  const { disk } = shard
  await shard.open(1, 0)
  await shard.accept({ ...DELIVERY, handlers: ["a.b"] }, 1)
  await settle()
  now += 60_000
  Object.assign(disk.store, { dropBody: fail, deleteEvent: fail })
  // The first wake plans before it hears of the failure.
  for (let rings = 0; rings < 2; rings++) {
    await shard.ring()
    await settle()
  }
  expect(disk.alarmAt()).toBeGreaterThanOrEqual(now + 1_000)
})
