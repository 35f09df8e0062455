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
