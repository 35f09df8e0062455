// The one file to edit: what happens when an event arrives.
//
// A key is an event type, a family as "payment.*", or "*" for every event. Every key that matches runs, in this order.
// Be idempotent with `event.id`: an event may arrive more than once, and in any order.

import type { WorkerBindings } from "./config.ts"
import { defineHandlers } from "./events/handlers.ts"

/** The Worker's bindings. Add your own (KV, D1, queues, variables) as they stand in wrangler.toml. */
export interface Env extends WorkerBindings {}

export const handlers = defineHandlers<Env>({
  "decision.completed": (event, { log }) => {
    const { id, outcome } = event.data.object
    log("decision completed", { decision: id, outcome })
  },

  "payment.*": (event, { log }) => {
    log("money moved", { payment: event.data.object["id"] })
  },
})
