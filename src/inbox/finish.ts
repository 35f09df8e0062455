import { HANDLER_GONE_GRACE_MS, MAX_RETRY_LATER_SECONDS } from "../core/limits.ts"
import type { Run, RunOutcome } from "./inbox.ts"
import { timeOf } from "./place.ts"
import { endAttempt, endRun } from "./runs.ts"
import { retryDelayMs } from "./schedule.ts"
import type { InboxStore } from "./store.ts"

/** An attempt that has ended. */
export interface Ended {
  readonly place: number
  readonly handler: string
  readonly attempt: number
  /** Undefined: no answer came, as when the platform ended it. */
  readonly outcome: RunOutcome | { readonly kind: "lost"; readonly error: string }
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
  const error = "error" in outcome ? { error: outcome.error } : {}
  const kind = outcome.kind === "dead" || outcome.kind === "handler_gone" ? "failed" : outcome.kind
  const written = endAttempt(next, { outcome: kind, ms, ...error })
  store.putRun(place, written)
  return written
}

function afterAttempt(run: Run, { place, outcome }: Ended, now: number, random: number): Run {
  if (outcome.kind === "done") return endRun(run, "done")
  if (outcome.kind === "dead") return endRun(run, "dead", outcome.reason)
  if (outcome.kind === "handler_gone") {
    if (now - timeOf(place) >= HANDLER_GONE_GRACE_MS) return endRun(run, "dead", "handler_gone")
    // No attempt of the round is used up by it.
    return { ...run, status: "waiting", before: run.before + 1, nextAt: now + HANDLER_GONE_GRACE_MS }
  }
  const delay = retryDelayMs(run.attempts - run.before, random)
  if (delay === undefined) return endRun(run, "dead", "attempts_exhausted")
  const asked = "retryAfterSeconds" in outcome ? outcome.retryAfterSeconds : undefined
  const wanted = asked === undefined ? delay : Math.min(asked, MAX_RETRY_LATER_SECONDS) * 1000
  return { ...run, status: "waiting", nextAt: now + wanted }
}
