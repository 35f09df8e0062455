// npm run test:crash: what a kill at any moment does to the inbox. Real runtime, real SIGKILL, judged from outside.

import { mkdtempSync, rmSync } from "node:fs"
import { Agent, request } from "node:http"
import { tmpdir } from "node:os"
import { isAbsolute, join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { parseArgs } from "node:util"
import { bundleWorker, startWorkerd, type Workerd, type WorkerdOptions } from "../../tools/workerd.ts"
import type { EventView } from "../../src/inbox/view.ts"
import { signWebhook } from "../../src/verify/sign.ts"
import { findFreePort } from "../support/free-port.ts"
import { createRandom, planEvent, type PlannedEvent } from "./plan.ts"
import { countRepeats, judge } from "./verdict.ts"
import { startWitness, type Witness } from "./witness.ts"

const HELP = `
Sends events as a real sender does while the runtime is killed again and again, and proves from outside that nothing
that was acknowledged was lost, nothing is stuck, and nothing ran twice but what was running at a kill.

  npm run test:crash -- [--seed <n>] [--kills <n>] [--events <n>] [--shards <n>] [--worker <file>]

  --seed    the same seed makes the same events and the same pauses between kills; random unless given
  --kills   how often the runtime is killed, at least (10)
  --events  how many events are sent at least (3000)
  --shards  INBOX_SHARDS (4: fewer than a Worker has, so that more waits in each)
  --worker  a bundled Worker to kill, whose handlers are those of test/crash/worker.ts (that one, from the sources)
`

const SECRET = "whsec_crash_0123456789abcdef"
const TOKEN = "operator_token_of_the_crash_proof"
const CONNECTIONS = 64
/** The lease and the delay of an attempt that was cut off, twice over: 40 + 5 and 40 + 30 seconds. */
const DRAIN_WITHIN_MS = 120_000

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    kills: { type: "string", default: "10" },
    events: { type: "string", default: "3000" },
    shards: { type: "string", default: "4" },
    worker: { type: "string" },
    help: { type: "boolean", default: false },
  },
})

/** One process after the other, on one port and one state. */
interface Mortal {
  readonly url: string
  readonly kills: readonly number[]
  readonly killAndRestart: () => Promise<void>
  readonly end: () => Promise<void>
}

async function startMortal(options: WorkerdOptions): Promise<Mortal> {
  let runtime: Workerd = await startWorkerd(options)
  const kills: number[] = []
  return {
    url: runtime.url,
    kills,
    async killAndRestart() {
      kills.push(performance.now())
      await runtime.kill()
      runtime = await startWorkerd(options)
    },
    end: () => runtime.kill(),
  }
}

const agent = new Agent({ keepAlive: true, maxSockets: 2 * CONNECTIONS })

/** Status of one delivery, signed afresh; 0 if there was no answer. */
const deliver = (url: string, { body }: PlannedEvent): Promise<number> =>
  new Promise((resolve) => {
    const headers = { "Content-Type": "application/json", ...signWebhook(body, { secrets: [SECRET] }) }
    const sent = request(`${url}/webhooks/credicorp`, { method: "POST", headers, agent }, (response) => {
      response.resume()
      response.on("end", () => resolve(response.statusCode ?? 0))
      response.on("error", () => resolve(0))
    })
    sent.on("error", () => resolve(0))
    sent.end(body)
  })

/** Sends events in bursts, as fast as 64 connections go: most kills fall where much waits to be written. */
interface Senders {
  readonly acknowledged: readonly PlannedEvent[]
  readonly counts: { deliveries: number; refused: number }
  readonly setBursting: (isBursting: boolean) => void
  /** Resolves once every event that was begun has been acknowledged. */
  readonly end: () => Promise<void>
}

function startSenders(url: string, seed: number): Senders {
  const random = createRandom(seed)
  const acknowledged: PlannedEvent[] = []
  const counts = { deliveries: 0, refused: 0 }
  let planned = 0
  const state = { isBursting: false, isOver: false }
  const send = async (event: PlannedEvent): Promise<void> => {
    for (;;) {
      counts.deliveries += 1
      const status = await deliver(url, event)
      if (status >= 200 && status < 300) return
      counts.refused += 1
      await wait(20 + 80 * random())
    }
  }
  const work = async (): Promise<void> => {
    while (!state.isOver) {
      if (!state.isBursting) {
        await wait(10)
        continue
      }
      planned += 1
      const event = planEvent(planned, seed, random)
      // One in ten is delivered twice, at once.
      await Promise.all(random() < 0.1 ? [send(event), send(event)] : [send(event)])
      acknowledged.push(event)
    }
  }
  const working = Promise.all(Array.from({ length: CONNECTIONS }, work))
  return {
    acknowledged,
    counts,
    setBursting(isBursting) {
      state.isBursting = isBursting
    },
    async end() {
      state.isOver = true
      await working
    },
  }
}

