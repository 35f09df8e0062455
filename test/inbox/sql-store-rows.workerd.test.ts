// Catches an index or a write that makes each event dearer: Cloudflare bills by the row, and docs/inbox.md says how many.

import { runInDurableObject } from "cloudflare:test"
import { env } from "cloudflare:workers"
import { expect, it } from "vitest"
import type { InboxBindings } from "../../src/inbox/config.ts"
import { GroupCommit } from "../../src/attempts/group-commit.ts"
import { migrate } from "../../src/core/migrate.ts"
import type { InboxDelivery, RunOutcome } from "../../src/inbox/inbox.ts"
import { createShard, type WakingShard } from "../../src/inbox/shard.ts"
import { createSpace } from "../../src/inbox/space.ts"
import { INBOX_SCHEMA } from "../../src/inbox/inbox-schema.ts"
import { createSqlInboxStore } from "../../src/inbox/sql-store.ts"

const { INBOXES } = env as Required<InboxBindings>

const START = 1_790_000_000_000
const DAY_MS = 86_400_000

interface Bench {
  readonly shard: WakingShard
  readonly sql: SqlStorage
  /** How the next attempts end. */
  outcome: RunOutcome
  /** Lets time pass, and the alarm with it. */
  pass(ms: number): Promise<void>
  /** What was billed since the last call. */
  bill(): { written: number; read: number; alarms: number }
}

const deliveryOf = (key: string, handlers: readonly string[] | undefined): InboxDelivery => ({
  source: "credicorp",
  dedupeKey: key,
  type: "payment.settled",
  body: new Uint8Array(1_024),
  deliveryId: "dlv_0123456789ab",
  secretId: "local",
  handlers,
})

async function accept(bench: Bench, key: string, handlers: readonly string[] | undefined): Promise<void> {
  await bench.shard.accept(deliveryOf(key, handlers), 1)
  await bench.pass(0)
}

/** A shard over the SQLite of an object, with a clock, and with the object's rule of when an alarm is set. */
async function withBench<Value>(use: (bench: Bench) => Promise<Value>): Promise<Value> {
  return await runInDurableObject(INBOXES.getByName(`rows-${crypto.randomUUID()}`), async (_, { storage }) => {
    migrate(storage.sql, INBOX_SCHEMA)
    let cursors: { readonly rowsWritten: number; readonly rowsRead: number }[] = []
    const sql = {
      exec(query: string, ...bindings: SqlStorageValue[]) {
        const cursor = storage.sql.exec(query, ...bindings)
        cursors.push(cursor)
        return cursor
      },
    } as SqlStorage
    let now = START
    let alarms = 0
    let alarmAt = Infinity
    const bench: Bench = {
      sql: storage.sql,
      outcome: { kind: "done" },
      shard: createShard({
        store: createSqlInboxStore(sql),
        commits: new GroupCommit(storage),
        runner: { concurrency: async () => ({}), run: async () => bench.outcome },
        space: createSpace(() => storage.sql.databaseSize),
        ensureWake: (at) => {
          if (at < alarmAt) alarms += 1
          alarmAt = Math.min(alarmAt, at)
        },
        retention: { bodyMs: 30 * DAY_MS, idMs: 90 * DAY_MS },
        clock: () => now,
        random: () => 0.5,
        log: () => {},
      }),
      async pass(ms) {
        now += ms
        // As many turns as a commit, an attempt and the commit of its end take.
        for (let turn = 0; turn < 5; turn++) {
          if (alarmAt <= now) {
            alarmAt = Infinity
            await bench.shard.wake()
          }
          await storage.sync()
          await new Promise((resolve) => setTimeout(resolve, 1))
        }
      },
      bill() {
        const sum = (name: "rowsWritten" | "rowsRead"): number => cursors.reduce((total, one) => total + one[name], 0)
        const billed = { written: sum("rowsWritten"), read: sum("rowsRead"), alarms }
        cursors = []
        alarms = 0
        return billed
      },
    }
    await bench.shard.open(1, 0)
    // One that has been done, so that no step below is the shard's first.
    await accept(bench, "evt_before", ["payment.*"])
    await bench.pass(2_000)
    bench.bill()
    return await use(bench)
  })
}

