// Catches a page of a listing that reads a shard from end to end: `tail` asks every shard for one every two seconds.

import { runInDurableObject } from "cloudflare:test"
import { expect, it } from "vitest"
import { migrate } from "../../src/core/migrate.ts"
import type { EventFilter } from "../../src/inbox/inbox.ts"
import { list } from "../../src/inbox/operate.ts"
import { INBOX_SCHEMA } from "../../src/inbox/inbox-schema.ts"
import { createSqlInboxStore } from "../../src/inbox/sql-store.ts"
import { INBOXES } from "../support/inbox-object.ts"

const EVENTS = 12_000

/** So many events, each with one run; every `each`th of them is waiting or dead, the rest are done. */
function fill({ sql }: DurableObjectStorage, status: "waiting" | "dead" | "done", each: number): void {
  sql.exec(`WITH RECURSIVE counter (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM counter WHERE i < ${EVENTS})
    INSERT INTO events (sequence, source, dedupe_key, type, secret_id, bytes, lanes, body)
    SELECT i, 's', 'evt_' || i, 'payment.settled', 't', 2, '["*"]', x'7b7d' FROM counter`)
  sql.exec(`INSERT INTO runs (sequence, lane, status, attempts, before, next_at, reason, history)
    SELECT sequence, '*', iif(sequence % ${each}, 'done', '${status}'), 1, 0,
      iif('${status}' = 'waiting' AND sequence % ${each} = 0, 5, NULL), NULL, '[]' FROM events`)
  sql.exec(`INSERT OR REPLACE INTO facts (name, value) VALUES ('begun', ${EVENTS})`)
}

it.each<{
  why: string
  of: readonly ["waiting" | "dead" | "done", each: number]
  filter: object
  got: number
  most: number
}>([
  { why: "all events", of: ["done", 1], filter: {}, got: 20, most: 60 },
  { why: "all events of a type", of: ["done", 1], filter: { type: "payment.settled" }, got: 20, most: 60 },
  { why: "done, where all are", of: ["done", 1], filter: { status: "done" }, got: 20, most: 60 },
  { why: "dead, where all are", of: ["dead", 1], filter: { status: "dead" }, got: 20, most: 120 },
  { why: "dead, where one in a thousand is", of: ["dead", 1_000], filter: { status: "dead" }, got: 12, most: 120 },
  {
    why: "waiting, where one in a thousand is",
    of: ["waiting", 1_000],
    filter: { status: "waiting" },
    got: 12,
    most: 100,
  },
  // No index has them in order: all of them are read, up to the bound of a search.
  { why: "waiting, where one in three is", of: ["waiting", 3], filter: { status: "waiting" }, got: 20, most: 4_120 },
  { why: "waiting, where all are", of: ["waiting", 1], filter: { status: "waiting" }, got: 20, most: 5_100 },
  // None is found, and the search still ends at its bound.
  { why: "done, where none is", of: ["waiting", 1], filter: { status: "done" }, got: 0, most: 15_000 },
  { why: "dead, where none is", of: ["waiting", 1], filter: { status: "dead" }, got: 0, most: 10 },
  { why: "a type that none has", of: ["done", 1], filter: { type: "card.blocked" }, got: 0, most: 5_100 },
  {
    why: "waiting of a type that none has",
    of: ["waiting", 3],
    filter: { status: "waiting", type: "card.blocked" },
    got: 0,
    most: 24_100,
  },
])("a page of 20 of $why: $got events, at most $most rows read of 12,000 events", async ({ of, filter, got, most }) => {
  await runInDurableObject(INBOXES.getByName(`listing-${crypto.randomUUID()}`), async (_, { storage }) => {
    migrate(storage.sql, INBOX_SCHEMA)
    fill(storage, ...of)
    let rows = 0
    const counting = {
      exec(query: string, ...bindings: SqlStorageValue[]) {
        const cursor = storage.sql.exec(query, ...bindings)
        const found = cursor.toArray()
        rows += cursor.rowsRead
        return { toArray: () => found }
      },
    } as unknown as SqlStorage
    const all: EventFilter = { status: undefined, type: undefined, from: 0, before: Number.MAX_SAFE_INTEGER, limit: 20 }
    const { events } = list(createSqlInboxStore(counting), { ...all, ...filter })
    expect(events).toHaveLength(got)
    expect(rows).toBeLessThanOrEqual(most)
  })
})
