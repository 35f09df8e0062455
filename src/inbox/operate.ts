import { matchesPattern } from "../events/patterns.ts"
import { MAX_SCANNED_EVENTS, type EventRow, type InboxStore } from "./store.ts"
import type { EventFilter, EventPage, InboxEvent, Rerun, RerunDead, RerunFailure, RerunStep, Run } from "./inbox.ts"
import { forgetBody, pruneIfDue } from "./prune.ts"
import { endRun, freshRun, restartRun, toInboxEvent } from "./runs.ts"

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

/**
 * Begins a new round for the runs of today's handlers; one that is running is left to end. If all of them run, they take
 * the place of a dead run whose handler is gone: nothing else could ever end it.
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
  const gone = only === undefined ? findDead(store, event).filter((handler) => !keys.includes(handler)) : []
  restart(store, event, { taking, gone }, now)
  return show(store, source, dedupeKey) ?? "no_event"
}

/** Runs again what is dead of a type, with today's handlers; what is done, and what waits, is left alone. */
export function rerunDead(store: InboxStore, { type, keys, before, limit, dryRun }: RerunDead, now: number): RerunStep {
  const today = keys.filter((key) => matchesPattern(key, type))
  const events = store.eventsBefore(before, { status: "dead", from: 0, limit })
  let runs = 0
  for (const event of events) {
    if (event.type !== type || !event.hasBody) continue
    const dead = findDead(store, event)
    const added = today.filter((key) => !event.handlers?.includes(key))
    // Without one that is new to the event nothing would be done in its stead: it stays dead, and listed.
    const gone = added.length > 0 ? dead.filter((handler) => !keys.includes(handler)) : []
    const taking = today.filter((key) => dead.includes(key) || (gone.length > 0 && added.includes(key)))
    runs += taking.length
    if (!dryRun) restart(store, event, { taking, gone }, now)
  }
  return { runs, more: events.length < limit ? undefined : events.at(-1)?.place }
}

const findDead = (store: InboxStore, { place }: EventRow): readonly string[] =>
  store
    .getRuns(place)
    .filter(({ status }) => status === "dead")
    .map(({ handler }) => handler)

/** Begins a new round of some handlers of an event, and drops the runs of others. */
function restart(
  store: InboxStore,
  { place, handlers = [] }: EventRow,
  { taking, gone }: { readonly taking: readonly string[]; readonly gone: readonly string[] },
  now: number,
): void {
  const kept = handlers.filter((handler) => !gone.includes(handler))
  const added = taking.filter((key) => !handlers.includes(key))
  if (added.length + gone.length > 0) store.setHandlers(place, [...kept, ...added])
  for (const handler of gone) store.deleteRun(place, handler)
  for (const key of taking) {
    const run = store.getRun(place, key) ?? freshRun(key, place)
    if (run.status !== "running") store.putRun(place, restartRun(run, now))
  }
}

/** Erases a body. Runs that wait for it are dead, one that is running has its copy and ends as it does. */
export function erase(store: InboxStore, source: string, dedupeKey: string): boolean {
  const event = store.findEvent(source, dedupeKey)
  if (!event) return false
  // Those that have no row yet, too: their handler may be paused, and then they would wait for what is gone.
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
