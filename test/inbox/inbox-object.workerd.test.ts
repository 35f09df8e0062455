// Catches what only the platform shows: transactions that are undone, schemas of other versions, and an object that newer
// code has written.

import { runInDurableObject } from "cloudflare:test"
import { exports } from "cloudflare:workers"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { eventually } from "../support/eventually.ts"
import { createAppFromEnv } from "../../src/app/env.ts"
import { migrate } from "../../src/core/migrate.ts"
import { handlers } from "../support/handlers.ts"
import { createInboxHandOff } from "../../src/inbox/hand-off.ts"
import { INBOX_SCHEMA } from "../../src/inbox/inbox-schema.ts"
import { createShards } from "../../src/inbox/shards.ts"
import { allDead, delivery, inWords, SHARDS, START_MS } from "./contract/inbox-driver.ts"
import VERSION_1 from "../fixtures/inbox-v1.sql?raw"
import VERSION_3 from "../fixtures/inbox-v3.sql?raw"
import { sampleBody, SECRET, signedRequest } from "../support/delivery.ts"
import { operatorRequest } from "../support/inbox-app.ts"
import { abortObject, createObjectFixture, fakeHandlers, INBOXES } from "../support/inbox-object.ts"
import { createLog } from "../support/memory-inbox.ts"
import { toAnswer, type Answer } from "../support/receiver.ts"

let count = 0

/** A name of an object that no other test has. */
const nextName = (): string => `object_${(count += 1)}`

const inStorage = async <Value>(name: string, run: (storage: DurableObjectStorage) => Value): Promise<Value> =>
  await runInDurableObject(INBOXES.getByName(name), (_, state) => run(state.storage))

const TABLES = ["events", "runs", "paused", "minutes", "facts", "opened", "schema_version"]

/** Everything there is: what the tables are made of, and what is in them. */
const dump = (storage: DurableObjectStorage): { readonly tables: unknown; readonly rows: unknown } => ({
  tables: tablesOf(storage),
  rows: TABLES.map((table) => storage.sql.exec(`SELECT * FROM ${table}`).toArray()),
})

/** Empties a storage and fills it as a version left it. */
function restore({ sql }: DurableObjectStorage, fixture = VERSION_1): void {
  for (const table of TABLES) sql.exec(`DROP TABLE IF EXISTS ${table}`)
  sql.exec(fixture)
}

const tablesOf = ({ sql }: DurableObjectStorage): unknown =>
  sql
    .exec("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\' ORDER BY name")
    .toArray()
    // Comments and line breaks are not what a table is.
    .map(({ name, sql: text }) => ({ name, sql: typeof text === "string" ? text.replaceAll(/\s+/g, " ") : text }))

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: START_MS })
  vi.spyOn(console, "log").mockImplementation(() => {})
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** From now on nothing can be inserted into a table, as a full disk would have it. */
const breakTable = async (name: string, table: string): Promise<void> =>
  await inStorage(name, ({ sql }) => {
    sql.exec(`CREATE TRIGGER broken BEFORE INSERT ON ${table} BEGIN SELECT RAISE(ABORT, 'broken by the test'); END`)
  })

const mend = async (name: string): Promise<void> =>
  await inStorage(name, ({ sql }) => void sql.exec("DROP TRIGGER broken"))

describe("a write that fails", () => {
  it("of an event: nothing is half-written, no alarm stands, and the next one is taken", async () => {
    const name = nextName()
    const { shard, alarmAt, settle, runner } = createObjectFixture(name)
    await shard().open(SHARDS, 3)
    await breakTable(name, "events")
    await expect(async () => await shard().accept(delivery("evt_1"), SHARDS)).rejects.toThrow(/broken by the test/)
    expect([await shard().show("credicorp", "evt_1"), await alarmAt()]).toEqual([undefined, undefined])
    await mend(name)
    expect((await shard().accept(delivery("evt_1"), SHARDS)).kind).toBe("accepted")
    await settle()
    expect(runner.calls).toHaveLength(1)
  })

  it("of a run: the event is taken, nothing starts uncounted, an alarm stands, and it runs once that is mended", async () => {
    const name = nextName()
    const { shard, alarmAt, ring, settle, runner } = createObjectFixture(name)
    await shard().open(SHARDS, 3)
    await breakTable(name, "runs")
    for (let turn = 0; turn < 3; turn++) {
      const { kind } = await shard().accept(delivery("evt_1"), SHARDS)
      expect(kind).toBe(turn === 0 ? "accepted" : "duplicate")
      await settle()
      // Never throws: after six failed tries the platform would give up on it.
      await ring()
      await settle()
      expect(await alarmAt()).toBeLessThanOrEqual(Date.now() + 1_000)
    }
    expect(runner.calls).toEqual([])
    await mend(name)
    vi.setSystemTime((await alarmAt())! + 60_000)
    await ring()
    await settle()
    expect(runner.calls).toHaveLength(1)
  })
})

