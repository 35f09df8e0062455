import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

export const ROOT = join(import.meta.dirname, "..", "..")

/** Every page of the documentation, relative to the project. */
export const PAGES: readonly string[] = [
  "README.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md"))
    .map((path) => join("docs", path)),
]

export const textOf = (path: string): string => readFileSync(join(ROOT, path), "utf8")

/** The blocks of TypeScript of a page, in order. */
export const blocksOf = (page: string): readonly string[] =>
  [...textOf(page).matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!)
