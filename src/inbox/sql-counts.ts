import type { RunCount, TypeCount } from "./stats.ts"
import type { Select } from "./sql-runs.ts"
import { MAX_COUNTED_EVENTS, type InboxStore } from "./store.ts"

/** The last event whose runs have rows. */
export const BEGUN = "coalesce((SELECT value FROM facts WHERE name = 'begun'), 0)"

type SqlCounts = Pick<InboxStore, "countEvents" | "countRuns" | "countTypes" | "oldestWaiting">

/** The counts of a shard, from the partial indexes of the SQLite of its object. */
export function createSqlCounts(all: Select): SqlCounts {
  const number = (query: string, ...bindings: SqlStorageValue[]): number =>
    Number(Object.values(all(query, ...bindings)[0]!)[0] ?? 0)

  /** Counts the runs that have no rows yet. Few lists of lanes are different, however many events have them. */
  const countUnbegun = (): RunCount[] =>
    all<{ lanes: string; count: number }>(
      `SELECT lanes, count(*) AS count FROM events WHERE sequence > ${BEGUN} AND lanes IS NOT NULL GROUP BY lanes`,
    ).flatMap(({ lanes, count }) =>
      (JSON.parse(lanes) as string[]).map((handler): RunCount => ({ handler, status: "waiting", count })),
    )

  const countTypesOf = (status: TypeCount["status"], events: string): TypeCount[] =>
    all<{ type: string; count: number }>(
      `SELECT type, count(*) AS count FROM events WHERE sequence IN (${events} LIMIT ?) GROUP BY type`,
      MAX_COUNTED_EVENTS,
    ).map(({ type, count }) => ({ type, status, count }))

  return {
    countEvents() {
      const begun = number(`SELECT ${BEGUN}`)
      const total = number("SELECT count(*) FROM events")
      const unhandled = number("SELECT count(*) FROM events WHERE lanes IS NULL")
      const waiting =
        number(
          "SELECT count(DISTINCT sequence) FROM runs INDEXED BY runs_due WHERE next_at IS NOT NULL AND sequence <= ?",
          begun,
        ) + number("SELECT count(*) FROM events WHERE sequence > ? AND lanes IS NOT NULL", begun)
      const dead = number(
        `SELECT count(DISTINCT sequence) FROM runs INDEXED BY runs_dead WHERE status = 'dead'
           AND NOT EXISTS (SELECT 1 FROM runs other WHERE other.sequence = runs.sequence AND other.next_at IS NOT NULL)`,
      )
      const discarded = number(
        `SELECT count(DISTINCT sequence) FROM runs INDEXED BY runs_discarded WHERE status = 'discarded'
           AND NOT EXISTS (SELECT 1 FROM runs other WHERE other.sequence = runs.sequence
             AND (other.next_at IS NOT NULL OR other.status = 'dead'))`,
      )
      const done = Math.max(0, total - unhandled - waiting - dead - discarded)
      return { unhandled, waiting, dead, discarded, done }
    },
    // Reads a row for each waiting run: no index has them in order of sequence.
    oldestWaiting: () =>
      number(
        `SELECT min(sequence) FROM (
           SELECT min(sequence) AS sequence FROM runs INDEXED BY runs_due WHERE next_at IS NOT NULL
           UNION ALL SELECT min(sequence) FROM events WHERE sequence > ${BEGUN} AND lanes IS NOT NULL)`,
      ) || undefined,

    countRuns() {
      const waiting = all<RunCount & Record<string, SqlStorageValue>>(
        `SELECT lane AS handler, 'waiting' AS status, count(*) AS count FROM runs INDEXED BY runs_due
           WHERE next_at IS NOT NULL GROUP BY lane`,
      )
      const dead = all<RunCount & Record<string, SqlStorageValue>>(
        `SELECT lane AS handler, 'dead' AS status, count(*) AS count FROM runs INDEXED BY runs_dead
           WHERE status = 'dead' GROUP BY lane`,
      )
      return [...addUp([...waiting, ...countUnbegun()]), ...dead]
    },
    countTypes: () => [
      ...countTypesOf(
        "waiting",
        // Each half is limited, because a UNION is made before it is cut.
        `SELECT sequence FROM (SELECT sequence FROM runs INDEXED BY runs_due
             WHERE next_at IS NOT NULL LIMIT ${MAX_COUNTED_EVENTS})
           UNION SELECT sequence FROM (SELECT sequence FROM events
             WHERE sequence > ${BEGUN} AND lanes IS NOT NULL LIMIT ${MAX_COUNTED_EVENTS})`,
      ),
      ...countTypesOf("dead", "SELECT DISTINCT sequence FROM runs INDEXED BY runs_dead WHERE status = 'dead'"),
      ...countTypesOf("unhandled", "SELECT sequence FROM events WHERE lanes IS NULL"),
    ],
  }
}

/** Adds the counts of one handler and status up. */
function addUp(counts: readonly RunCount[]): RunCount[] {
  const sums = new Map<string, RunCount>()
  for (const one of counts) {
    const before = sums.get(one.handler)?.count ?? 0
    sums.set(one.handler, { ...one, count: before + one.count })
  }
  return [...sums.values()]
}
