import type { Run } from "../attempts/run.ts"
import { laneTakes } from "../events/lanes.ts"
import type { BulkDiscard, BulkLimits, BulkRerun, BulkStep, RunFilter } from "./inbox.ts"
import { discardRuns, findDead, restart, toInboxEvent } from "./operate.ts"
import type { EventRow, InboxStore } from "./store.ts"

// Steps of operations on many events. Each is called within a transaction, and looks at a bounded number of events.

/** Begins a new round for the runs that match the filter, at a pace. A running run is left alone. */
export function rerunMany(store: InboxStore, wanted: BulkRerun, now: number): BulkStep {
  const { dryRun, delayMs, everyMs } = wanted
  return eachEvent(store, wanted, (event, before) => {
    if (!event.hasBody) return 0
    const chosen = chooseRuns(store, event, wanted, now)
    const dueAt = (index: number): number => now + delayMs + (before + index) * everyMs
    if (!dryRun && chosen.taking.length > 0) restart(store, event, chosen, dueAt)
    return chosen.taking.length
  })
}

/** Discards the dead runs that match the filter. */
export function discardMany(store: InboxStore, wanted: BulkDiscard): BulkStep {
  const { handler, note, dryRun } = wanted
  return eachEvent(store, { ...wanted, status: "dead" }, (event) => {
    const dead = findDead(store, event).filter((lane) => handler === undefined || lane === handler)
    if (!dryRun) discardRuns(store, event, dead, note)
    return dead.length
  })
}

/** @param work Gets an event of the source and type, and how many runs the step has taken before; returns how many it takes. */
function eachEvent(
  store: InboxStore,
  { status, source, type, from, before, limit }: RunFilter & BulkLimits,
  work: (event: EventRow, before: number) => number,
): BulkStep {
  const events = store.eventsBefore(before, { status, from, limit })
  let runs = 0
  for (const event of events) {
    const isWanted = (type ?? event.type) === event.type && (source ?? event.source) === event.source
    if (isWanted) runs += work(event, runs)
  }
  return { runs, more: events.length < limit ? undefined : events.at(-1)?.sequence }
}

interface Chosen {
  /** The handlers whose runs begin a new round. */
  readonly taking: readonly string[]
  /** The ended runs that they replace. */
  readonly gone: readonly string[]
}

function chooseRuns(store: InboxStore, event: EventRow, { status, handler, keys }: BulkRerun, now: number): Chosen {
  const isWanted = (lane: string): boolean => handler === undefined || lane === handler
  const today = keys.filter((key) => laneTakes(key, event))
  const { runs, status: actual } = toInboxEvent(event, store.getRunsWithoutHistory(event.sequence))
  const lanesOf = (matches: (run: Run) => boolean): string[] =>
    runs.filter((run) => matches(run) && isWanted(run.lane)).map(({ lane }) => lane)

  if (status === "unhandled" || status === "done") {
    return { taking: actual === status ? today.filter(isWanted) : [], gone: [] }
  }
  if (status === "waiting") {
    // A run that is due already is not delayed.
    const later = lanesOf((run) => run.status === "waiting" && (run.nextAt ?? 0) > now)
    return { taking: today.filter((key) => later.includes(key)), gone: [] }
  }
  const ended = lanesOf((run) => run.status === status)
  const added = today.filter((key) => !event.lanes.includes(key))
  // The run of a removed handler stays listed, unless a handler that the event has not had yet replaces it.
  const gone = added.length > 0 ? ended.filter((lane) => !keys.includes(lane)) : []
  return { taking: today.filter((key) => ended.includes(key) || (gone.length > 0 && added.includes(key))), gone }
}
