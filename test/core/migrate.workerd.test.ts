// Catches a step that runs twice, or half, and old code that writes into a database that newer code has made.

import { runInDurableObject } from "cloudflare:test"
import { describe, expect, it } from "vitest"
import { toHex } from "../../src/core/bytes.ts"
import { ACCOUNT_SCHEMA } from "../../src/endpoints/account-sql.ts"
import { migrate } from "../../src/core/migrate.ts"
import { ACCOUNTS } from "../support/account-object.ts"

const PRESENT = ACCOUNT_SCHEMA.length
const TABLES = ["endpoints", "answers", "revoked", "facts", "actions", "schema_version"]

let count = 0

const upgrade = (storage: DurableObjectStorage, steps: readonly string[]): void =>
  storage.transactionSync(() => migrate(storage.sql, steps))

/** A database of its own for each test, of the present version. */
const inDatabase = async <Value>(run: (storage: DurableObjectStorage) => Value): Promise<Value> => {
  count += 1
  return await runInDurableObject(ACCOUNTS.getByName(`migrate_${count}`), (_, { storage }) => {
    upgrade(storage, ACCOUNT_SCHEMA)
    return run(storage)
  })
}

/** Everything there is: what the tables are made of, and what is in them. */
function dump({ sql }: DurableObjectStorage): string {
  const tables = sql
    .exec("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\' ORDER BY name")
    .toArray()
  const rows = TABLES.map((table) => sql.exec(`SELECT * FROM ${table}`).toArray())
  return JSON.stringify({ tables, rows })
}

const version = ({ sql }: DurableObjectStorage): unknown =>
  sql.exec("SELECT version FROM schema_version").one()["version"]

function fill({ sql }: DurableObjectStorage): void {
  sql.exec("INSERT INTO endpoints (id, livemode, data) VALUES ('whend_1', 0, '{\"a\":1}'), ('whend_2', 1, '{}')")
  sql.exec("INSERT INTO answers (scope, expires_at, data) VALUES ('k', 5, '{}')")
  sql.exec("INSERT INTO revoked (credential_id) VALUES ('key_1')")
  sql.exec("INSERT INTO facts (name, value) VALUES ('suspended', '1')")
}

/** The next version as it could be: a column more, filled from what is there, and a table more. */
const NEXT = [
  ...ACCOUNT_SCHEMA,
  `ALTER TABLE endpoints ADD COLUMN note TEXT;
   UPDATE endpoints SET note = 'was ' || id;
   CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT;`,
]

describe("migrate", () => {
  it("an object begins at the version of its code", async () => {
    expect(await inDatabase(version)).toBe(ACCOUNT_SCHEMA.length)
  })

  it("the same version again changes nothing", async () => {
    const [before, after] = await inDatabase((storage) => {
      fill(storage)
      const first = dump(storage)
      upgrade(storage, ACCOUNT_SCHEMA)
      return [first, dump(storage)]
    })
    expect(after).toBe(before)
  })

  it("the next version comes over this one with its data kept, once", async () => {
    const { endpoints, rest, last } = await inDatabase((storage) => {
      fill(storage)
      upgrade(storage, NEXT)
      const first = dump(storage)
      upgrade(storage, NEXT)
      expect(dump(storage)).toBe(first)
      const { sql } = storage
      return {
        endpoints: sql.exec("SELECT id, livemode, data, note FROM endpoints ORDER BY place").toArray(),
        rest: ["answers", "revoked", "facts", "later"].map(
          (table) => sql.exec(`SELECT * FROM ${table}`).toArray().length,
        ),
        last: version(storage),
      }
    })
    expect(endpoints).toEqual([
      { id: "whend_1", livemode: 0, data: '{"a":1}', note: "was whend_1" },
      { id: "whend_2", livemode: 1, data: "{}", note: "was whend_2" },
    ])
    expect([rest, last]).toEqual([[1, 1, 1, 0], PRESENT + 1])
  })

  it("the first version, as it was deployed, comes to the present one with its data kept", async () => {
    const [first, rest] = await inDatabase((storage) => {
      for (const table of TABLES) storage.sql.exec(`DROP TABLE ${table}`)
      upgrade(storage, ACCOUNT_SCHEMA.slice(0, 1))
      fill(storage)
      const before = TABLES.slice(0, 4).map((table) => storage.sql.exec(`SELECT * FROM ${table}`).toArray())
      upgrade(storage, ACCOUNT_SCHEMA)
      const after = TABLES.slice(0, 4).map((table) => storage.sql.exec(`SELECT * FROM ${table}`).toArray())
      expect(after).toEqual(before)
      return [version(storage), storage.sql.exec("SELECT * FROM actions").toArray()]
    })
    expect([first, rest]).toEqual([PRESENT, []])
  })

  it("the first step is what was deployed, and never edited", async () => {
    const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(ACCOUNT_SCHEMA[0]))
    expect(toHex(new Uint8Array(bytes))).toBe("9f4f65a05cab1e7ddc5e2a011dfe1d0e627b32c759ff8e2a9f3be799b51b9e0d")
  })

  it("several versions at once come in their order", async () => {
    const steps = [...NEXT, "INSERT INTO later (id) SELECT count(*) FROM endpoints WHERE note IS NOT NULL"]
    const rows = await inDatabase((storage) => {
      fill(storage)
      upgrade(storage, steps)
      return [storage.sql.exec("SELECT id FROM later").toArray(), version(storage)]
    })
    expect(rows).toEqual([[{ id: 2 }], PRESENT + 2])
  })

  it.each([
    { why: "a step that is no SQL", steps: [...NEXT, "NOT SQL"] },
    {
      why: "a step that fails half way",
      steps: [...ACCOUNT_SCHEMA, "CREATE TABLE later (id INTEGER); DROP TABLE none;"],
    },
    {
      why: "a step that breaks a rule of the data",
      steps: [...ACCOUNT_SCHEMA, "INSERT INTO facts VALUES ('suspended', '2')"],
    },
  ])("$why → throws, and leaves the present version as it was", async ({ steps }) => {
    const { before, after } = await inDatabase((storage) => {
      fill(storage)
      const first = dump(storage)
      expect(() => upgrade(storage, steps)).toThrow()
      return { before: first, after: dump(storage) }
    })
    expect(after).toBe(before)
  })

  it("a database of a newer version → refused, naming both versions, and nothing is written", async () => {
    const { before, after } = await inDatabase((storage) => {
      fill(storage)
      upgrade(storage, NEXT)
      const first = dump(storage)
      expect(() => upgrade(storage, ACCOUNT_SCHEMA)).toThrow(new RegExp(`version ${PRESENT + 1}.*knows ${PRESENT}`))
      return { before: first, after: dump(storage) }
    })
    expect(after).toBe(before)
  })

  it("a database without any version gets every step", async () => {
    const last = await inDatabase((storage) => {
      for (const table of TABLES) storage.sql.exec(`DROP TABLE ${table}`)
      upgrade(storage, NEXT)
      fill(storage)
      return version(storage)
    })
    expect(last).toBe(PRESENT + 1)
  })
})
