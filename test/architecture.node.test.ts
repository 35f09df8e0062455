// Catches a room that begins to know another: the rules of docs/architecture.md, held against the imports as they stand.

import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { describe, expect, it } from "vitest"

const SRC = join(import.meta.dirname, "..", "src")

interface Source {
  /** Relative to src, as `verify/hmac.ts`. */
  readonly path: string
  readonly text: string
  /** Code without comments. */
  readonly code: string
  /** What it imports: files relative to src, packages by name. */
  readonly imports: readonly string[]
}

const sources: readonly Source[] = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => {
    const text = readFileSync(join(SRC, path), "utf8")
    const code = text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "")
    const imports = [...code.matchAll(/(?:from|import)\s*\(?"([^",]+)"/g)].map(([, target]) =>
      target!.startsWith(".") ? relative(SRC, join(SRC, dirname(path), target!)) : target!,
    )
    return { path, text, code, imports }
  })

const roomOf = (path: string): string => (path.includes("/") ? path.slice(0, path.indexOf("/")) : "")

/** Room → what it may import: beginnings of paths, and names of packages. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  core: ["core/"],
  errors: ["errors/", "core/"],
  http: ["http/", "core/", "errors/", "valibot", "@valibot/to-json-schema", "hono"],
  providers: ["providers/", "events/", "core/", "errors/", "http/", "@noble/hashes/", "jose"],
  verify: ["verify/", "providers/", "core/", "errors/", "http/", "events/", "@noble/hashes/"],
  events: ["events/", "core/", "errors/"],
  receiver: ["receiver/", "verify/", "providers/", "events/", "http/", "core/", "errors/", "hono"],
  inbox: ["inbox/", "operator/", "events/", "http/", "core/", "errors/", "valibot", "hono", "cloudflare:workers"],
  endpoints: [
    "endpoints/",
    "@hapi/tlds",
    "operator/",
    "events/",
    "http/",
    "core/",
    "errors/",
    "ipaddr.js",
    "jose",
    "valibot",
    "hono",
    "cloudflare:workers",
  ],
  operator: ["operator/", "events/handlers.ts", "http/", "core/", "errors/", "valibot", "hono"],
  testing: ["testing/", "verify/", "providers/", "events/", "http/", "core/", "errors/"],
  app: [
    "app/",
    "receiver/",
    "inbox/",
    "endpoints/",
    "operator/",
    "verify/",
    "providers/",
    "events/",
    "http/",
    "core/",
    "errors/",
    "valibot",
    "hono",
  ],
}

describe("imports", () => {
  it.each(Object.entries(ALLOWED))("%s imports only what it may", (room, allowed) => {
    const files = sources.filter(({ path }) => roomOf(path) === room)
    expect(files.length).toBeGreaterThan(0)
    const wrong = files.flatMap(({ path, imports }) =>
      imports
        .filter((target) => !allowed.some((start) => target.startsWith(start)))
        .map((target) => `${path} → ${target}`),
    )
    expect(wrong).toEqual([])
  })

  it("every room has its rule", () => {
    const rooms = new Set(sources.map(({ path }) => roomOf(path)).filter(Boolean))
    expect([...rooms].toSorted()).toEqual(Object.keys(ALLOWED).toSorted())
  })

  const ONLY_IN: readonly (readonly [name: RegExp, where: RegExp])[] = [
    [/^hono/, /^hono\.ts$|^app\/|\/route\.ts$/],
    [/^cloudflare:/, /^worker\.ts$|-(?:object|entrypoint)\.ts$/],
    [/^node:/, /^$/],
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

  it.each<readonly [entry: string, packages: readonly string[]]>([
    ["index.ts", ["@noble/hashes"]],
    ["hono.ts", ["@noble/hashes", "hono"]],
    ["endpoints.ts", ["@hapi/tlds", "ipaddr.js"]],
    ["providers.ts", ["@noble/hashes"]],
    ["testing.ts", ["@noble/hashes"]],
    [
      "worker.ts",
      [
        "@hapi/tlds",
        "@noble/hashes",
        "@valibot/to-json-schema",
        "cloudflare:workers",
        "hono",
        "ipaddr.js",
        "jose",
        "valibot",
      ],
    ],
  ])("%s loads no packages but %j", (entry, packages) => {
    const targets = [...reach(entry)].filter((target) => /^[@a-z]/.test(target) && !target.endsWith(".ts"))
    const names = targets.map((target) => /^(?:@[^/]+\/)?[^/]+/.exec(target)![0])
    expect([...new Set(names)].toSorted()).toEqual(packages)
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

/** All that a file loads, itself included; type imports count. */
function reach(start: string, seen = new Set<string>()): Set<string> {
  if (seen.has(start)) return seen
  seen.add(start)
  for (const target of sources.find(({ path }) => path === start)?.imports ?? []) reach(target, seen)
  return seen
}

describe("files", () => {
  it("providers have no clock, no request and no environment", () => {
    const wrong = sources.filter(
      ({ path, code }) => roomOf(path) === "providers" && /\bDate\b|\bRequest\b|\benv\b|fetch\(/.test(code),
    )
    expect(wrong.map(({ path }) => path)).toEqual([])
  })

  it("none is over 250 lines", () => {
    const long = sources.filter(({ text }) => text.split("\n").length > 250)
    expect(long.map(({ path }) => path)).toEqual([])
  })

  it("only the Worker has a default export", () => {
    const defaults = sources.filter(({ code }) => /export default|export \* from/.test(code))
    expect(defaults.map(({ path }) => path)).toEqual(["main.ts"])
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
