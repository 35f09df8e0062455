// npm run test:runtimes: the packed package in every runtime of the matrix; writes the matrix into docs/runtimes.md.
// With --check nothing is written, and a matrix that differs is an error. Only Chromium may be missing.

import { execFileSync } from "node:child_process"
import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { build } from "esbuild"
import { installPacked } from "./install-packed.ts"
import { findFreePort } from "../test/support/free-port.ts"
import { startWorkerd } from "./workerd.ts"

const ROOT = join(import.meta.dirname, "..")
const RUNTIMES = join(ROOT, "conformance", "node_modules")
const PAGE = join(ROOT, "docs", "runtimes.md")

interface Row {
  readonly name: string
  readonly want: unknown
  readonly got: unknown
}

/** The result of a runtime, or why it could not run. */
type Outcome = { readonly version: string; readonly rows: readonly Row[] } | { readonly absent: string }

interface Runtime {
  readonly name: string
  /** Whether the lockfiles fix its version, so that a run on any machine can be compared with the matrix. */
  readonly pinned: boolean
  readonly run: () => Outcome | Promise<Outcome>
}

const project = installPacked(["hono"])
for (const file of ["table.js", "print.js", "serve.js"]) {
  copyFileSync(join(ROOT, "conformance", file), join(project.folder, file))
}

const versionIn = (folder: string): string =>
  (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string }).version

/** A runtime with a command line. It loads the package as it was installed, without a bundler. */
function onCommandLine(name: string, packageName: string, binary: string, args: readonly string[] = []): Runtime {
  const run = (): Outcome => {
    const path = join(RUNTIMES, packageName, binary)
    if (!existsSync(path)) return { absent: `npm ci --prefix conformance did not bring ${packageName}/${binary}` }
    const env = { ...process.env, DENO_DIR: join(project.folder, ".deno"), DENO_NO_UPDATE_CHECK: "1" }
    const output = execFileSync(path, [...args, "print.js"], { cwd: project.folder, encoding: "utf8", env })
    return { version: versionIn(join(RUNTIMES, packageName)), rows: JSON.parse(output) as Row[] }
  }
  return { name, pinned: true, run }
}

/** The bundled package, for runtimes that load one file. */
async function bundle(entry: string): Promise<string> {
  const outfile = join(project.folder, "bundle", entry)
  await build({
    entryPoints: [join(project.folder, entry)],
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    outfile,
    logLevel: "error",
  })
  return outfile
}

function onWorkerd(name: string, flags: readonly string[]): Runtime {
  const run = async (): Promise<Outcome> => {
    const script = await bundle("serve.js")
    const workerd = await startWorkerd({ script, folder: project.folder, port: await findFreePort(), flags })
    try {
      const rows = (await (await fetch(workerd.url)).json()) as Row[]
      return { version: versionIn(join(ROOT, "node_modules", "workerd")), rows }
    } finally {
      await workerd.kill()
    }
  }
  return { name, pinned: true, run }
}

const CHROMIUM = [
  process.env["CHROMIUM_PATH"] ?? "",
  ...["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"].map((name) => `/usr/bin/${name}`),
]

/** The part of playwright-core that is used. Its types are in conformance/, outside this project's type check. */
interface Playwright {
  readonly chromium: {
    launch(options: { executablePath: string }): Promise<{
      version(): string
      newPage(): Promise<{ goto(url: string): Promise<unknown>; evaluate(code: string): Promise<unknown> }>
      close(): Promise<void>
    }>
  }
}

