import { MAX_PRUNED_EVENTS } from "../core/limits.ts"
import type { Attempt } from "./inbox.ts"
import { placeAt, timeOf } from "./place.ts"
import type { InboxStore } from "./store.ts"

/** How long is kept what, in milliseconds: bodies with the texts of errors, and the ids that duplicates are known by. */
export interface Retention {
  readonly bodyMs: number
  /** At least `bodyMs`. */
  readonly idMs: number
}

/**
 * Drops what has been kept long enough, in one bounded step; call it within a transaction. What still waits is passed
 * over, and pruned when its last run ends.
 */
export function prune(store: InboxStore, now: number, { bodyMs, idMs }: Retention): void {
  sweep(store, "pruned_bodies", now - bodyMs)
  sweep(store, "pruned_ids", now - idMs)
}

/** The rest of a prune that a waiting run held up: call it when a run has ended. */
export function pruneIfDue(store: InboxStore, place: number): void {
  if (place <= (store.getFact("pruned_bodies") ?? 0)) pruneEvent(store, "pruned_bodies", place)
  if (place <= (store.getFact("pruned_ids") ?? 0)) pruneEvent(store, "pruned_ids", place)
}

/** When there is something to prune again, in milliseconds since 1970; undefined if there is nothing at all. */
export function nextPruneAt(store: InboxStore, { bodyMs, idMs }: Retention): number | undefined {
  const times = [
    [store.getFact("pruned_bodies") ?? 0, bodyMs],
    [store.getFact("pruned_ids") ?? 0, idMs],
  ].flatMap(([after, keptMs]) =>
    store.eventsAfter(after!, 1, unbegun(store)).map(({ place }) => timeOf(place) + 1 + keptMs!),
  )
  return times.length > 0 ? Math.min(...times) : undefined
}

/** From here on runs have no rows yet: an event that was passed over there would never be looked at again. */
const unbegun = (store: InboxStore): number => (store.getFact("begun") ?? 0) + 1

type Sweep = "pruned_bodies" | "pruned_ids"

function sweep(store: InboxStore, name: Sweep, before: number): void {
  const start = store.getFact(name) ?? 0
  const end = Math.min(placeAt(before), unbegun(store))
  let last = start
  for (const { place } of store.eventsAfter(start, MAX_PRUNED_EVENTS, end)) {
    pruneEvent(store, name, place)
    last = place
  }
  if (last > start) store.setFact(name, last)
}

const withoutError = ({ attempt, at, outcome, ms }: Attempt): Attempt => ({
  attempt,
  at,
  ...(outcome && { outcome }),
  ...(ms !== undefined && { ms }),
})

function pruneEvent(store: InboxStore, name: Sweep, place: number): void {
  const runs = store.getRuns(place)
  if (runs.some(({ nextAt }) => nextAt !== null)) return
  if (name === "pruned_ids") {
    store.deleteEvent(place)
    return
  }
  forgetBody(store, place)
}

/** Drops a body, and with it the texts of errors, which may quote it. */
export function forgetBody(store: InboxStore, place: number): void {
  store.dropBody(place)
  for (const run of store.getRuns(place)) {
    store.putRun(place, { ...run, history: run.history.map(withoutError) })
  }
}
