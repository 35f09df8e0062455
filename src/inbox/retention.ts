import { fail, ok, type Result } from "../core/result.ts"
import type { Retention } from "./prune.ts"

/** A month to look at what went wrong, and to run it again. */
export const DEFAULT_BODY_DAYS = 30

/** Long enough to recognise an event that its sender delivers by hand, months later. */
export const DEFAULT_ID_DAYS = 90

/** Spec 6.1: the sender tries for 72 h. An id that is pruned earlier would let the last tries run the handlers again. */
export const MIN_ID_DAYS = 4

/** Ten years. */
export const MAX_RETENTION_DAYS = 3_650

/** The variables that set how long the inbox keeps bodies and ids. */
export interface RetentionBindings {
  /** Bodies and error texts; 30 unless set. */
  readonly INBOX_BODY_DAYS?: string | number | boolean
  /** Ids, by which duplicates are recognised; at least 4 and at least as long as bodies, 90 unless set. */
  readonly INBOX_ID_DAYS?: string | number | boolean
}

const DAY_MS = 86_400_000

/** Reads the variables. Each problem names its variable. */
export function parseRetention(env: RetentionBindings): Result<Retention, readonly string[]> {
  const problems: string[] = []
  const days = (name: keyof RetentionBindings, fallback: number, min: number): number => {
    const text = String(env[name] ?? "").trim()
    if (text === "") return fallback
    const value = /^\d{1,4}$/.test(text) ? Number(text) : 0
    if (value >= min && value <= MAX_RETENTION_DAYS) return value
    problems.push(`${name}: must be a whole number from ${min} to ${MAX_RETENTION_DAYS}`)
    return fallback
  }
  const bodyDays = days("INBOX_BODY_DAYS", DEFAULT_BODY_DAYS, 1)
  const idDays = days("INBOX_ID_DAYS", Math.max(DEFAULT_ID_DAYS, bodyDays), MIN_ID_DAYS)
  if (problems.length === 0 && idDays < bodyDays) problems.push("INBOX_ID_DAYS: must not be less than INBOX_BODY_DAYS")
  return problems.length > 0 ? fail(problems) : ok({ bodyMs: bodyDays * DAY_MS, idMs: idDays * DAY_MS })
}
