import type { Disk } from "./disk.ts"

// What the simulation reads in the shard's tables. All else it asks the shard itself.

export interface RunRow {
  readonly status: string
  readonly attempts: number
  readonly before: number
  readonly next_at: number | null
  readonly reason: string | null
  readonly history: string
}

export interface EventRow {
  readonly sequence: number
  readonly id: string
  /** JSON; null if it is unhandled. */
  readonly lanes: string | null
  readonly hasBody: number
}

const EVENT = "sequence, dedupe_key AS id, lanes, body IS NOT NULL AS hasBody"

export const readEvent = (disk: Disk, id: string): EventRow | undefined =>
  disk.peek<EventRow>(`SELECT ${EVENT} FROM events WHERE source = 's' AND dedupe_key = ?`, id)[0]

export const readEvents = (disk: Disk): readonly EventRow[] => disk.peek<EventRow>(`SELECT ${EVENT} FROM events`)

export const lanesOf = ({ lanes }: EventRow): readonly string[] => (lanes === null ? [] : JSON.parse(lanes))

export const readRun = (disk: Disk, id: string, lane: string): RunRow | undefined =>
  disk.peek<RunRow>(
    `SELECT r.* FROM events e JOIN runs r ON r.sequence = e.sequence
       WHERE e.source = 's' AND e.dedupe_key = ? AND r.lane = ?`,
    id,
    lane,
  )[0]

export const readRuns = (disk: Disk, sequence: number): readonly (RunRow & { readonly lane: string })[] =>
  disk.peek("SELECT * FROM runs WHERE sequence = ?", sequence)

/** When the first run of a lane is due, or its lease is over; undefined if none is, or it is paused. */
export const readNextAt = (disk: Disk, lane: string): number | undefined =>
  disk.peek<{ at: number | null }>(
    `SELECT min(next_at) AS at FROM runs WHERE lane = ? AND next_at IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM paused WHERE lane = ?)`,
    lane,
    lane,
  )[0]!.at ?? undefined

/** How many runs of a lane should have begun by a time, and how many are running by their leases. */
export const countDue = (disk: Disk, lane: string, by: number): { readonly due: number; readonly running: number } =>
  disk.peek<{ due: number; running: number }>(
    `SELECT coalesce(sum(status = 'waiting' AND next_at <= ?), 0) AS due, coalesce(sum(status = 'running'), 0) AS running
       FROM runs WHERE lane = ? AND next_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM paused WHERE lane = ?)`,
    by,
    lane,
    lane,
  )[0]!

const BEGUN = "coalesce((SELECT value FROM facts WHERE name = 'begun'), 0)"

/** Whether an event with handlers has come that no wake has looked at. */
export const hasNewEvents = (disk: Disk): boolean =>
  disk.peek(`SELECT 1 FROM events WHERE sequence > ${BEGUN} AND lanes IS NOT NULL LIMIT 1`).length > 0

/** Describes some of the runs that wait or run and are due by a time, without those of one event, and of the events that no wake has begun. */
export const describeWaiting = (disk: Disk, by: number, without = ""): string =>
  disk
    .peek<{ what: string }>(
      `SELECT dedupe_key || ' ' || lane || ' ' || status || coalesce(next_at, ' without a time') AS what
         FROM runs JOIN events USING (sequence) WHERE status IN ('waiting', 'running') AND dedupe_key <> ?
           AND coalesce(next_at, 0) <= ?
       UNION ALL SELECT dedupe_key || ' is new' FROM events WHERE sequence > ${BEGUN} LIMIT 5`,
      without,
      by,
    )
    .map(({ what }) => what)
    .join(", ")

/** A run that waits, by a number from 0 to 1. */
export function pickWaiting(
  disk: Disk,
  random: number,
): { readonly sequence: number; readonly lane: string } | undefined {
  const rows = disk.peek<{ sequence: number; lane: string }>(
    "SELECT sequence, lane FROM runs WHERE next_at IS NOT NULL",
  )
  return rows[Math.floor(random * rows.length)]
}

/** When an event was accepted, in milliseconds since 1970. */
export const timeOf = ({ sequence }: EventRow): number => Math.floor(sequence / 1024)