describe("an object that newer code has written", () => {
  it("refuses everything, writes nothing, and its alarm stays armed; the newer code finds all of it", async () => {
    const name = nextName()
    const { shard, alarmAt, ring, settle, runner } = createObjectFixture(name)
    await shard().open(SHARDS, 3)
    await shard().setPaused("payment.*", true)
    await shard().accept(delivery("evt_1"), SHARDS)
    await settle()
    await inStorage(name, (storage) => {
      storage.sql.exec("UPDATE schema_version SET version = 99")
      return storage.setAlarm(START_MS + 1_000)
    })
    const before = await inStorage(name, dump)
    await abortObject(INBOXES.getByName(name))

    const filter = { status: undefined, type: undefined, from: 0, before: 9, limit: 9 }
    const asks: readonly (() => Promise<unknown>)[] = [
      async () => await shard().open(SHARDS, 3),
      async () => await shard().accept(delivery("evt_2"), SHARDS),
      async () => await shard().list(filter),
      async () => await shard().show("credicorp", "evt_1"),
      async () => await shard().body("credicorp", "evt_1"),
      async () => await shard().rerun({ source: "credicorp", dedupeKey: "evt_1", keys: ["*"] }),
      async () => await shard().rerunMany(allDead({ keys: ["*"] })),
      async () => await shard().setPaused("payment.*", false),
      async () => await shard().erase("credicorp", "evt_1"),
      async () => await shard().stats(),
    ]
    for (const ask of asks) await expect(ask()).rejects.toThrow(new RegExp(`version 99.*knows ${INBOX_SCHEMA.length}`))
    const handOff = createInboxHandOff({ shards: createShards(1, shard), handlerKeys: [], log: () => {} })
    const input = { source: "s", dedupeKey: "evt_2", eventId: "evt_2", eventType: "a.b", body: new Uint8Array(1) }
    await expect(
      handOff({ ...input, deliveryId: undefined, secretId: "test", receivedAt: 0, known: true }),
    ).rejects.toMatchObject({ name: "Unavailable" })
    await ring()
    expect(await alarmAt()).toBeGreaterThan(START_MS)
    expect([await inStorage(name, dump), runner.calls]).toEqual([before, []])

    await inStorage(name, ({ sql }) => void sql.exec("UPDATE schema_version SET version = ?", INBOX_SCHEMA.length))
    await abortObject(INBOXES.getByName(name))
    expect((await shard().show("credicorp", "evt_1"))?.runs.map(inWords)).toEqual(["payment.* waiting 0"])
  })
})

describe.each([
  { version: 1, fixture: VERSION_1 },
  { version: 3, fixture: VERSION_3 },
])("version $version of the schema", ({ version, fixture }) => {
  it("is what was deployed, because a step is never edited; the later steps make of it what a new shard has", async () => {
    const [first, deployed, fresh, migrated] = await inStorage(nextName(), (storage) => {
      const seen: unknown[] = []
      const look = (steps: readonly string[]): void => {
        storage.transactionSync(() => migrate(storage.sql, steps))
        seen.push(tablesOf(storage))
      }
      const clear = (): void => {
        for (const table of TABLES) storage.sql.exec(`DROP TABLE IF EXISTS ${table}`)
      }
      look(INBOX_SCHEMA.slice(0, version))
      restore(storage, fixture)
      seen.push(tablesOf(storage))
      clear()
      look(INBOX_SCHEMA)
      restore(storage, fixture)
      look(INBOX_SCHEMA)
      return seen
    })
    expect(first).toEqual(deployed)
    expect(fresh).toEqual(migrated)
  })

  it("an object goes on over its rows, in every state", async () => {
    const name = nextName()
    const { shard, ring, settle, runner } = createObjectFixture(name)
    await inStorage(name, (storage) => restore(storage, fixture))
    await abortObject(INBOXES.getByName(name))
    vi.setSystemTime(START_MS + 60_000)
    expect((await shard().stats()).counts).toEqual({ unhandled: 2, waiting: 2, done: 1, dead: 1, discarded: 0 })
    const all = { status: undefined, type: undefined, from: 0, before: Number.MAX_SAFE_INTEGER, limit: 9 }
    const { events } = await shard().list(all)
    expect(events.map(({ dedupeKey, status }) => `${dedupeKey} ${status}`)).toEqual([
      "evt_not_begun waiting",
      "evt_ignored unhandled",
      "evt_dead dead",
      "evt_waiting waiting",
      "evt_no_handler unhandled",
      "evt_done done",
    ])
    expect((await shard().list({ ...all, status: "unhandled" })).events).toHaveLength(2)
    await ring()
    await settle()
    const attempts = runner.calls.map(({ handler, attempt, deliveryId }) => `${handler} ${attempt} ${deliveryId}`)
    expect(attempts.toSorted()).toEqual(["* 1 dlv_5", "payment.* 3 undefined"])
    expect((await shard().accept(delivery("evt_done"), SHARDS)).kind).toBe("duplicate")
    expect((await shard().stats()).counts).toEqual({ unhandled: 2, waiting: 1, done: 2, dead: 1, discarded: 0 })
    expect((await shard().stats()).paused).toEqual(["decision.completed"])
  })

  it.each([
    { index: 0, want: Array.from({ length: 16 }, (_, shard) => shard) },
    { index: 3, want: [] },
  ])(
    "of shard $index: the first one lists all of its shards as opened, because each may be",
    async ({ index, want }) => {
      const name = nextName()
      await inStorage(name, (storage) => {
        restore(storage)
        storage.sql.exec("UPDATE facts SET value = ? WHERE name = 'index'", index)
      })
      await abortObject(INBOXES.getByName(name))
      expect(await INBOXES.getByName(name).opened()).toEqual(want)
    },
  )
})

