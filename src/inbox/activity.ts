import type { Activity } from "./inbox.ts"
import type { InboxStore } from "./store.ts"

/** How many minutes of counts a shard keeps. */
export const ACTIVITY_MINUTES = 60

/** Counts what a shard is sent. A duplicate writes no row: minutes are counted in memory and written once they are over. */
export interface ActivityCount {
  note(now: number, what: "accepted" | "duplicates", secretId: string): void
  /** Whether there are minutes to write. */
  isDue(now: number): boolean
  /** Writes the minutes that are over; call it within a transaction, and call what it returns once that is durable. */
  flush(store: InboxStore, now: number): () => void
  lastHour(store: InboxStore, now: number): Activity
}

export const NO_ACTIVITY: Activity = { accepted: 0, duplicates: 0, secrets: {} }

const minuteOf = (now: number): number => Math.floor(now / 60_000)

export function createActivityCount(): ActivityCount {
  const minutes = new Map<number, Activity>()
  const overAt = (now: number): number[] => [...minutes.keys()].filter((minute) => minute !== minuteOf(now))
  return {
    note(now, what, secretId) {
      const minute = minuteOf(now)
      const one = { ...NO_ACTIVITY, [what]: 1, secrets: { [secretId]: 1 } }
      minutes.set(minute, addActivity(minutes.get(minute) ?? NO_ACTIVITY, one))
    },
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
  }
}

export function addActivity(a: Activity, b: Activity): Activity {
  const secrets: Record<string, number> = { ...a.secrets }
  for (const [id, count] of Object.entries(b.secrets)) secrets[id] = (secrets[id] ?? 0) + count
  return { accepted: a.accepted + b.accepted, duplicates: a.duplicates + b.duplicates, secrets }
}
