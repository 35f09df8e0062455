// Catches a bound on idempotency records that is none, and one that drops live records of an account that has few: a retry
// would then make a second endpoint, or end the secret that is in use.

import { expect, it } from "vitest"
import { createSqlAccountStore } from "../../src/endpoints/account-sql.ts"
import { createEndpoint, toView } from "../../src/endpoints/endpoint.ts"
import { DAY_MS, FIELDS } from "./contract/account-driver.ts"
import { ACCOUNTS, inSql } from "../support/account-object.ts"
import { NOW_MS } from "../support/partner.ts"

const VIEW = toView(createEndpoint(FIELDS, false, NOW_MS), NOW_MS)

/** The store of an object that stays awake, and its clock. */
async function withStore(name: string, run: (bench: ReturnType<typeof createBench>) => void): Promise<void> {
  await ACCOUNTS.getByName(name).listEndpoints()
  await inSql(name, (sql) => run(createBench(sql)))
}

function createBench(sql: SqlStorage) {
  const store = createSqlAccountStore(sql)
  let now = NOW_MS
  return {
    put: (key: string): void => {
      store.pruneAnswers(now, 20)
      const expiresAt = now + DAY_MS
      store.putAnswer(`test POST /x ${key}`, { bodyHash: "x", status: 201, view: VIEW, secretVersion: 1, expiresAt })
    },
    has: (key: string): boolean => store.getAnswer(`test POST /x ${key}`) !== undefined,
    rows: (): number => sql.exec<{ count: number }>("SELECT count(*) AS count FROM answers").one().count,
    pass: (ms: number): void => {
      now += ms
    },
  }
}

it("of a mode 10,000 are kept at most, the newest", async () => {
  await withStore("bound_most", ({ put, has, rows }) => {
    for (let i = 0; i < 10_100; i++) {
      put(`k${i}`)
      if (rows() > 10_000) throw new Error(`${rows()} rows after ${i + 1} requests`)
    }
    expect([has("k0"), has("k100"), has("k121"), has("k10099")]).toEqual([false, false, true, true])
  })
})

it("an object that stored 10,000 in its life keeps what is younger than a day", async () => {
  await withStore("bound_long", ({ put, has, pass }) => {
    for (let i = 0; i < 10_100; i++) {
      pass(60_000)
      put(`old${i}`)
    }
    pass(DAY_MS)
    for (let i = 0; i < 200; i++) put(`quiet${i}`)
    put("once")
    for (let i = 0; i < 1_000; i++) put(`busy${i}`)
    expect(has("once")).toBe(true)
  })
})
