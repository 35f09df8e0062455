// npm run bench: measures Countersign, its peers and its bars in one run.
//   --quick   under two minutes, for every day; prints, and writes nothing into docs
//   --attack  what one core refuses a second, and whether memory stays flat; --seconds of each, 60 unless given

import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { attack } from "./attack.ts"
import { measureInbox } from "./inbox-cost.ts"
import { judgeAll } from "./bars.ts"
import { toChart } from "./chart.ts"
import { countHmacs } from "./contestants.ts"
import { describeMachine, describeVersions } from "./machine.ts"
import type { Plan } from "./measure.ts"
import { measureInNode, measureInWorkerd, measureReadsInNode } from "./micro.ts"
import { toAttackMarkdown, toMarkdown } from "./report.ts"
import type { Results } from "./results.ts"
import { measureBodies, measureServers } from "./servers.ts"
import { measureSizes, measureStarts } from "./starts.ts"
import { OUT } from "./workerd.ts"

const DOCS = join(import.meta.dirname, "..", "docs")

interface Plans {
  readonly node: Plan
  readonly workerd: Plan
  readonly reads: Plan
  readonly bodies: Plan
  readonly servers: Plan
  readonly inbox: Plan
  readonly starts: Plan
}

const FULL: Plans = {
  node: { rounds: 25, batchUs: 8_000, warmUs: 150_000 },
  workerd: { rounds: 25, batchUs: 10_000, warmUs: 200_000 },
  reads: { rounds: 25, batchUs: 40_000, warmUs: 150_000 },
  bodies: { rounds: 11, batchUs: 50_000, warmUs: 100_000 },
  servers: { rounds: 25, batchUs: 240_000, warmUs: 800_000 },
  inbox: { rounds: 11, batchUs: 300_000, warmUs: 600_000 },
  starts: { rounds: 15, batchUs: 1, warmUs: 1 },
}

const QUICK: Plans = {
  node: { rounds: 9, batchUs: 3_000, warmUs: 60_000 },
  workerd: { rounds: 9, batchUs: 5_000, warmUs: 80_000 },
  reads: { rounds: 5, batchUs: 10_000, warmUs: 40_000 },
  bodies: { rounds: 5, batchUs: 20_000, warmUs: 40_000 },
  servers: { rounds: 3, batchUs: 150_000, warmUs: 300_000 },
  inbox: { rounds: 3, batchUs: 150_000, warmUs: 150_000 },
  starts: { rounds: 5, batchUs: 1, warmUs: 1 },
}

const startedAt = Date.now()
const elapsed = (): number => Math.round((Date.now() - startedAt) / 1_000)
const progress =
  (what: string) =>
  (group: string): void => {
    const size = /^\d+$/.test(group) ? `${group} B` : group
    process.stderr.write(`${String(elapsed()).padStart(4)} s  ${what} ${size}\n`)
  }

async function run(form: Results["form"]): Promise<Results> {
  const plans = form === "full" ? FULL : QUICK
  const node = await measureInNode(plans.node, progress("Node"))
  const readsInNode = await measureReadsInNode(plans.reads)
  const workerd = await measureInWorkerd(plans.workerd, progress("workerd"))
  const readsInWorkerd = await measureBodies(plans.bodies, progress("reading a body"))
  const servers = await measureServers(plans.servers, progress("whole requests"))
  const inbox = await measureInbox(plans.inbox)
  progress("the")("inbox")
  const starts = await measureStarts(plans.starts)
  progress("starts of")("isolates")
  const sizes = await measureSizes()
  return {
    machine: describeMachine(),
    versions: describeVersions(),
    form,
    tookSeconds: elapsed(),
    node,
    readsInNode,
    workerd,
    readsInWorkerd,
    hmacs: countHmacs(),
    servers,
    inbox,
    starts,
    ...sizes,
  }
}

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    attack: { type: "boolean", default: false },
    seconds: { type: "string", default: "60" },
  },
})
mkdirSync(OUT, { recursive: true })
await (values.attack ? runAttacks(Number(values.seconds)) : runBench(values.quick ? "quick" : "full"))

async function runBench(form: Results["form"]): Promise<void> {
  const results = await run(form)
  const markdown = toMarkdown(results, judgeAll(results))
  console.log(markdown)
  writeFileSync(join(OUT, "results.json"), JSON.stringify(results))
  if (form === "quick") return
  writeFileSync(join(DOCS, "performance.json"), `${JSON.stringify(results)}\n`)
  writeFileSync(join(DOCS, "performance.svg"), toChart(results))
  writePart("bench", markdown)
}

async function runAttacks(seconds: number): Promise<void> {
  const results = await attack(seconds, progress("attack:"))
  const markdown = toAttackMarkdown(describeMachine(), seconds, results)
  console.log(markdown)
  writeFileSync(join(OUT, "attack.json"), JSON.stringify(results))
  writePart("attack", markdown)
}

/** Replaces the text between the marks in docs/performance.md. The prose around it stays. */
function writePart(part: string, markdown: string): void {
  const path = join(DOCS, "performance.md")
  const page = readFileSync(path, "utf8")
  const [from, to] = [page.indexOf(`<!-- ${part} -->`), page.indexOf(`<!-- /${part} -->`)]
  if (from < 0 || to < from) throw new Error(`docs/performance.md has lost its marks for "${part}"`)
  writeFileSync(path, `${page.slice(0, from)}<!-- ${part} -->\n\n${markdown}\n${page.slice(to)}`)
}