/**
 * Waits until every run has been heard of as it should, or the time is up; the inbox itself is left alone meanwhile. Then
 * until nothing waits in it: a run that was killed between its last word and its end is tried again after its lease.
 */
async function drain({ runs }: Witness, events: readonly PlannedEvent[], url: string): Promise<void> {
  const deadline = performance.now() + DRAIN_WITHIN_MS
  const isDone = ({ id, handlers, payload }: PlannedEvent): boolean =>
    handlers.every((handler) =>
      runs.get(`${id} ${handler}`)?.some(({ what }) => payload.hopeless || what === "completed"),
    )
  while (performance.now() < deadline && !events.every(isDone)) await wait(250)
  const isSettled = async (): Promise<boolean> => (await listEvents(url, "&status=waiting")).length === 0
  while (performance.now() < deadline && !(await isSettled())) await wait(1_000)
}

async function listEvents(url: string, query: string): Promise<readonly EventView[]> {
  const events: EventView[] = []
  let cursor = ""
  for (;;) {
    const response = await fetch(`${url}/inbox/events?limit=100${query}${cursor}`, {
      headers: { Authorization: `Bearer ${TOKEN}` },
    })
    if (!response.ok) throw new Error(`the inbox cannot be listed: ${response.status} ${await response.text()}`)
    const page = (await response.json()) as { data: EventView[]; next_cursor: string | null }
    events.push(...page.data)
    if (page.next_cursor === null) return events
    cursor = `&cursor=${page.next_cursor}`
  }
}

const fromHere = (path: string): string => (isAbsolute(path) ? path : join(process.cwd(), path))

async function prove(seed: number, folder: string): Promise<readonly string[]> {
  const wantedKills = Number(values.kills)
  const random = createRandom(seed + 1)
  const witness = await startWitness()
  const vars = { WEBHOOK_SECRETS: SECRET, OPERATOR_TOKEN: TOKEN, INBOX_SHARDS: values.shards, WITNESS: witness.url }
  const script = values.worker ? fromHere(values.worker) : bundleWorker("test/crash/worker.ts", join(folder, "bundle"))
  const objects = { INBOXES: "Inbox", ACCOUNTS: "Account" }
  const mortal = await startMortal({ script, folder, port: await findFreePort(), vars, objects, onLine: () => {} })
  try {
    const senders = startSenders(mortal.url, seed)
    for (let kill = 1; kill <= wantedKills || senders.acknowledged.length < Number(values.events); kill += 1) {
      senders.setBursting(true)
      await wait(300 + 900 * random())
      // Two in three kills fall into the burst, the others into the runs after it.
      if (random() < 1 / 3) {
        senders.setBursting(false)
        await wait(1_000 * random())
      }
      await mortal.killAndRestart()
      senders.setBursting(false)
      console.log(`kill ${kill}: ${senders.acknowledged.length} events acknowledged, ${witness.runs.size} runs begun`)
      await wait(500 + 1_000 * random())
    }
    await senders.end()
    const { acknowledged, counts } = senders
    console.log(`${acknowledged.length} events in ${counts.deliveries} deliveries, ${counts.refused} of them in vain`)
    await drain(witness, acknowledged, mortal.url)
    const listed = await listEvents(mortal.url, "")
    const listedDead = await listEvents(mortal.url, "&status=dead")
    const evidence = { acknowledged, testimonies: witness.runs, kills: mortal.kills, listed, listedDead }
    const repeats = countRepeats(evidence)
    const attempts = [...witness.runs.values()].flat().filter(({ what }) => what === "started").length
    console.log(
      `${listed.length} events in the inbox, ${listedDead.length} of them dead; ${witness.runs.size} runs in ${attempts} ` +
        `attempts, ${repeats.all} completed more than once, ${repeats.unexplained} of them not running at a kill`,
    )
    return judge(evidence)
  } finally {
    await mortal.end()
    witness.close()
    agent.destroy()
  }
}

async function main(): Promise<number> {
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const seed = values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : Number(values.seed)
  const folder = mkdtempSync(join(tmpdir(), "countersign-crash-"))
  const startedAt = performance.now()
  console.log(`seed ${seed}`)
  try {
    const problems = await prove(seed, folder)
    const seconds = Math.round((performance.now() - startedAt) / 1000)
    for (const problem of problems.slice(0, 20)) console.error(problem)
    console.log(problems.length === 0 ? `proven in ${seconds} s` : `${problems.length} problems with seed ${seed}`)
    return problems.length === 0 ? 0 : 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

process.exitCode = await main()
