// npm start: runs the Worker on this machine. Nothing has to be edited first.

import { join } from "node:path"
import { parseArgs } from "node:util"
import { ensureDevVars, readDevVars } from "../src/cli/dev-vars.ts"
import { UsageError } from "../src/cli/io.ts"
import type { HandlerSet } from "../src/events/handlers.ts"
import { toSources, type Source, type SourceSet } from "../src/events/sources.ts"
import { refuseTakenOptions } from "../src/cli/npm-options.ts"
import { runWrangler } from "./wrangler.ts"

const DEV_VARS = join(import.meta.dirname, "..", ".dev.vars")

/** The port that the other commands use by default. */
const USUAL_PORT = 8787

/** The contents of the banner. */
export interface Started {
  readonly port: number
  /** The names that were added to `.dev.vars`. */
  readonly added: readonly string[]
  /** The API key of the demo account. */
  readonly key: string
  /** The sources of src/handlers.ts; undefined if it cannot be loaded outside of the Worker. */
  readonly sources: readonly Pick<Source, "name" | "secretsVariable">[] | undefined
}

/** Returns the sources of a file of handlers; undefined if it cannot be loaded here, as one that imports `cloudflare:workers`. */
export async function readSources(url: string): Promise<readonly Source[] | undefined> {
  try {
    const file = (await import(url)) as { readonly handlers: HandlerSet | SourceSet }
    return toSources(file.handlers)
  } catch {
    return undefined
  }
}

/** Returns the lines about the sources beside `credicorp`. */
function describeSources(origin: string, sources: Started["sources"]): string {
  if (!sources) {
    return `
src/handlers.ts cannot be loaded outside of the Worker, so its further sources have got no secrets here. Add theirs to
.dev.vars, as STRIPE_WEBHOOK_SECRETS='...'.
`
  }
  const others = sources.filter(({ name }) => name !== "credicorp")
  if (others.length === 0) return ""
  const lines = others.map(({ name, secretsVariable }) => `  ${origin}/webhooks/${name}  (${secretsVariable})`)
  return `
The other sources of src/handlers.ts, each with the variable of its secrets:

${lines.join("\n")}
`
}

/** Returns the port in the arguments of `wrangler dev`, or else the one of wrangler.toml. */
export async function findPort(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { port: { type: "string" } }, strict: false })
  if (typeof values.port === "string") return Number(values.port)
  const { unstable_readConfig: readConfig } = await import("wrangler")
  return readConfig({}).dev.port ?? USUAL_PORT
}

/** Returns the next steps for the user, with the address that the Worker will have. */
export function createBanner({ port, added, key, sources }: Started): string {
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
${describeSources(origin, sources)}
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
  const sources = await readSources(new URL("../src/handlers.ts", import.meta.url).href)
  const added = ensureDevVars(DEV_VARS, sources)
  console.log(createBanner({ port, added, sources, key: readDevVars(DEV_VARS)["PARTNER_API_KEY"] ?? "<key>" }))
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
