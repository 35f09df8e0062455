import type { Activity } from "./stats.ts"
import { timeOf } from "./sequence.ts"
import { BEGUN, createSqlCounts } from "./sql-counts.ts"
import { createSqlRuns, type Select } from "./sql-runs.ts"
import { MAX_SCANNED_EVENTS, type EventRow, type InboxStore } from "./store.ts"

type EventColumns = {
  sequence: number
  source: string
  dedupe_key: string
  type: string
  delivery_id: string | null
  secret_id: string
  bytes: number
  lanes: string | null
  headers: string | null
  has_body: number
}

const COLUMNS = "sequence, source, dedupe_key, type, delivery_id, secret_id, bytes, lanes, headers"
const EVENT = `${COLUMNS}, body IS NOT NULL AS has_body`

/** The newest of a range of sequences. */
const NEWEST = "sequence < ? AND sequence >= ? ORDER BY sequence DESC LIMIT ?"

const toLanes = (json: string | null): readonly string[] => (json === null ? [] : (JSON.parse(json) as string[]))

/** An unhandled event has NULL here: `events_unhandled` is an index on that. */
const fromLanes = (lanes: readonly string[]): string | null => (lanes.length > 0 ? JSON.stringify(lanes) : null)

const toEventRow = (row: EventColumns): EventRow => ({
  sequence: row.sequence,
  source: row.source,
  dedupeKey: row.dedupe_key,
  type: row.type,
  deliveryId: row.delivery_id ?? undefined,
  secretId: row.secret_id,
  bytes: row.bytes,
  lanes: toLanes(row.lanes),
  headers: row.headers === null ? undefined : (JSON.parse(row.headers) as Record<string, string>),
  hasBody: row.has_body === 1,
})

/** Returns the bytes in the form that SQLite accepts: a whole buffer. */
const toBlob = ({ buffer, byteOffset, byteLength }: Uint8Array): ArrayBuffer =>
  (byteLength === buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength)) as ArrayBuffer

