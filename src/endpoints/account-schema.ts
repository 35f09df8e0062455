/**
 * The tables of an account's object, one step a version; a step that has been deployed is never edited. An object that
 * meets a newer version than its own code knows refuses to run, so that a rollback writes nothing it does not understand.
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
