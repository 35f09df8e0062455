import { addActivity, NO_ACTIVITY } from "./activity.ts"
import type { Activity, Attempt, EventStatus, InboxEvent, Run, ShardStats } from "./inbox.ts"
import { timeOf } from "./place.ts"

// What operators are shown. Times are RFC 3339 in UTC, durations milliseconds.

export interface AttemptView {
  readonly attempt: number
  readonly started: string
  readonly outcome: NonNullable<Attempt["outcome"]> | "running"
  readonly duration_ms: number | null
  readonly error: string | null
}

export interface RunView {
  readonly handler: string
  readonly status: Run["status"]
  readonly attempts: number
  /** When its next attempt is due; of one that is running, when it is given up. */
  readonly next_attempt: string | null
  /** Why it is dead. */
  readonly reason: Run["reason"]
}

/** An event in a listing. */
export interface EventView {
  readonly source: string
  readonly id: string
  readonly type: string
  readonly status: EventStatus
  readonly received: string
  readonly delivery_id: string | null
  readonly secret_id: string
  readonly bytes: number
  readonly has_body: boolean
  readonly runs: readonly RunView[]
}

/** An event by itself. */
export interface EventDetail extends EventView {
  readonly runs: readonly (RunView & { readonly history: readonly AttemptView[] })[]
}

export interface StatsView {
  readonly shards: number
  readonly events: Readonly<Record<EventStatus, number>>
  /** When the oldest event that waits was accepted. */
  readonly oldest_waiting: string | null
  readonly last_hour: Activity
  readonly paused_handlers: readonly string[]
}

const toTime = (ms: number): string => new Date(ms).toISOString()

const toAttemptView = ({ attempt, at, outcome, ms, error }: Attempt): AttemptView => ({
  attempt,
  started: toTime(at),
  outcome: outcome ?? "running",
  duration_ms: ms ?? null,
  error: error ?? null,
})

const toRunView = ({ handler, status, attempts, nextAt, reason }: Run): RunView => ({
  handler,
  status,
  attempts,
  next_attempt: nextAt === null ? null : toTime(nextAt),
  reason,
})

export const toEventView = (event: InboxEvent): EventView => ({
  source: event.source,
  id: event.dedupeKey,
  type: event.type,
  status: event.status,
  received: toTime(timeOf(event.place)),
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

/** All shards in one. */
export function toStatsView(shards: readonly ShardStats[]): StatsView {
  const sum = (status: EventStatus): number => shards.reduce((total, { counts }) => total + counts[status], 0)
  const waiting = shards.flatMap(({ oldestWaitingAt }) => oldestWaitingAt ?? [])
  return {
    shards: shards.length,
    events: { waiting: sum("waiting"), done: sum("done"), dead: sum("dead"), ignored: sum("ignored") },
    oldest_waiting: waiting.length > 0 ? toTime(Math.min(...waiting)) : null,
    last_hour: shards.map(({ lastHour }) => lastHour).reduce(addActivity, NO_ACTIVITY),
    paused_handlers: [...new Set(shards.flatMap(({ paused }) => paused))].toSorted(),
  }
}
