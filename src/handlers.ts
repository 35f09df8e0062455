// The one file to edit: what happens when an event arrives.
//
// A key is an event type, a family such as "payment.*", or "*" for every event. Every handler whose key matches runs by
// itself, after the event was stored and acknowledged. If it throws, it is retried: eight attempts over 31 hours. Handlers
// that have succeeded do not run again.
//
// Await everything that a handler starts, or pass it to the context's `waitUntil`. Other work is dropped when the handler
// returns. An attempt may be repeated, and events come in any order: be idempotent with `event.id`. docs/inbox.md shows how.

import type { WorkerBindings } from "./app/config.ts"
import { defineHandlers } from "./events/handlers.ts"
import { defineSources } from "./events/sources.ts"

/** The Worker's bindings. Add your own (KV, D1, queues, variables) as wrangler.toml declares them. */
export interface Env extends WorkerBindings {}

export const handlers = defineSources<Env>({
  credicorp: defineHandlers<Env>({
    "decision.completed": (event, { log }) => {
      const { id, outcome } = event.data.object
      log("decision completed", { decision: id, outcome })
    },

    "payment.*": (event, { log }) => {
      log("money moved", { payment: event.data.object["id"] })
    },
  }),

  // A further source is three lines, and the secrets of its variable, here STRIPE_WEBHOOK_SECRETS. docs/inbox.md, "Sources".
  //
  // stripe: defineSource(stripe, {
  //   "invoice.paid": (event, { log }) => log("invoice paid", { event: event.id }),
  // }),
})
