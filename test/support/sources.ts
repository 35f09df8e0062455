import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"

export const ROOT: string = join(import.meta.dirname, "..", "..")

const SRC = join(ROOT, "src")

/** A file of src, read. */
export interface Source {
  /** Relative to src, as `verify/hmac.ts`. */
  readonly path: string
  readonly text: string
  /** Code without comments. */
  readonly code: string
  /** What it imports: files relative to src, packages by name and path. */
  readonly imports: readonly string[]
}

/** The TypeScript files below a folder, relative to it; none of other packages, nor of folders that a tool makes. */
export const typeScriptIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) =>
    /^(?!(?:.*\/)?(?:node_modules|\.[^/]+)\/).*\.ts$/.test(path),
  )

/** Every file of src, the user's own included. */
export const SOURCES: readonly Source[] = typeScriptIn(SRC).map((path) => {
  const text = readFileSync(join(SRC, path), "utf8")
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "")
  const imports = [...code.matchAll(/(?:from|import)\s*\(?"([^",]+)"/g)].map(([, target]) =>
    target!.startsWith(".") ? relative(SRC, join(SRC, dirname(path), target!)) : target!,
  )
  return { path, text, code, imports }
})

const { exports, bin = {} } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  exports: Readonly<Record<string, string | { readonly default: string }>>
  bin?: Readonly<Record<string, string>>
}

/** The files of src that a user of the package can load. */
const ENTRIES: readonly string[] = [...Object.values(exports), ...Object.values(bin)]
  .map((target) => (typeof target === "string" ? target : target.default).replace(/^\.\//, ""))
  .filter((target) => target.startsWith("dist/"))
  .map((target) => target.replace("dist/", "").replace(/\.js$/, ".ts"))

/** All that a file loads, itself included; type imports count. */
export function reach(start: string, seen: Set<string> = new Set<string>()): Set<string> {
  if (seen.has(start)) return seen
  seen.add(start)
  for (const target of SOURCES.find(({ path }) => path === start)?.imports ?? []) reach(target, seen)
  return seen
}

/** The folder of src that a file is in; empty for a file at its top. */
export const roomOf = (path: string): string => (path.includes("/") ? path.slice(0, path.indexOf("/")) : "")

/** The rooms that a user of the package can reach. A folder that a user adds beside src/handlers.ts is not among them. */
export const ROOMS: ReadonlySet<string> = new Set(
  ENTRIES.flatMap((entry) => [...reach(entry)])
    .filter((path) => path.endsWith(".ts"))
    .map(roomOf)
    .filter(Boolean),
)

/** The project's files. src/handlers.ts and the files that a user adds beside it are not among them: no rule applies to them. */
export const OWN_SOURCES: readonly Source[] = SOURCES.filter(
  ({ path }) => ROOMS.has(roomOf(path)) || [...ENTRIES, "main.ts"].includes(path),
)

/** `@noble/hashes/hmac.js` is of the package `@noble/hashes`; undefined for a file and for a module of a runtime. */
export const packageOf = (target: string): string | undefined =>
  /^(?:@[^/]+\/)?[a-z][^/:]*(?=\/|$)/.exec(target.endsWith(".ts") ? "" : target)?.[0]
