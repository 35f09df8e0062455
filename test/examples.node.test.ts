// Catches an example that no longer works: those of doc comments are run, those of pages are type-checked.

import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { stripTypeScriptTypes } from "node:module"
import { join } from "node:path"
import { Hono } from "hono"
import { afterAll, describe, expect, it, vi } from "vitest"
import { defineHandlers } from "../src/events/handlers.ts"
import { defineSource, defineSources } from "../src/events/sources.ts"
import * as outcomes from "../src/events/outcomes.ts"
import { webhook } from "../src/hono.ts"
import * as endpoints from "../src/endpoints.ts"
import * as explanations from "../src/explain.ts"
import * as countersign from "../src/index.ts"
import * as providers from "../src/providers.ts"
import * as testing from "../src/testing.ts"
import { sampleBody, SECRET } from "./support/delivery.ts"
import { blocksOf, PAGES, ROOT } from "./support/pages.ts"

// One test is a run of the compiler, beside all that other tests run.
vi.setConfig({ testTimeout: 60_000 })

const examplesOf = (comment: string): readonly string[] =>
  [...comment.matchAll(/@example\n[\s\S]*?```ts\n([\s\S]*?)```/g)].map(([, code]) => code!.replaceAll(/^ ?\* ?/gm, ""))

const documented = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .flatMap((path) => {
    const text = readFileSync(join(ROOT, "src", path), "utf8").replaceAll(/^ +\*/gm, " *")
    return examplesOf(text).map((code, i) => ({ name: `src/${path}, example ${i + 1}`, code }))
  })

const nothing = (): void => {}

/** What an example may take for granted. */
function surroundings(): Record<string, unknown> {
  const env = { WEBHOOK_SECRET: SECRET }
  const secrets = [SECRET]
  const rawBody = sampleBody()
  const headers = countersign.signWebhook(rawBody, { secrets })
  const app = new Hono()
  return {
    ...countersign,
    ...endpoints,
    ...explanations,
    ...providers,
    ...outcomes,
    ...testing,
    defineHandlers,
    defineSource,
    defineSources,
    // It needs the platform: npm run check:consumer runs its guide there.
    createReceiver: nothing,
    webhook,
    app,
    env,
    secrets,
    rawBody,
    body: rawBody,
    headers,
    release: nothing,
    url: "",
    fetch: nothing,
  }
}

describe("doc comments", () => {
  it("have examples for what they export", () => {
    expect(documented.length).toBeGreaterThanOrEqual(8)
  })

  it.each(documented)("$name runs", async ({ code }) => {
    const scope = surroundings()
    const names = Object.keys(scope)
    const lines = stripTypeScriptTypes(`async function example(${names.join(", ")}) {{\n${code}\n}}`)
    // oxlint-disable-next-line typescript/no-implied-eval, typescript/no-unsafe-call -- running text is what this test is for
    const example = new Function(`${lines}; return example`)() as (...values: unknown[]) => Promise<void>
    await example(...Object.values(scope))
  })
})

describe("pages", () => {
  const FOLDER = join(ROOT, ".examples")
  afterAll(() => {
    rmSync(FOLDER, { recursive: true, force: true })
  })

  it("README.md and docs: every block of TypeScript is type-checked", () => {
    const blocks = PAGES.flatMap(blocksOf)
    expect(blocks.length).toBeGreaterThanOrEqual(3)
    mkdirSync(FOLDER, { recursive: true })
    for (const [i, code] of blocks.entries()) {
      // A block of handlers.ts stands without that file's first lines.
      const imports =
        code.includes("defineHandlers") && !code.includes("countersign/worker")
          ? `import { defineHandlers } from "../src/events/handlers.ts"\nimport { GiveUp, RetryLater } from "../src/events/outcomes.ts"\ninterface Env {}\n`
          : ""
      // A block that another one imports names its file.
      const [, file = `block-${i + 1}.ts`] = /^\/\/ ([\w.-]+\.ts)\n/.exec(code) ?? []
      expect(existsSync(join(FOLDER, file)), `${file} is named twice`).toBe(false)
      writeFileSync(join(FOLDER, file), imports + code)
    }
    const paths = {
      countersign: ["../src/index.ts"],
      "countersign/hono": ["../src/hono.ts"],
      "countersign/endpoints": ["../src/endpoints.ts"],
      "countersign/explain": ["../src/explain.ts"],
      "countersign/providers": ["../src/providers.ts"],
      "countersign/testing": ["../src/testing.ts"],
      "countersign/worker": ["../src/worker.ts"],
    }
    const config = {
      extends: "../tsconfig.json",
      compilerOptions: {
        paths,
        types: ["@cloudflare/workers-types", "node"],
        // A user's rules, not ours.
        noUnusedLocals: false,
        noUnusedParameters: false,
        noPropertyAccessFromIndexSignature: false,
      },
      include: ["*.ts"],
    }
    writeFileSync(join(FOLDER, "tsconfig.json"), JSON.stringify(config))
    let output = ""
    try {
      execFileSync("tsc", ["--noEmit", "-p", FOLDER], { encoding: "utf8" })
    } catch (error) {
      output = (error as { stdout: string }).stdout
    }
    expect(output).toBe("")
  })
})
