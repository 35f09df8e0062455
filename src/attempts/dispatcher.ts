import { errorText } from "../core/error-text.ts"
import { createAttempts } from "./attempt.ts"
import { BACKSTOP_MS, LEASE_MS, claimSteps, nextRunAt } from "./claim.ts"
import type { GroupCommit } from "./group-commit.ts"
import { shortenHistory } from "./run.ts"
import { Slots } from "./slots.ts"
import type { AttemptStore } from "./store.ts"
import type { Claimed, Workload } from "./workload.ts"

/** The longest that a step that could not be written is passed over; the first time it is `BACKSTOP_MS`, then twice that. */
export const MAX_BLOCKED_MS = 60_000

/** Work that a wake does before it claims runs, in a transaction of its own. */
export interface Chore {
  readonly isDue: (now: number) => boolean
  /** Called within a transaction. What it returns is called once that is durable. */
  readonly run: (now: number) => () => void
  /** When it is due next, in milliseconds since 1970; undefined if nothing has to wake the shard for it. */
  readonly nextAt: () => number | undefined
}

export interface DispatcherDeps<Payload> {
  readonly store: AttemptStore
  readonly commits: GroupCommit
  readonly workload: Workload<Payload>
  /** Those that free storage first. */
  readonly chores: readonly Chore[]
  /** Whether storage is short: then every write is small, and durable by itself. */
  readonly isShort: () => boolean
  /** Makes sure that the shard is woken at that time or before; part of the transaction that it is called in. */
  readonly ensureWake: (at: number) => void
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** 0 to 1. */
  readonly random: () => number
  readonly log: (entry: Readonly<Record<string, unknown>>) => void
}

/** Starts the runs of a shard, and records how they end. */
export interface Dispatcher {
  /** Takes over what an earlier object left, and plans the first wake; call it once, within a transaction. */
  resume(): void
  /** Starts what is due and plans the next wake; resolves once both are durable. Never rejects. */
  wake(): Promise<void>
  /** Plans the next wake; call it within a transaction that may have made something due. */
  planWake(now: number): void
}

const NONE: ReadonlySet<string> = new Set()

