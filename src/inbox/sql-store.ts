import { MAX_SCANNED_EVENTS, type EventRow, type InboxStore } from "./store.ts"
import type { Activity, DeadReason, Run, RunStatus } from "./inbox.ts"

type EventColumns = {
  place: number
  source: string
  dedupe_key: string
  type: string
  delivery_id: string | null
  secret_id: string
  bytes: number
  handlers: string | null
  has_body: number
}

type RunColumns = {
  place: number
  handler: string
  status: string
  attempts: number
  before: number
  next_at: number | null
  reason: string | null
  history: string
}

const COLUMNS = "place, source, dedupe_key, type, delivery_id, secret_id, bytes, handlers"
const EVENT = `${COLUMNS}, body IS NOT NULL AS has_body`
const RUN = "place, handler, status, attempts, before, next_at, reason, history"

const BEGUN = "coalesce((SELECT value FROM facts WHERE name = 'begun'), 0)"

/** The newest of a range of places. */
const NEWEST = "place < ? AND place >= ? ORDER BY place DESC LIMIT ?"

const toEventRow = (row: EventColumns): EventRow => ({
  place: row.place,
  source: row.source,
  dedupeKey: row.dedupe_key,
  type: row.type,
  deliveryId: row.delivery_id ?? undefined,
  secretId: row.secret_id,
  bytes: row.bytes,
  handlers: row.handlers === null ? undefined : (JSON.parse(row.handlers) as string[]),
  hasBody: row.has_body === 1,
})

const toRun = (row: RunColumns): Run => ({
  handler: row.handler,
  status: row.status as RunStatus,
  attempts: row.attempts,
  before: row.before,
  nextAt: row.next_at,
  reason: row.reason as DeadReason | null,
  history: JSON.parse(row.history) as Run["history"],
})

/** The bytes as SQLite takes them: all of a buffer, and only those. */
const toBlob = ({ buffer, byteOffset, byteLength }: Uint8Array): ArrayBuffer =>
  (byteLength === buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength)) as ArrayBuffer

