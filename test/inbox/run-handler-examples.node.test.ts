// Catches an example of docs/inbox.md that does not do what the page says: counts an event twice, steps back, or retries
// what it should give up.

import { readFileSync } from "node:fs"
import { stripTypeScriptTypes } from "node:module"
import { join } from "node:path"
import { DatabaseSync, type SQLInputValue } from "node:sqlite"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { createContext, defineHandlers, type HandlerSet } from "../../src/events/handlers.ts"
import type { WebhookEvent } from "../../src/events/event.ts"
import { GiveUp, RetryLater } from "../../src/events/outcomes.ts"
import { runHandler } from "../../src/inbox/run-handler.ts"

const PAGE = readFileSync(join(import.meta.dirname, "..", "..", "docs", "inbox.md"), "utf8")

/** The page's block in which that handler stands. */
function handlersOfPage(key: string): HandlerSet {
  const blocks = [...PAGE.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!)
  const code = stripTypeScriptTypes(blocks.find((block) => block.includes(`"${key}": `))!)
  const body = `${code.replace("export const handlers", "const handlers")}; return handlers`
  // oxlint-disable-next-line typescript/no-implied-eval -- running the page's text is what this test is for
  const run = new Function("defineHandlers", "RetryLater", "GiveUp", body) as (...given: unknown[]) => HandlerSet
  return run(defineHandlers, RetryLater, GiveUp)
}

const event = (id: string, type: string, created: string, object: object): WebhookEvent =>
  ({ id, type, created, livemode: false, api_version: "2026-07-01", data: { object } }) as WebhookEvent

const nothing = (): void => {}

describe("with a database", () => {
  let sqlite: DatabaseSync
  beforeEach(() => {
    sqlite = new DatabaseSync(":memory:")
    sqlite.exec(`CREATE TABLE ledger (event_id TEXT PRIMARY KEY, account TEXT, amount INTEGER);
      CREATE TABLE applications (id TEXT PRIMARY KEY, state TEXT, at INTEGER)`)
  })
  afterEach(() => {
    sqlite.close()
  })

  /** As much of D1 as the page uses. */
  const DB = {
    prepare: (sql: string) => ({
      bind: (...values: SQLInputValue[]) => ({ run: async () => sqlite.prepare(sql).run(...values) }),
    }),
  }

  async function run(key: string, given: WebhookEvent): Promise<void> {
    const [, handler] = handlersOfPage(key).entries.find(([pattern]) => pattern === key)!
    const { signal } = new AbortController()
    const rest = { deliveryId: undefined, rawBody: new Uint8Array(), waitUntil: nothing, log: nothing }
    const context = { env: { DB }, source: "credicorp", attempt: 1, signal, ...rest }
    await handler(given, createContext<unknown>(given, context))
  }

  it("an event that runs twice counts once, another one counts, too", async () => {
    const first = event("evt_1", "payment.settled", "2026-01-01T00:00:00Z", { account: "a", amount: 5 })
    for (const one of [first, first, { ...first, id: "evt_2" }]) await run("payment.settled", one)
    expect(sqlite.prepare("SELECT sum(amount) AS sum FROM ledger").get()).toEqual({ sum: 10 })
  })

  const submitted = event("evt_1", "application.submitted", "2026-01-01T00:00:00Z", { id: "app_1" })
  const funded = event("evt_2", "application.funded", "2026-01-01T00:00:00.001Z", { id: "app_1" })
  it.each([
    { why: "in order", events: [submitted, funded] },
    { why: "the later one first: the step back is ignored", events: [funded, submitted] },
    { why: "each twice", events: [submitted, funded, submitted, funded] },
  ])("the last state is that of the latest event: $why", async ({ events }) => {
    for (const one of events) await run("application.*", one)
    expect(sqlite.prepare("SELECT state FROM applications").all()).toEqual([{ state: "application.funded" }])
  })
})

describe("with a call", () => {
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  it.each([
    { status: 200, outcome: { kind: "done" } },
    { status: 503, outcome: { kind: "failed", retryAfterSeconds: 600 } },
    { status: 404, outcome: { kind: "dead", reason: "gave_up" } },
    { status: 500, outcome: { kind: "failed", error: "Error: the bank answered 500" } },
  ])("$status → $outcome.kind, with the event's id as the idempotency key", async ({ status, outcome }) => {
    const calls: RequestInit[] = []
    vi.stubGlobal("fetch", async (_: string, init: RequestInit) => {
      calls.push(init)
      return new Response("", { status })
    })
    const body = new TextEncoder().encode(
      JSON.stringify(event("evt_1", "decision.completed", "2026-01-01T00:00:00Z", { id: "dec_1" })),
    )
    const call = { handler: "decision.completed", source: "credicorp", attempt: 1, deliveryId: undefined, body }
    const ended = await runHandler(call, handlersOfPage("decision.completed"), { env: {}, log: nothing })
    expect(ended).toMatchObject(outcome)
    if (status !== 503) expect(ended).not.toHaveProperty("retryAfterSeconds")
    expect(calls).toMatchObject([{ headers: { "Idempotency-Key": "evt_1" } }])
  })
})
