import type { HandlerView, StatsView } from "../inbox/stats-view.ts"
import type { AttemptView, EventDetail, EventView, RunView } from "../inbox/view.ts"
import type { Io } from "./io.ts"
import { printMore } from "./print-value.ts"
import { toPrintable } from "../core/printable.ts"
import { paint, printFacts, printTable, toLine, type Cell } from "./print.ts"

const STYLES = {
  waiting: "yellow",
  running: "cyan",
  done: "green",
  dead: "red",
  unhandled: "yellow",
  discarded: "dim",
  failed: "red",
  timed_out: "red",
  lost: "red",
} as const

const statusCell = (status: keyof typeof STYLES): Cell => ({ text: status, style: STYLES[status] })

/** As `--from` and `--to` take it, without the milliseconds. */
const toSeconds = (time: string): string => time.replace(/\.\d+Z$/, "Z")

/** `payment.* waiting (2)`: handler, status, attempts. */
const toRunText = ({ handler, status, attempts }: RunView): string => `${handler} ${status} (${attempts})`

const toRunsText = (runs: readonly RunView[]): string => runs.map(toRunText).join(", ")

export function printEvents(io: Io, events: readonly EventView[], nextCursor: string | null): void {
  const rows = events.map(({ received, status, type, id, runs }) => [
    toSeconds(received),
    statusCell(status),
    type,
    id,
    toRunsText(runs),
  ])
  if (rows.length > 0) printTable(io, ["received", "status", "type", "id", "runs (attempts)"], rows)
  else io.out(nextCursor ? "none on this page" : "no events")
  if (nextCursor) printMore(nextCursor, io)
}

/** One line of `tail`. */
export const toTailLine = ({ status, type, id, runs }: EventView, now: Date, io: Io): string => {
  const time = paint(io, "dim", now.toISOString().slice(11, 19))
  const cells = [type.padEnd(22), id.padEnd(36), toRunsText(runs)]
  return `${time}  ${paint(io, STYLES[status], status.padEnd(7))}  ${toLine(cells.join("  "))}`.trimEnd()
}

export function printEvent(io: Io, event: EventDetail & { readonly body?: string | null }): void {
  printFacts(io, [
    ["id", event.id],
    ["type", event.type],
    ["status", statusCell(event.status)],
    ["source", event.source],
    ["received", event.received],
    ["delivery", event.delivery_id ?? "none"],
    ["secret", event.secret_id],
    ["body", `${event.bytes} bytes${event.has_body ? "" : ", erased or pruned"}`],
  ])
  for (const run of event.runs) printRun(io, run)
  if (event.runs.length === 0) io.out("\nNo handler takes it.")
  if (event.body) io.out(`\n${toPrintable(event.body)}`)
}

function printRun(io: Io, { handler, status, reason, note, next_attempt, history }: EventDetail["runs"][number]): void {
  const next = next_attempt === null ? "" : `, ${status === "running" ? "given up" : "next attempt"} ${next_attempt}`
  io.out(
    `\n${paint(io, "bold", handler)}  ${paint(io, STYLES[status], status)}${reason ? `, ${reason}` : ""}${note ? `, ${toLine(note)}` : ""}${next}`,
  )
  if (history.length > 0) printTable(io, ["attempt", "started", "outcome", "ms", "error"], history.map(toAttemptRow))
  else io.out("no attempt yet")
}

const toAttemptRow = ({ attempt, started, outcome, duration_ms, error }: AttemptView): (Cell | string)[] => [
  String(attempt),
  started,
  statusCell(outcome),
  String(duration_ms ?? "-"),
  error ?? "",
]

const count = (status: keyof typeof STYLES, number: number): Cell =>
  number > 0 ? { text: String(number), style: STYLES[status] } : { text: "0" }

export interface BulkAnswer {
  readonly dry_run: boolean
  readonly runs: number
  readonly next_cursor: string | null
  readonly hint: string | null
}

export function printBulk(io: Io, verb: "rerun" | "discard", { dry_run, runs, hint }: BulkAnswer): void {
  const [would, does] = verb === "rerun" ? ["would run again", "running again"] : ["would discard", "discarded"]
  io.out(`${dry_run ? would : does}: ${runs} ${runs === 1 ? "run" : "runs"}`)
  if (hint !== null) io.out(toLine(hint))
}

const percent = (rate: number | null): string => (rate === null ? "-" : `${(rate * 100).toFixed(1)} %`)

export function printHandlers(io: Io, handlers: readonly HandlerView[]): void {
  const rows = handlers.map(({ handler, deployed, paused, concurrency, waiting, dead, last_hour }) => [
    handler,
    paused ? "paused" : deployed ? "runs" : "not deployed",
    String(concurrency ?? "-"),
    count("waiting", waiting),
    count("dead", dead),
    percent(last_hour.failure_rate),
  ])
  if (rows.length > 0) printTable(io, ["handler", "state", "concurrency", "waiting", "dead", "failed, last hour"], rows)
  else io.out("handlers.ts has no handler")
}

export function printStats(io: Io, stats: StatsView): void {
  const { shards, events, oldest_waiting, last_hour, types, storage, paused_handlers } = stats
  const { waiting, done, dead, unhandled, discarded } = events
  const secrets = Object.entries(last_hour.secrets).map(([id, deliveries]) => `${id} ${deliveries}`)
  printFacts(io, [
    ["waiting", count("waiting", waiting)],
    ["done", count("done", done)],
    ["dead", count("dead", dead)],
    ["unhandled", count("unhandled", unhandled)],
    ["discarded", String(discarded)],
    ["oldest waiting", oldest_waiting ?? "none"],
    ["counted since", toSeconds(last_hour.complete_since)],
    ["accepted", String(last_hour.accepted)],
    ["duplicates", String(last_hour.duplicates)],
    ["failed attempts", percent(last_hour.failure_rate)],
    ["deliveries by secret", secrets.join(", ") || "none"],
    ["paused handlers", paused_handlers.join(", ") || "none"],
    ["shards", String(shards)],
    [
      "storage",
      `${storage.bytes} bytes, ${storage.left_bytes} left; the fullest shard at ${storage.fullest_percent} %`,
    ],
  ])
  io.out("")
  printHandlers(io, stats.handlers)
  if (types.length === 0) return
  io.out("")
  printTable(
    io,
    ["type", "waiting", "dead", "unhandled", "accepted"],
    types.map((one) => [
      one.type,
      count("waiting", one.waiting),
      count("dead", one.dead),
      count("unhandled", one.unhandled),
      String(one.accepted_last_hour),
    ]),
  )
}
