import type { Activity } from "./stats.ts"
import type { InboxStore } from "./store.ts"

/** How many minutes of counts a shard keeps. */
export const ACTIVITY_MINUTES = 60

/** How many handlers, and how many types, a minute counts by name. The rest is counted as `OTHER`: types are input. */
export const MAX_COUNTED_NAMES = 100

export const OTHER = "(other)"

/** Counts deliveries and attempts. A minute is counted in memory and written when it is over: a duplicate writes no row. */
export interface ActivityCount {
  noteDelivery(now: number, delivery: { readonly type: string; readonly secretId: string }, isNew: boolean): void
  /** Notes that an attempt of a handler has ended. */
  noteAttempt(now: number, handler: string, isDone: boolean): void
  /** Whether there are minutes to write. */
  isDue(now: number): boolean
  /** Writes the minutes that are over; call it within a transaction, and call what it returns once that is durable. */
  flush(store: InboxStore, now: number): () => void
  lastHour(store: InboxStore, now: number): Activity
  /** Since when `lastHour` is complete, in milliseconds since 1970. */
  countedSince(now: number): number
}

export const NO_ACTIVITY: Activity = { accepted: 0, duplicates: 0, secrets: {}, types: {}, done: {}, failed: {} }

const minuteOf = (now: number): number => Math.floor(now / 60_000)

/** @param startedAt When the object started, in milliseconds since 1970. */
export function createActivityCount(startedAt: number): ActivityCount {
  const minutes = new Map<number, Activity>()
  const overAt = (now: number): number[] => [...minutes.keys()].filter((minute) => minute !== minuteOf(now))
  const note = (now: number, one: Partial<Activity>): void => {
    const minute = minuteOf(now)
    minutes.set(minute, addActivity(minutes.get(minute) ?? NO_ACTIVITY, one))
  }
  return {
    noteDelivery: (now, { type, secretId }, isNew) =>
      note(now, {
        ...(isNew ? { accepted: 1, types: { [type]: 1 } } : { duplicates: 1 }),
        secrets: { [secretId]: 1 },
      }),
    noteAttempt: (now, handler, isDone) => note(now, { [isDone ? "done" : "failed"]: { [handler]: 1 } }),
    isDue: (now) => overAt(now).length > 0,
    flush(store, now) {
      const over = overAt(now)
      for (const minute of over) store.putMinute(minute, minutes.get(minute)!, minuteOf(now) - ACTIVITY_MINUTES)
      return () => {
        for (const minute of over) minutes.delete(minute)
      }
    },
    lastHour(store, now) {
      const oldest = minuteOf(now) - ACTIVITY_MINUTES
      const recent = [...minutes].filter(([minute]) => minute > oldest).map(([, activity]) => activity)
      return [...store.minutesSince(oldest + 1), ...recent].reduce(addActivity, NO_ACTIVITY)
    },
    countedSince: (now) => Math.max(startedAt, now - ACTIVITY_MINUTES * 60_000),
  }
}

/** Adds counts. A minute that an older version wrote lacks some of them. */
export const addActivity = (a: Activity, b: Partial<Activity>): Activity => ({
  accepted: a.accepted + (b.accepted ?? 0),
  duplicates: a.duplicates + (b.duplicates ?? 0),
  secrets: addCounts(a.secrets, b.secrets),
  types: addCounts(a.types, b.types),
  done: addCounts(a.done, b.done),
  failed: addCounts(a.failed, b.failed),
})

type Counts = Readonly<Record<string, number>>

function addCounts(a: Counts, b: Counts = {}): Counts {
  // A map, because a handler or a secret may be named like a property of Object.prototype.
  const sums = new Map(Object.entries(a))
  for (const [name, count] of Object.entries(b)) {
    const key = sums.has(name) || sums.size < MAX_COUNTED_NAMES ? name : OTHER
    sums.set(key, (sums.get(key) ?? 0) + count)
  }
  return Object.fromEntries(sums)
}
