import type { Run } from "../attempts/run.ts"
import type { EventStatus, ShardStats, ShardStorage } from "./stats.ts"

/** A delivery as its shard receives it: its signature is verified, its body is bytes. */
export interface InboxDelivery {
  readonly source: string
  readonly dedupeKey: string
  readonly type: string
  /** The bytes that were signed. */
  readonly body: Uint8Array
  readonly deliveryId: string | undefined
  readonly secretId: string
  /** The headers that the event is read from, lower case (spec 7.10). */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** The lanes of the handlers that take it; undefined if its type is not known (spec 3.10): it is stored as unhandled. */
  readonly handlers: readonly string[] | undefined
}

/** The shard's answer to a delivery. Only the first two may be acknowledged (spec 3.14). */
export type Accepted =
  | { readonly kind: "accepted" | "ignored" }
  /** The event is in the inbox already; `differs` if this delivery has other bytes, which are not kept. */
  | { readonly kind: "duplicate"; readonly differs: boolean }
  /** Too many deliveries wait to be written. */
  | { readonly kind: "full" }
  /** The shard has no storage for a new event. */
  | { readonly kind: "no_space" }
  /** The event is larger than a row may be. */
  | { readonly kind: "too_large" }
  /** The inbox was made with another number of shards (`kept`), or this shard has not been opened yet (undefined). */
  | { readonly kind: "other_shards"; readonly kept: number | undefined }

/** Why a run is dead. */
export const DEAD_REASONS = [
  /** Its last attempt failed, too. */
  "attempts_exhausted",
  /** The handler threw `GiveUp`. */
  "gave_up",
  /** Its key is not in handlers.ts, and was not at the last attempt of its schedule. */
  "handler_gone",
  /** The schema of its type refused the payload (spec 3.11). */
  "payload_refused",
  /** The body was erased before the run was done. */
  "body_erased",
] as const

export type DeadReason = (typeof DEAD_REASONS)[number]

/** An event in the inbox. */
export interface InboxEvent {
  /** Orders all events of an inbox by the time at which they were accepted (`sequenceAt`). No two have the same. */
  readonly sequence: number
  readonly source: string
  readonly dedupeKey: string
  readonly type: string
  readonly status: EventStatus
  readonly deliveryId: string | undefined
  readonly secretId: string
  readonly bytes: number
  /** False once the body was erased or pruned. */
  readonly hasBody: boolean
  readonly runs: readonly Run[]
}

/** Which events to list, newest first. The bounds are sequences, so that new events do not shift the pages. */
export interface EventFilter {
  readonly source?: string | undefined
  readonly status: EventStatus | undefined
  readonly type: string | undefined
  /** The lowest sequence, inclusive. */
  readonly from: number
  /** The highest sequence, exclusive. */
  readonly before: number
  readonly limit: number
}

export interface EventPage {
  /** Their runs have empty histories. */
  readonly events: readonly InboxEvent[]
  /** There may be more events before this sequence, and none after it; undefined at the end. */
  readonly more: number | undefined
}

export interface Rerun {
  readonly source: string
  readonly dedupeKey: string
  /** All keys of handlers.ts as it is now; those that take the event's type run. */
  readonly keys: readonly string[]
  /** Runs only this one of them. */
  readonly only?: string | undefined
}

export type RerunFailure = "no_event" | "no_body" | "no_handler"

/** Which runs a bulk operation takes. */
export interface RunFilter {
  /**
   * The status of the event. With `dead` and `discarded`, every such run is taken, also of an event of which another run
   * waits; with `unhandled` and `done`, every handler that takes the event now.
   */
  readonly status: EventStatus
  readonly source?: string | undefined
  readonly type: string | undefined
  /** Only runs of this handler. */
  readonly handler: string | undefined
  /** The lowest sequence, inclusive. */
  readonly from: number
  /** The highest sequence, exclusive. */
  readonly before: number
}

