import { beginAttempt, endAttempt, endRun, freshRun, mayKillRuntime, type Run } from "./run.ts"
import type { Slots } from "./slots.ts"
import type { AttemptStore, NewItem } from "./store.ts"
import type { Claimed, Lost, Start, Workload } from "./workload.ts"

/** How long an attempt may take until it counts as lost, in milliseconds: its limit of 30 s, and time for the call around it. */
export const LEASE_MS = 40_000

/**
 * Memory for the attempts in flight of one shard, in bytes: an attempt starts only below it, so the last one may exceed it. A
 * shard may share 128 MB with other objects.
 */
export const MAX_FLIGHT_WEIGHT = 33_554_432

/** Attempts that one wake may start. Cloudflare limits the calls of an invocation, and one to a sleeping object causes two wakes. */
export const MAX_WAKE_RUNS = 16

/** New items that one wake may begin. */
export const MAX_WAKE_ITEMS = 256

/** Rows for new items after which a wake begins no other item. An item has at most one row for each lane. */
export const MAX_WAKE_ROWS = 1_024

/** How long a suspect waits while another one is in flight, in milliseconds. */
export const SUSPECT_WAIT_MS = 2_000

/** Delay before looking again at work that should have started: after a failed write, or when slots were full. */
export const BACKSTOP_MS = 1_000

export interface ClaimDeps<Payload> {
  readonly store: AttemptStore
  readonly workload: Workload<Payload>
  /** What is in flight; the caller takes the slots of each step's starts before it asks for the next step. */
  readonly slots: Slots
  /** 0 to 1. */
  readonly random: () => number
}

/** A step of a wake. The key names what it changes, so that a step that cannot be written can be skipped. */
export interface ClaimStep<Payload> {
  readonly key: string
  /** The item whose runs all have rows after this step. The caller records it with `setBegun` in the same transaction. */
  readonly begun?: number
  /** Call it within a transaction, and start nothing before that is durable. */
  readonly write: () => Claimed<Payload>
}

const NOTHING: Claimed<never> = { starts: [], lost: [] }

/**
 * Claims the attempts that are to start now: counts each one and gives it a lease. So an attempt that kills the runtime has
 * been counted, and is retried only after its lease has expired.
 *
 * Yields steps that may be written together or one by one. The number of starts, their weight, and the number of new items
 * and of their rows are bounded. A lane with a backlog leaves slots of a wake to the other lanes and to new items.
 *
 * @param blocked Keys of steps that could not be written recently. They are skipped. The caller adds the key of a step that
 *   fails before it asks for the next step.
 * @param isApart Whether each step is a transaction of its own: then a lane may be paused between two of them.
 */
export function* claimSteps<Payload>(
  deps: ClaimDeps<Payload>,
  now: number,
  blocked: ReadonlySet<string>,
  isApart = false,
): Generator<ClaimStep<Payload>, void> {
  const { store, workload, slots, random } = deps
  let paused = new Set(store.pausedLanes())
  const readPaused = (): void => {
    if (isApart) paused = new Set(store.pausedLanes())
  }
  let budget = MAX_WAKE_RUNS
  /** @param step What the current step has started: the caller has not taken its slots yet. */
  const freeSlots = (lane: string, step: readonly Start<Payload>[] = []): number => {
    const weight = step.reduce((sum, one) => sum + one.weight, slots.weight)
    if (paused.has(lane) || weight >= MAX_FLIGHT_WEIGHT) return 0
    return Math.max(0, Math.min(slots.freeIn(lane, workload.laneOf(lane)), budget - step.length))
  }
  function* startDue(lane: string, most: number): Generator<ClaimStep<Payload>> {
    const limit = Math.min(most, freeSlots(lane))
    if (limit === 0) return
    const due = store
      .dueRuns(lane, now, limit + blocked.size)
      .map((sequence) => ({ sequence, key: `${sequence} ${lane}` }))
      .filter(({ key }) => !blocked.has(key))
    for (const { sequence, key } of due.slice(0, limit)) {
      if (freeSlots(lane) === 0) return
      budget -= 1
      const write = (): Claimed<Payload> => {
        readPaused()
        return paused.has(lane) ? NOTHING : claimDue(deps, sequence, lane, now)
      }
      yield { key, write }
    }
  }

  const due = store.waitingLanes().filter(({ lane, nextAt }) => nextAt <= now && !paused.has(lane))
  // A random lane comes first, and the first pass takes at most half of the wake.
  const first = due.length === 0 ? 0 : Math.floor(random() * due.length)
  const inTurn = [...due.slice(first), ...due.slice(0, first)]
  for (const { lane } of inTurn) yield* startDue(lane, Math.max(1, Math.floor(MAX_WAKE_RUNS / 2 / due.length)))

  let rows = 0
  for (const item of store.newItems(MAX_WAKE_ITEMS)) {
    // Items begin in order: if one cannot be written, no later one begins.
    if (budget <= 0 || rows >= MAX_WAKE_ROWS || blocked.has(`${item.sequence}`)) break
    const write = (): Claimed<Payload> => {
      readPaused()
      const claimed = beginItem(deps, item, now, freeSlots)
      budget -= claimed.starts.length
      return claimed
    }
    rows += item.lanes.length
    const key = `${item.sequence}`
    yield { key, begun: item.sequence, write }
    if (blocked.has(key)) break
  }
  for (const { lane } of inTurn) yield* startDue(lane, MAX_WAKE_RUNS)
}

