// Catches a shard that is full for good: deliveries were taken down to the last page, every attempt first had to write a
// longer row, and time freed nothing, because what waits is not pruned.

import { runInDurableObject } from "cloudflare:test"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { EventFilter, RunOutcome } from "../../src/inbox/inbox.ts"
import { createDriver, DAY_MS, delivery, SHARDS, START_MS, type Driver } from "./contract/inbox-driver.ts"
import { createObjectFixture, INBOXES } from "../support/inbox-object.ts"

/** As vitest.config.ts has it for these tests. */
const MAX_BYTES = 300_000
const INTAKE_BYTES = 150_000
const PAGE_BYTES = 4_096

/** Three fit into a page. */
const BODY_BYTES = 1_100

let count = 0

interface FullShard extends Driver {
  /** Takes events until one is refused; returns the ids of those that were acknowledged. */
  readonly fill: (bytes?: number) => Promise<string[]>
  readonly size: () => Promise<number>
  readonly bodies: () => Promise<number>
}

/** @param limitBytes How large the platform lets the database become; unlimited unless given. */
async function openShard(limitBytes?: number): Promise<FullShard> {
  const name = `space_${(count += 1)}`
  const driver = await createDriver(createObjectFixture(name))
  await runInDurableObject(INBOXES.getByName(name), (_, { storage }) => {
    const sql = storage.sql as SqlStorage & { setMaxPageCountForTest(pages: number): void }
    if (limitBytes !== undefined) sql.setMaxPageCountForTest(Math.floor(limitBytes / PAGE_BYTES))
  })
  const stats = async () => await driver.shard().stats()
  return {
    ...driver,
    async fill(bytes = BODY_BYTES) {
      const ids: string[] = []
      for (let i = 0; i < 1_000; i++) {
        const id = `evt_${name}_${i}`
        const kind = await driver.take(id, { body: new Uint8Array(bytes).fill(0x20) })
        if (kind === "no_space") return ids
        expect(kind).toBe("accepted")
        ids.push(id)
      }
      throw new Error("never full")
    },
    size: async () => (await stats()).storage.bytes,
    bodies: async () => {
      const { events } = await driver.shard().list({ ...ALL, limit: 1_000 })
      return events.filter(({ hasBody }) => hasBody).length
    },
  }
}

const ALL: EventFilter = { status: undefined, type: undefined, from: 0, before: Number.MAX_SAFE_INTEGER, limit: 10 }

const failed = (chars: number): RunOutcome => ({ kind: "failed", error: "x".repeat(chars) })

/** All that an operator does works, and the shard stays within its bound. */
async function expectUsable({ shard, size }: FullShard, erased: string): Promise<void> {
  expect(await size()).toBeLessThan(MAX_BYTES)
  expect((await shard().list(ALL)).events).toHaveLength(10)
  expect(await shard().erase("credicorp", erased)).toBe(true)
  expect(await shard().show("credicorp", erased)).toMatchObject({ hasBody: false })
}

/** Of the acknowledged events, those of which not every run is done. */
const undone = async ({ shard }: FullShard, ids: readonly string[]): Promise<readonly string[]> => {
  const events = await Promise.all(ids.map(async (id) => await shard().show("credicorp", id)))
  return ids.filter((_, i) => events[i]?.status !== "done")
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: START_MS })
  vi.spyOn(Math, "random").mockReturnValue(0.5)
  vi.spyOn(console, "log").mockImplementation(() => {})
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe.each([
  { why: "the bound as it is", limitBytes: undefined },
  { why: "a platform that gives no more than the bound", limitBytes: MAX_BYTES },
  { why: "a platform that gives a tenth more than deliveries may take", limitBytes: INTAKE_BYTES * 1.1 },
])("a shard that is full, with $why", ({ limitBytes }) => {
  it("and whose handler fails: all works meanwhile, and every event runs once the handler works again", async () => {
    const full = await openShard(limitBytes)
    const { shard, runner, take, passAndRing } = full
    runner.answer = () => failed(10)
    const ids = await full.fill()
    expect(await full.size()).toBeGreaterThan(INTAKE_BYTES * 0.85)
    expect(await take(ids[0]!, { body: new Uint8Array(BODY_BYTES).fill(0x20) })).toBe("duplicate")
    // From now on each attempt would make the row of its run a kilobyte longer.
    runner.answer = () => failed(1_000)
    const erased = ids.splice(0, 4)
    for (const id of erased) {
      await passAndRing(3_600_000)
      await expectUsable(full, id)
    }
    runner.answer = () => ({ kind: "done" })
    await passAndRing(2 * DAY_MS)
    expect(await undone(full, ids)).toEqual([])
    expect((await shard().stats()).counts).toMatchObject({ done: ids.length, dead: erased.length, waiting: 0 })

    // Time frees what is done, and deliveries are taken again.
    await passAndRing(31 * DAY_MS)
    expect(await full.bodies()).toBe(0)
    expect(await take("evt_later")).toBe("accepted")
  })

  it("and whose handler is paused: every event runs once it is resumed, however long that takes", async () => {
    const full = await openShard(limitBytes)
    const { shard, passAndRing, settle } = full
    await shard().setPaused("payment.*", true)
    const ids = await full.fill()
    await passAndRing(20 * DAY_MS)
    const [erased] = ids.splice(0, 1)
    await expectUsable(full, erased!)
    await passAndRing(80 * DAY_MS)
    await shard().setPaused("payment.*", false)
    await settle()
    await passAndRing(DAY_MS)
    // Done, and pruned in the same transaction: their time was up.
    expect((await shard().stats()).counts).toMatchObject({ waiting: 0, dead: 0 })
    expect(full.runner.calls).toHaveLength(ids.length)
    expect(await full.take("evt_later")).toBe("accepted")
  })

  it("an event that is larger than what is left is refused, and a smaller one is taken", async () => {
    const full = await openShard(limitBytes)
    const ids = await full.fill(20_000)
    const left = INTAKE_BYTES - (await full.size())
    expect(left).toBeGreaterThan(4_100)
    expect(await full.take("evt_large", { body: new Uint8Array(left) })).toBe("no_space")
    expect(await full.take("evt_small", { body: new Uint8Array(2_000) })).toBe("accepted")
    await vi.waitFor(async () => expect(await undone(full, [...ids, "evt_small"])).toEqual([]))
  })
})

it("deliveries that come in one turn do not fill together what one of them may", async () => {
  const { inOneTurn, size } = await openShard(INTAKE_BYTES * 1.1)
  const kinds = await inOneTurn(
    async (shard) =>
      await Promise.all(
        Array.from({ length: 100 }, async (_, i) => {
          const { kind } = await shard.accept(
            delivery(`evt_${i}`, { body: new Uint8Array(20_000), handlers: [] }),
            SHARDS,
          )
          return kind
        }),
      ),
  )
  expect(new Set(kinds)).toEqual(new Set(["accepted", "no_space"]))
  expect(await size()).toBeLessThanOrEqual(INTAKE_BYTES * 1.1)
})
