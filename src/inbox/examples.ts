import type { HandlerView, StatsView } from "./stats-view.ts"
import type { EventDetail, EventView } from "./view.ts"

// Answers as the documentation shows them. A test holds them against their schemas.

const event = {
  source: "credicorp",
  id: "evt_5hKqVn2Rw8",
  type: "decision.completed",
  status: "done",
  received: "2026-09-21T14:13:21.204Z",
  delivery_id: "dlv_7Yb3",
  secret_id: "live",
  bytes: 268,
  has_body: true,
} as const

const run = {
  handler: "decision.*",
  status: "done",
  attempts: 2,
  next_attempt: null,
  reason: null,
  note: null,
} as const

export const EXAMPLE_EVENT = {
  listed: { ...event, runs: [run] } satisfies EventView,
  detail: {
    ...event,
    runs: [
      {
        ...run,
        history: [
          {
            attempt: 1,
            started: "2026-09-21T14:13:21.231Z",
            outcome: "failed",
            duration_ms: 812,
            error: "Error: the bank answered 503",
          },
          { attempt: 2, started: "2026-09-21T14:13:26.240Z", outcome: "done", duration_ms: 96, error: null },
        ],
      },
    ],
  } satisfies EventDetail,
}

export const EXAMPLE_HANDLER: HandlerView = {
  handler: "decision.*",
  deployed: true,
  paused: false,
  concurrency: 16,
  waiting: 3,
  dead: 1,
  last_hour: { done: 1_901, failed: 19, failure_rate: 0.0099 },
}

export const EXAMPLE_STATS: StatsView = {
  shards: 4,
  events: { waiting: 3, done: 41_207, dead: 1, unhandled: 12, discarded: 2 },
  oldest_waiting: "2026-09-21T14:13:21.204Z",
  last_hour: {
    complete_since: "2026-09-21T13:20:00.000Z",
    accepted: 1_904,
    duplicates: 22,
    secrets: { live: 1_926 },
    failure_rate: 0.0099,
  },
  handlers: [EXAMPLE_HANDLER],
  types: [{ type: "decision.completed", waiting: 3, dead: 1, unhandled: 0, accepted_last_hour: 1_904 }],
  storage: { bytes: 61_865_984, left_bytes: 19_938_134_016, fullest_percent: 1 },
  paused_handlers: [],
}
