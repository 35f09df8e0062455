import type { Run } from "./run.ts"

/** An item of work whose runs have no rows yet. */
export interface NewItem {
  /** Orders all items. No two have the same. */
  readonly sequence: number
  readonly lanes: readonly string[]
  /** Since when its runs are due, in milliseconds since 1970. */
  readonly since: number
}

/** What the engine reads and writes, within one transaction that the caller holds. */
export interface AttemptStore {
  /** Items after the last one that was begun, in order of sequence. */
  newItems(limit: number): readonly NewItem[]
  /** Records that all runs of the items up to this one have rows. */
  setBegun(sequence: number): void

  getRun(sequence: number, lane: string): Run | undefined
  putRun(sequence: number, run: Run): void
  /** Each lane in which a run waits or is running, and the earliest time at which one of them is due. */
  waitingLanes(): readonly { readonly lane: string; readonly nextAt: number }[]
  /** The items whose runs in a lane are due, the longest due first. */
  dueRuns(lane: string, now: number, limit: number): readonly number[]
  /** The running runs of a lane whose lease ends after one time, and by another. */
  runningRuns(lane: string, after: number, until: number): readonly { readonly sequence: number; readonly run: Run }[]
  /** Brings forward the runs of a lane that are due after `latest`: running ones to `lease`, the others to `latest`. */
  capDueTimes(lane: string, times: { readonly lease: number; readonly latest: number }): void
  pausedLanes(): readonly string[]
}
