import type { Outcome, Run } from "./run.ts"
import type { Schedule } from "./schedule.ts"

/** Where runs go, with a concurrency and a schedule of its own: one that hangs takes no slot from another. */
export interface Lane {
  /** Runs of the lane that one shard has in flight, 1 to 64. */
  readonly concurrency: number
  /**
   * Whether an attempt of before a restart counts until its lease ends, because it may go on elsewhere. Otherwise the lane
   * starts anew at once: a deployment does not hold it up.
   */
  readonly isStrict: boolean
  readonly schedule: Schedule
}

/** What an attempt works on. */
export interface AttemptCall<Payload> {
  readonly lane: string
  /** 1 for the first attempt of a run. */
  readonly attempt: number
  readonly payload: Payload
}

/** What the engine asks of the room that owns the items. All but `attempt` is called within a transaction. */
export interface Workload<Payload> {
  readonly laneOf: (lane: string) => Lane
  /** The longest that a run waits for its next attempt, in milliseconds, jitter included. */
  readonly longestDelayMs: number
  /** Reads what an attempt needs and about how much memory it takes, in bytes; or why none can be made. */
  readonly load: (
    sequence: number,
  ) => { readonly payload: Payload; readonly weight: number } | { readonly deadReason: string }
  /** Makes one attempt. A rejection is an attempt that was lost. */
  readonly attempt: (call: AttemptCall<Payload>) => Promise<Outcome>
  /** Whether the text of an item's errors may be kept. */
  readonly keepsErrors: (sequence: number) => boolean
  /** Called after the last run of an item may have ended. */
  readonly onEnded: (sequence: number) => void
  /** What names a run in the log. */
  readonly describe: (sequence: number, lane: string) => Readonly<Record<string, unknown>>
}

/** An attempt that was counted and may start. */
export interface Start<Payload> {
  readonly sequence: number
  readonly call: AttemptCall<Payload>
  readonly weight: number
  /** It may be what kills the runtime. */
  readonly isSuspect: boolean
}

/** A run whose attempt was lost, or that is dead without another one. */
export interface Lost {
  /** What names it in the log: its item may have been pruned with it. */
  readonly item: Readonly<Record<string, unknown>>
  readonly run: Run
}

/** What one step of a wake came to. */
export interface Claimed<Payload> {
  readonly starts: readonly Start<Payload>[]
  readonly lost: readonly Lost[]
}
