import { endRun, freshRun, restartRun, type Run } from "../attempts/run.ts"
import { matchesPattern } from "../events/patterns.ts"
import type {
  EventFilter,
  EventPage,
  EventStatus,
  InboxEvent,
  Rerun,
  RerunDead,
  RerunFailure,
  RerunStep,
} from "./inbox.ts"
import { forgetBody, pruneIfDue } from "./prune.ts"
import { timeOf } from "./sequence.ts"
import { MAX_SCANNED_EVENTS, type EventRow, type InboxStore } from "./store.ts"

// An operator's reads and changes of one shard. Each is called within a transaction.

/** Returns an event with all its runs, including those that have no row yet. */
export function toInboxEvent(row: EventRow, stored: readonly Run[]): InboxEvent {
  const { lanes, ...event } = row
  const runs = lanes.map((lane) => stored.find((run) => run.lane === lane) ?? freshRun(lane, timeOf(row.sequence)))
  return { ...event, runs, status: statusOf(runs) }
}

/** An event waits while one of its runs does; then it is dead if one of them is. */
function statusOf(runs: readonly Run[]): EventStatus {
  if (runs.length === 0) return "unhandled"
  if (runs.some(({ nextAt }) => nextAt !== null)) return "waiting"
  return runs.some(({ status }) => status === "dead") ? "dead" : "done"
}

export function show(store: InboxStore, source: string, dedupeKey: string): InboxEvent | undefined {
  const row = store.findEvent(source, dedupeKey)
  return row && toInboxEvent(row, store.getRuns(row.sequence))
}

/** Returns one page. It looks at a bounded number of events: a page may be short and still have another after it. */
export function list(store: InboxStore, { status, type, from, before, limit }: EventFilter): EventPage {
  const events: InboxEvent[] = []
  let cursor = before
  let left = MAX_SCANNED_EVENTS
  // Most pages are full with the first step. Later steps grow, so that a rare match is found in few of them.
  for (let step = limit; left > 0; step *= 16) {
    const asked = Math.min(step, left)
    const rows = store.eventsBefore(cursor, { status, from, limit: asked })
    for (const row of rows) {
      cursor = row.sequence
      if (type !== undefined && row.type !== type) continue
      const event = toInboxEvent(row, store.getRunsWithoutHistory(row.sequence))
      if (status !== undefined && event.status !== status) continue
      events.push(event)
      if (events.length === limit) return { events, more: cursor }
    }
    if (rows.length < asked) return { events, more: undefined }
    left -= asked
  }
  return { events, more: cursor }
}

/**
 * Begins a new round for the runs of the current handlers. A run that is running is left alone. If all handlers are asked
 * for, their runs replace the dead runs of handlers that are gone: nothing else could ever end those.
 */
export function rerun(
  store: InboxStore,
  { source, dedupeKey, keys, only }: Rerun,
  now: number,
): InboxEvent | RerunFailure {
  const event = store.findEvent(source, dedupeKey)
  if (!event) return "no_event"
  if (!event.hasBody) return "no_body"
  const taking = keys.filter((key) => matchesPattern(key, event.type) && (only === undefined || key === only))
  if (taking.length === 0) return "no_handler"
  beginRuns(store, event)
  const gone = only === undefined ? findDead(store, event).filter((lane) => !keys.includes(lane)) : []
  restart(store, event, { taking, gone }, now)
  return show(store, source, dedupeKey) ?? "no_event"
}

/** Begins a new round for the dead runs of a type, with the current handlers. Done and waiting runs are left alone. */
export function rerunDead(store: InboxStore, { type, keys, before, limit, dryRun }: RerunDead, now: number): RerunStep {
  const today = keys.filter((key) => matchesPattern(key, type))
  const events = store.eventsBefore(before, { status: "dead", from: 0, limit })
  let runs = 0
  for (const event of events) {
    if (event.type !== type || !event.hasBody) continue
    const dead = findDead(store, event)
    const added = today.filter((key) => !event.lanes.includes(key))
    // The dead run of a handler that is gone stays dead, and listed, unless a handler that is new to the event replaces it.
    const gone = added.length > 0 ? dead.filter((lane) => !keys.includes(lane)) : []
    const taking = today.filter((key) => dead.includes(key) || (gone.length > 0 && added.includes(key)))
    runs += taking.length
    if (!dryRun) restart(store, event, { taking, gone }, now)
  }
  return { runs, more: events.length < limit ? undefined : events.at(-1)?.sequence }
}

const findDead = (store: InboxStore, { sequence }: EventRow): readonly string[] =>
  store
    .getRunsWithoutHistory(sequence)
    .filter(({ status }) => status === "dead")
    .map(({ lane }) => lane)

/** Begins a new round for the runs of some handlers of an event, and drops the runs of others. */
function restart(
  store: InboxStore,
  { sequence, lanes }: EventRow,
  { taking, gone }: { readonly taking: readonly string[]; readonly gone: readonly string[] },
  now: number,
): void {
  const kept = lanes.filter((lane) => !gone.includes(lane))
  const added = taking.filter((key) => !lanes.includes(key))
  if (added.length + gone.length > 0) store.setLanes(sequence, [...kept, ...added])
  for (const lane of gone) store.deleteRun(sequence, lane)
  for (const key of taking) {
    const run = store.getRun(sequence, key) ?? freshRun(key, timeOf(sequence))
    if (run.status !== "running") store.putRun(sequence, restartRun(run, now))
  }
}

/** Erases a body. The runs that wait for it are dead. A running one has a copy, and ends as it does. */
export function erase(store: InboxStore, source: string, dedupeKey: string): boolean {
  const event = store.findEvent(source, dedupeKey)
  if (!event) return false
  // Frees before it writes: in a full shard, that makes the room for the rows.
  forgetBody(store, event.sequence)
  // Runs without a row are dead too: their handler may be paused, and they would wait for a body that is gone.
  beginRuns(store, event)
  for (const run of store.getRuns(event.sequence)) {
    if (run.status === "waiting") store.putRun(event.sequence, endRun(run, "dead", "body_erased"))
  }
  pruneIfDue(store, event.sequence)
  return true
}

/** Writes the rows of runs that have none yet, so that they can be changed. */
function beginRuns(store: InboxStore, { sequence, lanes }: EventRow): void {
  const stored = new Set(store.getRunsWithoutHistory(sequence).map(({ lane }) => lane))
  for (const lane of lanes) if (!stored.has(lane)) store.putRun(sequence, freshRun(lane, timeOf(sequence)))
}
