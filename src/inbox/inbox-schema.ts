/**
 * The tables of a shard, one step per version. A step that has been deployed is never edited.
 *
 * `events` is a log: a row is written once, in order of sequence, and changed only to drop its body or to name its runs.
 * `runs` has a row for each run that was begun. The indexes on it are partial, so that finished runs cost nothing.
 */
export const INBOX_SCHEMA: readonly string[] = [
  `CREATE TABLE events (
     place INTEGER PRIMARY KEY,
     source TEXT NOT NULL,
     dedupe_key TEXT NOT NULL,
     type TEXT NOT NULL,
     delivery_id TEXT,
     secret_id TEXT NOT NULL,
     bytes INTEGER NOT NULL,
     handlers TEXT,
     body BLOB
   ) STRICT;
   CREATE UNIQUE INDEX events_by_key ON events (source, dedupe_key);
   CREATE INDEX events_ignored ON events (place) WHERE handlers IS NULL;

   CREATE TABLE runs (
     place INTEGER NOT NULL,
     handler TEXT NOT NULL,
     status TEXT NOT NULL,
     attempts INTEGER NOT NULL,
     before INTEGER NOT NULL,
     next_at INTEGER,
     reason TEXT,
     history TEXT NOT NULL,
     PRIMARY KEY (place, handler)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX runs_due ON runs (handler, next_at) WHERE next_at IS NOT NULL;
   CREATE INDEX runs_dead ON runs (place) WHERE status = 'dead';

   CREATE TABLE paused (handler TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
   CREATE TABLE minutes (minute INTEGER PRIMARY KEY, activity TEXT NOT NULL) STRICT;
   CREATE TABLE facts (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;`,

  // An event without runs is unhandled, whether or not its type was known (spec 3.15). The first shard lists the shards
  // that were opened. In an inbox that is older than this list, any shard may have been opened. Renaming touches no row.
  `ALTER TABLE events RENAME COLUMN place TO sequence;
   ALTER TABLE events RENAME COLUMN handlers TO lanes;
   ALTER TABLE runs RENAME COLUMN place TO sequence;
   ALTER TABLE runs RENAME COLUMN handler TO lane;
   ALTER TABLE paused RENAME COLUMN handler TO lane;

   UPDATE events SET lanes = NULL WHERE lanes = '[]';
   DROP INDEX events_ignored;
   CREATE INDEX events_unhandled ON events (sequence) WHERE lanes IS NULL;

   CREATE TABLE opened (shard INTEGER PRIMARY KEY) STRICT;
   INSERT INTO opened (shard)
     WITH RECURSIVE counter (shard) AS (
       SELECT 0 WHERE (SELECT value FROM facts WHERE name = 'index') = 0
       UNION ALL SELECT shard + 1 FROM counter WHERE shard + 1 < (SELECT value FROM facts WHERE name = 'shards'))
     SELECT shard FROM counter;`,

  // Discarded runs are listed and counted as dead ones are. There are none yet.
  `CREATE INDEX runs_discarded ON runs (sequence) WHERE status = 'discarded';`,

  // What an event is read from beside its body (spec 7.10), as JSON. Credicorp's events need none. Adding it touches no row.
  `ALTER TABLE events ADD COLUMN headers TEXT;`,
]
