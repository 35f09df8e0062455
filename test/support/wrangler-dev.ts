import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { findFreePort } from "./free-port.ts"

const ROOT = join(import.meta.dirname, "..", "..")

/** It takes about three seconds on an idle machine. */
const READY_WITHIN_MS = 60_000
const LOOK_EVERY_MS = 100
const STOPS_WITHIN_MS = 5_000

export interface WranglerDev {
  /** Its origin, as `http://127.0.0.1:50000`. */
  readonly url: string
  stop(): Promise<void>
}

/**
 * Runs the project under `wrangler dev`, with its own state and secrets. An explicit env file makes wrangler ignore
 * `.dev.vars`, so the developer's own file is neither read nor changed.
 *
 * @param secrets No value may hold a single quote.
 * @param main The Worker's main module, from the project's root.
 * @throws It is not ready in a minute, or ends before; the message has what it printed.
 */
export async function startWranglerDev(
  secrets: Readonly<Record<string, string>>,
  main: string = "src/main.ts",
): Promise<WranglerDev> {
  const folder = mkdtempSync(join(tmpdir(), "countersign-"))
  const envFile = join(folder, "secrets.env")
  const lines = Object.entries(secrets).map(([name, value]) => `${name}='${value}'\n`)
  writeFileSync(envFile, lines.join(""), { mode: 0o600 })
  const port = await findFreePort()
  const url = `http://127.0.0.1:${port}`

  const args = ["dev", main, "--port", String(port), "--persist-to", join(folder, "state"), "--env-file", envFile]
  // In its own process group, so that everything that it starts ends with it.
  const child = spawn(process.execPath, [join(ROOT, "tools", "wrangler.ts"), ...args], {
    cwd: ROOT,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, WRANGLER_REGISTRY_PATH: join(folder, "registry"), WRANGLER_LOG_PATH: join(folder, "logs") },
  })
  const printed: string[] = []
  child.stdout.on("data", (chunk) => printed.push(String(chunk)))
  child.stderr.on("data", (chunk) => printed.push(String(chunk)))
  const onExit = (): void => signalGroup(child, "SIGKILL")
  process.once("exit", onExit)
  const stop = async (): Promise<void> => {
    process.off("exit", onExit)
    await endGroup(child)
    rmSync(folder, { recursive: true, force: true })
  }

  const problem = await untilHealthy(`${url}/healthz`, child)
  if (problem === undefined) return { url, stop }
  await stop()
  throw new Error(`wrangler dev ${problem}. It printed:\n${printed.join("") || "nothing"}`)
}

/** Returns undefined once it answers 2xx; otherwise what went wrong. */
async function untilHealthy(url: string, child: ChildProcess): Promise<string | undefined> {
  const deadline = Date.now() + READY_WITHIN_MS
  let last = "no answer"
  while (Date.now() < deadline) {
    if (child.exitCode !== null) return `ended with exit code ${child.exitCode} before it was ready`
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(5_000) })
      last = `${response.status} ${await response.text()}`
      if (response.ok) return undefined
    } catch {
      // Nobody listens yet.
    }
    await wait(LOOK_EVERY_MS)
  }
  return `was not healthy within ${READY_WITHIN_MS / 1000} s (last: ${last})`
}

async function endGroup(child: ChildProcess): Promise<void> {
  const closed = child.exitCode === null ? once(child, "close") : undefined
  signalGroup(child, "SIGTERM")
  await Promise.race([closed, wait(STOPS_WITHIN_MS, undefined, { ref: false })])
  signalGroup(child, "SIGKILL")
}

/** Ends a process group. It may have ended already. */
function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error
  }
}
