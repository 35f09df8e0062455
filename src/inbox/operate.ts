import { matchesPattern } from "../events/patterns.ts"
import { MAX_SCANNED_EVENTS } from "../core/limits.ts"
import type { EventFilter, EventPage, InboxEvent, Rerun, RerunFailure, Run } from "./inbox.ts"
import { forgetBody, pruneIfDue } from "./prune.ts"
import { endRun, freshRun, restartRun, toInboxEvent } from "./runs.ts"
import type { EventRow, InboxStore } from "./store.ts"

// What an operator asks of a shard. Each is called within a transaction.

export function show(store: InboxStore, source: string, dedupeKey: string): InboxEvent | undefined {
  const row = store.findEvent(source, dedupeKey)
  return row && toInboxEvent(row, store.getRuns(row.place))
}

const withoutHistory = (run: Run): Run => ({ ...run, history: [] })

/** One page, in a bounded look: it may be shorter than the limit and still have more after it. */
export function list(store: InboxStore, { status, type, from, before, limit }: EventFilter): EventPage {
  const events: InboxEvent[] = []
  let cursor = before
  let left = MAX_SCANNED_EVENTS
  // Most pages are full with the first step; one that is not soon looks far.
  for (let step = limit; left > 0; step *= 16) {
    const asked = Math.min(step, left)
    const rows = store.eventsBefore(cursor, { status, from, limit: asked })
    for (const row of rows) {
      cursor = row.place
      if (type !== undefined && row.type !== type) continue
      // Without histories: a page of them could be megabytes.
      const event = toInboxEvent(row, store.getRuns(row.place).map(withoutHistory))
      if (status !== undefined && event.status !== status) continue
      events.push(event)
      if (events.length === limit) return { events, more: cursor }
    }
    if (rows.length < asked) return { events, more: undefined }
    left -= asked
  }
  return { events, more: cursor }
}

/** Begins a new round for the runs of today's handlers; one that is running is left to end. */
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
  const handlers = event.handlers ?? []
  const added = taking.filter((key) => !handlers.includes(key))
  if (added.length > 0 || !event.handlers) store.setHandlers(event.place, [...handlers, ...added])
  for (const key of taking) {
    const run = store.getRun(event.place, key) ?? freshRun(key, event.place)
    if (run.status !== "running") store.putRun(event.place, restartRun(run, now))
  }
  return show(store, source, dedupeKey) ?? "no_event"
}

/**
 * Runs again dead runs of a type, of handlers that are there today.
 *
 * @returns How many, or with `dryRun` how many there are.
 */
export function rerunDead(
  store: InboxStore,
  { type, keys, limit, dryRun }: { type: string; keys: readonly string[]; limit: number; dryRun: boolean },
  now: number,
): number {
  const handlers = keys.filter((key) => matchesPattern(key, type))
  if (dryRun) return store.countDeadRuns(type, handlers)
  const dead = store.deadRuns(type, handlers, limit)
  for (const { place, run } of dead) store.putRun(place, restartRun(run, now))
  return dead.length
}

/** Erases a body. Runs that wait for it are dead, one that is running has its copy and ends as it does. */
export function erase(store: InboxStore, source: string, dedupeKey: string): boolean {
  const event = store.findEvent(source, dedupeKey)
  if (!event) return false
  beginRuns(store, event)
  for (const run of store.getRuns(event.place)) {
    if (run.status === "waiting") store.putRun(event.place, endRun(run, "dead", "body_erased"))
  }
  forgetBody(store, event.place)
  pruneIfDue(store, event.place)
  return true
}

/** Writes the rows of runs that have none yet, so that they can be changed. */
function beginRuns(store: InboxStore, { place, handlers = [] }: EventRow): void {
  const stored = new Set(store.getRuns(place).map(({ handler }) => handler))
  for (const handler of handlers) if (!stored.has(handler)) store.putRun(place, freshRun(handler, place))
}
