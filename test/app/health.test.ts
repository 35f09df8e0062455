// Catches a health check that asks the inbox with every request, that stays at an old answer, or that waits for ever.

import { describe, expect, it, vi } from "vitest"
import {
  askStore,
  createStoreCheck,
  HEALTH_KEPT_MS,
  HEALTH_TIMEOUT_MS,
  type StoreHealth,
  type StoreState,
} from "../../src/app/health.ts"
import type { InboxShard } from "../../src/inbox/inbox.ts"
import { createShards } from "../../src/inbox/shards.ts"
import type { ShardStorage } from "../../src/inbox/stats.ts"

const toHealth = (store: StoreState): StoreHealth => ({ store, storage: null })

function open(ask: () => Promise<StoreState>) {
  let now = 1_000_000
  const lines: unknown[] = []
  const asks = vi.fn(async () => toHealth(await ask()))
  const checkStore = createStoreCheck(asks, { clock: () => now, log: (line) => lines.push(line) })
  const check = async (): Promise<StoreState> => (await checkStore()).store
  return { check, asks, lines, pass: (ms: number) => void (now += ms) }
}

describe("what a shard says of itself", () => {
  const full = { bytes: 10, intakeBytes: 10, maxBytes: 20 }
  const room = { ...full, bytes: 9 }
  it.each<{ why: string; kept?: number; storage?: ShardStorage; want: StoreState }>([
    { why: "not opened yet", want: "ok" },
    { why: "with room", kept: 4, storage: room, want: "ok" },
    { why: "at its high-water mark", kept: 4, storage: full, want: "no_space" },
    { why: "of another number of shards", kept: 8, storage: room, want: "other_settings" },
  ])("$why → $want", async ({ kept, storage, want }) => {
    const shards = createShards(4, (index) => {
      expect(index).toBe(0)
      return { kept: async () => kept, storage: async () => storage } as InboxShard
    })
    expect((await askStore(shards)).store).toBe(want)
  })
})

describe("the check of the inbox", () => {
  it("asks once in five seconds", async () => {
    const { check, asks, pass } = open(async () => "ok")
    for (let i = 0; i < 3; i++) expect(await check()).toBe("ok")
    pass(HEALTH_KEPT_MS - 1)
    await check()
    expect(asks).toHaveBeenCalledTimes(1)
    pass(1)
    await check()
    expect(asks).toHaveBeenCalledTimes(2)
  })

  it("sees that the inbox is back, and logs a failure once for each time it asks", async () => {
    let state: StoreState = "other_settings"
    const { check, lines, pass } = open(async () => state)
    expect([await check(), await check()]).toEqual(["other_settings", "other_settings"])
    expect(lines).toEqual([
      { level: "error", message: "the inbox cannot store deliveries", store: "other_settings", storage: null },
    ])
    state = "ok"
    pass(HEALTH_KEPT_MS)
    expect(await check()).toBe("ok")
    expect(lines).toHaveLength(1)
  })

  it("asks again after the clock was set back", async () => {
    const { check, asks, pass } = open(async () => "ok")
    await check()
    pass(-86_400_000)
    await check()
    expect(asks).toHaveBeenCalledTimes(2)
  })

  it("while one request asks, others get the answer before", async () => {
    let answer: ((state: StoreState) => void) | undefined
    const { check, asks, pass } = open(async () =>
      asks.mock.calls.length === 1
        ? "ok"
        : await new Promise<StoreState>((resolve) => {
            answer = resolve
          }),
    )
    await check()
    pass(HEALTH_KEPT_MS)
    const asking = check()
    expect(await check()).toBe("ok")
    answer?.("unreachable")
    expect(await asking).toBe("unreachable")
    expect(asks).toHaveBeenCalledTimes(2)
  })

  it("an inbox that fails is unreachable", async () => {
    const { check } = open(async () => {
      throw new Error("the object is broken")
    })
    expect(await check()).toBe("unreachable")
  })

  it("an inbox that does not answer is unreachable after two seconds", async () => {
    vi.useFakeTimers()
    try {
      const { check } = open(async () => await new Promise<StoreState>(() => {}))
      const asking = check()
      await vi.advanceTimersByTimeAsync(HEALTH_TIMEOUT_MS)
      expect(await asking).toBe("unreachable")
    } finally {
      vi.useRealTimers()
    }
  })
})
