// Catches a page of providers that no longer says what they are: run npm run docs:providers.

import { readFileSync } from "node:fs"
import { expect, inject, it } from "vitest"
import { NOT_CONFIRMED } from "../../tools/providers-not-confirmed.ts"
import { PAGE, providersTable, withTable } from "../../tools/providers.ts"
import * as exported from "../../src/providers.ts"
import type { AnyProvider } from "../../src/providers/provider.ts"

const { hmacScheme: _, ...providers } = exported

it("docs/providers.md has the table of the providers as they are", () => {
  const page = readFileSync(PAGE, "utf8")
  expect(withTable(page)).toBe(page)
})

it("the table has a line for each provider", () => {
  const lines = providersTable().split("\n")
  for (const name of Object.keys(providers)) {
    expect(lines.filter((line) => line.startsWith(`| [${name}](`) || line.startsWith(`| ${name} |`))).toHaveLength(1)
  }
})

it("a page without its marks is an error, and is not written over", () => {
  expect(() => withTable("# Providers")).toThrow(/marks/)
})

it.each(Object.entries<AnyProvider>(providers))("%s says who it is and where it was read", (name, provider) => {
  expect(provider.name).toBe(name)
  expect(provider.docs).toMatch(name === "credicorp" ? /^docs\// : /^https:\/\//)
  expect(provider.source).toMatch(/^[SDC] \S/)
  expect(provider.assurance).toMatch(/^(?:verified|authenticated)$/)
  // Nothing that is verified may leave the payload out, but for these, whose docs say which fields are signed.
  if (provider.assurance === "verified" && !provider.covers.body)
    expect(["adyen", "amazonSns", "zettle"]).toContain(name)
})

interface Facts {
  readonly export: string
  readonly name: string
  readonly ready: "yes" | "token" | "third-party" | "no"
  readonly covers: AnyProvider["covers"]
  readonly headers: { readonly signature: string | null }
}

/** Why a row of the facts that is ready is not shipped. */
const NOT_SHIPPED: Readonly<Record<string, string>> = {
  appleAppStore: "needs a chain of certificates to be verified",
  paddleClassic: "signs a PHP serialisation; the product is retired",
  starkBank: "signs on secp256k1, which Web Crypto does not have",
}

const facts = inject("vectors")["providers"] as readonly Facts[] | null

it.skipIf(!facts)(
  "the facts table: every row that is ready is shipped, one known from third parties is shipped or listed (skipped without VECTORS_DIR)",
  () => {
    const ready = facts!.filter(({ ready: state }) => state === "yes" || state === "token").map((row) => row.export)
    expect(ready.filter((name) => !(name in providers)).toSorted()).toEqual(Object.keys(NOT_SHIPPED))
    const unsafe = facts!.filter(({ ready: state }) => state === "no")
    expect(unsafe.filter((row) => row.export in providers).map((row) => row.export)).toEqual([])
    const open = facts!.filter((row) => row.ready === "third-party" && !(row.export in providers))
    expect([...NOT_CONFIRMED].toSorted()).toEqual(open.map((row) => row.name).toSorted())
  },
)

it.skipIf(!facts)(
  "the facts table: body, time, method and URL are covered as it says (skipped without VECTORS_DIR)",
  () => {
    // Grafana signs a time only where the operator names a header for it.
    const others = new Set(["credicorp", "grafana"])
    const shipped = facts!.filter((row) => row.export in providers && !others.has(row.export))
    const wrong = shipped.filter((row) => {
      const { covers } = providers[row.export as "github"]
      return (["body", "time", "method", "url"] as const).some((part) => covers[part] !== row.covers[part])
    })
    expect(wrong.map((row) => row.export)).toEqual([])
  },
)
