/** The database was migrated by newer code. Older code must not write to it. */
export class NewerVersion extends Error {
  override readonly name: string = "NewerVersion"
}

/**
 * Migrates a database to the last version in `steps`. Call it within a transaction.
 *
 * @throws {NewerVersion} The database has a newer version.
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
