import type { Activity, EventStatus, Run } from "./inbox.ts"

/** Events that one page of a listing looks at in one shard, where few are what was asked for; and waiting runs it sorts. */
export const MAX_SCANNED_EVENTS = 5_000

/** A row of the table of events: an event without its runs. */
export interface EventRow {
  readonly place: number
  readonly source: string
  readonly dedupeKey: string
  readonly type: string
  readonly deliveryId: string | undefined
  readonly secretId: string
  readonly bytes: number
  /**
   * The runs that it has, by their handlers; undefined if it is ignored. The row of a run is written when its event is
   * begun: until then it is a run without an attempt, due at once.
   */
  readonly handlers: readonly string[] | undefined
  /** False once it was erased or pruned. */
  readonly hasBody: boolean
}

/** Numbers that a shard keeps about itself. */
export type Fact =
  /** How many shards the inbox was made with. */
  | "shards"
  /** Which of them this is. */
  | "index"
  /** The last event whose runs have rows. */
  | "begun"
  /** The last event that was looked at to prune its body, its id. */
  | "pruned_bodies"
  | "pruned_ids"
  /** The end of the first day on which a run died whose event was passed over for it; 0 if none was. */
  | "oldest_death"
  /** The last of those events that was looked at again; 0 once all were. */
  | "pruned_dead"

/** What a shard keeps, read and written within one transaction that the caller holds. */
export interface InboxStore {
  getFact(name: Fact): number | undefined
  setFact(name: Fact, value: number): void

  /** 0 if there is no event. */
  lastPlace(): number
  /** False, and nothing is written, if source and key are there already. */
  insertEvent(event: Omit<EventRow, "hasBody">, body: Uint8Array): boolean
  findEvent(source: string, dedupeKey: string): EventRow | undefined
  getEvent(place: number): EventRow | undefined
  getBody(place: number): Uint8Array | undefined
  /** In order of place: those after one and before another, if one is given. */
  eventsAfter(place: number, limit: number, before?: number): readonly EventRow[]
  /** Those of them that have a dead run. */
  deadEventsAfter(place: number, limit: number, before: number): readonly EventRow[]
  setHandlers(place: number, handlers: readonly string[]): void
  dropBody(place: number): void
  /** With its runs. */
  deleteEvent(place: number): void

  getRuns(place: number): readonly Run[]
  getRun(place: number, handler: string): Run | undefined
  putRun(place: number, run: Run): void
  deleteRun(place: number, handler: string): void
  /** Each handler that has something to do, and the earliest time of it. */
  waitingHandlers(): readonly { readonly handler: string; readonly nextAt: number }[]
  /** Runs of a handler whose time has come, the longest due first. */
  dueRuns(handler: string, now: number, limit: number): readonly { readonly place: number; readonly run: Run }[]
  /** Newest first: every event of a status, and perhaps others; of `dead`, every one with a dead run; all if none is given. */
  eventsBefore(
    before: number,
    options: { readonly status: EventStatus | undefined; readonly from: number; readonly limit: number },
  ): readonly EventRow[]
  countEvents(): Readonly<Record<EventStatus, number>>
  /** The place of the oldest event that waits. */
  oldestWaiting(): number | undefined

  pausedHandlers(): readonly string[]
  setPaused(handler: string, paused: boolean): void

  /** Keeps what was counted in a minute since 1970, in place of what was, and forgets those before `oldest`. */
  putMinute(minute: number, activity: Activity, oldest: number): void
  minutesSince(minute: number): readonly Activity[]
}
