import type { Outcome, Run } from "./run.ts"
import type { Schedule } from "./schedule.ts"

/** A target of runs, with its own concurrency and schedule. A lane that hangs takes no slot from another. */
export interface Lane {
  /** Runs of the lane that one shard has in flight, 1 to 64. */
  readonly concurrency: number
  /**
   * Whether attempts that started before a restart count until their lease ends, because they may still be running.
   * Otherwise the lane has all of its slots at once, so that a deployment does not delay it.
   */
  readonly isStrict: boolean
  readonly schedule: Schedule
}

/** The input of one attempt. */
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
  /** Returns the payload of an attempt and an estimate of its memory, in bytes; or why no attempt can be made. */
  readonly load: (
    sequence: number,
  ) => { readonly payload: Payload; readonly weight: number } | { readonly deadReason: string }
  /** Makes one attempt. A rejection is an attempt that was lost. */
  readonly attempt: (call: AttemptCall<Payload>) => Promise<Outcome>
  /** Whether the text of an item's errors may be kept. */
  readonly keepsErrors: (sequence: number) => boolean
  /** Called when a run has ended, which may be the last one of its item. */
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

/** The result of one step of a wake. */
export interface Claimed<Payload> {
  readonly starts: readonly Start<Payload>[]
  readonly lost: readonly Lost[]
}
