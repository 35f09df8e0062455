// Catches a guide whose receiver does not hold: each is run as it stands in docs/guides, and judged by the suite of promises.

import { execSync, spawn, type ChildProcess } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync, type SQLInputValue } from "node:sqlite"
import { pathToFileURL } from "node:url"
import { setTimeout as wait } from "node:timers/promises"
import { afterAll, describe, expect, it, vi } from "vitest"
import { unstable_readConfig as readConfig } from "wrangler"
import { parseSecrets } from "../../src/index.ts"
import { conformance, sampleEvent } from "../../src/testing.ts"
import { SECRET } from "../support/delivery.ts"
import { findFreePort } from "../support/free-port.ts"
import { ROOT, textOf } from "../support/pages.ts"

vi.setConfig({ testTimeout: 60_000 })

const FOLDER = mkdtempSync(join(ROOT, ".examples-"))
const children: ChildProcess[] = []
afterAll(() => {
  for (const child of children) child.kill()
  rmSync(FOLDER, { recursive: true, force: true })
})

const urlOf = (name: string): string => `"${pathToFileURL(join(ROOT, "src", `${name}.ts`)).href}"`

/** A block of a guide as a file; the package is this project's own source. */
function fileOf(guide: string, block = 0): string {
  const blocks = [...textOf(join("docs", "guides", `${guide}.md`)).matchAll(/```ts\n([\s\S]*?)```/g)]
  const code = blocks[block]![1]!
  const path = join(FOLDER, guide, `${guide}.ts`)
  mkdirSync(join(FOLDER, guide), { recursive: true })
  writeFileSync(path, code.replace(`"countersign"`, urlOf("index")).replace(`"countersign/testing"`, urlOf("testing")))
  return path
}

/** The lines of spec whose promises a receiver breaks. */
async function brokenBy(handler: (request: Request) => Response | Promise<Response>, url?: string): Promise<string[]> {
  const cases = await conformance(handler, { secrets: [SECRET], url })
  return [...new Set(cases.filter(({ ok }) => !ok).map(({ spec }) => spec))]
}

async function listen(guide: string): Promise<string> {
  const file = fileOf(guide)
  // As `npm init -y` leaves it; what else it takes to run the file, the page has to say.
  writeFileSync(join(FOLDER, guide, "package.json"), `{ "type": "commonjs" }`)
  const [setup] = /^npm pkg set .*$/m.exec(textOf(join("docs", "guides", `${guide}.md`))) ?? []
  if (setup) execSync(setup, { cwd: join(FOLDER, guide) })
  const port = await findFreePort()
  const env = { ...process.env, PORT: String(port), WEBHOOK_SECRETS: SECRET }
  const child = spawn(process.execPath, [file], { env, stdio: ["ignore", "ignore", "inherit"] })
  children.push(child)
  const url = `http://127.0.0.1:${port}/webhooks/credicorp`
  for (;;) {
    try {
      await (await fetch(url)).arrayBuffer()
      return url
    } catch {
      if (child.exitCode !== null) throw new Error(`the receiver of ${guide}.md ended with ${child.exitCode}`)
      await wait(50)
    }
  }
}

describe("a receiver that listens", () => {
  it.each([
    // Content types are nobody's business in it.
    { guide: "node-http", broken: ["3.3"] },
    // As its page says: Express answers 404 for another method and 413 for a large body before the guide's code runs.
    { guide: "express", broken: ["3.2", "3.3", "3.4", "3.5"] },
  ])("the page $guide keeps every promise but those of $broken", async ({ guide, broken }) => {
    expect(await brokenBy(fetch, await listen(guide))).toEqual(broken)
  })
})

describe("express.md", () => {
  // Express's own answers to these are pages with a stack trace, and the paths of the server in it.
  it.each([
    { why: "a body over the limit", body: "x".repeat(1_048_577), headers: {}, status: 413 },
    { why: "a compressed body", body: "x", headers: { "Content-Encoding": "gzip" }, status: 415 },
  ])("$why → $status, and no stack trace", async ({ body, headers, status }) => {
    const answer = await fetch(await listen("express"), { method: "POST", body, headers })
    expect(answer.status).toBe(status)
    expect(await answer.text()).not.toMatch(/node_modules|<html/)
  })
})

