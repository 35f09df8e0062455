// npm run operator: what an operator does about accounts, from the command line.

import { callWorker, printRefusal, readCredential, type Call } from "./call.ts"
import { readArgs, runCommand, UsageError } from "./command.ts"
import { toPrintableJson } from "../src/core/printable.ts"

const HELP = `
What an operator does about accounts. Effect on the next request; each action is kept with its time and its note.

  npm run operator -- suspend <account> --note <text>              every credential of the account is refused
  npm run operator -- resume <account> --note <text>
  npm run operator -- revoke <account> <credential> --note <text>  an API key by its id, a token by its jti
  npm run operator -- restore <account> <credential> --note <text>
  npm run operator -- actions <account> [--limit <n>] [--cursor <cursor>]
  npm run operator -- endpoints <account>                          of both modes, without secrets

  --note <text>      why, in one line of at most 500 characters
  --url <origin>     the Worker to talk to (http://localhost:8787)

It prints the answer as JSON. The token is OPERATOR_TOKEN, from the environment if it is set there, else from .dev.vars (npm
start makes one). Exit code: 0, 1 if the answer was an error, 2 if the command is wrong, 3 if there was no answer.
`

const OPTIONS = {
  note: { type: "string" },
  limit: { type: "string" },
  cursor: { type: "string" },
  url: { type: "string", default: "http://localhost:8787" },
  help: { type: "boolean", default: false },
} as const

const { values, positionals } = readArgs("operator", OPTIONS)

function toCall([verb = "", account, credential, ...rest]: readonly string[]): Call {
  const { note, limit, cursor } = values
  const acts = ["suspend", "resume", "revoke", "restore"].includes(verb)
  if (!acts && verb !== "actions" && verb !== "endpoints") throw new UsageError(`${verb} is no command`)
  if (!account) throw new UsageError(`${verb} needs an account`)
  const path = `/operator/accounts/${encodeURIComponent(account)}/${acts ? "actions" : verb}`

  const names = verb === "revoke" || verb === "restore"
  if (names && !credential) throw new UsageError(`${verb} needs a credential: the id of an API key, or a jti`)
  const tooMuch = names ? rest : [credential, ...rest].filter(Boolean)
  if (tooMuch.length > 0) throw new UsageError(`one thing at a time: ${tooMuch.join(" ")} is too much`)
  if (acts && !note) throw new UsageError(`${verb} needs a --note: why`)
  if (!acts && note) throw new UsageError(`--note is for what is done, and ${verb} does nothing`)

  if (acts) return { method: "POST", path, body: { action: verb, ...(names && { credential_id: credential }), note } }
  const query = new URLSearchParams({ ...(limit && { limit }), ...(cursor && { cursor }) })
  return { method: "GET", path: query.size > 0 ? `${path}?${query.toString()}` : path }
}

async function main(): Promise<number> {
  if (values.help || positionals.length === 0) {
    console.log(HELP)
    return 0
  }
  const wanted = toCall(positionals)
  const answer = await callWorker(wanted, { url: values.url, credential: readCredential("OPERATOR_TOKEN") })
  if (answer.ok) console.log(toPrintableJson(answer.value, 2))
  else printRefusal(answer, false)
  return answer.ok ? 0 : 1
}

await runCommand("operator", main)
