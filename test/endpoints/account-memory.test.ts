// Catches a twin that is kinder than the object: whatever the tests of the routes rest on, both are held to.

import { describeAccount } from "./contract/account.ts"
import { createMemoryAccount } from "../support/partner.ts"

describeAccount("the twin in memory", () => {
  let time = 0
  const account = createMemoryAccount(() => time)
  return {
    account,
    setTime(ms) {
      time = ms
    },
    sleep: async () => account.wake(),
    breakTable: async (table) => account.breakTable(table),
    countAnswers: async () => account.countAnswers(),
  }
})
