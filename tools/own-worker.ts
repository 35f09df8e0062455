// The second half of npm run check:consumer. Runs the project of docs/guides/worker.md, word for word, with the machine's Node
// instead of this project's. Then runs the crash test on the packed package. Catches a guide that does not work, an entry with
// fewer features than the clone, and an event that the packed inbox loses.

import { execFileSync, execSync, spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { delimiter, join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { parseSecrets } from "../src/index.ts"
import { conformance, sampleEvent } from "../src/testing.ts"
import { findFreePort } from "../test/support/free-port.ts"
import { readDevVars } from "../src/cli/dev-vars.ts"
import { installPacked } from "./install-packed.ts"

const ROOT = join(import.meta.dirname, "..")
const EXPECTED_WITHIN_MS = 30_000
/** Wrangler starts in seconds; a loaded machine takes longer. */
const READY_WITHIN_MS = 90_000

const guide = readFileSync(join(ROOT, "docs", "guides", "worker.md"), "utf8")

/** Returns the block of the guide that follows a text. */
function blockAfter(text: string): string {
  const [, block] = /^```\w+\n([^]*?)^```/m.exec(guide.slice(guide.indexOf(text))) ?? []
  if (!guide.includes(text) || block === undefined) throw new Error(`docs/guides/worker.md has no block after ${text}`)
  return block
}

/** The environment of a terminal outside this project: npm scripts put this project's Node and tools in front. */
const env = {
  ...process.env,
  PATH: process.env["PATH"]!.split(delimiter)
    .filter((folder) => !folder.startsWith(ROOT))
    .join(delimiter),
}

/** The ledger of the guide: the ids of the events that it received. */
const entries: string[] = []
const ledger = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on("data", (chunk: Buffer) => void chunks.push(chunk))
  request.on("end", () => {
    entries.push((JSON.parse(Buffer.concat(chunks).toString()) as { id: string }).id)
    response.end()
  })
}).listen(0, "127.0.0.1")
await once(ledger, "listening")

/** Waits until no event has come for a second: handlers run after the answer. */
async function settled(): Promise<readonly string[]> {
  const deadline = Date.now() + EXPECTED_WITHIN_MS
  let before = -1
  while (before !== entries.length && Date.now() < deadline) {
    before = entries.length
    await wait(1_000)
  }
  return entries
}

const { folder, remove } = installPacked([])
const url = `http://127.0.0.1:${(ledger.address() as AddressInfo).port}/`
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)
let wrangler: ChildProcess | undefined
try {
  mkdirSync(join(folder, "src"))
  write("src/main.ts", blockAfter("`src/main.ts`:"))
  write(
    "wrangler.toml",
    `send_metrics = false\n${blockAfter("`wrangler.toml`:")}`.replace(/https:\/\/ledger.*(?=")/, url),
  )
  write("tsconfig.json", blockAfter("`tsconfig.json`:"))
  const { dependencies, ...rest } = JSON.parse(blockAfter("`package.json`, with")) as { dependencies: object }
  const { dependencies: packed } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as typeof rest & {
    dependencies: object
  }
  write("package.json", JSON.stringify({ ...rest, dependencies: { ...dependencies, ...packed } }))

  const setUp = blockAfter("Then install").replace("npm install", "npm install --prefer-offline --no-audit --no-fund")
  const run = (command: string): void =>
    void execSync(command, { cwd: folder, env, stdio: ["ignore", "ignore", "inherit"] })
  run(setUp.replace(/npm run dev\n$/, ""))
  run("npm run types")
  // The package's command, on the oldest Node that is supported where this machine has that.
  const help = execSync("npx --no-install countersign --help", { cwd: folder, env, encoding: "utf8" })
  if (!help.includes("Verify, sign, explain")) throw new Error(`npx countersign --help says: ${help}`)
  // The project that it writes passes its own test at once.
  run("npx --no-install countersign init made")
  for (const command of ["npm install --prefer-offline --no-audit --no-fund", "npm run types", "npm test"])
    execSync(command, { cwd: join(folder, "made"), env, stdio: ["ignore", "ignore", "inherit"] })

  const port = await findFreePort()
  wrangler = spawn("npm", ["run", "dev", "--", "--port", String(port)], {
    cwd: folder,
    env: { ...env, WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false" },
    // In its own process group, so that everything that it starts ends with it.
    detached: true,
    stdio: ["ignore", "ignore", "inherit"],
  })
  const origin = `http://localhost:${port}`
  const deadline = Date.now() + READY_WITHIN_MS
  const isReady = async (): Promise<boolean> =>
    await fetch(`${origin}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    )
  while (!(await isReady())) {
    if (Date.now() > deadline || wrangler.exitCode !== null) throw new Error("npm run dev of the guide does not answer")
    await wait(200)
  }
  const vars = readDevVars(join(folder, ".dev.vars"))
  const stats = await fetch(`${origin}/inbox/stats`, { headers: { Authorization: `Bearer ${vars["OPERATOR_TOKEN"]}` } })
  if (stats.status !== 200) throw new Error(`the OPERATOR_TOKEN of the guide is answered ${stats.status}`)
  const cases = await conformance(fetch, {
    secrets: [parseSecrets(vars["WEBHOOK_SECRETS"])[0]!.secret],
    url: `${origin}/webhooks/credicorp`,
    livemode: false,
    unknownEvents: "ignore",
    event: sampleEvent("payment.settled"),
    handled: settled,
  })
  const broken = cases.filter(({ ok }) => !ok)
  for (const { spec, name, want, got } of broken) console.error(`spec ${spec}, ${name}: ${want}, got ${got}`)
  const node = execSync("node --version", { env, encoding: "utf8" }).trim()
  console.log(
    `The Worker of docs/guides/worker.md, installed on Node ${node}, keeps ${cases.length - broken.length} of ${cases.length} promises.`,
  )
  if (broken.length > 0) process.exitCode = 1
  endGroup(wrangler)

  const crashWorker = readFileSync(join(ROOT, "test", "crash", "worker.ts"), "utf8")
  write("src/crash.ts", crashWorker.replaceAll(`"../../src/worker.ts"`, `"countersign/worker"`))
  const bundle = [join(ROOT, "tools", "wrangler.ts"), "deploy", "src/crash.ts", "--dry-run", "--outdir", "out"]
  execFileSync(process.execPath, bundle, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] })
  // A short run: test:crash runs the long one on the sources.
  const crash = [join(ROOT, "test", "crash", "crash.ts"), "--worker", join(folder, "out", "crash.js")]
  execFileSync(process.execPath, [...crash, "--kills", "3", "--events", "300"], { stdio: "inherit" })
} finally {
  if (wrangler) endGroup(wrangler)
  ledger.close()
  remove()
}

/** Ends a process and everything that it has started. It may have ended already. */
function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL")
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error
  }
}
