// Catches a rule of the inbox that holds on one platform only: the twin in memory, on which the tests of the routes
// rest, and the Durable Object are held to one suite.

import { describeInbox } from "./contract/inbox.ts"
import type { FakeRunner } from "./contract/inbox-driver.ts"
import { createMemoryShard, settle } from "../support/memory-inbox.ts"

describeInbox("the twin in memory", () => {
  const runner: FakeRunner = { calls: [], answer: () => ({ kind: "done" }) }
  const twin = createMemoryShard({
    runner: {
      async run(call) {
        runner.calls.push(call)
        return await runner.answer(call)
      },
    },
  })
  return {
    shard: () => twin,
    runner,
    inOneTurn: async (work) => await work(twin),
    alarmAt: async () => twin.disk.alarmAt(),
    ring: async () => void (await twin.ring()),
    restart: async () => await twin.crash(),
    settle,
  }
})
