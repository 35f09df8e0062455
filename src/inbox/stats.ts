// The counts of a shard.

/** `unhandled`: it has no run, because its type is not known or no handler takes it (spec 3.15). */
export type EventStatus = "unhandled" | "waiting" | "done" | "dead" | "discarded"

export const EVENT_STATUSES: readonly EventStatus[] = ["unhandled", "waiting", "done", "dead", "discarded"]

/** The storage of a shard, in bytes. */
export interface ShardStorage {
  /** The size of the database. */
  readonly bytes: number
  /** Deliveries are refused from here on (spec 3.12). */
  readonly intakeBytes: number
  /** The limit of the shard. Storage above `intakeBytes` is for running accepted events. */
  readonly maxBytes: number
}

/** The statistics of one shard. */
export interface ShardStats {
  readonly counts: Readonly<Record<EventStatus, number>>
  /** When the oldest event that waits was accepted, in milliseconds since 1970. */
  readonly oldestWaitingAt: number | undefined
  /** Counted by the minute. */
  readonly lastHour: Activity
  /**
   * Since when that count is complete, in milliseconds since 1970: an hour ago, or the start of the object if that was
   * later. An object that crashes or falls asleep forgets the minutes that no wake has written.
   */
  readonly countedSince: number
  /** Runs that wait or are dead, by handler. */
  readonly runs: readonly RunCount[]
  /** Events by type, of at most `MAX_COUNTED_EVENTS` of each status. */
  readonly types: readonly TypeCount[]
  /** The keys of the handlers that are paused. */
  readonly paused: readonly string[]
  readonly storage: ShardStorage
}

export interface RunCount {
  readonly handler: string
  /** `waiting` counts those that are running, too. */
  readonly status: "waiting" | "dead"
  readonly count: number
}

export interface TypeCount {
  readonly type: string
  readonly status: "waiting" | "dead" | "unhandled"
  readonly count: number
}

export interface Activity {
  readonly accepted: number
  readonly duplicates: number
  /** Secret id → deliveries that it signed, duplicates included. */
  readonly secrets: Readonly<Record<string, number>>
  /** Type → events that were accepted. */
  readonly types: Readonly<Record<string, number>>
  /** Handler → attempts that ended well, and attempts that did not. */
  readonly done: Readonly<Record<string, number>>
  readonly failed: Readonly<Record<string, number>>
}