describe("a function from Request to Response", () => {
  it("workers.md keeps every promise but that about content types", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {})
    const { default: worker } = (await import(fileOf("workers"))) as {
      default: { fetch: (request: Request, env: object) => Promise<Response> }
    }
    expect(await brokenBy((request) => worker.fetch(request, { WEBHOOK_SECRETS: SECRET }))).toEqual(["3.3"])
    log.mockRestore()
  })

  it("next.md keeps every promise but those of Next's own router, and that about content types", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {})
    vi.stubEnv("WEBHOOK_SECRETS", SECRET)
    const { POST } = (await import(fileOf("next"))) as { POST: (request: Request) => Promise<Response> }
    expect(await brokenBy(POST)).toEqual(["3.1", "3.2", "3.3"])
    vi.unstubAllEnvs()
    log.mockRestore()
  })
})

it("test-locally.md: the suite finds in its receiver what the page says", async () => {
  const lines: string[] = []
  const log = vi.spyOn(console, "log").mockImplementation((line) => void lines.push(String(line)))
  await import(fileOf("test-locally", 1))
  log.mockRestore()
  expect(new Set(lines.map((line) => line.slice(0, "spec 3.1".length)))).toEqual(
    new Set(["spec 3.1", "spec 3.2", "spec 3.3"]),
  )
})

describe("idempotency.md, the work that is a write to a database", () => {
  const database = new DatabaseSync(":memory:")
  const [tables] = /CREATE TABLE done .*(?= \*\/)/.exec(textOf(join("docs", "guides", "idempotency.md")))!
  database.exec(tables)

  /** As much of D1 as the guide uses. */
  const prepare = (sql: string) => ({
    bind: (...values: SQLInputValue[]) => ({
      run: () => database.prepare(sql).run(...values),
      first: async () => database.prepare(sql).get(...values) ?? null,
    }),
  })
  const batch = async (statements: readonly { readonly run: () => unknown }[]): Promise<void> => {
    database.exec("BEGIN")
    try {
      for (const { run } of statements) run()
      database.exec("COMMIT")
    } catch (error) {
      database.exec("ROLLBACK")
      throw error
    }
  }

  // An UPDATE of an account without a row touches none, and the event was noted as done: the money was lost.
  it.each([
    { why: "an account's first event", id: "evt_1", account: "new", amount: 10, balance: 10 },
    { why: "the same again", id: "evt_1", account: "new", amount: 10, balance: 10 },
    { why: "another event", id: "evt_2", account: "new", amount: 5, balance: 15 },
    { why: "another account", id: "evt_3", account: "other", amount: 7, balance: 7 },
  ])("$why → $balance", async ({ id, account, amount, balance }) => {
    const { credit } = (await import(fileOf("idempotency"))) as { credit: (...args: unknown[]) => Promise<void> }
    await credit(sampleEvent("payment.settled", { id }), account, amount, { prepare, batch })
    expect(await prepare("SELECT amount FROM balance WHERE account = ?").bind(account).first()).toEqual({
      amount: balance,
    })
  })

  it("what fails for another reason is thrown, and nothing is noted", async () => {
    const { credit } = (await import(fileOf("idempotency"))) as { credit: (...args: unknown[]) => Promise<void> }
    const event = sampleEvent("payment.settled", { id: "evt_4" })
    await expect(credit(event, "new", {}, { prepare, batch })).rejects.toThrow()
    expect(await prepare("SELECT 1 FROM done WHERE event_id = ?").bind("evt_4").first()).toBeNull()
  })
})

it("deploy.md: the second environment has what the first has, and refuses live events", () => {
  const [, block = ""] = /```toml\n([\s\S]*?)```/.exec(textOf(join("docs", "guides", "deploy.md"))) ?? []
  const config = join(FOLDER, "wrangler.toml")
  const toml = textOf("wrangler.toml").replace("[vars]", `[vars]\nWEBHOOK_LIVEMODE = "true"`)
  writeFileSync(config, `${toml}\n${block || "[env.test]"}`)
  const live = readConfig({ config })
  const { vars, durable_objects, migrations } = readConfig({ config, env: "test" })
  expect([live.vars["WEBHOOK_LIVEMODE"], vars["WEBHOOK_LIVEMODE"]]).toEqual(["true", "false"])
  expect({ durable_objects, migrations }).toEqual({
    durable_objects: live.durable_objects,
    migrations: live.migrations,
  })
})

it("rotate.md: the JSON form is one, and its secrets are valid when the page says so", () => {
  const [, json = ""] = /```json\n([\s\S]*?)```/.exec(textOf(join("docs", "guides", "rotate.md"))) ?? []
  const filled = json.replaceAll(/<the (new|old) secret>/g, "whsec_0123456789_$1")
  expect(parseSecrets(filled)).toMatchObject([
    { id: "new", notBefore: 0, notAfter: 999_999_999_999 },
    { id: "old", notAfter: 1_790_000_000 },
  ])
})
