// npm run key: makes an API key for the endpoints and prints what to store.

import { randomBytes } from "node:crypto"
import { parseApiKeys } from "../src/endpoints/auth/api-keys.ts"
import { SCOPES } from "../src/endpoints/auth/principal.ts"
import { readArgs } from "./command.ts"
import { createKey } from "./create-key.ts"

const HELP = `
Makes an API key for the endpoints. The key is shown once; the Worker stores only its hash.

  npm run key -- --account <name> --scopes <list> [options]

  --account <name>   the account it acts for, as acct_demo: 1 to 128 printable ASCII characters
  --scopes <list>    separated by commas: webhooks:read, webhooks:write
  --id <name>        names the key in the log and when it is revoked; random unless given
  --live             a key of live mode; without it, test mode
  --json             print { key, entry } as JSON

Exit code: 0, or 2 if the command is wrong.
`

const OPTIONS = {
  account: { type: "string" },
  scopes: { type: "string" },
  id: { type: "string", default: `key_${randomBytes(6).toString("base64url")}` },
  live: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const

function main(): number {
  const { values, positionals } = readArgs("key", OPTIONS)
  if (positionals.length > 0) throw new TypeError(`key takes options only: got '${positionals[0]!}'`)
  if (values.help || process.argv.length === 2) {
    console.log(HELP)
    return 0
  }
  const { account, scopes, id, live: livemode } = values
  if (!account || !scopes) throw new TypeError("--account and --scopes are needed")
  const list = scopes.split(",").map((scope) => scope.trim())
  // The Worker takes a key whose scopes are all of another API, and refuses each of its requests.
  if (!list.some((scope) => scope.startsWith("webhooks:"))) {
    throw new TypeError(`--scopes must name one of ${SCOPES.join(", ")}: a key without them can do nothing`)
  }
  const { key, entry } = createKey({ id, account, livemode, scopes: list })
  // Refuses what the Worker would refuse.
  parseApiKeys(JSON.stringify([entry]))
  if (values.json) console.log(JSON.stringify({ key, entry }))
  else {
    console.log(`
The key, shown this once. Give it to the partner over a channel you trust:

  ${key}

Its entry. Add it to the JSON list in PARTNER_API_KEYS (locally a line of .dev.vars, deployed
npx wrangler secret put PARTNER_API_KEYS):

  ${JSON.stringify(entry)}
`)
  }
  return 0
}

try {
  process.exitCode = main()
} catch (error) {
  if (!(error instanceof TypeError)) throw error
  // The entry was checked as a list of one; the command has its fields as options.
  console.error(`${error.message.replace(/^0\./, "--")}\nnpm run key -- --help says what it takes.`)
  process.exitCode = 2
}
