// Workers under the runtime itself: `wrangler dev` puts a proxy in front, which costs more than what is measured.

import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { build, type Plugin } from "esbuild"
import { COMPATIBILITY_DATE, quote, serveConfig } from "../tools/workerd.ts"
import { findFreePort } from "../test/support/free-port.ts"

const ROOT = join(import.meta.dirname, "..")
export const OUT = join(ROOT, ".wrangler", "bench")

/** A Worker to serve: its code as one file, and its text bindings. */
export interface Served {
  readonly name: string
  readonly code: string
  readonly bindings?: Readonly<Record<string, string>>
  /** Whether it may start isolates of its own, through `LOADER`. */
  readonly loader?: boolean
}

export interface Running {
  readonly pid: number
  /** Name of the Worker → its origin. */
  readonly urls: Readonly<Record<string, string>>
  readonly stop: () => Promise<void>
}

/** Bundles a Worker as wrangler does: the same conditions, what the runtime brings left out. */
export async function bundle(entry: string | { readonly code: string }, minify = false): Promise<string> {
  const folder = join(ROOT, "bench", "workers")
  const { outputFiles } = await build({
    ...(typeof entry === "string"
      ? { entryPoints: [join(folder, entry)] }
      : { stdin: { contents: entry.code, resolveDir: folder } }),
    bundle: true,
    minify,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    mainFields: ["browser", "module", "main"],
    external: ["node:*", "cloudflare:*"],
    plugins: [requireOfBuiltins],
    logLevel: "error",
  })
  return outputFiles[0]!.text
}

/** A `require` of what the runtime brings becomes an import: there is no `require` in a Worker. Wrangler does the same. */
const requireOfBuiltins: Plugin = {
  name: "require-of-builtins",
  setup(esbuild) {
    esbuild.onResolve({ filter: /^(?:node:)?crypto$/ }, ({ path, kind }) =>
      kind === "require-call"
        ? { path: path.replace(/^(?:node:)?/, "node:"), namespace: "required" }
        : { path: path.replace(/^(?:node:)?/, "node:"), external: true },
    )
    esbuild.onLoad({ filter: /.*/, namespace: "required" }, ({ path }) => ({
      contents: `import builtin from "${path}"; module.exports = builtin`,
    }))
  },
}

/** Serves every Worker in one process, each at a port of its own. */
export async function serve(workers: readonly Served[]): Promise<Running> {
  const folder = join(
    OUT,
    workers
      .map(({ name }) => name)
      .join("-")
      .slice(0, 60),
  )
  mkdirSync(folder, { recursive: true })
  const ports = await Promise.all(workers.map(() => findFreePort()))
  for (const { name, code } of workers) writeFileSync(join(folder, `${name}.js`), code)
  const urls = Object.fromEntries(workers.map(({ name }, i) => [name, `http://127.0.0.1:${ports[i]}`]))
  const { pid, kill } = await serveConfig(toConfig(workers, ports), {
    folder,
    urls: Object.values(urls),
    measured: true,
  })
  return { pid, urls, stop: kill }
}

const toConfig = (workers: readonly Served[], ports: readonly number[]): string => `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [ ${workers.map((_, i) => `(name = "w${i}", worker = .w${i})`).join(", ")} ],
  sockets = [ ${ports.map((port, i) => `(name = "s${i}", address = "127.0.0.1:${port}", http = (), service = "w${i}")`).join(", ")} ] );
${workers.map(toWorker).join("\n")}`

const toWorker = ({ name, bindings = {}, loader = false }: Served, index: number): string => `
const w${index} :Workerd.Worker = (
  modules = [ (name = "${name}.js", esModule = embed "${name}.js") ],
  compatibilityDate = "${COMPATIBILITY_DATE}", compatibilityFlags = ["nodejs_compat"],
  bindings = [ ${[
    ...Object.entries(bindings).map(([key, value]) => `(name = ${quote(key)}, text = ${quote(value)})`),
    ...(loader ? [`(name = "LOADER", workerLoader = (id = "loader"))`] : []),
  ].join(", ")} ] );`
