// Holds the imports of src to the rules of docs/architecture.md, and each test to the path of what it tests.

import { existsSync, readdirSync, readFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { describe, expect, it } from "vitest"
import { OWN_SOURCES as sources, reach, roomOf, ROOMS, ROOT, typeScriptIn } from "./support/sources.ts"

const PAGE = readFileSync(join(ROOT, "docs", "architecture.md"), "utf8")

/** The cells of the rows of a table of docs/architecture.md, by the first words of its header. */
function rowsOf(header: string): readonly (readonly string[])[] {
  const [, table = ""] = PAGE.split(`| ${header} |`)
  const rows = table.slice(0, table.indexOf("\n\n")).split("\n").slice(2)
  return rows.map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll("`", "")),
  )
}

/** Room → what it may import: rooms, and names of packages. */
const ALLOWED: ReadonlyMap<string, readonly string[]> = new Map(
  rowsOf("room").map(([room = "", , imports = ""]) => [room.replace("/", ""), imports.split(", ")]),
)

const isAllowed = (room: string, target: string): boolean => {
  const allowed = ALLOWED.get(room) ?? []
  return (
    allowed.includes("everything") ||
    target.startsWith(`${room}/`) ||
    allowed.some((name) => target === name || target.startsWith(`${name}/`))
  )
}

describe("imports", () => {
  it.each([...ALLOWED.keys()])("%s imports only what docs/architecture.md says", (room) => {
    const files = sources.filter(({ path }) => roomOf(path) === room)
    expect(files.length).toBeGreaterThan(0)
    const wrong = files.flatMap(({ path, imports }) =>
      imports.filter((target) => !isAllowed(room, target)).map((target) => `${path} → ${target}`),
    )
    expect(wrong).toEqual([])
  })

  it("every room has its rule", () => {
    expect([...ROOMS].toSorted()).toEqual([...ALLOWED.keys()].toSorted())
  })

  const ONLY_IN: readonly (readonly [name: RegExp, where: RegExp])[] = [
    [/^hono/, /^hono\.ts$|^app\/|\/route\.ts$/],
    [/^cloudflare:/, /^worker\.ts$|-(?:object|entrypoint)\.ts$/],
    [/^(?:node:|commander$|dotenv$)/, /^cli\//],
    [/^ipaddr\.js$/, /^endpoints\/rules\/ip\.ts$/],
    [/^@valibot\//, /^http\/json-schema\.ts$/],
    [/^jose$/, /^endpoints\/auth\/(?:key-set|tokens)\.ts$|^providers\/jwt\.ts$/],
  ]

  it.each(ONLY_IN)("%s is imported only in %s", (name, where) => {
    const wrong = sources.filter(
      ({ path, imports }) => imports.some((target) => name.test(target)) && !where.test(path),
    )
    expect(wrong.map(({ path }) => path)).toEqual([])
  })

  it.each(
    rowsOf("entry").map(([, file = "", packages = ""]) => [file.replace("src/", ""), packages.split(", ")] as const),
  )("%s loads no packages but %j", (entry, packages) => {
    const targets = [...reach(entry)].filter((target) => /^[@a-z]/.test(target) && !target.endsWith(".ts"))
    const names = targets.map((target) => /^(?:@[^/]+\/)?[^/]+/.exec(target)![0])
    expect([...new Set(names)].toSorted()).toEqual([...packages].toSorted())
  })

  it.each(["index.ts", "hono.ts", "endpoints.ts", "testing.ts"])("%s loads no long texts about errors", (entry) => {
    expect([...reach(entry)]).not.toContain("app/reference/reference.ts")
  })

  it("the endpoint rules need nothing of the registry around them", () => {
    const reached = [...reach("endpoints.ts")]
    const rules = ["events", "host", "ip", "url"].map((name) => `endpoints/rules/${name}.ts`)
    expect(reached.filter((target) => roomOf(target) === "endpoints").toSorted()).toEqual(rules)
  })

  it("there are no cycles", () => {
    const cyclic = sources.filter(({ path, imports }) => imports.some((target) => reach(target).has(path)))
    expect(cyclic.map(({ path }) => path)).toEqual([])
  })
})

describe("files", () => {
  it("providers have no clock, no request and no environment", () => {
    const wrong = sources.filter(
      ({ path, code }) =>
        roomOf(path) === "providers" &&
        // Names of headers hold such words too.
        /\bDate\b|\bRequest\b|\benv\b|fetch\(/.test(code.replaceAll(/"[^"\n]*"/g, '""')),
    )
    expect(wrong.map(({ path }) => path)).toEqual([])
  })

  it("none is over 250 lines", () => {
    const long = sources.filter(({ text }) => text.split("\n").length > 250)
    expect(long.map(({ path }) => path)).toEqual([])
  })

  it("only the Worker has a default export", () => {
    // Families of providers are exported whole: exports.node.test.ts lists each of their names.
    const defaults = sources.filter(
      ({ path, code }) => /export default/.test(code) || (path !== "providers.ts" && /export \* from/.test(code)),
    )
    // The second writes a Worker of a user.
    expect(defaults.map(({ path }) => path).toSorted()).toEqual(["cli/init-files.ts", "main.ts"])
  })

  it("a code is marked as emitted in the catalogue exactly if some file emits it", async () => {
    const { CATALOGUE } = await import("../src/errors/catalogue.ts")
    const emitters = sources
      .filter(({ path }) => path !== "errors/catalogue.ts" && !path.startsWith("app/reference/"))
      .map(({ code }) => code)
    const wrong = Object.entries(CATALOGUE).filter(
      ([code, { emittedBy }]) => emittedBy.length > 0 !== emitters.some((text) => text.includes(`"${code}"`)),
    )
    expect(wrong.map(([code]) => code)).toEqual([])
  })
})

/** Folders of tests that mirror nothing: suites over the whole, and what the user adds. */
const APART = new Set(["black-box", "e2e", "vectors", "runtimes", "crash", "simulate", "peers", "handlers"])

/** Suites about the project itself. */
const WHOLE = new Set(["architecture", "docs", "docs-providers", "examples", "exports", "peers-bugs", "spec"])

/** `inbox/sql-store-rows.workerd.test.ts` is about `inbox/sql-store.ts`: its name is that file's, or begins with it. */
function isBesideSource(path: string): boolean {
  const name = basename(path).replace(/(?:\.(?:node|workerd|fuzz|exhaustion))?\.test\.ts$/, "")
  const folder = join(ROOT, path.startsWith("tools/") ? dirname(path) : join("src", dirname(path)))
  const beside = existsSync(folder) ? readdirSync(folder) : []
  return beside.some((file) => file.endsWith(".ts") && `${name}-`.startsWith(`${basename(file, ".ts")}-`))
}

describe("tests", () => {
  it("have the path and the name of the file that they test", () => {
    const tests = typeScriptIn(join(ROOT, "test")).filter((path) => path.endsWith(".test.ts"))
    const lost = tests.filter(
      (path) => !APART.has(roomOf(path)) && !WHOLE.has(basename(path).split(".")[0]!) && !isBesideSource(path),
    )
    expect(lost).toEqual([])
  })

  // A test of what a user writes into src/handlers.ts turns red with the user's first edit.
  it.each(["test", "tools", "bench"])("no file of %s imports src/handlers.ts", (folder) => {
    const importing = typeScriptIn(join(ROOT, folder)).filter((path) =>
      /from "(?:\.\.\/)+src\/(?:handlers|main)\.ts"/.test(readFileSync(join(ROOT, folder, path), "utf8")),
    )
    expect(importing.filter((path) => roomOf(path) !== "handlers")).toEqual([])
  })
})
