import { MAX_KEPT_ACTIONS, type AccountStore, type KeptAction, type StoredAnswer } from "./account.ts"
import type { Endpoint } from "./endpoint.ts"
import { ROWS_A_CALL } from "./housekeeping.ts"

/** Idempotency records of one mode of an account. A day of ordinary use leaves few; beyond this, the oldest are dropped. */
export const MAX_STORED_ANSWERS = 10_000

/** Keeps an account's state in the SQLite of its object. Rows hold JSON, which keeps any text unchanged. */
export function createSqlAccountStore(sql: SqlStorage): AccountStore {
  const read = <Row>(query: string, ...bindings: unknown[]): Row | undefined => {
    const [row] = sql.exec<{ data: string }>(query, ...bindings).toArray()
    return row && (JSON.parse(row.data) as Row)
  }
  const exists = (query: string, ...bindings: unknown[]): boolean => sql.exec(query, ...bindings).toArray().length > 0

  // A scope begins with its mode and a space. Replaced and pruned rows stay counted until the count reaches the bound; then
  // the rows are counted again, so that no record is dropped from a mode that has few.
  const answers = new Map<string, number>()
  const countAnswers = (mode: string): number =>
    sql
      .exec<{ count: number }>(
        "SELECT count(*) AS count FROM answers WHERE scope BETWEEN ? AND ?",
        `${mode} `,
        `${mode}!`,
      )
      .one().count
  const dropOldest = (mode: string): number =>
    sql
      .exec(
        `DELETE FROM answers WHERE scope IN
           (SELECT scope FROM answers WHERE scope BETWEEN ? AND ? ORDER BY expires_at LIMIT ?) RETURNING 1`,
        `${mode} `,
        `${mode}!`,
        ROWS_A_CALL,
      )
      .toArray().length

  return {
    // Pages in use: those that were freed do not count.
    size: () => sql.databaseSize,

    countEndpoints: (livemode) =>
      sql.exec<{ count: number }>("SELECT count(*) AS count FROM endpoints WHERE livemode = ?", Number(livemode)).one()
        .count,

    getEndpoint: (id, livemode) =>
      read<Endpoint>("SELECT data FROM endpoints WHERE id = ? AND livemode = ?", id, Number(livemode)),

    listEndpoints: (livemode, sequence = Number.MAX_SAFE_INTEGER, limit) =>
      sql
        .exec<{ sequence: number; data: string }>(
          "SELECT place AS sequence, data FROM endpoints WHERE livemode = ? AND place < ? ORDER BY place DESC LIMIT ?",
          Number(livemode),
          sequence,
          limit,
        )
        .toArray()
        .map((row) => ({ sequence: row.sequence, endpoint: JSON.parse(row.data) as Endpoint })),

    insertEndpoint(endpoint) {
      const { id, livemode } = endpoint
      sql.exec(
        "INSERT INTO endpoints (id, livemode, data) VALUES (?, ?, ?)",
        id,
        Number(livemode),
        JSON.stringify(endpoint),
      )
    },

    replaceEndpoint(endpoint) {
      sql.exec("UPDATE endpoints SET data = ? WHERE id = ?", JSON.stringify(endpoint), endpoint.id)
    },

    deleteEndpoint(id) {
      sql.exec("DELETE FROM endpoints WHERE id = ?", id)
    },

    getAnswer(scope) {
      const [row] = sql
        .exec<{ data: string; expires_at: number }>("SELECT data, expires_at FROM answers WHERE scope = ?", scope)
        .toArray()
      return row && { ...(JSON.parse(row.data) as StoredAnswer), expiresAt: row.expires_at }
    },

    putAnswer(scope, answer) {
      const mode = scope.slice(0, scope.indexOf(" "))
      const counted = answers.get(mode) ?? MAX_STORED_ANSWERS
      const stored = counted < MAX_STORED_ANSWERS ? counted : countAnswers(mode)
      answers.set(mode, stored + 1 - (stored < MAX_STORED_ANSWERS ? 0 : dropOldest(mode)))
      const data = JSON.stringify(answer)
      sql.exec(
        "INSERT OR REPLACE INTO answers (scope, expires_at, data) VALUES (?, ?, ?)",
        scope,
        answer.expiresAt,
        data,
      )
    },

    pruneAnswers(now, most) {
      sql.exec(
        "DELETE FROM answers WHERE scope IN (SELECT scope FROM answers WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)",
        now,
        most,
      )
    },

    dropAnswers(most) {
      sql.exec("DELETE FROM answers WHERE scope IN (SELECT scope FROM answers ORDER BY expires_at LIMIT ?)", most)
    },

    capAnswers(latestEnd, most) {
      sql.exec(
        "UPDATE answers SET expires_at = ? WHERE scope IN (SELECT scope FROM answers WHERE expires_at > ? LIMIT ?)",
        latestEnd,
        latestEnd,
        most,
      )
    },

    isRevoked: (credentialId) => exists("SELECT 1 FROM revoked WHERE credential_id = ?", credentialId),

    setRevoked(credentialId, revoked) {
      if (revoked) sql.exec("INSERT OR IGNORE INTO revoked (credential_id) VALUES (?)", credentialId)
      else sql.exec("DELETE FROM revoked WHERE credential_id = ?", credentialId)
    },

    isSuspended: () => exists("SELECT 1 FROM facts WHERE name = 'suspended'"),

    setSuspended(suspended) {
      if (suspended) sql.exec("INSERT OR IGNORE INTO facts (name, value) VALUES ('suspended', '1')")
      else sql.exec("DELETE FROM facts WHERE name = 'suspended'")
    },

    insertAction(action) {
      sql.exec("INSERT INTO actions (data) VALUES (?)", JSON.stringify(action))
      sql.exec(
        `DELETE FROM actions WHERE place IN
           (SELECT place FROM actions WHERE place <= (SELECT max(place) FROM actions) - ? ORDER BY place LIMIT ?)`,
        MAX_KEPT_ACTIONS,
        ROWS_A_CALL,
      )
    },

    listActions: (sequence = Number.MAX_SAFE_INTEGER, limit) =>
      sql
        .exec<{ sequence: number; data: string }>(
          "SELECT place AS sequence, data FROM actions WHERE place < ? ORDER BY place DESC LIMIT ?",
          sequence,
          limit,
        )
        .toArray()
        .map((row) => ({ sequence: row.sequence, action: JSON.parse(row.data) as KeptAction })),
  }
}

/**
 * The tables of an account's object, one step a version. A deployed step is never edited. An object that finds a newer version
 * than its code knows answers 503, so that a rollback writes nothing that it does not understand. `place` is the sequence
 * of a row.
 */
export const ACCOUNT_SCHEMA: readonly string[] = [
  `CREATE TABLE endpoints (
     place INTEGER PRIMARY KEY AUTOINCREMENT,
     id TEXT NOT NULL UNIQUE,
     livemode INTEGER NOT NULL,
     data TEXT NOT NULL
   ) STRICT;
   CREATE TABLE answers (scope TEXT PRIMARY KEY, expires_at INTEGER NOT NULL, data TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE INDEX answers_by_end ON answers (expires_at);
   CREATE TABLE revoked (credential_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
   CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;`,
  "CREATE TABLE actions (place INTEGER PRIMARY KEY AUTOINCREMENT, data TEXT NOT NULL) STRICT;",
]
