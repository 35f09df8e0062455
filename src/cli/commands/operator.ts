import type { Command } from "commander"
import { ACCOUNT_OPERATIONS } from "../../endpoints/account-operations.ts"
import type { Context } from "../io.ts"
import { addOperations } from "../operation-commands.ts"
import { printEndpoints } from "./endpoints.ts"
import { adviseOperator } from "./inbox.ts"

/** `countersign operator`: what an operator does about accounts. */
export const addOperator = (program: Command, context: Context): void => {
  const operator = program
    .command("operator")
    .summary("suspend accounts, revoke credentials, list what was done")
    .description(
      "Works on accounts. An action takes effect on the next request, and is kept with its time and its note. The credential is OPERATOR_TOKEN, from the environment or .dev.vars.",
    )
    .addHelpText(
      "after",
      `
Examples:
  $ countersign operator suspend acct_demo --note "unpaid since May"
  $ countersign operator revoke acct_demo --credential-id key_7 --note "found in a public repository"
  $ countersign operator actions acct_demo`,
    )
  addOperations(operator, context, {
    operations: ACCOUNT_OPERATIONS,
    credential: "OPERATOR_TOKEN",
    views: { "accounts.endpoints": printEndpoints },
    advise: async (refusal) => adviseOperator(refusal),
  })
}
