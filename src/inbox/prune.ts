import type { Attempt, Run } from "./inbox.ts"
import { placeAt, timeOf } from "./place.ts"
import type { EventRow, InboxStore } from "./store.ts"

/** Events that one step of pruning looks at. */
export const MAX_PRUNED_EVENTS = 200

/** Dead runs are pruned by the day that they died on: one look a day at those that are left, however many there are. */
export const DEAD_RUN_PRUNE_INTERVAL_MS = 86_400_000

/** How long is kept what, in milliseconds: bodies with the texts of errors, and the ids that duplicates are known by. */
export interface Retention {
  readonly bodyMs: number
  /** At least `bodyMs`. */
  readonly idMs: number
}

/**
 * Drops what has been kept long enough, in one bounded step; call it within a transaction. What still waits is passed
 * over, and pruned when its last run ends; what is dead, when it could be run again as long as any other body is kept.
 */
export function prune(store: InboxStore, now: number, { bodyMs, idMs }: Retention): void {
  sweep(store, "pruned_bodies", now - bodyMs, now - bodyMs)
  sweep(store, "pruned_ids", now - idMs, now - bodyMs)
  sweepDead(store, now - bodyMs)
}

/**
 * The rest of a prune that a waiting run held up, by the days that held when the sweep passed: call it when a run has
 * ended. What is dead stays for now.
 */
export function pruneIfDue(store: InboxStore, place: number): void {
  const event = store.getEvent(place)
  if (event && place <= (store.getFact("pruned_bodies") ?? 0)) pruneEvent(store, event, 0)
}

/** When there is something to prune again, in milliseconds since 1970; undefined if there is nothing at all. */
export function nextPruneAt(store: InboxStore, { bodyMs, idMs }: Retention): number | undefined {
  const times = [
    [store.getFact("pruned_bodies") ?? 0, bodyMs],
    [store.getFact("pruned_ids") ?? 0, idMs],
  ].flatMap(([after, keptMs]) => store.eventsAfter(after!, 1).map(({ place }) => timeOf(place) + 1 + keptMs!))
  const death = store.getFact("oldest_death") ?? 0
  if (death > 0) times.push(death + bodyMs)
  if ((store.getFact("pruned_dead") ?? 0) > 0) times.push(0)
  return times.length > 0 ? Math.min(...times) : undefined
}

/** From here on runs have no rows yet: an event that was passed over there would never be looked at again. */
const unbegun = (store: InboxStore): number => (store.getFact("begun") ?? 0) + 1

function sweep(store: InboxStore, name: "pruned_bodies" | "pruned_ids", before: number, diedBy: number): void {
  const end = Math.min(placeAt(before), unbegun(store))
  const events = store.eventsAfter(store.getFact(name) ?? 0, MAX_PRUNED_EVENTS, end)
  if (events.length > 0) store.setFact(name, events.at(-1)!.place)
  for (const event of events) pruneEvent(store, event, diedBy)
}

/**
 * Looks again at the dead that a sweep has passed over. When they died is in no index: one pass looks at all of them, and
 * there is one for each day of deaths, and for each time that a run ends whose event had a death long before.
 */
function sweepDead(store: InboxStore, diedBy: number): void {
  const after = store.getFact("pruned_dead") ?? 0
  if (after === 0) {
    const death = store.getFact("oldest_death") ?? 0
    if (death === 0 || death > diedBy) return
    // What this pass leaves is noted anew.
    store.setFact("oldest_death", 0)
  }
  const end = (store.getFact("pruned_bodies") ?? 0) + 1
  const events = store.deadEventsAfter(after, MAX_PRUNED_EVENTS, end)
  for (const event of events) pruneEvent(store, event, diedBy)
  const last = events.length === MAX_PRUNED_EVENTS ? events.at(-1)!.place : 0
  if (last !== after) store.setFact("pruned_dead", last)
}

/**
 * Drops of an event what its time is up for, unless a run waits for it, or is dead and could be run again.
 *
 * @param diedBy Those who died later are kept, in milliseconds since 1970.
 */
function pruneEvent(store: InboxStore, event: EventRow, diedBy: number): void {
  const { place, hasBody } = event
  const runs = store.getRuns(place)
  if (runs.some(({ nextAt }) => nextAt !== null)) return
  const lastDeath = hasBody ? Math.max(0, ...runs.filter(({ status }) => status === "dead").map(diedAt)) : 0
  if (lastDeath > diedBy) {
    const oldest = store.getFact("oldest_death") ?? 0
    if (oldest === 0 || lastDeath < oldest) store.setFact("oldest_death", lastDeath)
  } else if (place <= (store.getFact("pruned_ids") ?? 0)) store.deleteEvent(place)
  else if (hasBody) forgetBody(store, place)
}

/** When a dead run died, in milliseconds since 1970: the end of that day, so that those of a day are pruned together. */
function diedAt({ history }: Run): number {
  const { at = 0, ms = 0 } = history.at(-1) ?? {}
  return (Math.floor((at + ms) / DEAD_RUN_PRUNE_INTERVAL_MS) + 1) * DEAD_RUN_PRUNE_INTERVAL_MS
}

const withoutError = ({ attempt, at, outcome, ms }: Attempt): Attempt => ({
  attempt,
  at,
  ...(outcome && { outcome }),
  ...(ms !== undefined && { ms }),
})

/** Drops a body, and with it the texts of errors, which may quote it. */
export function forgetBody(store: InboxStore, place: number): void {
  store.dropBody(place)
  for (const run of store.getRuns(place)) {
    store.putRun(place, { ...run, history: run.history.map(withoutError) })
  }
}
