import * as v from "valibot"
import { described, named } from "../http/fields.ts"
import { pageOf, toPageBody } from "../http/paging.ts"
import { operationsOver, type Operation, type OperatorAnswer, type OperatorInput } from "../operator/operation.ts"
import type { Account, KeptAction } from "./account.ts"
import { ACCOUNT_NAME } from "./auth/principal.ts"
import { ActionsQuery, NewAction } from "./fields.ts"
import { EndpointBody, EXAMPLE_ENDPOINT } from "./operations.ts"

/** Dependencies of the operations about accounts. */
export interface AccountOperationDeps {
  /** The one account of that name. */
  readonly accountOf: (name: string) => Account
}

/** Followed by the name of an account. */
export const OPERATOR_PATH = "/operator/accounts"

const ACTIONS_PATH = `${OPERATOR_PATH}/:account/actions`

const Params = v.object({
  account: described(v.string(), "An account, used before or not: 1 to 128 printable ASCII characters."),
})

const ActionBody = named(
  "Action",
  v.object({
    action: v.picklist(["suspend", "resume", "revoke", "restore"]),
    credential_id: v.nullable(v.string()),
    note: v.string(),
    created: v.pipe(v.string(), v.isoTimestamp()),
  }),
) satisfies v.GenericSchema<unknown, KeptAction>

const EXAMPLE_WISH = { action: "revoke", credential_id: "key_4f1", note: "found in a public repository" } as const
const EXAMPLE_ACTION: KeptAction = { ...EXAMPLE_WISH, created: "2026-09-21T14:13:21.204Z" }

const operation = operationsOver<AccountOperationDeps>()

/** Finds the account that the path names. */
const ofAccount =
  <Query, Body>(
    work: (account: Account, input: OperatorInput<Query, Body>, deps: AccountOperationDeps) => Promise<OperatorAnswer>,
  ) =>
  async (input: OperatorInput<Query, Body>, deps: AccountOperationDeps): Promise<OperatorAnswer> => {
    const { account = "" } = input.params
    return ACCOUNT_NAME.test(account)
      ? await work(deps.accountOf(account), input, deps)
      : { code: "resource_not_found" }
  }

/** Everything an operator can do about an account. */
export const ACCOUNT_OPERATIONS: readonly Operation<AccountOperationDeps>[] = [
  operation({
    name: "accounts.act",
    method: "POST",
    path: ACTIONS_PATH,
    summary: "Suspend or resume an account, revoke or restore a credential",
    description: "Takes effect on the account's next request. The action and its effect are one transaction.",
    params: Params,
    body: { schema: NewAction, optional: false, logged: ["action", "credential_id"], example: EXAMPLE_WISH },
    answers: [{ status: 201, description: "The action as it is kept.", schema: ActionBody, example: EXAMPLE_ACTION }],
    errors: ["resource_not_found"],
    run: ofAccount(async (account, { body }) => {
      const kept = await account.act(body)
      if (kept.ok) return { status: 201, body: kept.value }
      return {
        ...kept.error,
        problem: "the account has no space for a revocation: suspend it, or restore expired ones",
      }
    }),
  }),
  operation({
    name: "accounts.actions",
    method: "GET",
    path: ACTIONS_PATH,
    summary: "List what was done about an account, newest first",
    params: Params,
    query: ActionsQuery,
    answers: [
      {
        status: 200,
        description: "A page.",
        schema: pageOf("ActionPage", ActionBody),
        example: { data: [EXAMPLE_ACTION], next_cursor: null },
      },
    ],
    errors: ["resource_not_found"],
    run: ofAccount(async (account, { query: { limit, cursor } }) => {
      const { rows, next } = await account.listActions(limit, cursor)
      return { status: 200, body: toPageBody(rows, next) }
    }),
  }),
  operation({
    name: "accounts.endpoints",
    method: "GET",
    path: `${OPERATOR_PATH}/:account/endpoints`,
    summary: "List the endpoints of an account in both modes, newest first, without secrets",
    params: Params,
    answers: [
      {
        status: 200,
        description: "All of them, at most 40.",
        schema: named("AccountEndpoints", v.object({ data: v.array(EndpointBody) })),
        example: { data: [EXAMPLE_ENDPOINT] },
      },
    ],
    errors: ["resource_not_found"],
    run: ofAccount(async (account) => ({ status: 200, body: { data: await account.listEndpoints() } })),
  }),
]
