// npm run bench: what Countersign costs, against its peers and its bars, in one run.
//   --quick   under two minutes, for every day; prints, and writes nothing into docs
//   --attack  what one core refuses a second, and whether memory stays flat

import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { judgeAll } from "./bars.ts"
import { toChart } from "./chart.ts"
import { describeMachine, describeVersions } from "./machine.ts"
import type { Plan } from "./measure.ts"
import { measureInNode, measureInWorkerd, measureReadsInNode } from "./micro.ts"
import { toMarkdown } from "./report.ts"
import type { Results } from "./results.ts"
import { measureBodies, measureServers } from "./servers.ts"
import { measureSizes, measureStarts } from "./starts.ts"
import { OUT } from "./workerd.ts"

const DOCS = join(import.meta.dirname, "..", "docs")

interface Plans {
  readonly node: Plan
  readonly workerd: Plan
  readonly bodies: Plan
  readonly servers: Plan
  readonly starts: Plan
}

const FULL: Plans = {
  node: { rounds: 25, batchUs: 8_000, warmUs: 60_000 },
  workerd: { rounds: 25, batchUs: 10_000, warmUs: 60_000 },
  bodies: { rounds: 11, batchUs: 50_000, warmUs: 100_000 },
  servers: { rounds: 11, batchUs: 400_000, warmUs: 800_000 },
  starts: { rounds: 15, batchUs: 1, warmUs: 1 },
}

const QUICK: Plans = {
  node: { rounds: 9, batchUs: 3_000, warmUs: 20_000 },
  workerd: { rounds: 9, batchUs: 5_000, warmUs: 20_000 },
  bodies: { rounds: 5, batchUs: 20_000, warmUs: 40_000 },
  servers: { rounds: 3, batchUs: 150_000, warmUs: 300_000 },
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
  const readsInNode = await measureReadsInNode(plans.node)
  const workerd = await measureInWorkerd(plans.workerd, progress("workerd"))
  const readsInWorkerd = await measureBodies(plans.bodies, progress("reading a body"))
  const servers = await measureServers(plans.servers, progress("whole requests"))
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
    servers,
    starts,
    ...sizes,
  }
}

const { values } = parseArgs({ options: { quick: { type: "boolean" }, attack: { type: "boolean" } } })
const results = await run(values.quick ? "quick" : "full")
const markdown = toMarkdown(results, judgeAll(results))
mkdirSync(OUT, { recursive: true })
writeFileSync(join(OUT, "results.json"), JSON.stringify(results))
console.log(markdown)
if (results.form === "full") {
  writeFileSync(join(DOCS, "performance.json"), `${JSON.stringify(results, null, 1)}\n`)
  writeFileSync(join(DOCS, "performance.svg"), toChart(results))
  const page = readFileSync(join(DOCS, "performance.md"), "utf8")
  const [before, rest] = page.split("<!-- bench -->\n")
  const after = rest?.split("<!-- /bench -->")[1]
  if (after === undefined) throw new Error("docs/performance.md has lost the marks between which the run is written")
  writeFileSync(join(DOCS, "performance.md"), `${before}<!-- bench -->\n\n${markdown}\n<!-- /bench -->${after}`)
}
