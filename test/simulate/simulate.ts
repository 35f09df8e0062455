// npm run test:simulate: the shard's real code over a platform that fails, under a virtual clock. CONTRIBUTING.md.

import { availableParallelism } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { Worker } from "node:worker_threads"
import type { Patch } from "./hooks.ts"
import { SABOTAGES, type Sabotage } from "./sabotages.ts"
import type { Verdict } from "./simulation.ts"
import type { WorkerData } from "./worker.ts"

const HELP = `
Runs one shard of the inbox through storms of deliveries, faults, crashes, deployments and wrong clocks, each made from a
seed, and proves after each that no promise was broken.

  npm run test:simulate -- [--seeds <n>] [--from <seed>] [--seed <s>] [--sabotage <name>|all] [--jobs <n>]

  --seeds     how many seeds (200)
  --from      the first of them (1)
  --seed      only this one; a seed that fails prints its last 50 steps
  --sabotage  breaks the code in a known way, and succeeds if a seed notices; \`all\` tries each, \`list\` names them
  --jobs      threads (one for each processor)
`

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "200" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    sabotage: { type: "string" },
    jobs: { type: "string", default: String(availableParallelism()) },
    help: { type: "boolean", default: false },
  },
})

/** What many seeds came to. */
interface Sum {
  readonly counts: Record<string, number>
  readonly failed: Verdict[]
}

/** Runs seeds on several threads; if it is to stop at the first that fails, later ones may not run. */
async function runSeeds(seeds: readonly number[], patches: readonly Patch[], stopsAtFailure: boolean): Promise<Sum> {
  const left = [...seeds]
  const sum: Sum = { counts: {}, failed: [] }
  const work = async (): Promise<void> => {
    const data: WorkerData = { patches }
    const worker = new Worker(join(import.meta.dirname, "worker.ts"), { workerData: data })
    try {
      for (let seed = left.shift(); seed !== undefined; seed = left.shift()) {
        const verdict = await answerOf(worker, seed)
        for (const [name, count] of Object.entries(verdict.counts)) sum.counts[name] = (sum.counts[name] ?? 0) + count
        if (verdict.violations.length === 0) continue
        sum.failed.push(verdict)
        if (stopsAtFailure) left.length = 0
      }
    } finally {
      await worker.terminate()
    }
  }
  await Promise.all(Array.from({ length: Math.min(Number(values.jobs), seeds.length) }, work))
  return { ...sum, failed: sum.failed.toSorted((a, b) => a.seed - b.seed) }
}

const answerOf = (worker: Worker, seed: number): Promise<Verdict> =>
  new Promise((resolve, reject) => {
    worker.removeAllListeners()
    worker.on("message", resolve)
    worker.on("error", reject)
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    worker.postMessage(seed)
  })

function printFailure({ seed, violations, trace }: Verdict): void {
  console.log(`\nseed ${seed}: its last ${trace.length} steps`)
  for (const step of trace) console.log(step)
  for (const violation of violations.slice(0, 5)) console.log(`seed ${seed}: ${violation}`)
  console.log(`again: npm run test:simulate -- --seed ${seed}`)
}

async function prove(seeds: readonly number[]): Promise<boolean> {
  const startedAt = performance.now()
  const { counts, failed } = await runSeeds(seeds, [], false)
  for (const verdict of failed.slice(0, 5)) printFailure(verdict)
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  console.log(
    Object.entries(counts)
      .map(([name, count]) => `${count} ${name}`)
      .join(", "),
  )
  const which = failed
    .map(({ seed }) => seed)
    .slice(0, 40)
    .join(", ")
  console.log(
    failed.length === 0
      ? `${seeds.length} seeds proven in ${seconds} s`
      : `${failed.length} of ${seeds.length} seeds failed in ${seconds} s: ${which}`,
  )
  return failed.length === 0
}

async function proveSabotage({ name, patches }: Sabotage, seeds: readonly number[]): Promise<boolean> {
  let first: Verdict | undefined
  try {
    first = (await runSeeds(seeds, patches, true)).failed[0]
  } catch (error) {
    console.log(`${name}: ${String(error)}`)
    return false
  }
  console.log(
    first
      ? `${name}: found by seed ${first.seed}: ${first.violations[0]}`
      : `${name}: NOT FOUND in ${seeds.length} seeds`,
  )
  return first !== undefined
}

async function main(): Promise<boolean> {
  if (values.help) console.log(HELP)
  if (values.sabotage === "list") console.log(SABOTAGES.map(({ name }) => name).join("\n"))
  if (values.help || values.sabotage === "list") return true
  const from = Number(values.seed ?? values.from)
  const seeds = Array.from({ length: values.seed === undefined ? Number(values.seeds) : 1 }, (_, n) => from + n)
  if (values.sabotage === undefined) return await prove(seeds)
  const chosen = SABOTAGES.filter(({ name }) => values.sabotage === "all" || name === values.sabotage)
  if (chosen.length === 0) throw new Error(`no sabotage is named ${values.sabotage}: --sabotage list names them`)
  let allFound = true
  for (const sabotage of chosen) allFound = (await proveSabotage(sabotage, seeds)) && allFound
  return allFound
}

process.exitCode = (await main()) ? 0 : 1
