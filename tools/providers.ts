// npm run docs:providers: writes the table of docs/providers.md from the providers themselves. A test compares the page with it.

import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { NOT_CONFIRMED } from "./providers-not-confirmed.ts"
import * as exported from "../src/providers.ts"
import type { AnyProvider } from "../src/providers/provider.ts"

export const PAGE: string = join(import.meta.dirname, "..", "docs", "providers.md")

const START = "<!-- the table below is written by npm run docs:providers -->\n\n"

const END = "\n<!-- end of the table -->"

const MARKS: Readonly<Record<string, string>> = { S: "SDK", D: "documentation" }

/** The words of the docs about time and replay. */
function replay({ covers, toleranceSeconds = 300 }: AnyProvider): readonly [tolerance: string, protection: string] {
  if (!covers.time) return ["none", "inbox only"]
  return toleranceSeconds === Number.POSITIVE_INFINITY
    ? ["by the provider's own rule", "partly"]
    : [`${toleranceSeconds} s`, "time"]
}

const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** The provider's own page, where it has one. */
function pageOf(name: string): string {
  const file = `providers/${kebab(name)}.md`
  return existsSync(join(PAGE, "..", file)) ? ` · [page](${file})` : ""
}

const escape = (text: string): string => text.replaceAll("|", String.raw`\|`).replaceAll("\n", String.raw`\n`)

function row(provider: AnyProvider): string {
  const { name, docs, source, covers, assurance, summary, signatureHeader, handshake } = provider
  const [tolerance, protection] = replay(provider)
  const covered = Object.entries(covers).flatMap(([part, isCovered]) => (isCovered ? [part] : []))
  const link = docs.startsWith("http") ? `[${name}](${docs.replaceAll(" ", "%20")})` : name
  const cells = [
    link + pageOf(name),
    signatureHeader && `\`${signatureHeader}\``,
    `\`${escape(summary)}\``,
    covered.join(", ") || "nothing",
    assurance,
    tolerance,
    protection,
    handshake ? "yes" : "",
    MARKS[source[0]!] ?? "third party",
  ]
  return `| ${cells.join(" | ")} |`
}

/** The whole table: one line for each provider, sorted by name. */
export function providersTable(): string {
  const { hmacScheme: _, ...listed } = exported
  const providers = Object.values<AnyProvider>(listed).toSorted((a, b) =>
    a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1,
  )
  const head = ["provider", "header", "scheme", "covers", "assurance", "tolerance", "replay", "handshake", "read in"]
  return [
    `| ${head.join(" | ")} |`,
    `|${head.map(() => "---|").join("")}`,
    ...providers.map(row),
    "",
    `${providers.length} providers.`,
    "",
    "## Not yet confirmed",
    "",
    "Their schemes are known from third parties alone, so they are not shipped. `hmacScheme` describes one that you can confirm:",
    `${NOT_CONFIRMED.join(", ")}.`,
  ].join("\n")
}

/** The page with its table replaced. */
export function withTable(page: string): string {
  const start = page.indexOf(START)
  const end = page.indexOf(END)
  if (start < 0 || end < start)
    throw new Error("docs/providers.md has no marks around its table: restore the two comments")
  return page.slice(0, start + START.length) + providersTable() + "\n" + page.slice(end)
}

if (process.argv[1] === import.meta.filename) writeFileSync(PAGE, withTable(readFileSync(PAGE, "utf8")))
