import { expect, it } from "vitest"
import { createMemoryShard, settle, type MemoryShard } from "../support/memory-inbox.ts"

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

/** Makes the next wake a careful one: each of its commits is durable before the next. */
async function failWake(shard: MemoryShard): Promise<void> {
  shard.disk.fail.transaction = new Error("disk gone")
  await shard.wake()
  shard.disk.fail.transaction = undefined
}

/** Holds every sync from now on; returns what lets the next one pass. */
function holdSyncs({ disk }: MemoryShard): () => Promise<void> {
  const sync = disk.sync.bind(disk)
  const held: (() => void)[] = []
  disk.sync = async () => {
    await new Promise<void>((resolve) => {
      held.push(resolve)
    })
    await sync()
  }
  return async () => {
    held.shift()?.()
    await settle()
  }
}

// An alarm that rang while the last commit of a careful wake was being made durable joined that wake: its time counted as
// set already, and no other was set.
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
    await failWake(shard)
    const release = holdSyncs(shard)
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

// A careful wake read once, at its beginning, which handlers were paused: a pause that came between two of its commits was
// acknowledged, and runs of the handler started after that.
it.each([0, 1, 2, 3, 4, 5])("starts nothing after a pause that comes after %i syncs of a careful wake", async (n) => {
  let now = START_MS
  let starts = 0
  const run = async () => {
    starts += 1
    return { kind: "failed", error: "no" } as const
  }
  const shard = createMemoryShard({ runner: { run }, clock: () => now, random: () => 0.5, retention: undefined })
  await shard.open(1, 0)
  for (const dedupeKey of ["evt_1", "evt_2", "evt_3"])
    await shard.accept({ ...DELIVERY, dedupeKey, handlers: ["a.b"] }, 1)
  await settle()
  now += 10_000
  await failWake(shard)
  const release = holdSyncs(shard)
  const waking = shard.wake()
  await settle()
  for (let released = 0; released < n; released++) await release()
  let before = Number.NaN
  const pause = async (): Promise<void> => {
    await shard.setPaused("a.b", true)
    // What was claimed with the pause in one commit starts with its answer.
    await settle()
    before = starts
  }
  const pausing = pause()
  for (let rounds = 0; rounds < 20; rounds++) await release()
  await Promise.all([waking, pausing])
  expect(starts).toBe(before)
})
