import { errorText } from "../core/error-text.ts"
import { LEASE_MS } from "./claim.ts"
import type { GroupCommit } from "./group-commit.ts"
import { endAttempt, type Outcome, type Run } from "./run.ts"
import type { Slots } from "./slots.ts"
import type { AttemptStore } from "./store.ts"
import type { Lost, Start, Workload } from "./workload.ts"

export interface AttemptDeps<Payload> {
  readonly store: AttemptStore
  readonly commits: GroupCommit
  readonly workload: Workload<Payload>
  readonly slots: Slots
  /** Plans the next wake; called within the transaction that records an end. */
  readonly planWake: (now: number) => void
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** 0 to 1. */
  readonly random: () => number
  readonly log: (entry: Readonly<Record<string, unknown>>) => void
}

interface Ended {
  readonly sequence: number
  readonly lane: string
  readonly attempt: number
  readonly outcome: Outcome
  readonly ms: number
}

/** Makes the attempts that were claimed. */
export function createAttempts<Payload>(deps: AttemptDeps<Payload>): {
  /** Makes one attempt and records how it ended. Rejects if that could not be written. */
  readonly start: (one: Start<Payload>) => Promise<void>
  /** Writes a line about a run that failed or is dead. */
  readonly report: (one: Lost) => void
} {
  const { store, commits, workload, slots, planWake, clock, random, log } = deps

  const attempt = async (one: Start<Payload>): Promise<Ended> => {
    const { sequence, call } = one
    const startedAt = clock()
    // The lease starts now, because making the claim durable may have taken a part of it.
    slots.take(one, startedAt + LEASE_MS)
    const outcome = await outcomeOf(workload, one)
    slots.release(one)
    return { sequence, lane: call.lane, attempt: call.attempt, outcome, ms: clock() - startedAt }
  }

  const record = async ({ sequence, lane, attempt: number, outcome, ms }: Ended): Promise<void> => {
    let written: Lost | undefined
    const write = (): { readonly item: Lost["item"]; readonly run: Run | undefined } => {
      const now = clock()
      // Described first, because the item may be pruned with its last run.
      const facts = workload.describe(sequence, lane)
      const before = store.getRun(sequence, lane)
      if (before?.status !== "running" || before.attempts !== number) {
        // If an earlier try was written and only its sync failed, this is its own end.
        return written && (!before || hasEnd(before, number, ms)) ? written : { run: undefined, item: facts }
      }
      const { schedule } = workload.laneOf(lane)
      const end = { now, ms, schedule, random: random(), keepsError: workload.keepsErrors(sequence) }
      const after = endAttempt(before, outcome, end)
      store.putRun(sequence, after)
      if (after.nextAt === null) workload.onEnded(sequence)
      planWake(now)
      written = { run: after, item: facts }
      return written
    }
    // If the end is not recorded, the run starts again. So the write is tried twice.
    const { run, item } = await commits.run(write).catch(() => commits.run(write))
    if (run) report({ item, run })
    // The effect may have happened twice, because another attempt was made after the lease had expired.
    else log({ level: "warn", message: "a run ended after its lease", ...item, attempt: number, ms })
  }

  const report = ({ item, run }: Lost): void => {
    if (run.status === "done") return
    const isDead = run.status === "dead"
    const { outcome, error, ms } = run.history.at(-1) ?? {}
    const [level, message] = isDead ? ["error", "run is dead"] : ["warn", "run failed"]
    log({ level, message, ...item, attempt: run.attempts, outcome, reason: run.reason ?? undefined, error, ms })
  }

  return {
    async start(one) {
      await record(await attempt(one))
    },
    report,
  }
}

/** Whether an attempt has ended with an answer that took so long. */
const hasEnd = ({ history }: Run, number: number, ms: number): boolean =>
  history.some((entry) => entry.attempt === number && entry.outcome !== undefined && entry.ms === ms)

/** Makes an attempt. A rejection comes from the platform: the isolate of the attempt was killed, or never reached. */
async function outcomeOf<Payload>(workload: Workload<Payload>, { call }: Start<Payload>): Promise<Outcome> {
  try {
    return await workload.attempt(call)
  } catch (error) {
    return { kind: "lost", error: errorText(error) }
  }
}
