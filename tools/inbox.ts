// npm run inbox: what the operator's routes do, from the command line.

import type { HandlerView, StatsView } from "../src/inbox/stats-view.ts"
import type { EventDetail, EventView } from "../src/inbox/view.ts"
import {
  callWorker,
  printRefusal,
  readCredential,
  type Call,
  type Peer,
  type Refusal,
  type WorkerAnswer,
} from "./call.ts"
import { readArgs, runCommand, UsageError } from "./command.ts"
import { INBOX_OPTIONS, toInboxCall } from "./inbox-commands.ts"
import {
  printBulk,
  printEvent,
  printEvents,
  printHandlers,
  printStats,
  toTailLine,
  type BulkAnswer,
} from "./inbox-print.ts"
import { tail, type Changes } from "./inbox-tail.ts"
import { toPrintableJson } from "../src/core/printable.ts"

const HELP = `
The inbox: every event that was acknowledged, its runs (one a handler), and their attempts.

  npm run inbox -- list [--status <status>] [--type <type>] [--from <time>] [--to <time>] [--limit <n>] [--cursor <c>]
  npm run inbox -- show <id> [--body]             one event, all its attempts; with --body what was signed
  npm run inbox -- tail [--type <type>] [--every <seconds>] [--for <seconds>]
                                                  new events and changes as they come; Ctrl-C ends it
  npm run inbox -- rerun <id> [--handler <key>]   run it again: every handler that takes it today, or one
  npm run inbox -- rerun [--status <status>] [--type <type>] [--handler <key>] [--from <time>] [--to <time>]
                         [--per-second <n>] [--dry-run]
                                                  run many again, dead ones unless --status says otherwise; --dead <type>
                                                  is short for --status dead --type <type>
  npm run inbox -- discard <id> --note <text> [--handler <key>]
                                                  its dead runs are counted as dead no more
  npm run inbox -- discard [--type <type>] [--handler <key>] [--from <time>] [--to <time>] --note <text> [--dry-run]
  npm run inbox -- handlers                       every handler, by its key, with its state
  npm run inbox -- pause <key>                    start no run of a handler; its events wait
  npm run inbox -- resume <key>
  npm run inbox -- erase <id>                     erase its body for good; what waits for it is dead
  npm run inbox -- stats                          how many events are in which state, and the last hour

  --status <status>  waiting, done, dead, unhandled or discarded
  --per-second <n>   how many runs start in a second, 1 to 1000 (all at once)
  --dry-run          only count
  --note <text>      why, in one line
  --type <type>      an event type, as payment.settled
  --from, --to       RFC 3339 in UTC, as 2026-01-31 or 2026-01-31T09:00:00Z; from is inclusive, to is not
  --limit <n>        1 to 100 (20)
  --source <name>    the receiver that the event came to (credicorp)
  --every <seconds>  how often tail looks (2). It follows the newest 100 events
  --for <seconds>    when tail ends by itself
  --url <origin>     the Worker to talk to (http://localhost:8787)
  --json             print the answer as JSON; of tail, each event as a line

Nothing asks whether you mean it. rerun runs what is done again, too: a handler knows an event by its id.
The token is OPERATOR_TOKEN, from the environment if it is set there, else from .dev.vars (npm start makes one).
Exit code: 0, 1 if the answer was an error, 2 if the command is wrong, 3 if there was no answer.
`

const { values, positionals } = readArgs("inbox", INBOX_OPTIONS)

/** What to do about a refusal, where its code and field tell. */
function adviceFor({ code, param }: Refusal): string | undefined {
  if (code === "route_not_found") return "The operator's routes are off: set OPERATOR_TOKEN for the Worker."
  if (code === "invalid_api_key")
    return "This is not that Worker's OPERATOR_TOKEN: the one in .dev.vars is for this desk, another goes into the environment."
  if (code === "temporarily_unavailable")
    return "The inbox or its configuration is at fault: the Worker's log says which."
  if (code === "resource_not_found")
    return param === "body"
      ? "Its body was erased or pruned: there is nothing to run again."
      : param === "run"
        ? "npm run inbox -- show tells which of its runs are dead."
        : "No such event is here: npm run inbox -- list shows which are, --source names another receiver."
  return param === undefined ? undefined : EXPECTED[param]
}

