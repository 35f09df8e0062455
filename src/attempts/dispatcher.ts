import { errorText } from "../core/error-text.ts"
import { createAttempts } from "./attempt.ts"
import { BACKSTOP_MS, LEASE_MS, claimSteps, nextRunAt } from "./claim.ts"
import type { GroupCommit } from "./group-commit.ts"
import { shortenHistory } from "./run.ts"
import { Slots } from "./slots.ts"
import type { AttemptStore } from "./store.ts"
import type { Claimed, Workload } from "./workload.ts"

/** The longest time that a step is skipped after a failed write. It starts at `BACKSTOP_MS` and doubles with each failure. */
export const MAX_BLOCKED_MS = 60_000

/** Work that a wake does before it claims runs, in a transaction of its own. */
export interface Chore {
  readonly isDue: (now: number) => boolean
  /** Called within a transaction. The returned function is called once the transaction is durable. */
  readonly run: (now: number) => () => void
  /** When it is due next, in milliseconds since 1970; undefined if it needs no wake of its own. */
  readonly nextAt: () => number | undefined
}

export interface DispatcherDeps<Payload> {
  readonly store: AttemptStore
  readonly commits: GroupCommit
  readonly workload: Workload<Payload>
  /** In the order in which they run: those that free storage come first. */
  readonly chores: readonly Chore[]
  /** Whether storage is short. Then histories are shortened, and each write is durable before the next. */
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
  /** Takes over the running attempts of an earlier object, and plans the first wake. Call it once, within a transaction. */
  resume(): void
  /** Starts what is due and plans the next wake; resolves once both are durable. Never rejects. */
  wake(): Promise<void>
  /** Plans the next wake; call it within a transaction that may have made something due. */
  planWake(now: number): void
}

const NONE: ReadonlySet<string> = new Set()