const DONE: RunOutcome = { kind: "done" }
const FAILED: RunOutcome = { kind: "failed", error: "no" }
const GAVE_UP: RunOutcome = { kind: "dead", reason: "gave_up", error: "no" }

// An insert or a change is a row, and one more for each index that it moves in; what leaves an index is free.
it.each<{ why: string; handlers: readonly string[] | undefined; outcome: RunOutcome; written: number; alarms: number }>(
  [
    {
      why: "unknown: the event, its key, the list of those, how far",
      handlers: undefined,
      outcome: DONE,
      written: 4,
      alarms: 0,
    },
    { why: "no handler: the same", handlers: [], outcome: DONE, written: 4, alarms: 0 },
    {
      why: "a run: that, how far the shard is, 2 to begin, 1 to end",
      handlers: ["*"],
      outcome: DONE,
      written: 6,
      alarms: 2,
    },
    { why: "two runs", handlers: ["*", "a.*"], outcome: DONE, written: 9, alarms: 2 },
    { why: "a run that fails: 2 to end, it has another time", handlers: ["*"], outcome: FAILED, written: 7, alarms: 2 },
    {
      why: "a run that is dead: 2 to end, it is in the list",
      handlers: ["*"],
      outcome: GAVE_UP,
      written: 7,
      alarms: 2,
    },
  ],
)(
  "an event that comes alone, $why: $written rows and $alarms alarms",
  async ({ handlers, outcome, written, alarms }) => {
    await withBench(async (bench) => {
      bench.outcome = outcome
      await accept(bench, "evt_1", handlers)
      await bench.pass(2_000)
      const bill = bench.bill()
      expect(bill).toMatchObject({ written, alarms })
      expect(bill.read).toBeLessThan(100)
    })
  },
)

it("a duplicate writes nothing, and reads few rows however many events there are", async () => {
  await withBench(async (bench) => {
    for (let i = 0; i < 200; i++) await bench.shard.accept(deliveryOf(`evt_${i}`, undefined), 1)
    for (let i = 0; i < 20; i++) await bench.pass(10)
    bench.bill()
    await accept(bench, "evt_100", undefined)
    expect(bench.bill()).toEqual({ written: 0, read: 3, alarms: 0 })
  })
})

it("another attempt that is the last: 2 rows to begin, 1 to end, 1 alarm", async () => {
  await withBench(async (bench) => {
    bench.outcome = FAILED
    await accept(bench, "evt_1", ["*"])
    await bench.pass(2_000)
    bench.outcome = DONE
    bench.bill()
    await bench.pass(10_000)
    expect(bench.bill()).toMatchObject({ written: 3, alarms: 1 })
  })
})

it("a hundred events that come together: what waits for a slot is written twice, and the alarms are shared", async () => {
  await withBench(async (bench) => {
    const deliveries = Array.from({ length: 100 }, (_, i) => deliveryOf(`evt_${i}`, ["*"]))
    await Promise.all(deliveries.map((delivery) => bench.shard.accept(delivery, 1)))
    for (let i = 0; i < 20; i++) await bench.pass(10)
    expect((await bench.shard.stats()).counts.done).toBe(101)
    const { written, alarms } = bench.bill()
    expect(written + alarms).toBeLessThan(100 * 8)
    expect(alarms).toBeLessThan(25)
  })
})

it("pruning: 2 rows for a body with its run, 2 for an id with its run, and a few for each step", async () => {
  await withBench(async (bench) => {
    for (let i = 0; i < 100; i++) await bench.shard.accept(deliveryOf(`evt_${i}`, ["*"]), 1)
    for (let i = 0; i < 20; i++) await bench.pass(2_000)
    bench.bill()
    await bench.pass(31 * DAY_MS)
    const bodies = bench.bill()
    await bench.pass(60 * DAY_MS)
    const ids = bench.bill()
    expect((await bench.shard.stats()).counts.done).toBe(0)
    for (const { written, alarms } of [bodies, ids]) expect(written + alarms).toBeLessThan(101 * 2 + 10)
  })
})
