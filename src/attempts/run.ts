import { retryDelayMs, type Schedule } from "./schedule.ts"

// The state machine of a run. Pure functions: the time and the jitter are passed in, the caller writes the result.

/** Attempts in the history of a run: two rounds of eight, and a few more. */
export const MAX_HISTORY_ATTEMPTS = 20

/** Losses in a row that are not charged, because another run in flight may have killed the runtime. */
export const FREE_LOSSES = 2

/** The same while storage is short: the last attempt, and those that `mayKillRuntime` looks at. */
export const MAX_SHORT_HISTORY_ATTEMPTS: number = 1 + FREE_LOSSES

/**
 * `waiting` for its next attempt, `running` one, `done`, or `dead`: no attempt follows unless an operator asks for it.
 * `discarded`: dead, and an operator has decided that none will follow.
 */
export type RunStatus = "waiting" | "running" | "done" | "dead" | "discarded"

/** One try of a run. Times are milliseconds since 1970, durations milliseconds. */
export interface Attempt {
  readonly attempt: number
  readonly at: number
  /** Undefined while it runs. `lost`: no answer came within its lease, because it or the runtime was killed. */
  readonly outcome?: "done" | "failed" | "timed_out" | "lost"
  readonly ms?: number
  /** What was thrown, at most 1,024 characters. */
  readonly error?: string
}

/** One item of work × one lane. */
export interface Run {
  readonly lane: string
  readonly status: RunStatus
  /** How many attempts there were, ever. */
  readonly attempts: number
  /** How many of them do not count in the current round: those of earlier rounds, and losses that are not charged. */
  readonly before: number
  /** When it is due, in milliseconds since 1970; of a running one, when its lease ends; null if nothing follows. */
  readonly nextAt: number | null
  /** Why it is dead, or the note with which it was discarded; null otherwise. */
  readonly reason: string | null
  /** The last ones, oldest first. */
  readonly history: readonly Attempt[]
}

/** How an attempt ended. */
export type Outcome =
  | { readonly kind: "done" }
  | {
      readonly kind: "failed" | "timed_out" | "lost"
      readonly error: string
      /** When to try again, instead of what the schedule says. */
      readonly retryAfterMs?: number | undefined
      /** Why the run is dead if this was its last attempt; `attempts_exhausted` unless given. */
      readonly deadReason?: string
    }
  /** Another attempt would be useless. */
  | { readonly kind: "dead"; readonly reason: string; readonly error: string }

/** Returns a run without an attempt, due since `nextAt`, in milliseconds since 1970. */
export const freshRun = (lane: string, nextAt: number): Run => ({
  lane,
  status: "waiting",
  attempts: 0,
  before: 0,
  nextAt,
  reason: null,
  history: [],
})

/** Begins the next attempt of a run. Its lease ends at `now + leaseMs`. */
export function beginAttempt(run: Run, now: number, leaseMs: number): Run {
  const attempt = run.attempts + 1
  const history = [...run.history, { attempt, at: now }].slice(-MAX_HISTORY_ATTEMPTS)
  return { ...run, status: "running", attempts: attempt, nextAt: now + leaseMs, history }
}

/** Ends a run: nothing follows unless `restartRun` begins a new round. */
export const endRun = (run: Run, status: "done" | "dead" | "discarded", reason: string | null = null): Run => ({
  ...run,
  status,
  reason,
  nextAt: null,
})

/** Begins a new round: due at `dueAt`, with all attempts of the schedule. */
export const restartRun = (run: Run, dueAt: number): Run => ({
  ...run,
  status: "waiting",
  before: run.attempts,
  nextAt: dueAt,
  reason: null,
})

/**
 * Returns whether a run may kill the runtime: the last `FREE_LOSSES` attempts before its current or next one were lost. It is
 * then tried while no other suspect is in flight (`claim`), and its further losses are charged.
 */
export const mayKillRuntime = ({ status, history }: Run): boolean => {
  const ended = status === "running" ? history.slice(0, -1) : history
  return ended.length >= FREE_LOSSES && ended.slice(-FREE_LOSSES).every(({ outcome }) => outcome === "lost")
}

/** What `endAttempt` needs beside the outcome. */
export interface AttemptEnd {
  readonly now: number
  /** How long the attempt took, in milliseconds. */
  readonly ms: number
  readonly schedule: Schedule
  /** 0 to 1, for the jitter. */
  readonly random: number
  /** False if the text of the error must not be kept, because it may quote what was erased meanwhile. */
  readonly keepsError: boolean
}

/** Ends the current attempt of a run. The run is then done, dead, or waiting for the next attempt. */
export function endAttempt(run: Run, outcome: Outcome, end: AttemptEnd): Run {
  const ended = {
    outcome: outcome.kind === "dead" ? ("failed" as const) : outcome.kind,
    ms: end.ms,
    ...("error" in outcome && end.keepsError && { error: outcome.error }),
  }
  const next = afterAttempt(run, outcome, end)
  const history = run.history.map((entry) => (entry.attempt === run.attempts ? { ...entry, ...ended } : entry))
  return { ...next, history }
}

function afterAttempt(run: Run, outcome: Outcome, { now, schedule, random }: AttemptEnd): Run {
  if (outcome.kind === "done") return endRun(run, "done")
  if (outcome.kind === "dead") return endRun(run, "dead", outcome.reason)
  const before = run.before + (outcome.kind === "lost" && !mayKillRuntime(run) ? 1 : 0)
  const delay = retryDelayMs(schedule, Math.max(1, run.attempts - before), random)
  if (delay === undefined) return endRun(run, "dead", outcome.deadReason ?? "attempts_exhausted")
  return { ...run, status: "waiting", before, nextAt: now + (outcome.retryAfterMs ?? delay) }
}

/** Drops the texts of errors. */
export const withoutErrors = (run: Run): Run => ({
  ...run,
  history: run.history.map(({ attempt, at, outcome, ms }) => ({
    attempt,
    at,
    ...(outcome && { outcome }),
    ...(ms !== undefined && { ms }),
  })),
})

/** Shortens a history, so that the row of a run stays about as long as when it was inserted. */
export const shortenHistory = (run: Run): Run =>
  withoutErrors({ ...run, history: run.history.slice(-MAX_SHORT_HISTORY_ATTEMPTS) })
