import { runInDurableObject } from "cloudflare:test"
import { env } from "cloudflare:workers"
import type { PartnerBindings } from "../../src/config.ts"
import type { Account } from "../../src/endpoints/account-object.ts"

/** The binding of wrangler.toml. */
export const ACCOUNTS: DurableObjectNamespace<Account> = (env as Required<PartnerBindings>).ACCOUNTS

/** The SQLite of an account's object, for what its port does not show or allow. */
export const inSql = async <Value>(name: string, run: (sql: SqlStorage) => Value): Promise<Value> =>
  await runInDurableObject(ACCOUNTS.getByName(name), (_, state) => run(state.storage.sql))

/** From now on no idempotency record can be written, as a full disk would have it. */
export const breakAnswers = async (name: string): Promise<void> => {
  await inSql(name, (sql) => {
    sql.exec("CREATE TRIGGER broken BEFORE INSERT ON answers BEGIN SELECT RAISE(ABORT, 'broken by the test'); END")
  })
}
