import { setTimeout as wait } from "node:timers/promises"
import { InvalidArgumentError, type Command } from "commander"
import type { EventView } from "../../inbox/view.ts"
import { toTailLine } from "../inbox-print.ts"
import { EXIT, NoAnswer, type Context, type Io } from "../io.ts"
import { toPrintableJson } from "../../core/printable.ts"
import {
  callServer,
  findOrigin,
  printRefusal,
  readCredential,
  withServer,
  type Refusal,
  type ServerOptions,
} from "../server.ts"

/** The largest page (spec 5.7). */
const PAGE = 100

/** Shown before the first change. */
const FIRST_EVENTS = 10

const keyOf = ({ source, id }: EventView): string => `${source} ${id}`

const stateOf = ({ status, runs }: EventView): string =>
  JSON.stringify([status, runs.map((run) => [run.handler, run.status, run.attempts])])

/** The difference between two polls of the newest events. */
export interface Changes {
  /** New ones and those whose status or runs have changed, oldest first. */
  readonly events: readonly EventView[]
  /** More events came than one look shows. */
  readonly gap: boolean
  /** Event → its state, to compare the next look with. No larger than a page. */
  readonly seen: ReadonlyMap<string, string>
}

/**
 * Compares a poll with the previous one.
 *
 * @param page The newest events, newest first.
 * @param before `seen` of the look before; undefined at the first.
 */
export function compare(page: readonly EventView[], before: ReadonlyMap<string, string> | undefined): Changes {
  const seen = new Map(page.map((event) => [keyOf(event), stateOf(event)]))
  if (!before) return { events: page.slice(0, FIRST_EVENTS).toReversed(), gap: false, seen }
  const events = page.filter((event) => before.get(keyOf(event)) !== stateOf(event)).toReversed()
  const gap = before.size > 0 && page.length > 0 && !page.some((event) => before.has(keyOf(event)))
  return { events, gap, seen }
}

/** Polls until the signal fires. A failed poll is reported once, and repeated. */
export async function tail(
  look: (signal: AbortSignal) => Promise<readonly EventView[]>,
  print: (changes: Changes) => void,
  { everyMs, signal, io }: { readonly everyMs: number; readonly signal: AbortSignal; readonly io: Io },
): Promise<void> {
  let seen: ReadonlyMap<string, string> | undefined
  let isLost = false
  while (!signal.aborted) {
    try {
      const changes = compare(await look(signal), seen)
      print(changes)
      ;({ seen } = changes)
      isLost = false
    } catch (error) {
      if (signal.aborted) return
      if (!(error instanceof NoAnswer) || !seen) throw error
      if (!isLost) io.err(`${error.message} Trying again.`)
      isLost = true
    }
    await wait(everyMs, undefined, { signal }).catch(() => {})
  }
}

interface TailOptions extends ServerOptions {
  readonly type?: string
  readonly every: number
  readonly for?: number
  readonly json?: boolean
}

/** A timer of Node holds no more than 2^31 milliseconds. */
function parseSeconds(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError("Expected whole seconds, 1 to 999999.")
  return Number(text)
}

/** `countersign inbox tail`: the events as they come and change. */
export const addTail = (
  inbox: Command,
  { io, exit }: Context,
  advise: (refusal: Refusal) => string | undefined,
): void => {
  const command = inbox
    .command("tail")
    .description(
      "Shows new events, and those that change, as it happens. Ctrl-C ends it. It follows the newest 100 events.",
    )
    .option("--type <type>", "only events of this type")
    .option("--every <seconds>", "how often it looks", parseSeconds, 2)
    .option("--for <seconds>", "when it ends by itself", parseSeconds)
  withServer(command)
    .option("--json", "print each event as a line of JSON")
    .action(async (options: TailOptions) => {
      const { type, every, json = false } = options
      const peer = { origin: findOrigin(options, io), credential: readCredential(io, "OPERATOR_TOKEN") }
      const query = new URLSearchParams({ ...(type !== undefined && { type }), limit: String(PAGE) }).toString()
      const failed = new AbortController()
      const ends = options.for === undefined ? [] : [AbortSignal.timeout(options.for * 1000)]
      const signal = AbortSignal.any([failed.signal, io.interrupt(), ...ends])
      const look = async (looking: AbortSignal): Promise<readonly EventView[]> => {
        const answer = await callServer({ method: "GET", path: `/inbox/events?${query}`, signal: looking }, peer, io)
        if (answer.ok) return (answer.value as { readonly data: readonly EventView[] }).data
        printRefusal(answer, json, io)
        const advice = advise(answer.error)
        if (advice && !json) io.err(advice)
        exit(EXIT.invalid)
        failed.abort()
        return []
      }
      const print = ({ events, gap }: Changes): void => {
        if (gap) io.err(`More than ${PAGE} events came since the last look: the oldest of them are not shown.`)
        for (const event of events) io.out(json ? toPrintableJson(event) : toTailLine(event, new Date(io.clock()), io))
      }
      await tail(look, print, { everyMs: every * 1000, signal, io })
    })
}
