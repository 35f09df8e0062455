/** An event as it comes to its shard: proven, not parsed. */
export interface InboxDelivery {
  readonly source: string
  readonly dedupeKey: string
  readonly type: string
  /** The bytes that were signed. */
  readonly body: Uint8Array
  readonly deliveryId: string | undefined
  readonly secretId: string
  /** The keys of the handlers that take it; undefined if its type is not known (spec 3.10): it is kept, and nothing runs. */
  readonly handlers: readonly string[] | undefined
}

/** What became of a delivery. Only the first two may be acknowledged (spec 3.14). */
export type Accepted =
  | { readonly kind: "accepted" | "ignored" }
  /** The event is in the inbox already; `differs` if this delivery has other bytes, which are not kept. */
  | { readonly kind: "duplicate"; readonly differs: boolean }
  /** Too much waits to be written. */
  | { readonly kind: "full" }
  /** More than a row may hold. */
  | { readonly kind: "too_large" }
  /** The inbox was made with another number of shards (`kept`), or this shard has not been opened yet (undefined). */
  | { readonly kind: "other_shards"; readonly kept: number | undefined }

/** `waiting` for its next attempt, `running` one, `done`, or `dead`: no attempt follows unless someone asks for it. */
export type RunStatus = "waiting" | "running" | "done" | "dead"

/** Why a run is dead. */
export type DeadReason =
  /** Its last attempt failed, too. */
  | "attempts_exhausted"
  /** The handler threw `GiveUp`. */
  | "gave_up"
  /** Its key is no longer in handlers.ts. */
  | "handler_gone"
  /** The schema of its type refused the payload (spec 3.11). */
  | "payload_refused"
  /** The body was erased before it was done. */
  | "body_erased"

/** One try of a handler. Times are milliseconds since 1970, durations milliseconds. */
export interface Attempt {
  readonly attempt: number
  readonly at: number
  /** Undefined while it runs. `lost`: no answer came within its lease, because it or the runtime was killed. */
  readonly outcome?: "done" | "failed" | "timed_out" | "lost"
  readonly ms?: number
  /** Name and message of what was thrown, at most 1,024 characters. */
  readonly error?: string
}

/** One event × one handler. */
export interface Run {
  readonly handler: string
  readonly status: RunStatus
  /** How many attempts there were, ever. */
  readonly attempts: number
  /** How many of them came before the current round: "run again" begins a new one. */
  readonly before: number
  /** When it is due, in milliseconds since 1970; of a running one, when its lease ends; null if nothing follows. */
  readonly nextAt: number | null
  readonly reason: DeadReason | null
  /** The last ones, oldest first. */
  readonly history: readonly Attempt[]
}

export type EventStatus = "ignored" | "waiting" | "done" | "dead"

export const EVENT_STATUSES: readonly EventStatus[] = ["ignored", "waiting", "done", "dead"]

/** An event in the inbox. */
export interface InboxEvent {
  /** Orders all events of an inbox by the time they were taken (`placeAt`). No two have the same. */
  readonly place: number
  readonly source: string
  readonly dedupeKey: string
  readonly type: string
  readonly status: EventStatus
  readonly deliveryId: string | undefined
  readonly secretId: string
  readonly bytes: number
  /** False once it was erased or its time was up. */
  readonly hasBody: boolean
  readonly runs: readonly Run[]
}

/** Which events to list, newest first. Places bound it, so that what arrives meanwhile moves nothing. */
export interface EventFilter {
  readonly status: EventStatus | undefined
  readonly type: string | undefined
  /** The oldest place that is wanted. */
  readonly from: number
  /** The place that all are before. */
  readonly before: number
  readonly limit: number
}

export interface EventPage {
  readonly events: readonly InboxEvent[]
  /** There may be more before this place, all from there on has been seen; undefined at the end. */
  readonly more: number | undefined
}

export interface Rerun {
  readonly source: string
  readonly dedupeKey: string
  /** Today's handlers, all of them, as keys of handlers.ts; those that take the event's type run. */
  readonly keys: readonly string[]
  /** Only this one. */
  readonly only?: string | undefined
}

export type RerunFailure = "no_event" | "no_body" | "no_handler"

/** One step of a rerun of all that is dead of a type: from the newest on, so that what dies again is not met again. */
export interface RerunDead {
  readonly type: string
  /** Today's handlers, all of them: a dead run of another one gives way to theirs. */
  readonly keys: readonly string[]
  /** The place that all are before. */
  readonly before: number
  /** How many events with a dead run it looks at. */
  readonly limit: number
  /** Only counts. */
  readonly dryRun: boolean
}

export interface RerunStep {
  /** How many runs begin again, or would. */
  readonly runs: number
  /** The next step goes on before this place; undefined at the end. */
  readonly more: number | undefined
}

/** What one shard has done and has to do. */
export interface ShardStats {
  readonly counts: Readonly<Record<EventStatus, number>>
  /** When the oldest event that waits was accepted, in milliseconds since 1970. */
  readonly oldestWaitingAt: number | undefined
  /** Of the last hour, by the minute. An object that crashes or falls asleep forgets the minutes that no wake has kept. */
  readonly lastHour: Activity
  readonly paused: readonly string[]
}

export interface Activity {
  readonly accepted: number
  readonly duplicates: number
  /** Secret id → deliveries that it signed, duplicates included. */
  readonly secrets: Readonly<Record<string, number>>
}

/** One shard of the inbox. The Durable Object and its twin in memory are held to one suite. */
export interface InboxShard {
  /** Tells a shard which one it is and of how many; the first to tell it decides. Returns the number that it keeps. */
  open(shards: number, index: number): Promise<number>
  /** The number of shards that it keeps; undefined if it has not been opened. */
  kept(): Promise<number | undefined>
  /** Stores an event, or finds that it is there. Resolves once that is durable. */
  accept(delivery: InboxDelivery, shards: number): Promise<Accepted>
  list(filter: EventFilter): Promise<EventPage>
  show(source: string, dedupeKey: string): Promise<InboxEvent | undefined>
  /** The bytes as they were signed; undefined if there are none. */
  body(source: string, dedupeKey: string): Promise<Uint8Array | undefined>
  /** The event as it is then. */
  rerun(rerun: Rerun): Promise<InboxEvent | RerunFailure>
  rerunDead(wanted: RerunDead): Promise<RerunStep>
  setPaused(handler: string, paused: boolean): Promise<void>
  /** Erases the body of an event; false if there is no such event. What waits for it becomes dead. */
  erase(source: string, dedupeKey: string): Promise<boolean>
  stats(): Promise<ShardStats>
}

/** What a handler gets to work with, and for which attempt. */
export interface HandlerCall {
  readonly handler: string
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
  run(call: HandlerCall): Promise<RunOutcome>
}
