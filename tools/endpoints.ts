// npm run endpoints: the registry of endpoints from the command line.

import { randomUUID } from "node:crypto"
import type { EndpointView } from "../src/endpoints/endpoint.ts"
import { callWorker, printRefusal, readCredential, type Call } from "./call.ts"
import { NoAnswer, readArgs, runCommand, UsageError } from "./command.ts"
import { printFacts, printTable } from "./terminal.ts"
import { toPrintableJson } from "../src/core/printable.ts"

const HELP = `
The registry of webhook endpoints, as one account sees it.

  npm run endpoints -- create <url> --events <list> [--description <text>] [--api-version <date>] [--metadata k=v …]
  npm run endpoints -- list [--limit <n>] [--cursor <cursor>]
  npm run endpoints -- show <id>
  npm run endpoints -- update <id> [--url-to <url>] [--events <list>] [--description <text>] [--metadata k=v …]
                                   [--enable | --disable]
  npm run endpoints -- rotate <id> [--overlap <seconds>]    0 ends the old secret at once; 86400 unless given
  npm run endpoints -- delete <id>

  --events <list>    event types separated by commas: exact, a family as payment.*, or * alone
  --idempotency-key <key>
                     of a create, update or rotate that got no answer: done once, however often it is run with it
  --url <origin>     the Worker to talk to (http://localhost:8787)
  --json             print the answer as JSON

The key is PARTNER_API_KEY, from the environment if it is set there, else from .dev.vars (npm start makes one).
Exit code: 0, 1 if the answer was an error, 2 if the command is wrong, 3 if there was no answer.
`

const PATH = "/partner/v1/webhook_endpoints"

const OPTIONS = {
  events: { type: "string" },
  description: { type: "string" },
  "api-version": { type: "string" },
  metadata: { type: "string", multiple: true },
  "url-to": { type: "string" },
  enable: { type: "boolean", default: false },
  disable: { type: "boolean", default: false },
  overlap: { type: "string" },
  "idempotency-key": { type: "string" },
  limit: { type: "string" },
  cursor: { type: "string" },
  url: { type: "string", default: "http://localhost:8787" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const

const { values, positionals } = readArgs("endpoints", OPTIONS)

const toEvents = (text: string | undefined) => text?.split(",").map((type) => type.trim())

const toMetadata = (pairs: readonly string[] | undefined) =>
  pairs &&
  Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=")
      if (at < 1) throw new UsageError(`--metadata takes name=value: got ${pair}`)
      return [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )

function toCall([verb = "", subject, ...rest]: readonly string[]): Call {
  if (rest.length > 0) throw new UsageError(`one thing at a time: ${rest.join(" ")} is too much`)
  const about = (what: string): string => {
    if (!subject) throw new UsageError(`${verb} needs ${what}`)
    return verb === "create" ? subject : `/${encodeURIComponent(subject)}`
  }
  const shared = {
    enabled_events: toEvents(values.events),
    description: values.description,
    metadata: toMetadata(values.metadata),
  }
  switch (verb) {
    case "create":
      return { method: "POST", path: "", body: { url: about("a URL"), ...shared, api_version: values["api-version"] } }
    case "list": {
      if (subject) throw new UsageError(`list takes options only: got ${subject}`)
      const query = new URLSearchParams()
      if (values.limit) query.set("limit", values.limit)
      if (values.cursor) query.set("cursor", values.cursor)
      return { method: "GET", path: query.size > 0 ? `?${query.toString()}` : "" }
    }
    case "show":
      return { method: "GET", path: about("an endpoint's id") }
    case "update": {
      if (values.enable && values.disable) throw new UsageError("--enable or --disable, not both")
      const status = values.enable ? "enabled" : values.disable ? "disabled" : undefined
      const body = { url: values["url-to"], ...shared, status }
      if (Object.values(body).every((value) => value === undefined))
        throw new UsageError("update needs something to change")
      return { method: "PATCH", path: about("an endpoint's id"), body }
    }
    case "rotate": {
      // "" would be 0, which ends the old secret at once.
      const { overlap = "86400" } = values
      if (!/^\d{1,5}$/.test(overlap))
        throw new UsageError(`--overlap takes whole seconds, 0 to 86400: got "${overlap}"`)
      const body = { overlap_seconds: Number(overlap) }
      return { method: "POST", path: `${about("an endpoint's id")}/rotate_secret`, body }
    }
    case "delete":
      return { method: "DELETE", path: about("an endpoint's id") }
    default:
      throw new UsageError(`${verb} is no command`)
  }
}

function print(text: string, value: unknown): void {
  const answer = value as ({ data?: readonly EndpointView[]; next_cursor?: string | null } & object) | undefined
  if (values.json || !answer) console.log(values.json ? text : "done")
  else if (answer.data) {
    const rows = answer.data.map(({ id, status, url, enabled_events }) => [id, status, url, enabled_events.join(",")])
    if (rows.length > 0) printTable(["id", "status", "url", "events"], rows)
    else console.log("no endpoints")
    if (answer.next_cursor) console.log(`more: --cursor ${answer.next_cursor}`)
  } else {
    const entries = Object.entries(answer) as [string, unknown][]
    printFacts(entries.map(([name, one]) => [name, typeof one === "string" ? one : toPrintableJson(one)]))
    if ("secret" in answer) console.log("\nThe secret is shown this once: store it now.")
  }
}

async function main(): Promise<number> {
  if (values.help || positionals.length === 0) {
    console.log(HELP)
    return 0
  }
  const { method, path, body } = toCall(positionals)
  const given = values["idempotency-key"]
  if (given !== undefined && !body) throw new UsageError("--idempotency-key is for create, update and rotate")
  const key = given ?? randomUUID()
  const call: Call = { method, path: `${PATH}${path}`, ...(body && { body, headers: { "Idempotency-Key": key } }) }
  const again = body ? `It may have been done all the same. To try again: the same with --idempotency-key ${key}` : ""
  try {
    const answer = await callWorker(call, { url: values.url, credential: readCredential("PARTNER_API_KEY") })
    if (answer.ok) print(answer.text, answer.value)
    else printRefusal(answer, values.json)
    if (!answer.ok && answer.status >= 500 && again) console.error(again)
    return answer.ok ? 0 : 1
  } catch (error) {
    throw error instanceof NoAnswer ? new NoAnswer(`${error.message}\n${again}`.trimEnd()) : error
  }
}

await runCommand("endpoints", main)