describe("through the deployed Worker", () => {
  const worker = (exports as unknown as { default: Fetcher }).default
  const call = async (...args: Parameters<typeof operatorRequest>): Promise<Answer> =>
    await toAnswer(await worker.fetch(operatorRequest(...args)))
  const send = async (id: string, changes: Readonly<Record<string, unknown>> = {}): Promise<Answer> => {
    const body = sampleBody({ id, ...changes })
    return await toAnswer(await worker.fetch(await signedRequest({ body, time: Math.floor(Date.now() / 1000) })))
  }

  it("an event is taken, listed, shown, run again and erased", async () => {
    const runner = fakeHandlers()
    expect((await send("evt_worker")).json["status"]).toBe("accepted")
    await eventually(() => expect(runner.calls).toHaveLength(1))
    await eventually(async () => {
      const { json } = await call("GET", "/events?status=done")
      expect(json["data"]).toMatchObject([
        { id: "evt_worker", runs: [{ handler: "decision.completed", status: "done" }] },
      ])
    })
    expect((await call("GET", "/events/credicorp/evt_worker?include=body")).json["body"]).toBe(
      sampleBody({ id: "evt_worker" }),
    )
    expect((await call("POST", "/events/credicorp/evt_worker/rerun")).status).toBe(200)
    await eventually(() => expect(runner.calls.map(({ attempt }) => attempt)).toEqual([1, 2]))
    expect((await call("DELETE", "/events/credicorp/evt_worker/body")).status).toBe(204)
    expect((await call("GET", "/events/credicorp/evt_worker")).json["has_body"]).toBe(false)
    expect((await call("GET", "/stats", { token: null })).code).toBe("missing_api_key")
  })

  it("an event of a type that is not known is kept, and nothing runs", async () => {
    const runner = fakeHandlers()
    expect((await send("evt_unknown", { type: "card.blocked" })).json["status"]).toBe("ignored")
    expect((await call("GET", "/events?status=unhandled")).json["data"]).toMatchObject([
      { id: "evt_unknown", runs: [] },
    ])
    expect(runner.calls).toEqual([])
  })

  it("an inbox that was made with another number of shards → 503 with Retry-After, and a line that says why", async () => {
    fakeHandlers()
    await send("evt_sixteen")
    const { lines, log } = createLog()
    const app = createAppFromEnv({ INBOXES, INBOX_SHARDS: 8, WEBHOOK_SECRETS: SECRET }, handlers, { log })
    const request = await signedRequest({ body: sampleBody({ id: "evt_8" }), time: Math.floor(Date.now() / 1000) })
    const answer = await toAnswer(await app.fetch(request))
    expect([answer.status, answer.code, answer.headers.get("Retry-After")]).toEqual([
      503,
      "temporarily_unavailable",
      "30",
    ])
    expect(lines).toMatchObject([{ level: "error", error: expect.stringContaining("INBOX_SHARDS") as string }])
    expect((await call("GET", "/events/credicorp/evt_8")).code).toBe("resource_not_found")
  })
})
