import type { Run } from "../attempts/run.ts"
import type { AttemptStore } from "../attempts/store.ts"
import type { Activity, EventStatus, RunCount, TypeCount } from "./stats.ts"

/** Events that one page of a listing looks at in one shard if few match the filter; also the waiting runs that it sorts. */
export const MAX_SCANNED_EVENTS = 5_000

/** Events of each status whose types are counted. Each costs a look-up of its row. */
export const MAX_COUNTED_EVENTS = 5_000

/** A row of the table of events: an event without its runs. */
export interface EventRow {
  readonly sequence: number
  readonly source: string
  readonly dedupeKey: string
  readonly type: string
  readonly deliveryId: string | undefined
  readonly secretId: string
  /** The headers that the event is read from (spec 7.10). */
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly bytes: number
  /**
   * The lanes of its runs; none if it is unhandled. The row of a run is written when its event is begun: until then it is
   * a run without an attempt, due at once.
   */
  readonly lanes: readonly string[]
  /** False once the body was erased or pruned. */
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
  /** The end of the first day on which a run died that kept its event from being pruned; 0 if none did. */
  | "oldest_death"
  /** The last of those events that was looked at again; 0 once all were. */
  | "pruned_dead"

/** The state of a shard, read and written within one transaction that the caller holds. */
export interface InboxStore extends AttemptStore {
  getFact(name: Fact): number | undefined
  setFact(name: Fact, value: number): void
  /** The shards that were opened, as the first of them keeps them. */
  openedShards(): readonly number[]
  addOpenedShard(shard: number): void

  /** 0 if there is no event. */
  lastSequence(): number
  /** Returns false and writes nothing if source and key are there already. */
  insertEvent(event: Omit<EventRow, "hasBody">, body: Uint8Array): boolean
  findEvent(source: string, dedupeKey: string): EventRow | undefined
  getEvent(sequence: number): EventRow | undefined
  getBody(sequence: number): Uint8Array | undefined
  /** Whether an event has a body, and it is not these bytes. Compared by SQLite: for 1 MiB in 0.2 ms, where JavaScript takes 12. */
  bodyDiffers(sequence: number, body: Uint8Array): boolean
  /** In order of sequence: the events after one and before another, if one is given. */
  eventsAfter(sequence: number, limit: number, before?: number): readonly EventRow[]
  /** Those of them that have a dead or discarded run. */
  deadEventsAfter(sequence: number, limit: number, before: number): readonly EventRow[]
  setLanes(sequence: number, lanes: readonly string[]): void
  dropBody(sequence: number): void
  /** Deletes an event with its runs. */
  deleteEvent(sequence: number): void

  getRuns(sequence: number): readonly Run[]
  /** The runs with empty histories, which are not even parsed: a page of them could be megabytes. */
  getRunsWithoutHistory(sequence: number): readonly Run[]
  deleteRun(sequence: number, lane: string): void
  /**
   * Returns events, newest first: all events of the status, and perhaps others. For `dead` and `discarded`, every event with
   * such a run. Without a status, all events.
   */
  eventsBefore(
    before: number,
    options: { readonly status: EventStatus | undefined; readonly from: number; readonly limit: number },
  ): readonly EventRow[]
  countEvents(): Readonly<Record<EventStatus, number>>
  /** Runs that wait or are dead, by lane. */
  countRuns(): readonly RunCount[]
  /** Events that wait, have a dead run or are unhandled, by type; of each at most `MAX_COUNTED_EVENTS`. */
  countTypes(): readonly TypeCount[]
  /** The sequence of the oldest event that waits. */
  oldestWaiting(): number | undefined

  setPaused(lane: string, paused: boolean): void

  /** Replaces the counts of a minute (minutes since 1970), and deletes those before `oldest`. */
  putMinute(minute: number, activity: Activity, oldest: number): void
  minutesSince(minute: number): readonly Activity[]
}
