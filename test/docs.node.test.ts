// Catches a page that sends its reader to a file that is gone, or a README that promises a command that is not there.

import { existsSync, readdirSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, expect, it } from "vitest"
import { PAGES, ROOT, textOf } from "./support/pages.ts"

describe.each(PAGES)("%s", (page) => {
  const text = textOf(page)

  it("names only files that are there", () => {
    const named = [...text.matchAll(/`((?:src|test|scripts|docs|bench)\/[\w./-]*)`/g)].map(([, path]) => path!)
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
  })

  it("links only to pages that are there", () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path]) => path!)
    expect(links.filter((path) => !existsSync(join(ROOT, dirname(page), path)))).toEqual([])
  })

  it("names only npm scripts that are there", () => {
    const { scripts } = JSON.parse(textOf("package.json")) as { scripts: Record<string, string> }
    const named = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name!)
    expect(named.filter((name) => !(name in scripts))).toEqual([])
  })
})

describe("docs/spec.md", () => {
  it("has every line that code and tests cite", () => {
    const files = ["src", "test", "scripts"].flatMap((folder) =>
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
