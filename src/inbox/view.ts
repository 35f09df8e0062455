import * as v from "valibot"
import { described, named } from "../http/fields.ts"
import type { Attempt, Run } from "../attempts/run.ts"
import { addActivity, NO_ACTIVITY } from "./activity.ts"
import {
  DEAD_REASONS,
  EVENT_STATUSES,
  type DeadReason,
  type EventStatus,
  type InboxEvent,
  type ShardStats,
} from "./inbox.ts"
import { timeOf } from "./sequence.ts"

// What operators are shown. Times are RFC 3339 in UTC, durations milliseconds.

const Time = v.pipe(v.string(), v.isoTimestamp())

const runFields = {
  handler: described(v.string(), "The handler's key in handlers.ts."),
  status: v.picklist(["waiting", "running", "done", "dead"]),
  attempts: v.number(),
  next_attempt: described(
    v.nullable(Time),
    "When the next attempt is due; of a running one, when its lease ends. Null if none follows.",
  ),
  reason: described(v.nullable(v.picklist(DEAD_REASONS)), "Why the run is dead."),
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

/** The state of the whole inbox. */
export const StatsView = named(
  "InboxStats",
  v.object({
    shards: v.number(),
    events: v.object({ waiting: v.number(), done: v.number(), dead: v.number(), unhandled: v.number() }),
    oldest_waiting: described(v.nullable(Time), "When the oldest waiting event was accepted."),
    last_hour: v.object({
      accepted: v.number(),
      duplicates: v.number(),
      secrets: described(v.record(v.string(), v.number()), "Secret id → deliveries that it signed."),
    }),
    paused_handlers: v.array(v.string()),
  }),
)

export type StatsView = v.InferOutput<typeof StatsView>

const toTime = (ms: number): string => new Date(ms).toISOString()

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
  // The engine knows no reasons but the inbox's.
  reason: reason as DeadReason | null,
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

/** Adds all shards up. */
export function toStatsView(shards: readonly ShardStats[]): StatsView {
  const sum = (status: EventStatus): number => shards.reduce((total, { counts }) => total + counts[status], 0)
  const waiting = shards.flatMap(({ oldestWaitingAt }) => oldestWaitingAt ?? [])
  return {
    shards: shards.length,
    events: { waiting: sum("waiting"), done: sum("done"), dead: sum("dead"), unhandled: sum("unhandled") },
    oldest_waiting: waiting.length > 0 ? toTime(Math.min(...waiting)) : null,
    last_hour: shards.map(({ lastHour }) => lastHour).reduce(addActivity, NO_ACTIVITY),
    paused_handlers: [...new Set(shards.flatMap(({ paused }) => paused))].toSorted(),
  }
}
