import type { HandlerCall, Run } from "./inbox.ts"
import { pruneIfDue } from "./prune.ts"
import { beginAttempt, endAttempt, endRun, failRun, freshRun } from "./runs.ts"
import type { InboxStore } from "./store.ts"

/** An attempt that was not heard of by then is lost: its time limit, and room for the call around it. */
export const LEASE_MS = 40_000

/** Runs of one handler that a shard has in flight: one that hangs takes no slot from another. */
export const MAX_HANDLER_RUNS = 16

/** Bodies of the runs in flight of a shard: they lie in its memory, of which it may share 128 MB with its neighbours. */
export const MAX_FLIGHT_BYTES = 16_777_216

/** Runs that one wake starts. Cloudflare counts what one invocation calls, and one that finds the object asleep wakes it twice. */
export const MAX_WAKE_RUNS = 16

/** New events that one wake looks at: a bounded step. */
export const MAX_WAKE_EVENTS = 256

/** When the alarm looks again at what should have been started at once: it comes too late only for a shard that was killed. */
export const BACKSTOP_MS = 1_000

/** An attempt that was counted and may start. */
export interface Start {
  readonly place: number
  readonly call: HandlerCall
}

/** What a shard has in flight. */
export interface InFlight {
  /** Whether an answer of this run is still awaited. */
  has(place: number, handler: string): boolean
  /** Handler → how many of its runs there are. */
  readonly busy: ReadonlyMap<string, number>
  /** Of their bodies, in all. */
  readonly bytes: number
}

/** A run whose attempt was lost, or that is dead without another one. */
export interface Lost {
  /** The key of its event, which may have been pruned with it. */
  readonly event: string | undefined
  readonly run: Run
}

export interface Claimed {
  readonly starts: readonly Start[]
  readonly lost: readonly Lost[]
}

/**
 * Counts the attempts that are to start now, with a lease on each: one that kills the runtime has been counted, and is
 * tried again only when its lease is over. Call it within a transaction, and start nothing before that is durable.
 *
 * A bounded step: at most so many runs, bytes, and new events. No handler with a backlog keeps the slots of a wake from
 * another, or from what has just come.
 *
 * @param random 0 to 1, for the jitter of attempts that were lost.
 */
export function claim(store: InboxStore, now: number, inFlight: InFlight, random: () => number): Claimed {
  const starts: Start[] = []
  const lost: Lost[] = []
  const paused = new Set(store.pausedHandlers())
  const taken = new Map<string, number>()
  let bytes = inFlight.bytes

  const freeSlots = (handler: string): number => {
    if (paused.has(handler) || bytes >= MAX_FLIGHT_BYTES) return 0
    const used = (inFlight.busy.get(handler) ?? 0) + (taken.get(handler) ?? 0)
    return Math.max(0, Math.min(MAX_HANDLER_RUNS - used, MAX_WAKE_RUNS - starts.length))
  }
  const start = (place: number, run: Run): void => {
    const body = store.getBody(place)
    if (!body) {
      lost.push(lose(store, place, endRun(run, "dead", "body_erased")))
      return
    }
    const begun = begin(store, { place, run, body }, now)
    taken.set(run.handler, (taken.get(run.handler) ?? 0) + 1)
    bytes += body.length
    starts.push(begun)
  }
  const startDue = (handler: string, most: number): void => {
    for (const { place, run } of store.dueRuns(handler, now, Math.min(most, freeSlots(handler)))) {
      if (run.status === "waiting") start(place, run)
      // Its answer is late, not lost: it was started later than it was claimed.
      else if (inFlight.has(place, handler)) store.putRun(place, { ...run, nextAt: now + LEASE_MS })
      // An attempt that nobody will hear of has failed like any other, and the schedule says what follows.
      else {
        const ms = now - (run.history.at(-1)?.at ?? now)
        lost.push(lose(store, place, endAttempt(failRun(run, now, random()), { outcome: "lost", ms })))
      }
      if (freeSlots(handler) === 0) return
    }
  }

  const due = store.waitingHandlers().filter(({ handler, nextAt }) => nextAt <= now && !paused.has(handler))
  // Each begins where another began before, and leaves room for the others and for new events.
  const first = due.length === 0 ? 0 : Math.floor(random() * due.length)
  const inTurn = [...due.slice(first), ...due.slice(0, first)]
  for (const { handler } of inTurn) startDue(handler, Math.max(1, Math.floor(MAX_WAKE_RUNS / 2 / due.length)))

  const begun = store.getFact("begun") ?? 0
  let last = begun
  for (const event of store.eventsAfter(begun, MAX_WAKE_EVENTS)) {
    if (starts.length >= MAX_WAKE_RUNS) break
    for (const handler of event.handlers ?? []) {
      // An operator was there first: its run has a row, and that has its time.
      if (store.getRun(event.place, handler)) continue
      const run = freshRun(handler, event.place, now)
      if (freeSlots(handler) > 0) start(event.place, run)
      else store.putRun(event.place, run)
    }
    last = event.place
  }
  if (last > begun) store.setFact("begun", last)
  for (const { handler } of inTurn) startDue(handler, MAX_WAKE_RUNS)
  return { starts, lost }
}

/** The next attempt of a run. */
function begin(
  store: InboxStore,
  { place, run, body }: { readonly place: number; readonly run: Run; readonly body: Uint8Array },
  now: number,
): Start {
  const { handler } = run
  const begun = beginAttempt(run, now, LEASE_MS)
  store.putRun(place, begun)
  const deliveryId = store.getEvent(place)?.deliveryId
  return { place, call: { handler, attempt: begun.attempts, deliveryId, body } }
}

/** Writes down what becomes of it. Its event is read first: with its last run it may be pruned at once. */
function lose(store: InboxStore, place: number, run: Run): Lost {
  const event = store.getEvent(place)?.dedupeKey
  store.putRun(place, run)
  if (run.nextAt === null) pruneIfDue(store, place)
  return { event, run }
}

/**
 * When the shard has to wake next, in milliseconds since 1970; `now` or before if there is more to start at once.
 *
 * A handler that is paused has nothing to do; one whose slots are taken is woken by the next of its runs that ends.
 */
export function nextRunAt(store: InboxStore, now: number, { busy, bytes }: InFlight): number | undefined {
  const paused = new Set(store.pausedHandlers())
  const times = store
    .waitingHandlers()
    .filter(({ handler }) => !paused.has(handler))
    .map(({ handler, nextAt }) => {
      const full = bytes >= MAX_FLIGHT_BYTES || (busy.get(handler) ?? 0) >= MAX_HANDLER_RUNS
      return full ? Math.max(nextAt, now + BACKSTOP_MS) : nextAt
    })
  if (store.eventsAfter(store.getFact("begun") ?? 0, 1).length > 0) times.push(now)
  return times.length > 0 ? Math.min(...times) : undefined
}
