import { runInDurableObject } from "cloudflare:test"
import { env } from "cloudflare:workers"
import type { PartnerBindings } from "../../src/endpoints/config.ts"
import type { Account } from "../../src/endpoints/account-object.ts"
import type { Table } from "./partner.ts"

/** The binding of wrangler.toml. */
export const ACCOUNTS: DurableObjectNamespace<Account> = (env as Required<PartnerBindings>).ACCOUNTS

/** The SQLite of an account's object, for access that its port does not offer. */
export const inSql = async <Value>(name: string, run: (sql: SqlStorage) => Value): Promise<Value> =>
  await runInDurableObject(ACCOUNTS.getByName(name), (_, state) => run(state.storage.sql))

/** Makes every later insert into a table fail, as on a full disk. */
export const breakTable = async (name: string, table: Table): Promise<void> => {
  // Makes the tables.
  await ACCOUNTS.getByName(name).listEndpoints()
  await inSql(name, (sql) => {
    sql.exec(`CREATE TRIGGER broken BEFORE INSERT ON ${table} BEGIN SELECT RAISE(ABORT, 'broken by the test'); END`)
  })
}
