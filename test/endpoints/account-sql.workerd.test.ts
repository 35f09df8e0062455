// Catches idempotency records that grow without end: a test key could fill the object that live endpoints live in.

import { runInDurableObject } from "cloudflare:test"
import { expect, it } from "vitest"
import { MAX_STORED_ANSWERS, createSqlAccountStore } from "../../src/endpoints/account-sql.ts"
import type { StoredAnswer } from "../../src/endpoints/account.ts"
import { ACCOUNTS } from "../support/account-object.ts"

const answer = (expiresAt: number): StoredAnswer => ({
  bodyHash: "",
  status: 200,
  view: {} as StoredAnswer["view"],
  secretVersion: null,
  expiresAt,
})

it("the oldest answers of a mode go when there are too many, and none of the other mode", async () => {
  await ACCOUNTS.getByName("acct_answers").listEndpoints()
  await runInDurableObject(ACCOUNTS.getByName("acct_answers"), async (_object, { storage }) => {
    const store = createSqlAccountStore(storage.sql)
    store.putAnswer("live POST /x first", answer(0))
    for (let i = 0; i <= MAX_STORED_ANSWERS; i++) store.putAnswer(`test POST /x ${i}`, answer(i))
    const { count } = storage.sql.exec<{ count: number }>("SELECT count(*) AS count FROM answers").one()
    expect(count).toBeLessThanOrEqual(MAX_STORED_ANSWERS + 1)
    expect(store.getAnswer("test POST /x 0")).toBeUndefined()
    expect(store.getAnswer(`test POST /x ${MAX_STORED_ANSWERS}`)).toBeDefined()
    expect(store.getAnswer("live POST /x first")).toBeDefined()
  })
})