export function createDispatcher<Payload>(deps: DispatcherDeps<Payload>): Dispatcher {
  const { commits, workload, chores, isShort, ensureWake, clock, random } = deps
  const log: typeof deps.log = (entry) => {
    try {
      deps.log(entry)
    } catch {
      // A line that cannot be written must not keep claimed attempts from starting.
    }
  }
  const store: AttemptStore = {
    ...deps.store,
    putRun: (sequence, run) => deps.store.putRun(sequence, isShort() ? shortenHistory(run) : run),
  }
  const slots = new Slots()
  const claimDeps = { store, workload, slots, random }
  /** Steps that could not be written → until when they are skipped, in milliseconds since 1970. */
  const failures = new Map<string, { readonly until: number; readonly delay: number }>()
  let lastWakeFailed = false
  let lastNow = Number.POSITIVE_INFINITY
  let waking: Promise<void> | undefined

  /** Corrects stored times that are too late, because the clock was ahead when they were stored. */
  const adjustToClock = (now: number): void => {
    slots.expire(now, LEASE_MS)
    if (now < lastNow) {
      const times = { lease: now + LEASE_MS, latest: now + workload.longestDelayMs }
      for (const { lane } of store.waitingLanes()) store.capDueTimes(lane, times)
    }
    lastNow = now
  }

  /** Returns the keys to skip. A step that fails from now on is added to them. */
  const blockedAt = (now: number): Set<string> => {
    // The clock was ahead when a note of a later time was written.
    for (const [key, { until }] of failures) if (until > now + MAX_BLOCKED_MS) failures.delete(key)
    return new Set([...failures].filter(([, { until }]) => until > now).map(([key]) => key))
  }

  const block = (key: string, now: number): void => {
    const delay = Math.min((failures.get(key)?.delay ?? BACKSTOP_MS / 2) * 2, MAX_BLOCKED_MS)
    failures.set(key, { until: now + delay, delay })
  }

  const resume = (): void => {
    const now = clock()
    adjustToClock(now)
    // An attempt of an earlier object may still be running. In a strict lane it counts until its lease ends.
    for (const { lane } of store.waitingLanes()) {
      for (const { sequence, run } of store.runningRuns(lane, now, now + LEASE_MS)) slots.takeOver(sequence, run)
    }
    planWake(now)
  }

  const planWake = (now: number): void => {
    slots.expire(now, LEASE_MS)
    // A write that failed stays due. It needs no wake before its next try.
    const earliest = failures.size > 0 || lastWakeFailed ? now + BACKSTOP_MS : now
    // Each time counts by itself: a run may wait for a week, and chores must not wait for it.
    for (const nextAt of [() => nextRunAt(claimDeps, now), ...chores.map((chore) => chore.nextAt)]) {
      const at = timeOr(now + BACKSTOP_MS, nextAt)
      if (at !== undefined) ensureWake(Math.max(at, earliest))
    }
  }

  const reportFailure = (error: unknown): void => {
    log({ level: "error", message: "the shard could not do its work", error: errorText(error) })
    ensureWake(clock() + BACKSTOP_MS)
  }

  /** Ends a wake that failed: the next one is careful. */
  const failWake = (error: unknown): void => {
    waking = undefined
    lastWakeFailed = true
    reportFailure(error)
  }

  const { start, report } = createAttempts({ ...deps, log, store, slots, planWake })

  const begin = ({ starts, lost }: Claimed<Payload>): void => {
    for (const one of lost) report(one)
    for (const one of starts) void start(one).catch(reportFailure)
  }

  const takeSlots = ({ starts }: Claimed<Payload>): void => {
    for (const one of starts) slots.take(one, Number.POSITIVE_INFINITY)
  }

  /** Writes all steps in one transaction, so that a wake costs one commit. */
  const claimTogether = async (): Promise<void> => {
    let claimed: Claimed<Payload>[] = []
    const release = (): void => {
      for (const { starts } of claimed) for (const one of starts) slots.release(one)
      claimed = []
    }
    try {
      await commits.run(() => {
        // Work that becomes due from here on needs another wake.
        waking = undefined
        // If the group cannot be written, this work runs again.
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
        // One write for all items.
        if (begun !== undefined) store.setBegun(begun)
        planWake(now)
      })
    } catch (error) {
      release()
      throw error
    }
    for (const one of claimed) begin(one)
  }

  /** Writes each step in a transaction that is durable before the next one. A step that fails affects no other. */
  const claimOneByOne = async (): Promise<void> => {
    const now = clock()
    await commits.run(() => adjustToClock(now))
    const blocked = blockedAt(now)
    for (const step of claimSteps(claimDeps, now, blocked, true)) {
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
      } catch (error) {
        release()
        block(step.key, now)
        blocked.add(step.key)
        reportFailure(error)
        continue
      }
      failures.delete(step.key)
      begin(claimed!)
    }
    // A failure that is still listed was written since, or its step no longer exists.
    for (const [key, { until }] of failures) if (until <= now) failures.delete(key)
    await commits.run(() => {
      // Within the commit: an alarm that rings while it is made durable must not join this wake, which has planned already.
      waking = undefined
      planWake(clock())
    })
  }

  const runChore = async (chore: Chore): Promise<void> => {
    if (!chore.isDue(clock())) return
    const onDurable = await commits.run(() => chore.run(clock()))
    onDurable()
  }

  const wakeOnce = async (): Promise<void> => {
    const isCareful = lastWakeFailed || failures.size > 0 || isShort()
    lastWakeFailed = false
    const works: Promise<void>[] = []
    // Together they are one group and one commit. When careful, each is durable before the next one begins.
    for (const chore of chores) {
      const work = runChore(chore).catch(failWake)
      works.push(work)
      if (isCareful) await work
    }
    await Promise.all([...works, (isCareful ? claimOneByOne() : claimTogether()).catch(failWake)])
  }

  const wake = async (): Promise<void> => {
    // A rejected promise must not stay in `waking`: each later wake would return it.
    waking ??= wakeOnce()
      .catch(failWake)
      .catch(() => {
        // The alarm could not be set either. The next delivery or the cron trigger wakes the shard.
      })
    await waking
  }

  return { resume, planWake, wake }
}

/** Returns a time, or a replacement if it cannot be read: one damaged row must not undo the transaction around it. */
function timeOr(replacement: number, read: () => number | undefined): number | undefined {
  try {
    return read()
  } catch {
    return replacement
  }
}
