import { describe, expect, it } from "vitest"
import { createAppFromEnv } from "../../src/app/env.ts"
import { createAppKeeper } from "../../src/app/stored-secrets.ts"
import { defineHandlers } from "../../src/events/handlers.ts"
import { NOW, SECRET, signedRequest } from "../support/delivery.ts"
import { createMemoryInboxes, settle } from "../support/memory-inbox.ts"
import type { LogEntry } from "../support/receiver.ts"

const clock = (): number => NOW * 1000

type Env = Readonly<Record<string, unknown>>

/** An isolate: its requests share the app, and each has its own environment. */
function createIsolate() {
  const logs: LogEntry[] = []
  const built: Env[] = []
  const log = (entry: LogEntry): void => void logs.push(entry)
  const INBOXES = createMemoryInboxes({ runner: { run: () => Promise.reject(new Error()) }, clock, log }).namespace
  const handlers = defineHandlers({})
  const appOf = createAppKeeper((env: Env) => {
    built.push(env)
    return createAppFromEnv({ INBOXES, ...env }, handlers, { log, clock })
  }, log)
  const send = async (env: Env, secret = SECRET): Promise<number> => {
    const app = await appOf(env)
    const { status } = await app.fetch(await signedRequest({ secret }))
    await settle()
    return status
  }
  return { send, built, logs }
}

const storeOf = (...answers: readonly unknown[]) => {
  const asked: unknown[] = []
  const get = async (): Promise<unknown> => {
    const answer = answers[Math.min(asked.length, answers.length - 1)]
    asked.push(answer)
    if (answer instanceof Error) throw answer
    return answer
  }
  return { asked, binding: { get } }
}

describe("WEBHOOK_SECRETS as a binding of the Secrets Store", () => {
  it("is read once, and its text verifies", async () => {
    const { send, built } = createIsolate()
    const { binding, asked } = storeOf(`old=whsec_old_0123456789,new=${SECRET}`)
    const env = { WEBHOOK_SECRETS: binding }
    expect([await send(env), await send(env), await send(env, "whsec_another")]).toEqual([200, 200, 400])
    expect([asked.length, built.length]).toEqual([1, 1])
  })

  it("two first requests at once: each awaits its own call, and one app is built", async () => {
    const { send, built } = createIsolate()
    const { binding, asked } = storeOf(SECRET)
    const env = { WEBHOOK_SECRETS: binding }
    expect(await Promise.all([send(env), send(env)])).toEqual([200, 200])
    expect([asked.length, built.length]).toEqual([2, 1])
  })

  it.each([
    { why: "fails", answer: new RangeError("private") },
    { why: "returns nothing", answer: undefined },
    { why: "returns no text", answer: 1 },
    { why: "returns an empty text", answer: "" },
  ])("a store that $why → 503, never 404, and the next request asks again", async ({ answer }) => {
    const { send, logs } = createIsolate()
    const { binding } = storeOf(answer, answer, SECRET)
    const env = { WEBHOOK_SECRETS: binding }
    expect([await send(env), await send(env), await send(env), await send(env)]).toEqual([503, 503, 200, 200])
    expect(logs.filter(({ level }) => level === "error").length).toBeGreaterThan(0)
    expect(JSON.stringify(logs)).not.toMatch(/private|whsec_test/)
  })

  it("a text that is invalid is reported like any other, and asked for once", async () => {
    const { send, logs } = createIsolate()
    const { binding, asked } = storeOf("whsec_your_secret_here")
    const env = { WEBHOOK_SECRETS: binding }
    expect([await send(env), await send(env)]).toEqual([503, 503])
    expect(logs).toMatchObject([
      { level: "error", problems: [expect.stringMatching(/^WEBHOOK_SECRETS: .*placeholder/)] },
    ])
    expect(asked.length).toBe(1)
  })

  it("text is taken as it is, and other bindings with a get are left alone", async () => {
    const { send, built } = createIsolate()
    const { binding, asked } = storeOf("of a KV namespace")
    const env = { WEBHOOK_SECRETS: SECRET, CACHE: binding }
    expect(await send(env)).toBe(200)
    expect(built).toEqual([env])
    expect(asked).toEqual([])
  })
})
