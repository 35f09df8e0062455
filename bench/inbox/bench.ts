// npm run bench:inbox: what it costs to be durable, side by side in one run.

import { mkdtempSync, rmSync } from "node:fs"
import { connect } from "node:net"
import { availableParallelism, cpus, tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { parseArgs } from "node:util"
import { bundleWorker, startWorkerd, type Workerd } from "../../tools/workerd.ts"
import { findFreePort } from "../../test/support/free-port.ts"
import { cpuOf } from "../cpu.ts"
import { exchange } from "../load.ts"
import { drive, prepare, SECRET } from "./drive.ts"

const HELP = `
What the inbox carries, side by side in one run with a Durable Object that inserts one row a call, one that only
remembers in memory (the floor of the call itself), and a Worker that only verifies.

  npm run bench:inbox -- [--rounds <n>] [--seconds <n>]

  --rounds    rounds of each number of connections; in each, everything is measured once, in turn (7)
  --seconds   how long each is measured in a round, about (1)
`

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    seconds: { type: "string", default: "1" },
    help: { type: "boolean", default: false },
  },
})

interface Contestant {
  readonly name: string
  readonly vars: Readonly<Record<string, string>>
  readonly type: string
}

/** No handler takes the first type, one takes the second. */
const QUIET = "enquiry.created"
const HANDLED = "payment.settled"

const CONTESTANTS: readonly Contestant[] = [
  { name: "inbox, 1 shard", vars: { TARGET: "inbox", INBOX_SHARDS: "1" }, type: QUIET },
  { name: "inbox, 16 shards", vars: { TARGET: "inbox", INBOX_SHARDS: "16" }, type: QUIET },
  { name: "inbox, 1 shard, and its handler runs", vars: { TARGET: "inbox", INBOX_SHARDS: "1" }, type: HANDLED },
  { name: "inbox, 16 shards, and its handler runs", vars: { TARGET: "inbox", INBOX_SHARDS: "16" }, type: HANDLED },
  { name: "one row a call", vars: { TARGET: "plain" }, type: QUIET },
  { name: "only in memory", vars: { TARGET: "memory" }, type: QUIET },
  { name: "only verified", vars: { TARGET: "verify" }, type: QUIET },
]

const INBOX = "inbox, 1 shard"
const FLOOR = "only in memory"

/** What issue and docs promise of one shard: at so many connections, at least so many times another. */
const BARS = [
  { connections: 1, of: "one row a call", min: 0.9 },
  { connections: 16, of: "one row a call", min: 1.8 },
  { connections: 64, of: "one row a call", min: 1.8 },
  { connections: 16, of: "only in memory", min: 0.65 },
  { connections: 64, of: "only in memory", min: 0.65 },
] as const

/** A handler starts so soon after the acknowledgement, where nothing waits. */
const MAX_HANDLER_DELAY_MS = 50

interface Running extends Contestant {
  readonly port: number
  readonly runtime: Workerd
  /** When handlers said that they began, in milliseconds since 1970. */
  readonly began: number[]
}

async function start(contestant: Contestant, script: string, folder: string): Promise<Running> {
  const began: number[] = []
  const onLine = (line: string): void => {
    const at = /"began":(\d+)/.exec(line)?.[1]
    if (at !== undefined) began.push(Number(at))
  }
  const port = await findFreePort()
  const vars = { ...contestant.vars, WEBHOOK_SECRETS: SECRET }
  const objects = { INBOXES: "Inbox", PLAIN: "Plain", MEMORY: "Memory", ACCOUNTS: "Account" }
  const runtime = await startWorkerd({ script, folder, port, vars, objects, onLine })
  return { ...contestant, port, runtime, began }
}

const median = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((a, b) => a - b)
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2
}

/** What was measured of one contestant in one round. */
interface Sample {
  /** Deliveries a second. */
  readonly rate: number
  /** CPU time of the runtime for each of them, in microseconds. */
  readonly cpuUs: number
}

type Samples = ReadonlyMap<string, readonly Sample[]>