/** How much one step of a bulk operation does. It goes from new to old, so that a run that dies again is not taken twice. */
export interface BulkLimits {
  /** How many events the step looks at. */
  readonly limit: number
  /** Only counts; nothing changes. */
  readonly dryRun: boolean
}

export interface BulkRerun extends RunFilter, BulkLimits {
  /** All keys of handlers.ts as it is now: their runs replace the dead runs of other keys. */
  readonly keys: readonly string[]
  /** When the first run of the step is due, in milliseconds from now. */
  readonly delayMs: number
  /** The time between two runs, in milliseconds; 0 starts all of them at once. */
  readonly everyMs: number
}

export interface BulkDiscard extends Omit<RunFilter, "status">, BulkLimits {
  readonly note: string
}

export interface BulkStep {
  /** How many runs begin again or are discarded, or would be. */
  readonly runs: number
  /** The next step goes on before this sequence; undefined at the end. */
  readonly more: number | undefined
}

export interface Discard {
  readonly source: string
  readonly dedupeKey: string
  /** Only the run of this handler. */
  readonly only?: string | undefined
  /** Why, in one line. */
  readonly note: string
}

export type DiscardFailure = "no_event" | "no_dead_run"

/** One shard of the inbox. The Durable Object and the implementation in memory pass the same contract suite. */
export interface InboxShard {
  /** Tells a shard its index and the number of shards. The first call decides. Returns the number that the shard keeps. */
  open(shards: number, index: number): Promise<number>
  /** The number of shards that it keeps; undefined if it has not been opened. */
  kept(): Promise<number | undefined>
  /** Notes that a shard was opened. Only the first shard keeps that list. */
  noteOpened(shard: number): Promise<void>
  /** The shards that were opened. */
  opened(): Promise<readonly number[]>
  /** Starts what is due and plans the next wake; resolves once both are durable. Never rejects. */
  wake(): Promise<void>
  /** Stores an event, or finds that it is stored. Resolves once that is durable. */
  accept(delivery: InboxDelivery, shards: number): Promise<Accepted>
  list(filter: EventFilter): Promise<EventPage>
  show(source: string, dedupeKey: string): Promise<InboxEvent | undefined>
  /** The bytes that were signed; undefined if there are none. */
  body(source: string, dedupeKey: string): Promise<Uint8Array | undefined>
  /** Begins a new round for the runs of an event, and returns it. */
  rerun(rerun: Rerun): Promise<InboxEvent | RerunFailure>
  rerunMany(wanted: BulkRerun): Promise<BulkStep>
  /** Discards the dead runs of an event, and returns it. */
  discard(wanted: Discard): Promise<InboxEvent | DiscardFailure>
  discardMany(wanted: BulkDiscard): Promise<BulkStep>
  setPaused(handler: string, paused: boolean): Promise<void>
  /** Erases the body of an event; false if there is no such event. Its waiting runs are dead. */
  erase(source: string, dedupeKey: string): Promise<boolean>
  stats(): Promise<ShardStats>
  /** Undefined if the shard was never used. Costs less than `stats`. */
  storage(): Promise<ShardStorage | undefined>
}

/** One attempt of a handler. */
export interface HandlerCall {
  /** The lane of the handler. */
  readonly handler: string
  readonly source: string
  /** The stored headers of the delivery (spec 7.10). */
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly attempt: number
  readonly deliveryId: string | undefined
  readonly body: Uint8Array
}

/** How an attempt ended. */
export type RunOutcome =
  | { readonly kind: "done" }
  | { readonly kind: "failed" | "timed_out"; readonly error: string; readonly retryAfterSeconds?: number }
  | { readonly kind: "dead"; readonly reason: "gave_up" | "payload_refused"; readonly error: string }
  | { readonly kind: "handler_gone" }

/** Runs handlers, apart from the shard that stores. A rejection is an attempt that was lost. */
export interface HandlerRunner {
  /** How many runs of a handler one shard may have in flight, by key. The default is 16. */
  concurrency(): Promise<Readonly<Record<string, number>>>
  run(call: HandlerCall): Promise<RunOutcome>
}
