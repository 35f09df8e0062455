// Runs the Worker in workerd itself, without wrangler, so that wrangler affects neither measurements nor crash tests.

import { spawn, spawnSync, type ChildProcess, type StdioOptions } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join, relative } from "node:path"
import { setTimeout as wait } from "node:timers/promises"

const ROOT = join(import.meta.dirname, "..")
const READY_WITHIN_MS = 20_000
const LOOK_EVERY_MS = 10

/** Bundles a Worker as `wrangler deploy` would. Returns the file. */
export function bundleWorker(entry: string, folder: string): string {
  const args = [join(ROOT, "tools", "wrangler.ts"), "deploy", join(ROOT, entry), "--dry-run", "--minify"]
  const built = spawnSync(process.execPath, [...args, "--outdir", folder], { cwd: ROOT, encoding: "utf8" })
  if (built.status !== 0) throw new Error(`${entry} cannot be bundled:\n${built.stdout}${built.stderr}`)
  return join(folder, `${entry.slice(entry.lastIndexOf("/") + 1, -".ts".length)}.js`)
}

export interface WorkerdOptions {
  /** A bundled Worker. */
  readonly script: string
  /** The folder of the configuration and the state. Existing state is kept. */
  readonly folder: string
  readonly port: number
  /** Text bindings. */
  readonly vars?: Readonly<Record<string, string>>
  /** Binding → class of a Durable Object with SQLite. */
  readonly objects?: Readonly<Record<string, string>>
  /** Compatibility flags; those of wrangler.toml unless given. */
  readonly flags?: readonly string[]
  /** Called with every line that the Worker writes. The lines are not kept. */
  readonly onLine?: (line: string) => void
}

export interface Workerd {
  readonly url: string
  readonly pid: number
  /** Sends SIGKILL: the process finishes and flushes nothing. */
  kill(): Promise<void>
}

/** Starts it, and resolves once it answers. */
export async function startWorkerd({ onLine, ...options }: WorkerdOptions): Promise<Workerd> {
  mkdirSync(join(options.folder, "state"), { recursive: true })
  const url = `http://127.0.0.1:${options.port}`
  const { pid, kill } = await serveConfig(toConfig(options), {
    folder: options.folder,
    urls: [`${url}/healthz`],
    onLine,
  })
  return { url, pid, kill }
}

interface ServeOptions {
  readonly folder: string
  /** The URL that must answer before it is ready. */
  readonly urls: readonly string[]
  readonly onLine?: ((line: string) => void) | undefined
  /** For measurements: its output is discarded, its errors are shown, and `--experimental` is on. */
  readonly measured?: boolean
}

/** Runs workerd with a configuration in Cap'n Proto. */
export async function serveConfig(
  text: string,
  { folder, urls, onLine, measured = false }: ServeOptions,
): Promise<Omit<Workerd, "url">> {
  const config = join(folder, "config.capnp")
  writeFileSync(config, text)
  const binary = createRequire(import.meta.url)("workerd").default as string
  const args = ["serve", ...(measured ? ["--experimental"] : []), config]
  const stdio: StdioOptions = measured ? ["ignore", "ignore", "inherit"] : ["ignore", "pipe", "pipe"]
  const child = spawn(binary, args, { cwd: folder, stdio })
  const end = (): void => void child.kill("SIGKILL")
  process.once("exit", end)
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) forEachLine(stream, onLine ?? ((line) => void said.push(line)))
  }
  const kill = async (): Promise<void> => {
    process.off("exit", end)
    if (child.exitCode !== null || child.signalCode !== null) return
    const closed = once(child, "exit")
    child.kill("SIGKILL")
    await closed
  }
  const ready = await Promise.all(urls.map((url) => answers(url, child)))
  if (ready.every(Boolean)) return { pid: child.pid!, kill }
  await kill()
  throw new Error(`workerd does not answer. It printed:\n${said.join("\n") || "nothing"}`)
}

function forEachLine(stream: NodeJS.ReadableStream, take: (line: string) => void): void {
  let rest = ""
  stream.on("data", (chunk) => {
    const lines = (rest + String(chunk)).split("\n")
    rest = lines.pop() ?? ""
    for (const line of lines) take(line)
  })
}

async function answers(url: string, child: ChildProcess): Promise<boolean> {
  const deadline = Date.now() + READY_WITHIN_MS
  while (Date.now() < deadline && child.exitCode === null) {
    try {
      await (await fetch(url, { signal: AbortSignal.timeout(5_000) })).arrayBuffer()
      return true
    } catch {
      await wait(LOOK_EVERY_MS)
    }
  }
  return false
}

/** The compatibility date of wrangler.toml. */
export const COMPATIBILITY_DATE = "2026-08-01"

/** The compatibility flags of wrangler.toml. */
const FLAGS = ["nodejs_compat", "durable_object_io_tasks_prevent_eviction"]

/** Writes a text for Cap'n Proto: everything except letters, digits and blanks is escaped byte by byte. */
export const quote = (text: string): string =>
  `"${Buffer.from(text)
    .toString("latin1")
    .replaceAll(/[^\w ]/g, (char: string) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`)}"`

function toConfig(options: Omit<WorkerdOptions, "onLine">): string {
  const { script, folder, port, vars = {}, objects = {}, flags = FLAGS } = options
  const bindings = [
    ...Object.entries(vars).map(([name, value]) => `(name = ${quote(name)}, text = ${quote(value)})`),
    ...Object.entries(objects).map(
      ([name, type]) => `(name = ${quote(name)}, durableObjectNamespace = ${quote(type)})`,
    ),
  ]
  const namespaces = Object.values(objects).map(
    (type) => `(className = ${quote(type)}, uniqueKey = ${quote(`countersign-${type}`)}, enableSql = true)`,
  )
  // Also allows local addresses, so that a handler of a test can report to the process that started it.
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .app),
    (name = "state", disk = (path = "state", writable = true)),
    (name = "internet", network = (allow = ["public", "private"])) ],
  sockets = [ (name = "http", address = "127.0.0.1:${port}", http = (), service = "main") ] );
const app :Workerd.Worker = (
  modules = [ (name = "worker.js", esModule = embed ${quote(relative(folder, script))}) ],
  compatibilityDate = "${COMPATIBILITY_DATE}", compatibilityFlags = [ ${flags.map(quote).join(", ")} ],
  bindings = [ ${bindings.join(", ")} ],
  durableObjectNamespaces = [ ${namespaces.join(", ")} ],
  durableObjectStorage = (localDisk = "state") );
`
}
