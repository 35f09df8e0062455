import { BACKSTOP_MS, LEASE_MS, MAX_HANDLER_RUNS, MAX_WAKE_EVENTS, MAX_WAKE_RUNS } from "../core/limits.ts"
import type { HandlerCall, Run } from "./inbox.ts"
import { pruneIfDue } from "./prune.ts"
import { beginAttempt, endAttempt, endRun, freshRun } from "./runs.ts"
import { MAX_ATTEMPTS } from "./schedule.ts"
import type { InboxStore } from "./store.ts"

/** An attempt that was counted and may start. */
export interface Start {
  readonly place: number
  readonly call: HandlerCall
}

/** Handler → how many of its runs are in flight. */
export type Busy = ReadonlyMap<string, number>

/**
 * Counts the attempts that are to start now, with a lease on each: one that kills the runtime has been counted, and is
 * tried again only when its lease is over. Call it within a transaction, and start nothing before that is durable.
 *
 * A bounded step: at most so many runs, and so many new events.
 */
export function claim(store: InboxStore, now: number, busy: Busy): readonly Start[] {
  const starts: Start[] = []
  const paused = new Set(store.pausedHandlers())
  const taken = new Map<string, number>()
  const freeSlots = (handler: string): number => {
    if (paused.has(handler)) return 0
    const inFlight = (busy.get(handler) ?? 0) + (taken.get(handler) ?? 0)
    return Math.max(0, Math.min(MAX_HANDLER_RUNS - inFlight, MAX_WAKE_RUNS - starts.length))
  }
  const start = (place: number, run: Run): void => {
    const begun = begin(store, place, run, now)
    if (!begun) return
    taken.set(run.handler, (taken.get(run.handler) ?? 0) + 1)
    starts.push(begun)
  }

  for (const { handler, nextAt } of store.waitingHandlers()) {
    if (nextAt > now) continue
    for (const { place, run } of store.dueRuns(handler, now, freeSlots(handler))) start(place, run)
  }

  const begun = store.getFact("begun") ?? 0
  let last = begun
  for (const event of store.eventsAfter(begun, MAX_WAKE_EVENTS)) {
    if (starts.length >= MAX_WAKE_RUNS) break
    for (const handler of event.handlers ?? []) {
      // An operator was there first: its run has a row, and that has its time.
      if (store.getRun(event.place, handler)) continue
      const run = freshRun(handler, event.place)
      if (freeSlots(handler) > 0) start(event.place, run)
      else store.putRun(event.place, run)
    }
    last = event.place
  }
  if (last > begun) store.setFact("begun", last)
  return starts
}

/** The next attempt of a run; undefined if there is none to make, and the run is dead. */
function begin(store: InboxStore, place: number, found: Run, now: number): Start | undefined {
  // Its lease is over, and nothing was heard of it.
  const run = found.status === "running" ? endAttempt(found, { outcome: "lost" }) : found
  const exhausted = run.attempts - run.before >= MAX_ATTEMPTS
  const body = exhausted ? undefined : store.getBody(place)
  if (!body) {
    store.putRun(place, endRun(run, "dead", exhausted ? "attempts_exhausted" : "body_erased"))
    pruneIfDue(store, place)
    return undefined
  }
  const { handler } = run
  const begun = beginAttempt(run, now, LEASE_MS)
  store.putRun(place, begun)
  const deliveryId = store.getEvent(place)?.deliveryId
  return { place, call: { handler, attempt: begun.attempts, deliveryId, body } }
}

/**
 * When the shard has to wake next, in milliseconds since 1970; `now` or before if there is more to start at once.
 *
 * A handler that is paused has nothing to do; one whose slots are taken is woken by the next of its runs that ends.
 */
export function nextRunAt(store: InboxStore, now: number, busy: Busy): number | undefined {
  const paused = new Set(store.pausedHandlers())
  const times = store
    .waitingHandlers()
    .filter(({ handler }) => !paused.has(handler))
    .map(({ handler, nextAt }) => {
      const full = (busy.get(handler) ?? 0) >= MAX_HANDLER_RUNS
      return full ? Math.max(nextAt, now + BACKSTOP_MS) : nextAt
    })
  if (store.eventsAfter(store.getFact("begun") ?? 0, 1).length > 0) times.push(now)
  return times.length > 0 ? Math.min(...times) : undefined
}
