// npm start: runs the Worker on this machine. Nothing has to be edited first.

import { join } from "node:path"
import { parseArgs } from "node:util"
import { ensureDevVars, readDevVars } from "../src/cli/dev-vars.ts"
import { UsageError } from "../src/cli/io.ts"
import { refuseTakenOptions } from "../src/cli/npm-options.ts"
import { runWrangler } from "./wrangler.ts"

const DEV_VARS = join(import.meta.dirname, "..", ".dev.vars")

/** The port that the other commands talk to unless they are told of another. */
const USUAL_PORT = 8787

/** What the banner is made of. */
export interface Started {
  readonly port: number
  /** The names that were added to `.dev.vars`. */
  readonly added: readonly string[]
  /** The API key of the demo account. */
  readonly key: string
}

/** Returns the port that `wrangler dev` gets by its arguments, else the one of wrangler.toml. */
export async function findPort(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { port: { type: "string" } }, strict: false })
  if (typeof values.port === "string") return Number(values.port)
  const { unstable_readConfig: readConfig } = await import("wrangler")
  return readConfig({}).dev.port ?? USUAL_PORT
}

/** Returns what a user of this machine can do next, with the address that the Worker will have. */
export function createBanner({ port, added, key }: Started): string {
  const origin = `http://localhost:${port}`
  const elsewhere = `
The commands talk to port ${USUAL_PORT} unless they are told of another: export COUNTERSIGN_URL=${origin}
or add --origin ${origin} to each.
`
  return `
${
  added.length > 0
    ? `Added to .dev.vars, random and for this machine only (git ignores it, only you can read it):\n  ${added.join(", ")}`
    : "Using the secrets of .dev.vars."
}

The receiver will be at ${origin}/webhooks/credicorp. In another terminal:

  npm run send -- decision.completed     sign a sample event and send it
  npm run send -- --help                 all types, and the ways to break one
  curl ${origin}/healthz     is it ready?

The inbox stores events before they are acknowledged, and runs your handlers:

  npm run inbox -- list                  the events, and how their handlers ended
  npm run inbox -- tail                  the same as it happens
  npm run inbox -- --help                show, rerun, discard, pause, resume, erase, stats

The registry of endpoints, as the account acct_demo:

  npm run endpoints -- --help            create, list, show, update, rotate, delete
  curl ${origin}/partner/v1/webhook_endpoints -H 'Authorization: Bearer ${key}' \\
    --json '{"url":"https://example.com/hooks","enabled_events":["payment.*"]}'

Accounts, as their operator:

  npm run operator -- --help             suspend, resume, revoke, restore, and lists
${port === USUAL_PORT ? "" : elsewhere}
Your handlers are in src/handlers.ts. The Worker restarts when you save it. Ctrl-C stops it.
`
}

async function main(): Promise<void> {
  refuseTakenOptions(["port", "ip"])
  const args = process.argv.slice(2)
  const port = await findPort(args)
  const added = ensureDevVars(DEV_VARS)
  console.log(createBanner({ port, added, key: readDevVars(DEV_VARS)["PARTNER_API_KEY"] ?? "<key>" }))
  runWrangler(["dev", ...args])
}

if (import.meta.main) {
  try {
    await main()
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    console.error(error.message)
    process.exitCode = 2
  }
}
