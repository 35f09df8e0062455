import type { Command } from "commander"
import { INBOX_OPERATIONS } from "../../inbox/operations.ts"
import type { HandlerView, StatsView } from "../../inbox/stats-view.ts"
import type { EventDetail, EventView } from "../../inbox/view.ts"
import { nearest } from "../delivery.ts"
import { printBulk, printEvent, printEvents, printHandlers, printStats, type BulkAnswer } from "../inbox-print.ts"
import { NoAnswer, type Context, type Io } from "../io.ts"
import { addOperations, type Values } from "../operation-commands.ts"
import { callServer, type Peer, type Refusal } from "../server.ts"
import { addTail } from "./inbox-tail.ts"

interface EventPage {
  readonly data: readonly EventView[]
  readonly next_cursor: string | null
}

/** How the answers of the inbox are shown to people. Those that are not here are printed by their fields. */
const VIEWS = {
  "inbox.list": ({ data, next_cursor }: EventPage, io: Io, { type }: Values) => {
    printEvents(io, data, next_cursor)
    if (data.length === 0 && type !== undefined) io.err("`countersign inbox stats` lists the types that there are.")
  },
  "inbox.show": (event: EventDetail, io: Io) => printEvent(io, event),
  "inbox.rerun": (event: EventDetail, io: Io) => printEvent(io, event),
  "inbox.discard": (event: EventDetail, io: Io) => printEvent(io, event),
  "inbox.rerun_all": (answer: BulkAnswer, io: Io) => printBulk(io, "rerun", answer),
  "inbox.discard_all": (answer: BulkAnswer, io: Io) => printBulk(io, "discard", answer),
  "inbox.handlers": ({ data }: { readonly data: readonly HandlerView[] }, io: Io) => printHandlers(io, data),
  "inbox.pause": (_: unknown, io: Io, { handler }: Values) => io.out(`${String(handler)} is paused: its runs wait`),
  "inbox.resume": (_: unknown, io: Io, { handler }: Values) => io.out(`${String(handler)} runs again`),
  "inbox.erase": (_: unknown, io: Io) => io.out("erased"),
  "inbox.stats": (stats: StatsView, io: Io) => printStats(io, stats),
}

/** Returns what an operator can do about a refusal of any operation. */
export function adviseOperator({ code }: Refusal): string | undefined {
  if (code === "route_not_found")
    return "The operator's routes are off, or the server is older than this command. Set OPERATOR_TOKEN for the Worker."
  if (code === "invalid_api_key")
    return "This is not the OPERATOR_TOKEN of that Worker. The one in .dev.vars is for the Worker on this machine; export the other one."
  if (code === "temporarily_unavailable")
    return "The log of the Worker says which part of its configuration or storage is at fault."
  return undefined
}

/** Finds the handler whose key is most like a mistyped one. */
async function suggestHandler(key: string, peer: Peer, io: Io): Promise<string | undefined> {
  try {
    const answer = await callServer({ method: "GET", path: "/inbox/handlers" }, peer, io)
    const { data = [] } = (answer.ok ? answer.value : {}) as { readonly data?: readonly HandlerView[] }
    return nearest(
      key,
      data.map(({ handler }) => handler),
    )
  } catch (error) {
    if (error instanceof NoAnswer) return undefined
    throw error
  }
}

const adviseInbox =
  (io: Io) =>
  async (refusal: Refusal, { handler }: Values, peer: Peer): Promise<string | undefined> => {
    const { code, param } = refusal
    if (code === "invalid_value_type" && param === "handler") {
      const near = await suggestHandler(String(handler), peer, io)
      return `${near ? `Did you mean ${near}? ` : ""}\`countersign inbox handlers\` lists the keys of handlers.ts.`
    }
    if (code !== "resource_not_found") return adviseOperator(refusal)
    if (param === "body") return "Its body was erased or pruned: there is nothing to run again."
    if (param === "run") return "It has no such dead run. `countersign inbox show` lists its runs."
    return "There is no such event. `countersign inbox list` lists the events, --source names another source."
  }

/** `countersign inbox`: the stored events and their runs. */
export const addInbox = (program: Command, context: Context): void => {
  const inbox = program
    .command("inbox")
    .summary("list, show, rerun, discard stored events; pause handlers")
    .description(
      "Works on the inbox: every event that was acknowledged, its runs (one for each handler), and their attempts. The credential is OPERATOR_TOKEN, from the environment or .dev.vars.",
    )
    .addHelpText(
      "after",
      `
Nothing asks whether you mean it. A rerun also runs what is done: a handler knows an event by its id.

Examples:
  $ countersign inbox list --status dead
  $ countersign inbox show evt_5hKqVn2Rw8 --include body
  $ countersign inbox rerun-all --type payment.settled --dry-run
  $ countersign inbox pause 'payment.*' --origin https://hooks.example.com`,
    )
  addOperations(inbox, context, {
    operations: INBOX_OPERATIONS,
    credential: "OPERATOR_TOKEN",
    views: VIEWS,
    advise: adviseInbox(context.io),
  })
  addTail(inbox, context, adviseOperator)
}
