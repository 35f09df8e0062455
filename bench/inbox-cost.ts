// What a delivery costs with the inbox: what is the platform's, and what is ours. `npm run bench:inbox` has the rates.

import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { bundleWorker, startWorkerd, type Workerd } from "../tools/workerd.ts"
import { findFreePort } from "../test/support/free-port.ts"
import { cpuOf } from "./cpu.ts"
import { drive, prepare, SECRET } from "./inbox/drive.ts"
import { CONNECTIONS } from "./load.ts"
import { measure, type Plan, type Samples, type Timed } from "./measure.ts"

/** Each is the one before it and something more. */
export const STEPS = {
  verify: "verified and acknowledged: ours, without a store",
  memory: "+ one call to a Durable Object that only remembers: the platform's",
  plain: "+ one row for each call, durable: the platform's",
  inbox: "the inbox, one shard, in place of that row: ours",
} as const

/** A type that no handler takes. */
const QUIET = "enquiry.created"

/** CPU time a delivery, each with an event of its own. */
export async function measureInbox(plan: Plan): Promise<Samples> {
  const folder = mkdtempSync(join(tmpdir(), "countersign-bench-"))
  const running: Workerd[] = []
  try {
    const script = bundleWorker("bench/inbox/worker.ts", join(folder, "bundle"))
    const timed: Timed[] = []
    for (const target of Object.keys(STEPS)) {
      const port = await findFreePort()
      const vars = { TARGET: target, INBOX_SHARDS: "1", WEBHOOK_SECRETS: SECRET }
      const objects = { INBOXES: "Inbox", PLAIN: "Plain", MEMORY: "Memory", ACCOUNTS: "Account" }
      const runtime = await startWorkerd({ script, folder: join(folder, target), port, vars, objects })
      running.push(runtime)
      const batch: Timed["batch"] = async (times) => {
        const deliveries = prepare(times, QUIET, port)
        const before = cpuOf(runtime.pid)
        await drive(port, deliveries, Math.min(times, CONNECTIONS))
        return cpuOf(runtime.pid) - before
      }
      timed.push({ id: target, batch })
    }
    return await measure(timed, plan)
  } finally {
    for (const runtime of running) await runtime.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}
