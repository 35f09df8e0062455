// Catches an object that answers otherwise than the twin that the tests of the routes rest on.

import { evictDurableObject } from "cloudflare:test"
import { vi } from "vitest"
import { describeAccount } from "./contract/account.ts"
import { ACCOUNTS, breakTable, inSql } from "../support/account-object.ts"

let count = 0

describeAccount("the Durable Object", () => {
  // Storage is shared by the tests of a file: each has an object of its own.
  count += 1
  const name = `contract_${count}`
  return {
    account: ACCOUNTS.getByName(name),
    // The object and its tests share an isolate, and with it the clock.
    setTime: (ms) => void vi.useFakeTimers({ toFake: ["Date"], now: ms }),
    sleep: () => evictDurableObject(ACCOUNTS.getByName(name)),
    breakTable: (table) => breakTable(name, table),
    countAnswers: () =>
      inSql(name, (sql) => sql.exec<{ count: number }>("SELECT count(*) AS count FROM answers").one().count),
  }
})