const EXPECTED: Readonly<Record<string, string>> = {
  handler: "Expected a key of handlers.ts; to run an event again, one that takes its type.",
  status: "Expected waiting, done, dead, unhandled or discarded.",
  per_second: "Expected a whole number from 1 to 1000.",
  note: "Expected --note: why, in one line of at most 500 characters.",
  type: "Expected an event type, as payment.settled.",
  from: "Expected RFC 3339 in UTC, as 2026-01-31 or 2026-01-31T09:00:00Z.",
  to: "Expected RFC 3339 in UTC, as 2026-01-31 or 2026-01-31T09:00:00Z.",
  limit: "Expected a whole number from 1 to 100.",
  cursor: "Expected what an earlier list said after --cursor.",
}

function fail(answer: WorkerAnswer & { ok: false }): number {
  printRefusal(answer, values.json)
  const advice = adviceFor(answer.error)
  if (advice && !values.json) console.error(advice)
  return 1
}

function print(verb: string, value: unknown): void {
  switch (verb) {
    case "list": {
      const { data, next_cursor } = value as { data: readonly EventView[]; next_cursor: string | null }
      return printEvents(data, next_cursor)
    }
    case "show":
      return printEvent(value as EventDetail & { body?: string | null })
    case "rerun":
    case "discard":
      return "runs" in (value as object) && !("id" in (value as object))
        ? printBulk(verb, value as BulkAnswer)
        : printEvent(value as EventDetail)
    case "handlers":
      return printHandlers((value as { data: readonly HandlerView[] }).data)
    case "pause":
      return console.log(`${positionals[1]} is paused: what comes for it waits`)
    case "resume":
      return console.log(`${positionals[1]} runs again`)
    case "erase":
      return console.log("erased")
    default:
      return printStats(value as StatsView)
  }
}

function readSeconds(name: "every" | "for", fallback: number): number {
  const text = values[name] ?? String(fallback)
  // A timer of Node holds no more than 2^31 milliseconds.
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new UsageError(`--${name} takes whole seconds, 1 to 999999: got "${text}"`)
  return Number(text)
}

/** Goes on where an answer about many says so, and adds the counts up. */
async function callAll(call: Call, peer: Peer): Promise<WorkerAnswer> {
  let answer = await callWorker(call, peer)
  let before = 0
  while (answer.ok && !positionals[1] && ["rerun", "discard"].includes(positionals[0]!)) {
    const { runs, next_cursor: cursor } = answer.value as BulkAnswer
    before += runs
    if (cursor === null) return { ...answer, value: { ...(answer.value as BulkAnswer), runs: before } }
    answer = await callWorker({ ...call, body: { ...call.body, cursor } }, peer)
  }
  return answer
}

async function runTail(peer: Peer): Promise<number> {
  const everyMs = readSeconds("every", 2) * 1000
  const end = new AbortController()
  process.once("SIGINT", () => end.abort())
  const signal =
    values.for === undefined
      ? end.signal
      : AbortSignal.any([end.signal, AbortSignal.timeout(readSeconds("for", 1) * 1000)])
  let code = 0
  const look = async (looking: AbortSignal): Promise<readonly EventView[]> => {
    const answer = await callWorker({ ...toInboxCall(positionals, values), signal: looking }, peer)
    if (answer.ok) return (answer.value as { data: readonly EventView[] }).data
    code = fail(answer)
    end.abort()
    return []
  }
  await tail(look, printChanges, { everyMs, signal })
  return code
}

function printChanges({ events, gap }: Changes): void {
  if (gap) console.error("more than 100 events came since the last look: the oldest of them are not shown")
  for (const event of events) console.log(values.json ? toPrintableJson(event) : toTailLine(event, new Date()))
}

async function main(): Promise<number> {
  const [verb = ""] = positionals
  if (values.help || verb === "") {
    console.log(HELP)
    return 0
  }
  const call = toInboxCall(positionals, values)
  const peer = { url: values.url, credential: readCredential("OPERATOR_TOKEN") }
  if (verb === "tail") return await runTail(peer)
  const answer = await callAll(call, peer)
  if (!answer.ok) return fail(answer)
  if (values.json) console.log(answer.text)
  else print(verb, answer.value)
  return 0
}

await runCommand("inbox", main)
