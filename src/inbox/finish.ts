import { MAX_RETRY_LATER_SECONDS } from "../events/outcomes.ts"
import type { Attempt, Run, RunOutcome } from "./inbox.ts"
import { endAttempt, endRun, failRun } from "./runs.ts"
import type { InboxStore } from "./store.ts"

/** A busy object may go on with old code for five minutes after a deployment. A key that a Worker has named since is not gone. */
export const DEPLOYMENT_RETRY_MS = 60_000

/** What the runner does not say itself. */
export type Unheard =
  /** No answer came: the platform ended the handler, or never reached it. */
  | { readonly kind: "lost"; readonly error: string }
  /** The shard runs older code than the Worker that named the handler: a deployment is under way. */
  | { readonly kind: "handler_not_here_yet" }

/** An attempt that has ended. */
export interface Ended {
  readonly place: number
  readonly handler: string
  readonly attempt: number
  readonly outcome: RunOutcome | Unheard
  readonly ms: number
}

/**
 * Writes down how an attempt ended, and what comes next; call it within a transaction.
 *
 * @param random 0 to 1, for the jitter.
 * @returns The run as it is now; undefined if the answer came too late, and another attempt is under way or done.
 */
export function finish(store: InboxStore, ended: Ended, now: number, random: number): Run | undefined {
  const { place, handler, attempt, outcome, ms } = ended
  const run = store.getRun(place, handler)
  if (run?.status !== "running" || run.attempts !== attempt) return undefined
  const next = afterAttempt(run, ended, now, random)
  // It may quote a body that was erased meanwhile.
  const error = "error" in outcome && store.getEvent(place)?.hasBody ? { error: outcome.error } : {}
  const written = endAttempt(next, { outcome: ATTEMPT_OUTCOMES[outcome.kind], ms, ...error })
  store.putRun(place, written)
  return written
}

const ATTEMPT_OUTCOMES = {
  done: "done",
  failed: "failed",
  timed_out: "timed_out",
  lost: "lost",
  dead: "failed",
  handler_gone: "failed",
  handler_not_here_yet: "failed",
} as const satisfies Record<Ended["outcome"]["kind"], Attempt["outcome"]>

function afterAttempt(run: Run, { outcome }: Ended, now: number, random: number): Run {
  if (outcome.kind === "done") return endRun(run, "done")
  if (outcome.kind === "dead") return endRun(run, "dead", outcome.reason)
  if (outcome.kind === "handler_gone") return endRun(run, "dead", "handler_gone")
  if (outcome.kind === "handler_not_here_yet") {
    // No attempt of the round is used up by it.
    return { ...run, status: "waiting", before: run.before + 1, nextAt: now + DEPLOYMENT_RETRY_MS }
  }
  const asked = "retryAfterSeconds" in outcome ? outcome.retryAfterSeconds : undefined
  return failRun(run, now, random, asked && Math.min(asked, MAX_RETRY_LATER_SECONDS) * 1000)
}
