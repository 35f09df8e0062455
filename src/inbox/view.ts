import * as v from "valibot"
import { described, named } from "../http/fields.ts"
import type { Attempt, Run } from "../attempts/run.ts"
import { DEAD_REASONS, type DeadReason, type InboxEvent } from "./inbox.ts"
import { EVENT_STATUSES } from "./stats.ts"
import { timeOf } from "./sequence.ts"

// The views that operators get. Times are RFC 3339 in UTC, durations milliseconds.

export const Time = v.pipe(v.string(), v.isoTimestamp())

const runFields = {
  handler: described(v.string(), "The handler's key in handlers.ts."),
  status: v.picklist(["waiting", "running", "done", "dead", "discarded"]),
  attempts: v.number(),
  next_attempt: described(
    v.nullable(Time),
    "When the next attempt is due; of a running one, when its lease ends. Null if none follows.",
  ),
  reason: described(v.nullable(v.picklist(DEAD_REASONS)), "Why the run is dead."),
  note: described(v.nullable(v.string()), "Why the run was discarded."),
}

const RunView = v.object(runFields)

export type RunView = v.InferOutput<typeof RunView>

const AttemptView = v.object({
  attempt: v.number(),
  started: Time,
  outcome: v.picklist(["done", "failed", "timed_out", "lost", "running"]),
  duration_ms: v.nullable(v.number()),
  error: v.nullable(v.string()),
})

export type AttemptView = v.InferOutput<typeof AttemptView>

const eventFields = {
  source: v.string(),
  id: v.string(),
  type: v.string(),
  status: v.picklist(EVENT_STATUSES),
  received: Time,
  delivery_id: v.nullable(v.string()),
  secret_id: described(v.string(), "The secret that signed it."),
  bytes: v.number(),
  has_body: described(v.boolean(), "False once the body was erased or pruned."),
}

/** An event in a listing. */
export const EventView = named("InboxEvent", v.object({ ...eventFields, runs: v.array(RunView) }))

export type EventView = v.InferOutput<typeof EventView>

/** One event with the attempts of its runs. */
export const EventDetail = named(
  "InboxEventDetail",
  v.object({
    ...eventFields,
    runs: v.array(v.object({ ...runFields, history: v.array(AttemptView) })),
    body: v.exactOptional(
      described(
        v.nullable(v.string()),
        "The signed bytes as text; null if they are gone. Only where `include=body` asks for it.",
      ),
    ),
  }),
)

export type EventDetail = v.InferOutput<typeof EventDetail>

export const toTime = (ms: number): string => new Date(ms).toISOString()

const toAttemptView = ({ attempt, at, outcome, ms, error }: Attempt): AttemptView => ({
  attempt,
  started: toTime(at),
  outcome: outcome ?? "running",
  duration_ms: ms ?? null,
  error: error ?? null,
})

const toRunView = ({ lane, status, attempts, nextAt, reason }: Run): RunView => ({
  handler: lane,
  status,
  attempts,
  next_attempt: nextAt === null ? null : toTime(nextAt),
  // The engine stores the note of a discarded run as its reason.
  reason: status === "discarded" ? null : (reason as DeadReason | null),
  note: status === "discarded" ? reason : null,
})

export const toEventView = (event: InboxEvent): EventView => ({
  source: event.source,
  id: event.dedupeKey,
  type: event.type,
  status: event.status,
  received: toTime(timeOf(event.sequence)),
  delivery_id: event.deliveryId ?? null,
  secret_id: event.secretId,
  bytes: event.bytes,
  has_body: event.hasBody,
  runs: event.runs.map(toRunView),
})

export const toEventDetail = (event: InboxEvent): EventDetail => ({
  ...toEventView(event),
  runs: event.runs.map((run) => ({ ...toRunView(run), history: run.history.map(toAttemptView) })),
})
