import { DEFAULT_BODY_DAYS, DEFAULT_ID_DAYS, MAX_RETENTION_DAYS } from "../core/limits.ts"
import type { Retention } from "./prune.ts"

/** The variables that say how long the inbox keeps what. */
export interface RetentionBindings {
  /** Bodies and error texts; 30 unless set. */
  readonly INBOX_BODY_DAYS?: string | number | boolean
  /** Ids, by which duplicates are known; at least as long as bodies, 90 unless set. */
  readonly INBOX_ID_DAYS?: string | number | boolean
}

const DAY_MS = 86_400_000

const readDays = (value: string | number | boolean | undefined, fallback: number): number | undefined => {
  const text = String(value ?? "").trim()
  if (text === "") return fallback
  const days = /^\d{1,4}$/.test(text) ? Number(text) : 0
  return days >= 1 && days <= MAX_RETENTION_DAYS ? days : undefined
}

/** What is wrong with the variables, by their names; an empty list if nothing is. */
export function checkRetention(env: RetentionBindings): readonly string[] {
  const bodies = readDays(env.INBOX_BODY_DAYS, DEFAULT_BODY_DAYS)
  const ids = readDays(env.INBOX_ID_DAYS, Math.max(DEFAULT_ID_DAYS, bodies ?? 0))
  const rule = `must be a whole number from 1 to ${MAX_RETENTION_DAYS}`
  return [
    ...(bodies === undefined ? [`INBOX_BODY_DAYS: ${rule}`] : []),
    ...(ids === undefined ? [`INBOX_ID_DAYS: ${rule}`] : []),
    ...(bodies !== undefined && ids !== undefined && ids < bodies
      ? ["INBOX_ID_DAYS: must not be less than INBOX_BODY_DAYS"]
      : []),
  ]
}

/** Undefined if a variable is unsound: then nothing is pruned, because what was dropped does not come back. */
export function readRetention(env: RetentionBindings): Retention | undefined {
  if (checkRetention(env).length > 0) return undefined
  const bodyDays = readDays(env.INBOX_BODY_DAYS, DEFAULT_BODY_DAYS)!
  const idDays = readDays(env.INBOX_ID_DAYS, Math.max(DEFAULT_ID_DAYS, bodyDays))!
  return { bodyMs: bodyDays * DAY_MS, idMs: idDays * DAY_MS }
}
