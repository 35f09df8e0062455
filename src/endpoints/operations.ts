import { toPageBody } from "../http/paging.ts"
import { operation, type Asked, type Operation, type OperatorAnswer } from "../operator/operation.ts"
import type { Account } from "./account.ts"
import { NewAction, ActionsQuery } from "./fields.ts"
import { ACCOUNT_NAME } from "./auth/principal.ts"

/** What an operator's request about an account works on. */
export interface AccountOperationDeps {
  /** The one account of that name. */
  readonly accountOf: (name: string) => Account
  /** Milliseconds since 1970. */
  readonly clock: () => number
}

/** Below it stands the name of an account. */
export const OPERATOR_PATH = "/operator/accounts"

const ACTIONS_PATH = `${OPERATOR_PATH}/:account/actions`

/** What an operator can ask for about an account: do something, list what was done, list its endpoints. */
export function createAccountOperations({ accountOf, clock }: AccountOperationDeps): readonly Operation[] {
  const at =
    <Query, Body>(work: (account: Account, asked: Asked<Query, Body>) => Promise<OperatorAnswer>) =>
    async (asked: Asked<Query, Body>): Promise<OperatorAnswer> => {
      const { account = "" } = asked.names
      return ACCOUNT_NAME.test(account) ? await work(accountOf(account), asked) : { code: "resource_not_found" }
    }
  return [
    operation({
      method: "GET",
      path: ACTIONS_PATH,
      query: ActionsQuery,
      run: at(async (account, { query: { limit, cursor } }) => {
        const { rows, next } = await account.listActions(limit, cursor)
        return { status: 200, body: toPageBody(rows, next) }
      }),
    }),
    operation({
      method: "POST",
      path: ACTIONS_PATH,
      body: { schema: NewAction, optional: false, logged: ["action", "credential_id"] },
      run: at(async (account, { body }) => ({ status: 201, body: await account.act(body, clock()) })),
    }),
    operation({
      method: "GET",
      path: `${OPERATOR_PATH}/:account/endpoints`,
      run: at(async (account) => ({ status: 200, body: { data: await account.listEndpoints() } })),
    }),
  ]
}