/** Writes the rows of an item's runs: those that have a slot start at once. */
function beginItem<Payload>(
  deps: ClaimDeps<Payload>,
  { sequence, lanes, since }: NewItem,
  now: number,
  freeSlots: (lane: string, step: readonly Start<Payload>[]) => number,
): Claimed<Payload> {
  const { store } = deps
  const starts: Start<Payload>[] = []
  const lost: Lost[] = []
  for (const lane of lanes) {
    // An operator's change may have written the row already, with its own due time.
    if (store.getRun(sequence, lane)) continue
    // Not later than now: the clock may have been ahead when the item came.
    const run = freshRun(lane, Math.min(since, now))
    if (freeSlots(lane, starts) === 0) store.putRun(sequence, run)
    else {
      const claimed = startRun(deps, sequence, run, now)
      starts.push(...claimed.starts)
      lost.push(...claimed.lost)
    }
  }
  return { starts, lost }
}

/** Starts the next attempt of a due run, or ends one whose lease has expired. */
function claimDue<Payload>(deps: ClaimDeps<Payload>, sequence: number, lane: string, now: number): Claimed<Payload> {
  const { store, workload, slots, random } = deps
  const run = store.getRun(sequence, lane)
  // Another step may have changed it since the list was read.
  if (run === undefined || run.nextAt === null || run.nextAt > now) return NOTHING
  if (run.status === "waiting") {
    if (!mayKillRuntime(run) || !slots.hasSuspect) return startRun(deps, sequence, run, now)
    // With two suspects in flight, nothing shows which one has killed the runtime.
    store.putRun(sequence, { ...run, nextAt: now + SUSPECT_WAIT_MS })
    return NOTHING
  }
  if (slots.has(sequence, lane)) {
    // The answer is late, not lost, because the attempt started later than it was claimed.
    store.putRun(sequence, { ...run, nextAt: now + LEASE_MS })
    return NOTHING
  }
  // The lease has expired: the attempt counts as lost, and the schedule says what follows.
  const ms = now - (run.history.at(-1)?.at ?? now)
  const { schedule } = workload.laneOf(lane)
  const end = { now, ms, schedule, random: random(), keepsError: false }
  return { starts: [], lost: [endUnstarted(deps, sequence, endAttempt(run, { kind: "lost", error: "" }, end))] }
}

/** Counts the next attempt of a run. Its weight may exceed what is left; otherwise a large one would never start. */
function startRun<Payload>(deps: ClaimDeps<Payload>, sequence: number, run: Run, now: number): Claimed<Payload> {
  const { store, workload } = deps
  const loaded = workload.load(sequence)
  if ("deadReason" in loaded) {
    return { starts: [], lost: [endUnstarted(deps, sequence, endRun(run, "dead", loaded.deadReason))] }
  }
  const begun = beginAttempt(run, now, LEASE_MS)
  store.putRun(sequence, begun)
  const call = { lane: run.lane, attempt: begun.attempts, payload: loaded.payload }
  return { starts: [{ sequence, call, weight: loaded.weight, isSuspect: mayKillRuntime(run) }], lost: [] }
}

/** Records a run that ends without an answer. Its item is described first, because it may be pruned with its last run. */
function endUnstarted<Payload>({ store, workload }: ClaimDeps<Payload>, sequence: number, run: Run): Lost {
  const item = workload.describe(sequence, run.lane)
  store.putRun(sequence, run)
  if (run.nextAt === null) workload.onEnded(sequence)
  return { item, run }
}

/**
 * Returns when the shard has to wake next, in milliseconds since 1970; `now` or before if there is more to start at once.
 *
 * A paused lane needs no wake. A lane without free slots is woken when one of its runs ends.
 */
export function nextRunAt<Payload>(
  { store, workload, slots }: Pick<ClaimDeps<Payload>, "store" | "workload" | "slots">,
  now: number,
): number | undefined {
  const paused = new Set(store.pausedLanes())
  const isFull = slots.weight >= MAX_FLIGHT_WEIGHT
  const times = store
    .waitingLanes()
    .filter(({ lane }) => !paused.has(lane))
    .map(({ lane, nextAt }) =>
      isFull || slots.freeIn(lane, workload.laneOf(lane)) === 0 ? Math.max(nextAt, now + BACKSTOP_MS) : nextAt,
    )
  if (store.newItems(1).length > 0) times.push(now)
  return times.length > 0 ? Math.min(...times) : undefined
}
