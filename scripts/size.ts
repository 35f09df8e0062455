// npm run size: what a user loads, minified and gzipped. Fails over the budget.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { build } from "esbuild"

const ROOT = join(import.meta.dirname, "..")

/** Bytes after gzip. */
const BUDGETS: readonly { what: string; code: string; maxBytes: number }[] = [
  {
    what: "createVerifier + verifyWebhook, with their crypto",
    code: `export { createVerifier, verifyWebhook } from "./dist/index.js"`,
    maxBytes: 5_000,
  },
  { what: "everything of countersign", code: `export * from "./dist/index.js"`, maxBytes: 7_500 },
  { what: "countersign/hono, hono itself aside", code: `export * from "./dist/hono.js"`, maxBytes: 7_500 },
]

for (const { what, code, maxBytes } of BUDGETS) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: ROOT },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    external: ["hono"],
  })
  report(what, gzipSync(outputFiles[0]!.contents, { level: 9 }).length, maxBytes)
}

const worker = readFileSync(join(ROOT, ".wrangler", "bundle", "worker.js"))
report("the Worker with its receiver", gzipSync(worker, { level: 9 }).length, 20_000)

function report(what: string, bytes: number, maxBytes: number): void {
  const over = bytes > maxBytes
  console.log(`${String(bytes).padStart(7)} of ${maxBytes} bytes gzipped  ${over ? "OVER  " : ""}${what}`)
  if (over) process.exitCode = 1
}
