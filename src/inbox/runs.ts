import type { Attempt, DeadReason, EventStatus, InboxEvent, Run } from "./inbox.ts"
import { timeOf } from "./place.ts"
import { retryDelayMs } from "./schedule.ts"
import type { EventRow } from "./store.ts"

/** Attempts that a run remembers: those of the last two rounds, and a few. */
export const MAX_HISTORY_ATTEMPTS = 20

/** A run that has not begun: due since its event was taken, and not later if the clock was ahead then. */
export const freshRun = (handler: string, place: number, now: number = Number.MAX_SAFE_INTEGER): Run => ({
  handler,
  status: "waiting",
  attempts: 0,
  before: 0,
  nextAt: Math.min(timeOf(place), now),
  reason: null,
  history: [],
})

/** Its current attempt has ended so. */
export const endAttempt = (run: Run, end: Omit<Attempt, "attempt" | "at">): Run => ({
  ...run,
  history: run.history.map((entry) => (entry.attempt === run.attempts ? { ...entry, ...end } : entry)),
})

/** Its next attempt begins. */
export const beginAttempt = (run: Run, now: number, leaseMs: number): Run => {
  const attempt = run.attempts + 1
  const history = [...run.history, { attempt, at: now }].slice(-MAX_HISTORY_ATTEMPTS)
  return { ...run, status: "running", attempts: attempt, nextAt: now + leaseMs, history }
}

export const endRun = (run: Run, status: "done" | "dead", reason: DeadReason | null = null): Run => ({
  ...run,
  status,
  reason,
  nextAt: null,
})

/**
 * Its attempt has failed: it waits for the next one, or that was its last.
 *
 * @param random 0 to 1, for the jitter.
 */
export function failRun(run: Run, now: number, random: number, retryAfterMs?: number): Run {
  const delay = retryDelayMs(run.attempts - run.before, random)
  if (delay === undefined) return endRun(run, "dead", "attempts_exhausted")
  return { ...run, status: "waiting", nextAt: now + (retryAfterMs ?? delay) }
}

/** A new round: due at once, with all its attempts before it. */
export const restartRun = (run: Run, now: number): Run => ({
  ...run,
  status: "waiting",
  before: run.attempts,
  nextAt: now,
  reason: null,
})

/** An event with all its runs, those that have no row yet among them. */
export function toInboxEvent(row: EventRow, stored: readonly Run[]): InboxEvent {
  const { handlers, ...event } = row
  const runs = (handlers ?? []).map(
    (handler) => stored.find((run) => run.handler === handler) ?? freshRun(handler, row.place),
  )
  return { ...event, runs, status: handlers ? statusOf(runs) : "ignored" }
}

/** Something is still to be done; or something could not be; or all is done, as nothing is. */
function statusOf(runs: readonly Run[]): EventStatus {
  if (runs.some(({ nextAt }) => nextAt !== null)) return "waiting"
  return runs.some(({ status }) => status === "dead") ? "dead" : "done"
}
