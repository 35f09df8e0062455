// An example to copy. This folder is for tests of your own handlers: the project's tests leave src/handlers.ts to you.
// In a copy, import yours instead:  import { handlers, type Env } from "../../src/handlers.ts"

import { expect, it } from "vitest"
import { defineHandlers } from "../../src/events/handlers.ts"
import { GiveUp } from "../../src/events/outcomes.ts"
import { sampleEvent } from "../../src/testing/sample-event.ts"
import { runEvent } from "./run.ts"

interface Env {
  readonly LEDGER: { put(key: string, value: string): Promise<void> }
}

const handlers = defineHandlers<Env>({
  "payment.settled": async (event, { env }) => {
    const { id, amount } = event.data.object
    if (typeof amount !== "number") throw new GiveUp("a settled payment has no amount")
    await env.LEDGER.put(event.id, `${String(id)} ${amount}`)
  },
  "payment.*": (event, { log }) => log("money moved", { payment: event.data.object["id"] }),
})

/** A stand-in for a KV namespace. */
function createEnv(): { env: Env; entries: Map<string, string> } {
  const entries = new Map<string, string>()
  return { entries, env: { LEDGER: { put: async (key, value) => void entries.set(key, value) } } }
}

it("a settled payment is written once, under the id of its event", async () => {
  const { env, entries } = createEnv()
  const event = sampleEvent("payment.settled", { id: "evt_1", data: { object: { id: "pay_1", amount: 5 } } })
  for (let attempt = 0; attempt < 2; attempt++) {
    const { outcomes, lines } = await runEvent(handlers, event, env)
    expect(outcomes).toEqual({ "payment.settled": { kind: "done" }, "payment.*": { kind: "done" } })
    expect(lines).toMatchObject([{ message: "money moved", payment: "pay_1" }])
  }
  expect([...entries]).toEqual([["evt_1", "pay_1 5"]])
})

it("a settled payment without an amount is given up, not retried", async () => {
  const { env, entries } = createEnv()
  const event = sampleEvent("payment.settled", { data: { object: { id: "pay_1" } } })
  const { outcomes } = await runEvent(handlers, event, env)
  expect(outcomes["payment.settled"]).toMatchObject({ kind: "dead", reason: "gave_up" })
  expect(entries.size).toBe(0)
})
