import { withoutErrors, type Run } from "../attempts/run.ts"
import { sequenceAt, timeOf } from "./sequence.ts"
import type { EventRow, InboxStore } from "./store.ts"

/** Events that one step of pruning looks at. */
export const MAX_PRUNED_EVENTS = 200

/** Dead runs are pruned by the day on which they died: one pass a day over those that are left. */
export const DEAD_RUN_PRUNE_INTERVAL_MS = 86_400_000

/** How long a shard keeps bodies and ids, in milliseconds. */
export interface Retention {
  /** Bodies, and the texts of errors. */
  readonly bodyMs: number
  /** Ids, by which duplicates are recognised; at least `bodyMs`. */
  readonly idMs: number
}

/**
 * Drops what has been kept long enough, in one bounded step; call it within a transaction. An event that still waits is
 * passed over, and pruned when its last run ends. A dead one could be run again, and is kept for `bodyMs` after its death.
 */
export function prune(store: InboxStore, now: number, { bodyMs, idMs }: Retention): void {
  sweep(store, "pruned_bodies", now - bodyMs, now - bodyMs)
  sweep(store, "pruned_ids", now - idMs, now - bodyMs)
  sweepDead(store, now - bodyMs)
}

/**
 * Prunes an event that a sweep has passed over because of a waiting run; call it when a run has ended. An event with a dead
 * run is kept for now.
 */
export function pruneIfDue(store: InboxStore, sequence: number): void {
  const event = store.getEvent(sequence)
  if (event && sequence <= (store.getFact("pruned_bodies") ?? 0)) pruneEvent(store, event, 0)
}

/** Returns when there is something to prune again, in milliseconds since 1970; undefined if the shard is empty. */
export function nextPruneAt(store: InboxStore, { bodyMs, idMs }: Retention): number | undefined {
  const times = [
    [store.getFact("pruned_bodies") ?? 0, bodyMs],
    [store.getFact("pruned_ids") ?? 0, idMs],
  ].flatMap(([after, keptMs]) => store.eventsAfter(after!, 1).map(({ sequence }) => timeOf(sequence) + 1 + keptMs!))
  const death = store.getFact("oldest_death") ?? 0
  if (death > 0) times.push(death + bodyMs)
  if ((store.getFact("pruned_dead") ?? 0) > 0) times.push(0)
  return times.length > 0 ? Math.min(...times) : undefined
}

/** Returns the first sequence whose runs have no rows. A sweep ends there: it would never look again at what it passes over. */
const unbegun = (store: InboxStore): number => (store.getFact("begun") ?? 0) + 1

function sweep(store: InboxStore, name: "pruned_bodies" | "pruned_ids", before: number, diedBy: number): void {
  const end = Math.min(sequenceAt(before), unbegun(store))
  const events = store.eventsAfter(store.getFact(name) ?? 0, MAX_PRUNED_EVENTS, end)
  if (events.length > 0) store.setFact(name, events.at(-1)!.sequence)
  for (const event of events) pruneEvent(store, event, diedBy)
}

/**
 * Looks again at the dead runs that a sweep has passed over. No index has the time of their death, so a pass looks at all of
 * them. There is one pass for each day of deaths, and one whenever a run ends whose event had a death long before.
 */
function sweepDead(store: InboxStore, diedBy: number): void {
  const after = store.getFact("pruned_dead") ?? 0
  if (after === 0) {
    const death = store.getFact("oldest_death") ?? 0
    if (death === 0 || death > diedBy) return
    // This pass notes the oldest death that it leaves.
    store.setFact("oldest_death", 0)
  }
  const end = (store.getFact("pruned_bodies") ?? 0) + 1
  const events = store.deadEventsAfter(after, MAX_PRUNED_EVENTS, end)
  for (const event of events) pruneEvent(store, event, diedBy)
  const last = events.length === MAX_PRUNED_EVENTS ? events.at(-1)!.sequence : 0
  if (last !== after) store.setFact("pruned_dead", last)
}

/**
 * Drops the body or the whole of an event whose time is up, unless a run waits for it, or is dead and could be run again.
 *
 * @param diedBy Runs that died later are kept, in milliseconds since 1970.
 */
function pruneEvent(store: InboxStore, event: EventRow, diedBy: number): void {
  const { sequence, hasBody } = event
  const runs = store.getRuns(sequence)
  if (runs.some(({ nextAt }) => nextAt !== null)) return
  const lastDeath = hasBody ? Math.max(0, ...runs.filter(isKept).map(diedAt)) : 0
  if (lastDeath > diedBy) {
    const oldest = store.getFact("oldest_death") ?? 0
    if (oldest === 0 || lastDeath < oldest) store.setFact("oldest_death", lastDeath)
  } else if (sequence <= (store.getFact("pruned_ids") ?? 0)) store.deleteEvent(sequence)
  else if (hasBody) forgetBody(store, sequence)
}

/** Returns whether a run died and could be run again: a discarded run can, too. */
const isKept = ({ status }: Run): boolean => status === "dead" || status === "discarded"

/** Returns the end of the day on which a run died, in milliseconds since 1970: those of a day are pruned together. */
function diedAt({ history }: Run): number {
  const { at = 0, ms = 0 } = history.at(-1) ?? {}
  return (Math.floor((at + ms) / DEAD_RUN_PRUNE_INTERVAL_MS) + 1) * DEAD_RUN_PRUNE_INTERVAL_MS
}

/** Drops a body and the texts of errors, which may quote it. */
export function forgetBody(store: InboxStore, sequence: number): void {
  store.dropBody(sequence)
  for (const run of store.getRuns(sequence)) store.putRun(sequence, withoutErrors(run))
}