/** A shard's state in the SQLite of its object. */
export function createSqlInboxStore(sql: SqlStorage): InboxStore {
  const all = <Row extends Record<string, SqlStorageValue>>(query: string, ...bindings: SqlStorageValue[]): Row[] =>
    sql.exec<Row>(query, ...bindings).toArray()
  const number = (query: string, ...bindings: SqlStorageValue[]): number =>
    Number(Object.values(all(query, ...bindings)[0]!)[0] ?? 0)
  const getRuns = (place: number): Run[] => all<RunColumns>(`SELECT ${RUN} FROM runs WHERE place = ?`, place).map(toRun)

  return {
    getFact: (name) => all<{ value: number }>("SELECT value FROM facts WHERE name = ?", name)[0]?.value,
    setFact: (name, value) => void sql.exec("INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", name, value),

    lastPlace: () => number("SELECT max(place) FROM events"),
    insertEvent({ place, source, dedupeKey, type, deliveryId, secretId, bytes, handlers }, body) {
      const columns = [deliveryId ?? null, secretId, bytes, handlers ? JSON.stringify(handlers) : null, toBlob(body)]
      const inserted = all(
        `INSERT INTO events (${COLUMNS}, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (source, dedupe_key) DO NOTHING RETURNING 1`,
        place,
        source,
        dedupeKey,
        type,
        ...columns,
      )
      return inserted.length > 0
    },
    findEvent: (source, dedupeKey) =>
      all<EventColumns>(`SELECT ${EVENT} FROM events WHERE source = ? AND dedupe_key = ?`, source, dedupeKey).map(
        toEventRow,
      )[0],
    getEvent: (place) => all<EventColumns>(`SELECT ${EVENT} FROM events WHERE place = ?`, place).map(toEventRow)[0],
    getBody(place) {
      const body = all<{ body: ArrayBuffer | null }>("SELECT body FROM events WHERE place = ?", place)[0]?.body
      return body ? new Uint8Array(body) : undefined
    },
    eventsAfter: (place, limit, before = Number.MAX_SAFE_INTEGER) =>
      all<EventColumns>(
        `SELECT ${EVENT} FROM events WHERE place > ? AND place < ? ORDER BY place LIMIT ?`,
        place,
        before,
        limit,
      ).map(toEventRow),
    deadEventsAfter: (place, limit, before) =>
      all<EventColumns>(
        `SELECT ${EVENT} FROM events WHERE place IN (
           SELECT DISTINCT place FROM runs INDEXED BY runs_dead
             WHERE status = 'dead' AND place > ? AND place < ? ORDER BY place LIMIT ?) ORDER BY place`,
        place,
        before,
        limit,
      ).map(toEventRow),
    setHandlers: (place, handlers) =>
      void sql.exec("UPDATE events SET handlers = ? WHERE place = ?", JSON.stringify(handlers), place),
    dropBody: (place) => void sql.exec("UPDATE events SET body = NULL WHERE place = ?", place),
    deleteEvent(place) {
      sql.exec("DELETE FROM runs WHERE place = ?", place)
      sql.exec("DELETE FROM events WHERE place = ?", place)
    },

    getRuns,
    getRun: (place, handler) =>
      all<RunColumns>(`SELECT ${RUN} FROM runs WHERE place = ? AND handler = ?`, place, handler).map(toRun)[0],
    putRun(place, { handler, status, attempts, before, nextAt, reason, history }) {
      sql.exec(
        `INSERT INTO runs (${RUN}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (place, handler) DO UPDATE SET status = excluded.status, attempts = excluded.attempts,
           before = excluded.before, next_at = excluded.next_at, reason = excluded.reason, history = excluded.history`,
        place,
        handler,
        status,
        attempts,
        before,
        nextAt,
        reason,
        JSON.stringify(history),
      )
    },
    deleteRun: (place, handler) => void sql.exec("DELETE FROM runs WHERE place = ? AND handler = ?", place, handler),
    // From handler to handler by the index, however many runs each has.
    waitingHandlers: () =>
      all<{ handler: string; nextAt: number }>(
        `WITH RECURSIVE waiting (handler) AS (
           SELECT min(handler) FROM runs WHERE next_at IS NOT NULL
           UNION ALL
           SELECT (SELECT min(handler) FROM runs WHERE next_at IS NOT NULL AND handler > waiting.handler)
             FROM waiting WHERE waiting.handler IS NOT NULL)
         SELECT handler,
           (SELECT min(next_at) FROM runs WHERE next_at IS NOT NULL AND handler = waiting.handler) AS nextAt
           FROM waiting WHERE handler IS NOT NULL`,
      ),
    dueRuns: (handler, now, limit) =>
      all<RunColumns>(
        `SELECT ${RUN} FROM runs WHERE handler = ? AND next_at IS NOT NULL AND next_at <= ? ORDER BY next_at LIMIT ?`,
        handler,
        now,
        limit,
      ).map((row) => ({ place: row.place, run: toRun(row) })),

    eventsBefore(before, { status, from, limit }) {
      const select = (where: string, ...bindings: SqlStorageValue[]): EventRow[] =>
        all<EventColumns>(`SELECT ${EVENT} FROM events WHERE ${where}`, ...bindings).map(toEventRow)
      let places: readonly number[] | undefined
      if (status === "dead") places = deadPlaces(all, before, from, limit)
      if (status === "waiting") places = waitingPlaces(all, before, from, limit)
      if (places) return select("place IN (SELECT value FROM json_each(?)) ORDER BY place DESC", JSON.stringify(places))
      return select(`${status === "ignored" ? "handlers IS NULL AND " : ""}${NEWEST}`, before, from, limit)
    },
    countEvents() {
      const begun = number(`SELECT ${BEGUN}`)
      const total = number("SELECT count(*) FROM events")
      const ignored = number("SELECT count(*) FROM events WHERE handlers IS NULL")
      const waiting =
        number(
          "SELECT count(DISTINCT place) FROM runs INDEXED BY runs_due WHERE next_at IS NOT NULL AND place <= ?",
          begun,
        ) + number("SELECT count(*) FROM events WHERE place > ? AND handlers <> '[]'", begun)
      const dead = number(
        `SELECT count(DISTINCT place) FROM runs INDEXED BY runs_dead WHERE status = 'dead'
           AND NOT EXISTS (SELECT 1 FROM runs other WHERE other.place = runs.place AND other.next_at IS NOT NULL)`,
      )
      return { ignored, waiting, dead, done: Math.max(0, total - ignored - waiting - dead) }
    },
    // A row for each run that waits: no index has them in order of place.
    oldestWaiting: () =>
      number(
        `SELECT min(place) FROM (
           SELECT min(place) AS place FROM runs INDEXED BY runs_due WHERE next_at IS NOT NULL
           UNION ALL SELECT min(place) FROM events WHERE place > ${BEGUN} AND handlers <> '[]')`,
      ) || undefined,

    pausedHandlers: () => all<{ handler: string }>("SELECT handler FROM paused").map(({ handler }) => handler),
    setPaused(handler, paused) {
      if (paused) sql.exec("INSERT OR IGNORE INTO paused (handler) VALUES (?)", handler)
      else sql.exec("DELETE FROM paused WHERE handler = ?", handler)
    },

    putMinute(minute, activity, oldest) {
      sql.exec("INSERT OR REPLACE INTO minutes (minute, activity) VALUES (?, ?)", minute, JSON.stringify(activity))
      sql.exec("DELETE FROM minutes WHERE minute < ?", oldest)
    },
    minutesSince: (minute) =>
      all<{ activity: string }>("SELECT activity FROM minutes WHERE minute >= ?", minute).map(
        ({ activity }) => JSON.parse(activity) as Activity,
      ),
  }
}

type Select = <Row extends Record<string, SqlStorageValue>>(query: string, ...bindings: SqlStorageValue[]) => Row[]

type Range = readonly [before: number, from: number, limit: number]

const deadPlaces = (all: Select, ...range: Range): number[] =>
  all<{ place: number }>(
    `SELECT DISTINCT place FROM runs INDEXED BY runs_dead WHERE status = 'dead' AND ${NEWEST}`,
    ...range,
  ).map(({ place }) => place)

/** No index has what waits in order of place: it is sorted here, unless there is more than a look may read. */
function waitingPlaces(all: Select, ...[before, from, limit]: Range): number[] | undefined {
  const begun = all<{ place: number }>(
    "SELECT place FROM runs INDEXED BY runs_due WHERE next_at IS NOT NULL LIMIT ?",
    MAX_SCANNED_EVENTS + 1,
  )
  if (begun.length > MAX_SCANNED_EVENTS) return undefined
  const unbegun = all<{ place: number }>(
    `SELECT place FROM events WHERE place > ${BEGUN} AND ${NEWEST}`,
    before,
    from,
    limit,
  )
  return [...new Set([...begun, ...unbegun].map(({ place }) => place))]
    .filter((place) => place < before && place >= from)
    .toSorted((a, b) => b - a)
    .slice(0, limit)
}
