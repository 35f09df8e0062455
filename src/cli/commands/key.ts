import { randomBytes } from "node:crypto"
import type { Command } from "commander"
import { OptionError } from "../../core/assert.ts"
import { parseApiKeys } from "../../endpoints/auth/api-keys.ts"
import { SCOPES } from "../../endpoints/auth/principal.ts"
import { createKey } from "../create-key.ts"
import { UsageError, type Context } from "../io.ts"

interface KeyOptions {
  readonly account: string
  readonly scopes: string
  readonly id?: string
  readonly live?: boolean
  readonly json?: boolean
}

/** `countersign key`: an API key for the registry of endpoints. */
export const addKey = (program: Command, { io }: Context): void => {
  program
    .command("key")
    .summary("make an API key for the registry of endpoints")
    .description(
      "Makes an API key for the registry of endpoints. The key is shown once; the Worker stores only its hash.",
    )
    .requiredOption("--account <name>", "the account that it acts for: 1 to 128 printable ASCII characters")
    .requiredOption("--scopes <list>", `separated by commas: ${SCOPES.join(", ")}`)
    .option("--id <name>", "names the key in the log and when it is revoked; random unless given")
    .option("--live", "a key of live mode; without it, test mode")
    .option("--json", "print { key, entry } as JSON")
    .addHelpText("after", "\nExample:\n  $ countersign key --account acct_demo --scopes webhooks:read,webhooks:write")
    .action((options: KeyOptions) => {
      const { account, scopes, live: livemode = false, json } = options
      const { id = `key_${randomBytes(6).toString("base64url")}` } = options
      const list = scopes.split(",").map((scope) => scope.trim())
      // The Worker takes a key whose scopes are all of another API, and refuses each of its requests.
      if (!list.some((scope) => scope.startsWith("webhooks:"))) {
        throw new UsageError(`--scopes must name one of ${SCOPES.join(", ")}: a key without them can do nothing.`)
      }
      const { key, entry } = createKey({ id, account, livemode, scopes: list })
      assertTaken(JSON.stringify([entry]))
      if (json) return io.out(JSON.stringify({ key, entry }))
      io.out(`
The key, shown this once. Give it to the partner over a channel you trust:

  ${key}

Its entry. Add it to the JSON list in PARTNER_API_KEYS (locally a line of .dev.vars, deployed
npx wrangler secret put PARTNER_API_KEYS):

  ${JSON.stringify(entry)}
`)
    })
}

/** Refuses what the Worker would refuse. The entry is checked as a list of one; its fields are the options. */
function assertTaken(entries: string): void {
  try {
    parseApiKeys(entries)
  } catch (error) {
    if (!(error instanceof OptionError)) throw error
    throw new UsageError(error.message.replace(/^0\./, "--"))
  }
}
