// Catches a rule of docs/spec.md that no code names or no test holds: both are found by the number of its line, as with
// `npx vitest -t "spec 1.7"`.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { OWN_SOURCES, ROOT, typeScriptIn } from "./support/sources.ts"

const read = (...path: readonly string[]): string => readFileSync(join(ROOT, ...path), "utf8")

/** The lines of sections 1 to 5 and 7 by number, and section 8 as a whole. Line 3.0 is about providers: see section 7. */
const LINES = [...[...read("docs", "spec.md").matchAll(/^(?:\| )?([1-57]\.[1-9]\d*) /gm)].map(([, line]) => line!), "8"]

/** The titles of suites and tests, as vitest's `-t` finds them. */
const titlesIn = (code: string): readonly string[] =>
  [...code.matchAll(/(?:\b(?:describe|it)(?:\.\w+)?|\))\(\s*(["`])((?:(?!\1)[^])*)\1/g)].map(([, , title]) => title!)

const titles = typeScriptIn(join(ROOT, "test"))
  .flatMap((path) => titlesIn(read("test", path)))
  .join("\n")

const comments = OWN_SOURCES.flatMap(({ text }) =>
  [...text.matchAll(/\/\*[^]*?\*\/|\/\/.*$/gm)].map(([all]) => all),
).join("\n")

const cites = (text: string, line: string): boolean =>
  new RegExp(String.raw`\bspec ${line.replace(".", String.raw`\.`)}(?!\.?\d)`, "i").test(text)

describe("each line of docs/spec.md, sections 1 to 5, 7 and 8", () => {
  it("is found", () => {
    expect(LINES.length).toBeGreaterThan(60)
  })

  it("is cited in the title of a test", () => {
    expect(LINES.filter((line) => !cites(titles, line))).toEqual([])
  })

  it("is cited in a comment of the code that enforces it", () => {
    expect(LINES.filter((line) => !cites(comments, line))).toEqual([])
  })
})