/** One sample a round. */
async function measure(all: readonly Running[], connections: number): Promise<Samples> {
  const samples = new Map<string, Sample[]>(all.map(({ name }) => [name, []]))
  const counts = new Map<string, number>()
  for (const { name, port, type } of all) {
    const rate = await drive(port, prepare(50 * connections, type, port), connections)
    counts.set(name, Math.max(connections, Math.round(rate * Number(values.seconds))))
  }
  for (let round = 0; round < Number(values.rounds); round++) {
    process.stderr.write(`${connections} connections: round ${round + 1} of ${values.rounds}\r`)
    for (let i = 0; i < all.length; i++) {
      const { name, port, type, runtime } = all[(i + round) % all.length]!
      const count = counts.get(name)!
      const deliveries = prepare(count, type, port)
      const before = cpuOf(runtime.pid)
      const rate = await drive(port, deliveries, connections)
      samples.get(name)!.push({ rate, cpuUs: (cpuOf(runtime.pid) - before) / count })
      // Handlers that are behind finish on their own time.
      await wait(type === HANDLED ? 500 : 50)
    }
  }
  process.stderr.write("\n")
  return samples
}

/** How long after its acknowledgement a handler begins, where nothing waits. */
async function measureHandlerDelays({ port, began }: Running): Promise<readonly number[]> {
  const delays: number[] = []
  const socket = connect(port, "127.0.0.1").setNoDelay()
  for (const delivery of prepare(40, HANDLED, port)) {
    await wait(60)
    began.length = 0
    await exchange(socket, delivery, 200)
    const acknowledged = performance.timeOrigin + performance.now()
    for (let waited = 0; began.length === 0 && waited < 2_000; waited += 5) await wait(5)
    delays.push(began.length > 0 ? Math.max(0, began[0]! - acknowledged) : Number.POSITIVE_INFINITY)
  }
  socket.destroy()
  return delays
}

type Results = ReadonlyMap<number, Samples>

/** How many times the rate of another, round by round. */
const ratioOf = (samples: Samples, name: string, to: string): number =>
  median(samples.get(name)!.map(({ rate }, round) => rate / samples.get(to)![round]!.rate))

function printTable(title: string, results: Results, of: (sample: Sample) => number): void {
  console.log(`\n${title}: the median of ${values.rounds} rounds.\n`)
  console.log(`| | ${[...results.keys()].map((connections) => `${connections} connections`).join(" | ")} |`)
  console.log(`|---|${"---:|".repeat(results.size)}`)
  for (const { name } of CONTESTANTS) {
    const cells = [...results.values()].map((samples) => String(Math.round(median(samples.get(name)!.map(of)))))
    console.log(`| ${name} | ${cells.join(" | ")} |`)
  }
}

/** Prints the tables; false if a bar is missed. */
function report(results: Results): boolean {
  printTable("Deliveries a second, bodies of 1 KiB", results, ({ rate }) => rate)
  printTable("CPU of the runtime for each, in microseconds", results, ({ cpuUs }) => cpuUs)
  console.log("\nOne shard, without handlers, in the same rounds. The floor is the object that only remembers:\n")
  console.log("| connections | against | times | bar | | floor |\n|---:|---|---:|---:|---|---:|")
  const met = BARS.map(({ connections, of, min }) => {
    const samples = results.get(connections)!
    const ratio = ratioOf(samples, INBOX, of)
    const isMet = ratio >= min
    const floor = isMet ? "" : ratioOf(samples, FLOOR, of).toFixed(2)
    console.log(`| ${connections} | ${of} | ${ratio.toFixed(2)} | ${min} | ${isMet ? "met" : "not met"} | ${floor} |`)
    return isMet
  })
  return met.every(Boolean)
}

async function main(): Promise<number> {
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const folder = mkdtempSync(join(tmpdir(), "countersign-bench-"))
  const running: Running[] = []
  try {
    console.log(`${cpus()[0]?.model}, ${availableParallelism()} cores, Node ${process.version}`)
    const script = bundleWorker("bench/inbox/worker.ts", join(folder, "bundle"))
    for (const [i, one] of CONTESTANTS.entries()) running.push(await start(one, script, join(folder, String(i))))
    for (const { port, type } of running) await drive(port, prepare(1_500, type, port), 16)
    const results = new Map<number, Samples>()
    for (const connections of [1, 16, 64]) results.set(connections, await measure(running, connections))
    const isMet = report(results)
    const delays = await measureHandlerDelays(
      running.find(({ name }) => name === "inbox, 1 shard, and its handler runs")!,
    )
    const inTime = Math.max(...delays) <= MAX_HANDLER_DELAY_MS
    console.log(
      `\nA handler begins ${median(delays).toFixed(1)} ms after the acknowledgement (median of ${delays.length}, at most ` +
        `${Math.max(...delays).toFixed(1)} ms; bar: ${MAX_HANDLER_DELAY_MS} ms, ${inTime ? "met" : "not met"})`,
    )
    return isMet && inTime ? 0 : 1
  } finally {
    for (const { runtime } of running) await runtime.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}

process.exitCode = await main()
