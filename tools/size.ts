// npm run size: what a user loads, minified and gzipped. Fails over the budget.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { build } from "esbuild"
import { gzippedBytes } from "./gzipped.ts"

const ROOT = join(import.meta.dirname, "..")

/** Bytes after gzip. */
const BUDGETS: readonly { what: string; code: string; maxBytes: number }[] = [
  {
    what: "createVerifier + verifyWebhook, with their crypto",
    code: `export { createVerifier, verifyWebhook } from "./dist/index.js"`,
    // By what goes away without it: 2,860 the public HMAC and SHA-256 of @noble/hashes, used whole because they are audited whole;
    // 1,090 the rules for secrets; 660 Credicorp's header and scheme; 690 the engines; 1,260 the order of the checks; 650 the
    // event's fields; 640 bodies read from a stream within their bounds; 370 the limits of JSON; 220 schemas; the rest options, headers
    // and error texts that name the cause and the fix. 6,656 were aimed at: what is left to cut are rules and clear messages.
    maxBytes: 11_500,
  },
  { what: "everything of countersign", code: `export * from "./dist/index.js"`, maxBytes: 13_800 },
  { what: "countersign/hono, hono itself aside", code: `export * from "./dist/hono.js"`, maxBytes: 14_900 },
  // Half of it is the list of top-level domains: without one, a private name passes that nobody has listed (spec 5.4).
  {
    what: "countersign/endpoints, ipaddr.js and @hapi/tlds included",
    code: `export * from "./dist/endpoints.js"`,
    maxBytes: 12_000,
  },
  { what: "countersign/explain", code: `export * from "./dist/explain.js"`, maxBytes: 17_000 },
  { what: "countersign/testing", code: `export * from "./dist/testing.js"`, maxBytes: 13_600 },
  {
    what: "countersign/worker, hono itself aside",
    code: `export * from "./dist/worker.js"`,
    maxBytes: 89_000,
  },
]

/** Returns the size of a user's bundle. */
async function weigh(code: string): Promise<number> {
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
  return gzippedBytes(outputFiles[0]!.contents)
}

for (const { what, code, maxBytes } of BUDGETS) report(what, await weigh(code), maxBytes)

const VERIFIER = `export { createVerifier, verifyWebhook } from "./dist/index.js"`

/** The first provider beside Credicorp brings the compiler of schemes and the reader of events, which all others share. */
const alone = await weigh(VERIFIER)
const withFirst = await weigh(`${VERIFIER}; export { github } from "./dist/providers.js"`)
report("the first provider beside Credicorp", withFirst - alone, 2_600)

/** Bytes that each further provider may add, by its kind. */
const FURTHER = {
  "an HMAC by layout": 700,
  // For runtimes without node:crypto @noble/hashes brings the hash.
  "with SHA-1, SHA-512 or MD5": 2_900,
  // 500 of it read unproven JSON within limits, and tell a private key, a certificate and a shared secret from a public key, each with its cause.
  "asymmetric or composite": 2_100,
  "asymmetric, with SHA-512": 4_600,
  // A grammar of its own for Signature-Input, beside public keys of two kinds.
  "RFC 9421": 2_400,
  // jose is audited and kept: its verifier of compact tokens is 4,000 of it.
  "a JWT, with jose": 5_800,
} as const

function kindOf(name: string, summary: string, hasLayout: boolean): keyof typeof FURTHER {
  if (name === "integratedFinance") return "asymmetric, with SHA-512"
  if (/JWT|JWS/.test(summary)) return "a JWT, with jose"
  if (summary.startsWith("RFC 9421")) return "RFC 9421"
  if (/sha512|sha1|MD5/.test(summary)) return "with SHA-1, SHA-512 or MD5"
  return hasLayout && !/^standardWebhooks|sorted/.test(name + summary) ? "an HMAC by layout" : "asymmetric or composite"
}

const heaviest = new Map<keyof typeof FURTHER, { readonly name: string; readonly bytes: number }>()
const { hmacScheme: _, ...listed } = (await import(pathToFileURL(join(ROOT, "dist", "providers.js")).href)) as Record<
  string,
  { readonly summary: string; readonly layout?: unknown }
>
for (const [name, { summary, layout }] of Object.entries(listed)) {
  const bytes = (await weigh(`${VERIFIER}; export { github, ${name} as it } from "./dist/providers.js"`)) - withFirst
  const kind = kindOf(name, summary, layout !== undefined)
  if (bytes > (heaviest.get(kind)?.bytes ?? -1)) heaviest.set(kind, { name, bytes })
}
for (const [kind, { name, bytes }] of heaviest)
  report(`a further provider, ${kind}: at most ${name}`, bytes, FURTHER[kind])

const worker = readFileSync(join(ROOT, ".wrangler", "bundle", "main.js"))
report("the Worker: receiver, inbox, registry, error reference", gzippedBytes(worker), 106_000)

function report(what: string, bytes: number, maxBytes: number): void {
  const over = bytes > maxBytes
  console.log(`${String(bytes).padStart(7)} of ${maxBytes} bytes gzipped  ${over ? "OVER  " : ""}${what}`)
  if (over) process.exitCode = 1
}
