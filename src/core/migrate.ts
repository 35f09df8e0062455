/** Newer code has been here: this one must not write. */
export class NewerVersion extends Error {
  override readonly name: string = "NewerVersion"
}

/**
 * Brings a database forward to the last version that `steps` know; call it within a transaction.
 *
 * @throws {NewerVersion} The database is of a newer version: older code must not write to it.
 */
export function migrate(sql: SqlStorage, steps: readonly string[]): void {
  sql.exec(
    "CREATE TABLE IF NOT EXISTS schema_version (only INTEGER PRIMARY KEY CHECK (only = 1), version INTEGER NOT NULL) STRICT",
  )
  const [row] = sql.exec<{ version: number }>("SELECT version FROM schema_version").toArray()
  const version = row?.version ?? 0
  if (version > steps.length) {
    throw new NewerVersion(
      `the database is of version ${version}, this code knows ${steps.length}: deploy the newer code again`,
    )
  }
  if (version === steps.length) return
  for (const step of steps.slice(version)) sql.exec(step)
  sql.exec("INSERT OR REPLACE INTO schema_version (only, version) VALUES (1, ?)", steps.length)
}
