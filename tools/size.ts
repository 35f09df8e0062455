// npm run size: what a user loads, minified and gzipped. Fails over the budget.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { build } from "esbuild"
import { gzippedBytes } from "./gzipped.ts"

const ROOT = join(import.meta.dirname, "..")

/** Bytes after gzip. */
const BUDGETS: readonly { what: string; code: string; maxBytes: number }[] = [
  {
    what: "createVerifier + verifyWebhook, with their crypto",
    code: `export { createVerifier, verifyWebhook } from "./dist/index.js"`,
    // 3,000 of it are the public HMAC and SHA-256 of @noble/hashes, which are used whole because they are audited whole; 1,500
    // the compiler of schemes, so that a further provider is a few hundred bytes of data; 2,400 the rules for secrets, and error texts
    // that name the cause and the fix.
    maxBytes: 11_900,
  },
  { what: "everything of countersign", code: `export * from "./dist/index.js"`, maxBytes: 14_100 },
  { what: "countersign/hono, hono itself aside", code: `export * from "./dist/hono.js"`, maxBytes: 15_200 },
  // Half of it is the list of top-level domains: without one, a private name passes that nobody has listed (spec 5.4).
  {
    what: "countersign/endpoints, ipaddr.js and @hapi/tlds included",
    code: `export * from "./dist/endpoints.js"`,
    maxBytes: 12_000,
  },
  { what: "countersign/explain", code: `export * from "./dist/explain.js"`, maxBytes: 16_000 },
  { what: "countersign/testing", code: `export * from "./dist/testing.js"`, maxBytes: 14_200 },
  {
    what: "countersign/worker, hono itself aside",
    code: `export * from "./dist/worker.js"`,
    maxBytes: 88_000,
  },
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
    external: ["hono", "hono/*", "cloudflare:workers"],
  })
  report(what, gzippedBytes(outputFiles[0]!.contents), maxBytes)
}

const worker = readFileSync(join(ROOT, ".wrangler", "bundle", "main.js"))
report("the Worker: receiver, inbox, registry, error reference", gzippedBytes(worker), 105_000)

function report(what: string, bytes: number, maxBytes: number): void {
  const over = bytes > maxBytes
  console.log(`${String(bytes).padStart(7)} of ${maxBytes} bytes gzipped  ${over ? "OVER  " : ""}${what}`)
  if (over) process.exitCode = 1
}
