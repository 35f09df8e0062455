// Catches an accept that writes more than three rows, which is what every event costs before anything is done for it.

import { runInDurableObject } from "cloudflare:test"
import { expect, it } from "vitest"
import { GroupCommit } from "../../src/attempts/group-commit.ts"
import { migrate } from "../../src/core/migrate.ts"
import { createShard } from "../../src/inbox/shard.ts"
import { createSpace } from "../../src/inbox/space.ts"
import { INBOX_SCHEMA } from "../../src/inbox/inbox-schema.ts"
import { createSqlInboxStore } from "../../src/inbox/sql-store.ts"
import { delivery, SHARDS, START_MS } from "./contract/inbox-driver.ts"
import { INBOXES, settleObject } from "../support/inbox-object.ts"

let count = 0

/** Rows of each transaction, indexes counted, and how often an alarm was set in it. */
const measure = async (deliveries: readonly Parameters<typeof delivery>[]): Promise<readonly number[]> =>
  await runInDurableObject(INBOXES.getByName(`accept_rows_${(count += 1)}`), async (_, { storage }) => {
    migrate(storage.sql, INBOX_SCHEMA)
    const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = []
    let alarms = 0
    let alarmAt = Infinity
    const sql = {
      exec(query: string, ...bindings: SqlStorageValue[]) {
        const cursor = storage.sql.exec(query, ...bindings)
        cursors.push(cursor)
        return cursor
      },
    } as unknown as SqlStorage
    const written: number[] = []
    const shard = createShard({
      store: createSqlInboxStore(sql),
      commits: new GroupCommit({
        transactionSync(work) {
          cursors.length = 0
          alarms = 0
          const value = storage.transactionSync(work)
          written.push(cursors.reduce((rows, { rowsWritten }) => rows + rowsWritten, alarms))
          return value
        },
        sync: () => storage.sync(),
      }),
      // An alarm is a row; one that stands early enough is not set again.
      ensureWake(at) {
        if (at < alarmAt) alarms += 1
        alarmAt = Math.min(at, alarmAt)
      },
      runner: { concurrency: async () => ({}), run: async () => await new Promise<never>(() => {}) },
      space: createSpace(() => storage.sql.databaseSize),
      retention: undefined,
      clock: () => START_MS,
      random: () => 0.5,
      log: () => {},
    })
    await shard.open(SHARDS, 3)
    const rows: number[] = []
    for (const args of deliveries) {
      const before = written.length
      await shard.accept(delivery(...args), SHARDS)
      rows.push(written[before]!)
      await settleObject()
    }
    return rows
  })

it.each<{ why: string; changes: Parameters<typeof delivery>[1] }>([
  { why: "one handler", changes: {} },
  { why: "three handlers", changes: { handlers: ["payment.settled", "payment.*", "*"] } },
  { why: "no handler", changes: { handlers: [] } },
  { why: "a type that is not known", changes: { handlers: undefined } },
  { why: "a large body", changes: { body: new Uint8Array(1_000_000) } },
])("$why: at most 3 rows, indexes and alarm counted; a duplicate of it none", async ({ changes }) => {
  const [first, duplicate, other] = await measure([
    ["evt_1", changes],
    ["evt_1", changes],
    ["evt_1", { ...changes, body: new Uint8Array(3) }],
  ])
  expect(first).toBeGreaterThan(0)
  expect(first).toBeLessThanOrEqual(3)
  expect([duplicate, other]).toEqual([0, 0])
})