export function createDispatcher<Payload>(deps: DispatcherDeps<Payload>): Dispatcher {
  const { commits, workload, chores, isShort, ensureWake, clock, random, log } = deps
  const store: AttemptStore = {
    ...deps.store,
    putRun: (sequence, run) => deps.store.putRun(sequence, isShort() ? shortenHistory(run) : run),
  }
  const slots = new Slots()
  const claimDeps = { store, workload, slots, random }
  /** Steps that could not be written → until when they are passed over, in milliseconds since 1970. */
  const failures = new Map<string, { readonly until: number; readonly delay: number }>()
  let lastWakeFailed = false
  let lastNow = Number.POSITIVE_INFINITY
  let waking: Promise<void> | undefined

  /** Stored times are not taken as true: a clock that was ahead has made them too late. */
  const adjustToClock = (now: number): void => {
    slots.expire(now, LEASE_MS)
    if (now < lastNow) {
      const times = { lease: now + LEASE_MS, latest: now + workload.longestDelayMs }
      for (const { lane } of store.waitingLanes()) store.capDueTimes(lane, times)
    }
    lastNow = now
  }

  const blockedAt = (now: number): ReadonlySet<string> =>
    new Set([...failures].filter(([, { until }]) => until > now && until <= now + MAX_BLOCKED_MS).map(([key]) => key))

  const block = (key: string, now: number): void => {
    const delay = Math.min((failures.get(key)?.delay ?? BACKSTOP_MS / 2) * 2, MAX_BLOCKED_MS)
    failures.set(key, { until: now + delay, delay })
  }

  const resume = (): void => {
    const now = clock()
    adjustToClock(now)
    // An attempt of before may still go on. Until its lease ends it counts in a strict lane.
    for (const { lane } of store.waitingLanes()) {
      for (const { sequence, run } of store.runningRuns(lane, now, now + LEASE_MS)) slots.takeOver(sequence, run)
    }
    planWake(now)
  }

  const planWake = (now: number): void => {
    slots.expire(now, LEASE_MS)
    // What could not be written is not worth a wake before it is tried again.
    const earliest = failures.size > 0 ? now + BACKSTOP_MS : now
    // A run may wait for a week: what a chore has to do meanwhile is not held up by that.
    for (const at of [nextRunAt(claimDeps, now), ...chores.map(({ nextAt }) => nextAt())]) {
      if (at !== undefined) ensureWake(Math.max(at, earliest))
    }
  }

  const reportFailure = (error: unknown): void => {
    log({ level: "error", message: "the shard could not write", error: errorText(error) })
    ensureWake(clock() + BACKSTOP_MS)
  }

  const { start, report } = createAttempts({ ...deps, store, slots, planWake })

  const begin = ({ starts, lost }: Claimed<Payload>): void => {
    for (const one of lost) report(one)
    for (const one of starts) void start(one).catch(reportFailure)
  }

  const takeSlots = ({ starts }: Claimed<Payload>): void => {
    for (const one of starts) slots.take(one, Number.POSITIVE_INFINITY)
  }

  /** All steps in one transaction: a wake costs one commit. */
  const claimTogether = async (): Promise<void> => {
    let claimed: Claimed<Payload>[] = []
    const release = (): void => {
      for (const { starts } of claimed) for (const one of starts) slots.release(one)
      claimed = []
    }
    try {
      await commits.run(() => {
        // From here on, what becomes due needs another wake.
        waking = undefined
        // A group that cannot be written runs its work again.
        release()
        const now = clock()
        adjustToClock(now)
        let begun: number | undefined
        for (const step of claimSteps(claimDeps, now, NONE)) {
          const one = step.write()
          takeSlots(one)
          claimed.push(one)
          begun = step.begun ?? begun
        }
        // One row for all of them.
        if (begun !== undefined) store.setBegun(begun)
        planWake(now)
      })
    } catch (error) {
      release()
      throw error
    }
    for (const one of claimed) begin(one)
  }

  /** Each step in a transaction that is durable before the next one: a step that cannot be written harms no other. */
  const claimOneByOne = async (): Promise<void> => {
    const now = clock()
    await commits.run(() => adjustToClock(now))
    for (const step of claimSteps(claimDeps, now, blockedAt(now))) {
      let claimed: Claimed<Payload> | undefined
      const release = (): void => {
        for (const one of claimed?.starts ?? []) slots.release(one)
      }
      try {
        await commits.run(() => {
          release()
          claimed = step.write()
          takeSlots(claimed)
          if (step.begun !== undefined) store.setBegun(step.begun)
        })
        begin(claimed!)
      } catch (error) {
        release()
        block(step.key, now)
        reportFailure(error)
      }
    }
    // What is left of the earlier ones could be written, or is not there any more.
    for (const [key, { until }] of failures) if (until <= now) failures.delete(key)
    await commits.run(() => planWake(now))
    waking = undefined
  }

  const runChore = async (chore: Chore): Promise<void> => {
    const onDurable = await commits.run(() => chore.run(clock()))
    onDurable()
  }

  const wakeOnce = async (): Promise<void> => {
    const isCareful = lastWakeFailed || failures.size > 0 || isShort()
    lastWakeFailed = false
    const note = (error: unknown): void => {
      waking = undefined
      lastWakeFailed = true
      reportFailure(error)
    }
    const works: Promise<void>[] = []
    // Together they are one group, and one commit. In bad times each is durable before the next one begins.
    for (const chore of chores.filter(({ isDue }) => isDue(clock()))) {
      const work = runChore(chore).catch(note)
      works.push(work)
      if (isCareful) await work
    }
    await Promise.all([...works, (isCareful ? claimOneByOne() : claimTogether()).catch(note)])
  }

  return { resume, planWake, wake: () => (waking ??= wakeOnce()) }
}