async function inChromium(): Promise<Outcome> {
  const executablePath = CHROMIUM.find((path) => path !== "" && existsSync(path))
  if (!executablePath) {
    return { absent: "no Chromium on this machine: apt-get install chromium-headless-shell, or CHROMIUM_PATH" }
  }
  const script = readFileSync(await bundle("table.js"))
  // On a local address, a page may use Web Crypto without TLS.
  const server = createServer(({ url }, response) => {
    if (url === "/table.js") response.writeHead(200, { "Content-Type": "text/javascript" }).end(script)
    else response.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html>")
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  const { chromium } = (await import(pathToFileURL(join(RUNTIMES, "playwright-core", "index.mjs")).href)) as Playwright
  const browser = await chromium.launch({ executablePath })
  try {
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    const rows = (await page.evaluate(`import("/table.js").then(({ runTable }) => runTable())`)) as Row[]
    return { version: browser.version(), rows }
  } finally {
    await browser.close()
    server.close()
  }
}

const MATRIX: readonly Runtime[] = [
  onCommandLine("Node 20", "node20", "bin/node"),
  onCommandLine("Node 22", "node22", "bin/node"),
  onCommandLine("Node 24", "node24", "bin/node"),
  onWorkerd("workerd, as this Worker runs", ["nodejs_compat"]),
  onWorkerd("workerd, without Node's modules", []),
  onCommandLine("Deno", "deno", "deno", ["run", "--no-check", "--node-modules-dir=manual", "--allow-env"]),
  onCommandLine("Bun", "bun", "bin/bun.exe"),
  { name: "Chromium, headless", pinned: false, run: inChromium },
]

const isKept = ({ want, got }: Row): boolean => JSON.stringify(want) === JSON.stringify(got)

interface Line {
  readonly runtime: Runtime
  readonly text: string
  readonly failed: readonly Row[]
}

async function toLine(runtime: Runtime): Promise<Line> {
  const line = (version: string, said: string): string => `| ${runtime.name} | ${version} | ${said} |`
  try {
    const outcome = await runtime.run()
    if ("absent" in outcome) {
      return { runtime, text: line("", `not run: ${outcome.absent}`), failed: [] }
    }
    const { version, rows } = outcome
    const failed = rows.filter((row) => !isKept(row))
    return { runtime, text: line(version, `${rows.length - failed.length} of ${rows.length}`), failed }
  } catch (error) {
    const [why = ""] = String(error).split("\n")
    return { runtime, text: line("", `broke off: ${why}`), failed: [{ name: "runs", want: true, got: error }] }
  }
}

const MARKS = /(<!-- npm run test:runtimes -->\n)[\s\S]*?(<!-- until here -->)/

function writeMatrix(lines: readonly Line[]): void {
  const table = ["| runtime | version | cases |", "|---|---|---|", ...lines.map(({ text }) => text)].join("\n")
  const page = readFileSync(PAGE, "utf8")
  writeFileSync(
    PAGE,
    page.replace(MARKS, (_, start: string, end: string) => `${start}${table}\n${end}`),
  )
}

/** They take half a gigabyte, so they are installed on first use and not by npm ci. */
function installRuntimes(): void {
  if (existsSync(RUNTIMES)) return
  console.log("Installing the runtimes: npm ci --prefix conformance")
  try {
    execFileSync("npm", ["ci", "--prefix", "conformance"], { cwd: ROOT, stdio: "inherit" })
  } catch {
    console.error("Some runtimes could not be installed; see below.")
  }
}

try {
  installRuntimes()
  const lines: Line[] = []
  for (const runtime of MATRIX) {
    const line = await toLine(runtime)
    console.log(line.text)
    for (const { name, want, got } of line.failed) console.error(`  ${name}: ${String(want)}, got ${String(got)}`)
    lines.push(line)
  }
  if (lines.some(({ failed }) => failed.length > 0)) process.exitCode = 1
  if (process.argv.includes("--check")) {
    const page = readFileSync(PAGE, "utf8")
    const other = lines.filter(({ runtime, text }) => runtime.pinned && !page.includes(text))
    if (other.length > 0) {
      console.error("docs/runtimes.md differs from this run. npm run test:runtimes updates it.")
      process.exitCode = 1
    }
  } else writeMatrix(lines)
} finally {
  project.remove()
}
