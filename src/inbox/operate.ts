import { endRun, freshRun, restartRun, type Run } from "../attempts/run.ts"
import { laneTakes } from "../events/lanes.ts"
import type { EventFilter, EventPage, Discard, DiscardFailure, InboxEvent, Rerun, RerunFailure } from "./inbox.ts"
import type { EventStatus } from "./stats.ts"
import { forgetBody, pruneIfDue } from "./prune.ts"
import { timeOf } from "./sequence.ts"
import { MAX_SCANNED_EVENTS, type EventRow, type InboxStore } from "./store.ts"

// An operator's reads and changes of one shard. A change is called within a transaction. A read may be called outside of one.

/** Returns an event with all its runs, including those that have no row yet. */
export function toInboxEvent(row: EventRow, stored: readonly Run[]): InboxEvent {
  const { lanes, headers: _, ...event } = row
  const runs = lanes.map((lane) => stored.find((run) => run.lane === lane) ?? freshRun(lane, timeOf(row.sequence)))
  return { ...event, runs, status: statusOf(runs) }
}

/**
 * Returns the first status that applies: unhandled without runs, never done (spec 3.15); waiting (or running), dead and
 * discarded if one run is; else done.
 */
function statusOf(runs: readonly Run[]): EventStatus {
  if (runs.length === 0) return "unhandled"
  if (runs.some(({ nextAt }) => nextAt !== null)) return "waiting"
  if (runs.some(({ status }) => status === "dead")) return "dead"
  return runs.some(({ status }) => status === "discarded") ? "discarded" : "done"
}

export function show(store: InboxStore, source: string, dedupeKey: string): InboxEvent | undefined {
  const row = store.findEvent(source, dedupeKey)
  return row && toInboxEvent(row, store.getRuns(row.sequence))
}

/** Returns one page. It looks at a bounded number of events: a page may be short and still have another after it. */
export function list(store: InboxStore, { source, status, type, from, before, limit }: EventFilter): EventPage {
  const events: InboxEvent[] = []
  let cursor = before
  let left = MAX_SCANNED_EVENTS
  // Most pages are full after the first step. Later steps are larger, so that a rare match is found in few steps.
  for (let step = limit; left > 0; step *= 16) {
    const asked = Math.min(step, left)
    const rows = store.eventsBefore(cursor, { status, from, limit: asked })
    for (const row of rows) {
      cursor = row.sequence
      if (type !== undefined && row.type !== type) continue
      if (source !== undefined && row.source !== source) continue
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
 * Begins a new round for the runs of the current handlers. A running run is left alone. Without `only`, the new runs replace
 * the dead runs of removed handlers, which nothing else could ever end.
 */
export function rerun(
  store: InboxStore,
  { source, dedupeKey, keys, only }: Rerun,
  now: number,
): InboxEvent | RerunFailure {
  const event = store.findEvent(source, dedupeKey)
  if (!event) return "no_event"
  if (!event.hasBody) return "no_body"
  const taking = keys.filter((key) => laneTakes(key, event) && (only === undefined || key === only))
  if (taking.length === 0) return "no_handler"
  beginRuns(store, event)
  const gone = only === undefined ? findDead(store, event).filter((lane) => !keys.includes(lane)) : []
  restart(store, event, { taking, gone }, () => now)
  return show(store, source, dedupeKey) ?? "no_event"
}

export const findDead = (store: InboxStore, { sequence }: EventRow): readonly string[] =>
  store
    .getRunsWithoutHistory(sequence)
    .filter(({ status }) => status === "dead")
    .map(({ lane }) => lane)

/**
 * Begins a new round for the runs of some handlers of an event, and drops the runs of others.
 *
 * @param dueAt Returns when a run is due, by its index in `taking`.
 */
export function restart(
  store: InboxStore,
  { sequence, lanes }: EventRow,
  { taking, gone }: { readonly taking: readonly string[]; readonly gone: readonly string[] },
  dueAt: (index: number) => number,
): void {
  const kept = lanes.filter((lane) => !gone.includes(lane))
  const added = taking.filter((key) => !lanes.includes(key))
  if (added.length + gone.length > 0) store.setLanes(sequence, [...kept, ...added])
  for (const lane of gone) store.deleteRun(sequence, lane)
  for (const [index, key] of taking.entries()) {
    const run = store.getRun(sequence, key)
    if (run?.status === "running") continue
    // A waiting run is never delayed.
    const due =
      run?.status === "waiting" ? Math.min(run.nextAt ?? Number.POSITIVE_INFINITY, dueAt(index)) : dueAt(index)
    store.putRun(sequence, restartRun(run ?? freshRun(key, timeOf(sequence)), due))
  }
}

/** Discards the dead runs of an event: all of them, or that of one handler. */
export function discard(store: InboxStore, { source, dedupeKey, only, note }: Discard): InboxEvent | DiscardFailure {
  const event = store.findEvent(source, dedupeKey)
  if (!event) return "no_event"
  const dead = findDead(store, event).filter((lane) => only === undefined || lane === only)
  if (dead.length === 0) return "no_dead_run"
  discardRuns(store, event, dead, note)
  return show(store, source, dedupeKey) ?? "no_event"
}

/** Ends dead runs of an event as discarded. The note takes the place of the reason. */
export function discardRuns(store: InboxStore, { sequence }: EventRow, lanes: readonly string[], note: string): void {
  for (const lane of lanes) {
    const run = store.getRun(sequence, lane)
    if (run) store.putRun(sequence, endRun(run, "discarded", note))
  }
}

/** Erases a body. Runs that wait for it are dead. A running attempt has a copy, and ends as usual. */
export function erase(store: InboxStore, source: string, dedupeKey: string): boolean {
  const event = store.findEvent(source, dedupeKey)
  if (!event) return false
  // Frees storage before it writes, so that a full shard has room for the rows.
  forgetBody(store, event.sequence)
  // Runs without a row are ended too: their handler may be paused, and they would wait for an erased body.
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
