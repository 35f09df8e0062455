import type { Run, RunStatus } from "../attempts/run.ts"
import type { InboxStore } from "./store.ts"

/** Runs a query and returns all of its rows. */
export type Select = <Row extends Record<string, SqlStorageValue>>(
  query: string,
  ...bindings: SqlStorageValue[]
) => Row[]

type RunColumns = {
  sequence: number
  lane: string
  status: string
  attempts: number
  before: number
  next_at: number | null
  reason: string | null
  history: string
}

const RUN = "sequence, lane, status, attempts, before, next_at, reason, history"
const RUN_WITHOUT_HISTORY = "sequence, lane, status, attempts, before, next_at, reason, '[]' AS history"

const toRun = (row: RunColumns): Run => ({
  lane: row.lane,
  status: row.status as RunStatus,
  attempts: row.attempts,
  before: row.before,
  nextAt: row.next_at,
  reason: row.reason,
  history: JSON.parse(row.history) as Run["history"],
})

/** A lane has at most 64 runs in flight. */
const MAX_RUNNING = 64

type SqlRuns = Pick<
  InboxStore,
  | "getRuns"
  | "getRunsWithoutHistory"
  | "getRun"
  | "putRun"
  | "deleteRun"
  | "waitingLanes"
  | "dueRuns"
  | "runningRuns"
  | "capDueTimes"
>

/** The part of a shard's state that is about runs, in the SQLite of its object. */
export const createSqlRuns = (sql: SqlStorage, all: Select): SqlRuns => ({
  getRuns: (sequence) => all<RunColumns>(`SELECT ${RUN} FROM runs WHERE sequence = ?`, sequence).map(toRun),
  getRunsWithoutHistory: (sequence) =>
    all<RunColumns>(`SELECT ${RUN_WITHOUT_HISTORY} FROM runs WHERE sequence = ?`, sequence).map(toRun),
  getRun: (sequence, lane) =>
    all<RunColumns>(`SELECT ${RUN} FROM runs WHERE sequence = ? AND lane = ?`, sequence, lane).map(toRun)[0],
  putRun(sequence, { lane, status, attempts, before, nextAt, reason, history }) {
    sql.exec(
      `INSERT INTO runs (${RUN}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (sequence, lane) DO UPDATE SET status = excluded.status, attempts = excluded.attempts,
         before = excluded.before, next_at = excluded.next_at, reason = excluded.reason, history = excluded.history`,
      sequence,
      lane,
      status,
      attempts,
      before,
      nextAt,
      reason,
      JSON.stringify(history),
    )
  },
  deleteRun: (sequence, lane) => void sql.exec("DELETE FROM runs WHERE sequence = ? AND lane = ?", sequence, lane),
  // Loose index scan: one seek per lane, independent of the number of runs.
  waitingLanes: () =>
    all<{ lane: string; nextAt: number }>(
      `WITH RECURSIVE waiting (lane) AS (
         SELECT min(lane) FROM runs WHERE next_at IS NOT NULL
         UNION ALL
         SELECT (SELECT min(lane) FROM runs WHERE next_at IS NOT NULL AND lane > waiting.lane)
           FROM waiting WHERE waiting.lane IS NOT NULL)
       SELECT lane, (SELECT min(next_at) FROM runs WHERE next_at IS NOT NULL AND lane = waiting.lane) AS nextAt
         FROM waiting WHERE lane IS NOT NULL`,
    ),
  dueRuns: (lane, now, limit) =>
    all<{ sequence: number }>(
      "SELECT sequence FROM runs WHERE lane = ? AND next_at IS NOT NULL AND next_at <= ? ORDER BY next_at LIMIT ?",
      lane,
      now,
      limit,
    ).map(({ sequence }) => sequence),
  runningRuns: (lane, after, until) =>
    all<RunColumns>(
      `SELECT ${RUN} FROM runs
         WHERE lane = ? AND next_at IS NOT NULL AND next_at > ? AND next_at <= ? AND status = 'running' LIMIT ?`,
      lane,
      after,
      until,
      MAX_RUNNING,
    ).map((row) => ({ sequence: row.sequence, run: toRun(row) })),
  capDueTimes: (lane, { lease, latest }) =>
    void sql.exec(
      `UPDATE runs SET next_at = iif(status = 'running', ?, ?)
         WHERE lane = ? AND next_at IS NOT NULL AND next_at > ?`,
      lease,
      latest,
      lane,
      latest,
    ),
})
