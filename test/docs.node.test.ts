// Catches a page that sends its reader to a file that is gone, or a README that promises a command that is not there.

import { existsSync, readdirSync } from "node:fs"
import { dirname, join, posix } from "node:path"
import { describe, expect, it } from "vitest"
import { PAGES, ROOT, textOf } from "./support/pages.ts"

describe.each(PAGES)("%s", (page) => {
  const text = textOf(page)

  it("names only files that are there", () => {
    const named = [...text.matchAll(/`((?:src|test|scripts|docs|bench)\/[\w./-]*)`/g)].map(([, path]) => path!)
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
  })

  it("links only to files that are there", () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path]) => posix.join(dirname(page), path!))
    expect(links.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
  })

  it("names only npm scripts that are there", () => {
    const { scripts } = JSON.parse(textOf("package.json")) as { scripts: Record<string, string> }
    // A guide to a project of the reader's has scripts of its own.
    const own = [...text.matchAll(/```json\n([^]*?)```/g)].map(([, json]) => JSON.parse(json!) as { scripts?: object })
    const known = Object.assign({}, scripts, ...own.map((block) => block.scripts)) as object
    const named = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name!)
    expect(named.filter((name) => !(name in known))).toEqual([])
  })
})

describe("docs/security.md", () => {
  const tables = textOf("docs/security.md").split("| threat | met by | held by |\n|---|---|---|\n").slice(1)
  const threats = tables.flatMap((table) =>
    table
      .slice(0, table.indexOf("\n\n"))
      .split("\n")
      .map((line) => line.split("|").slice(1, -1)),
  )

  it("has a row for every threat that a reader looks for", () => {
    const text = threats.map(([threat]) => threat).join("\n")
    const wanted = ["forgery", "downgrade", "replay", "timing", "dedupe poisoning", "SSRF", "log injection"]
    const more = ["oversized input", "stolen key", "leaked secret", "malicious operator input"]
    expect([...wanted, ...more].filter((threat) => !text.includes(`**${threat}**`))).toEqual([])
  })

  it("names for each where it is met, and a test that holds it", () => {
    expect(threats.length).toBeGreaterThan(30)
    const bare = threats.filter(
      ([, met = "", held = ""]) => !/`(?:src|tools)\/[^`]+\.ts`/.test(met) || !/`test\/[^`]+\.ts`/.test(held),
    )
    expect(bare.map(([threat]) => threat)).toEqual([])
  })

  it("names for each resource that can be used up where its bound is enforced, what follows, and a test", () => {
    const [, section = ""] = /## What can be used up\n([^]*?)\n## /.exec(textOf("docs/security.md")) ?? []
    const rows = [...section.matchAll(/^\| (?!resource|-)(.*) \|$/gm)].map(([, row]) => row!.split(" | "))
    const text = rows.map(([resource]) => resource).join("\n")
    const wanted = ["storage of a shard", "storage of an account", "memory of an isolate", "CPU", "open connections"]
    expect([...wanted, "alarms", "rows", "log volume"].filter((resource) => !text.includes(resource))).toEqual([])
    const bare = rows.filter(
      (row) =>
        row.length !== 7 ||
        row.some((cell) => cell.trim() === "") ||
        !/`src\/[^`]+\.ts`/.test(row[3]!) ||
        !/`test\/[^`]+\.ts`/.test(row[6]!),
    )
    expect(bare).toEqual([])
  })
})

describe("docs/spec.md", () => {
  it("has every line that code and tests cite", () => {
    const files = ["src", "test", "tools"].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
        .filter((path) => path.endsWith(".ts"))
        .map((path) => join(folder, path)),
    )
    const spec = textOf("docs/spec.md")
    const isThere = (line: string): boolean => new RegExp(`^(?:\\| )?${line.replace(".", "\\.")} `, "m").test(spec)
    const cited = new Set(
      files.flatMap((path) => [...textOf(path).matchAll(/\bspec:? "?(\d+\.\d+)/gi)].map(([, line]) => line!)),
    )
    expect(cited.size).toBeGreaterThan(20)
    expect([...cited].filter((line) => !isThere(line))).toEqual([])
  })
})
