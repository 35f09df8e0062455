// npm run check:consumer, its second half: the Worker of docs/guides/worker.md, word for word, on the installed package, under
// the runtime itself, and then the crash proof on that package. Catches a guide that does not work, an entry that gives
// less than the clone does, and an event that the packed inbox loses.

import { execFileSync } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { conformance, sampleEvent } from "../src/testing.ts"
import { findFreePort } from "../test/support/free-port.ts"
import { installPacked } from "./install-packed.ts"
import { startWorkerd } from "./workerd.ts"

const ROOT = join(import.meta.dirname, "..")
const SECRET = "whsec_own_worker_0123456789"
const EXPECTED_WITHIN_MS = 30_000

const guide = readFileSync(join(ROOT, "docs", "guides", "worker.md"), "utf8")

function blockOf(language: string): string {
  const [, block] = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(guide) ?? []
  if (block === undefined) throw new Error(`docs/guides/worker.md has no block of ${language}`)
  return block
}

const TSCONFIG = {
  compilerOptions: {
    target: "es2023",
    lib: ["es2023"],
    module: "es2022",
    moduleResolution: "bundler",
    strict: true,
    noEmit: true,
    // As `tsc --init` has it: what is exported must have a name that the package exports.
    declaration: true,
    types: ["@cloudflare/workers-types"],
  },
  include: ["src"],
}

/** The ledger of the guide: the ids of the events that it was told of. */
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

/** Handlers run after the answer: it waits until nothing has come for a second. */
async function settled(): Promise<readonly string[]> {
  const deadline = Date.now() + EXPECTED_WITHIN_MS
  let before = -1
  while (before !== entries.length && Date.now() < deadline) {
    before = entries.length
    await wait(1_000)
  }
  return entries
}

const { folder, remove } = installPacked(["hono", "@cloudflare/workers-types"])
try {
  mkdirSync(join(folder, "src"))
  writeFileSync(join(folder, "src", "worker.ts"), blockOf("ts"))
  const crashWorker = readFileSync(join(ROOT, "test", "crash", "worker.ts"), "utf8")
  writeFileSync(
    join(folder, "src", "crash.ts"),
    crashWorker.replaceAll(`"../../src/worker.ts"`, `"countersign/worker"`),
  )
  writeFileSync(join(folder, "wrangler.toml"), `send_metrics = false\n${blockOf("toml")}`)
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(TSCONFIG))
  execFileSync("tsc", ["-p", "."], { cwd: folder, stdio: "inherit" })
  for (const name of ["worker", "crash"]) {
    const wrangler = [join(ROOT, "tools", "wrangler.ts"), "deploy", `src/${name}.ts`, "--dry-run", "--outdir", "out"]
    execFileSync(process.execPath, wrangler, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] })
  }
  const workerd = await startWorkerd({
    script: join(folder, "out", "worker.js"),
    folder,
    port: await findFreePort(),
    vars: {
      WEBHOOK_SECRETS: SECRET,
      WEBHOOK_LIVEMODE: "false",
      LEDGER_URL: `http://127.0.0.1:${(ledger.address() as AddressInfo).port}/`,
    },
    objects: { INBOXES: "Inbox", ACCOUNTS: "Account" },
    onLine: () => {},
  })
  try {
    const cases = await conformance(fetch, {
      secrets: [SECRET],
      url: `${workerd.url}/webhooks/credicorp`,
      livemode: false,
      unknownEvents: "ignore",
      event: sampleEvent("payment.settled"),
      handled: settled,
    })
    const broken = cases.filter(({ ok }) => !ok)
    for (const { spec, name, want, got } of broken) console.error(`spec ${spec}, ${name}: ${want}, got ${got}`)
    console.log(
      `The Worker of docs/guides/worker.md keeps ${cases.length - broken.length} of ${cases.length} promises.`,
    )
    if (broken.length > 0) process.exitCode = 1
  } finally {
    await workerd.kill()
  }
  // Short: what it proves at length of the sources, it need not of the package.
  const crash = [join(ROOT, "test", "crash", "crash.ts"), "--worker", join(folder, "out", "crash.js")]
  execFileSync(process.execPath, [...crash, "--kills", "3", "--events", "300"], { stdio: "inherit" })
} finally {
  ledger.close()
  remove()
}