/** Keeps a shard's state in the SQLite of its object. */
export function createSqlInboxStore(sql: SqlStorage, isNearlyFull: () => boolean = () => false): InboxStore {
  const all: Select = <Row extends Record<string, SqlStorageValue>>(query: string, ...bindings: SqlStorageValue[]) =>
    sql.exec<Row>(query, ...bindings).toArray()
  const number = (query: string, ...bindings: SqlStorageValue[]): number =>
    Number(Object.values(all(query, ...bindings)[0]!)[0] ?? 0)

  return {
    ...createSqlRuns(sql, all),
    ...createSqlCounts(all),

    getFact: (name) => all<{ value: number }>("SELECT value FROM facts WHERE name = ?", name)[0]?.value,
    setFact: (name, value) => void sql.exec("INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", name, value),

    openedShards: () => all<{ shard: number }>("SELECT shard FROM opened ORDER BY shard").map(({ shard }) => shard),
    addOpenedShard: (shard) => void sql.exec("INSERT OR IGNORE INTO opened (shard) VALUES (?)", shard),

    lastSequence: () => number("SELECT max(sequence) FROM events"),
    insertEvent({ sequence, source, dedupeKey, type, deliveryId, secretId, headers, bytes, lanes }, body) {
      const json = headers ? JSON.stringify(headers) : null
      const columns = [deliveryId ?? null, secretId, bytes, fromLanes(lanes), json, toBlob(body)]
      const inserted = all(
        `INSERT INTO events (${COLUMNS}, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (source, dedupe_key) DO NOTHING RETURNING 1`,
        sequence,
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
    getEvent: (sequence) =>
      all<EventColumns>(`SELECT ${EVENT} FROM events WHERE sequence = ?`, sequence).map(toEventRow)[0],
    getBody(sequence) {
      const body = all<{ body: ArrayBuffer | null }>("SELECT body FROM events WHERE sequence = ?", sequence)[0]?.body
      return body ? new Uint8Array(body) : undefined
    },
    bodyDiffers: (sequence, body) =>
      all("SELECT 1 FROM events WHERE sequence = ? AND body <> ?", sequence, toBlob(body)).length > 0,
    newItems: (limit) =>
      all<{ sequence: number; lanes: string | null }>(
        `SELECT sequence, lanes FROM events WHERE sequence > ${BEGUN} ORDER BY sequence LIMIT ?`,
        limit,
      ).map((row) => ({ sequence: row.sequence, lanes: toLanes(row.lanes), since: timeOf(row.sequence) })),
    setBegun: (sequence) => void sql.exec("INSERT OR REPLACE INTO facts (name, value) VALUES ('begun', ?)", sequence),
    eventsAfter: (sequence, limit, before = Number.MAX_SAFE_INTEGER) =>
      all<EventColumns>(
        `SELECT ${EVENT} FROM events WHERE sequence > ? AND sequence < ? ORDER BY sequence LIMIT ?`,
        sequence,
        before,
        limit,
      ).map(toEventRow),
    deadEventsAfter: (sequence, limit, before) =>
      all<EventColumns>(
        // Each half is limited by itself, so that a step reads no more than twice its events.
        `SELECT ${EVENT} FROM events WHERE sequence IN (
           SELECT sequence FROM (SELECT DISTINCT sequence FROM runs INDEXED BY runs_dead
             WHERE status = 'dead' AND sequence > ?1 AND sequence < ?2 ORDER BY sequence LIMIT ?3)
           UNION SELECT sequence FROM (SELECT DISTINCT sequence FROM runs INDEXED BY runs_discarded
             WHERE status = 'discarded' AND sequence > ?1 AND sequence < ?2 ORDER BY sequence LIMIT ?3))
         ORDER BY sequence LIMIT ?3`,
        sequence,
        before,
        limit,
      ).map(toEventRow),
    setLanes: (sequence, lanes) =>
      void sql.exec("UPDATE events SET lanes = ? WHERE sequence = ?", fromLanes(lanes), sequence),
    dropBody(sequence) {
      // SQLite joins pages only where a row is deleted: an update to a shorter row frees nothing of a body below 4 kB. Deleting
      // and inserting costs two more rows, which is worth it only while storage is short.
      if (!isNearlyFull()) {
        sql.exec("UPDATE events SET body = NULL WHERE sequence = ?", sequence)
        return
      }
      const [row] = all<EventColumns>(`DELETE FROM events WHERE sequence = ? RETURNING ${EVENT}`, sequence)
      if (!row) return
      sql.exec(
        `INSERT INTO events (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        sequence,
        row.source,
        row.dedupe_key,
        row.type,
        row.delivery_id,
        row.secret_id,
        row.bytes,
        row.lanes,
        row.headers,
      )
    },
    deleteEvent(sequence) {
      sql.exec("DELETE FROM runs WHERE sequence = ?", sequence)
      sql.exec("DELETE FROM events WHERE sequence = ?", sequence)
    },

    eventsBefore(before, { status, from, limit }) {
      const select = (where: string, ...bindings: SqlStorageValue[]): EventRow[] =>
        all<EventColumns>(`SELECT ${EVENT} FROM events WHERE ${where}`, ...bindings).map(toEventRow)
      let sequences: readonly number[] | undefined
      if (status === "dead" || status === "discarded") sequences = endedSequences(all, status, [before, from, limit])
      if (status === "waiting") sequences = waitingSequences(all, before, from, limit)
      if (sequences)
        return select("sequence IN (SELECT value FROM json_each(?)) ORDER BY sequence DESC", JSON.stringify(sequences))
      return select(`${status === "unhandled" ? "lanes IS NULL AND " : ""}${NEWEST}`, before, from, limit)
    },
    pausedLanes: () => all<{ lane: string }>("SELECT lane FROM paused").map(({ lane }) => lane),
    setPaused(lane, paused) {
      if (paused) sql.exec("INSERT OR IGNORE INTO paused (lane) VALUES (?)", lane)
      else sql.exec("DELETE FROM paused WHERE lane = ?", lane)
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

type Range = readonly [before: number, from: number, limit: number]

const endedSequences = (all: Select, status: "dead" | "discarded", range: Range): number[] =>
  all<{ sequence: number }>(
    `SELECT DISTINCT sequence FROM runs INDEXED BY runs_${status} WHERE status = '${status}' AND ${NEWEST}`,
    ...range,
  ).map(({ sequence }) => sequence)

/** Returns waiting events, newest first. No index has that order: undefined if there are more than a page may sort. */
function waitingSequences(all: Select, ...[before, from, limit]: Range): number[] | undefined {
  const begun = all<{ sequence: number }>(
    "SELECT sequence FROM runs INDEXED BY runs_due WHERE next_at IS NOT NULL LIMIT ?",
    MAX_SCANNED_EVENTS + 1,
  )
  if (begun.length > MAX_SCANNED_EVENTS) return undefined
  const unbegun = all<{ sequence: number }>(
    `SELECT sequence FROM events WHERE sequence > ${BEGUN} AND ${NEWEST}`,
    before,
    from,
    limit,
  )
  return [...new Set([...begun, ...unbegun].map(({ sequence }) => sequence))]
    .filter((sequence) => sequence < before && sequence >= from)
    .toSorted((a, b) => b - a)
    .slice(0, limit)
}
