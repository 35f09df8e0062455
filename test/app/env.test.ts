import * as v from "valibot"
import { describe, expect, it, vi } from "vitest"
import { createAppFromEnv } from "../../src/app/env.ts"
import type { WorkerBindings } from "../../src/app/config.ts"
import { defineHandlers, type HandlerSet } from "../../src/events/handlers.ts"
import type { HandlerCall } from "../../src/inbox/inbox.ts"
import { runHandler } from "../../src/inbox/run-handler.ts"
import { NOW, SECRET, sampleBody, signedRequest, type DeliveryOptions } from "../support/delivery.ts"
import { createMemoryInboxes, settle } from "../support/memory-inbox.ts"
import { toAnswer, type Answer, type LogEntry } from "../support/receiver.ts"

interface Env extends WorkerBindings {
  readonly RELEASES?: string
}

interface TestApp {
  readonly env: Env
  /** Answered, and its handlers have run. */
  readonly send: (delivery?: DeliveryOptions) => Promise<Answer>
  readonly fetch: (request: Request) => Promise<Answer>
  readonly logs: LogEntry[]
}

const clock = (): number => NOW * 1000 + 999

/** The Worker's app over twins of its objects, with the handlers run as `HandlerRuns` does. */
function createTestApp(given: Env, handlers: HandlerSet<Env> = defineHandlers<Env>({})): TestApp {
  const logs: LogEntry[] = []
  const log = (entry: LogEntry): void => void logs.push(entry)
  const runner = { run: async (call: HandlerCall) => await runHandler(call, handlers, { env, log }) }
  const env: Env = { INBOXES: createMemoryInboxes({ runner, clock, log }).namespace, ...given }
  const app = createAppFromEnv(env, handlers, { log, clock })
  const fetch = async (request: Request): Promise<Answer> => {
    const answer = await toAnswer(await app.fetch(request))
    await settle()
    return answer
  }
  return { env, logs, fetch, send: async (delivery) => await fetch(await signedRequest(delivery)) }
}

const sound: Env = { WEBHOOK_SECRETS: SECRET }

describe("the state of the configuration is logged once", () => {
  it("invalid: every problem in one line, and the receiver answers 503", async () => {
    const { send, logs } = createTestApp({ WEBHOOK_SECRETS: "short", WEBHOOK_LIVEMODE: "no", WEBHOOK_EVENT_TYPES: "x" })
    expect(logs).toMatchObject([{ level: "error" }])
    const problems = logs[0]!["problems"] as string[]
    expect(problems.map((problem) => problem.split(":")[0])).toEqual([
      "WEBHOOK_SECRETS",
      "WEBHOOK_LIVEMODE",
      "WEBHOOK_EVENT_TYPES",
    ])
    expect([(await send()).code, (await send()).code]).toEqual(["temporarily_unavailable", "temporarily_unavailable"])
    expect(logs.length).toBe(1)
  })

  it("no binding for the inbox: what cannot be stored is not taken (spec 3.14)", async () => {
    const { send, logs } = createTestApp({ ...sound, INBOXES: undefined as never })
    expect(logs).toMatchObject([{ level: "error", problems: [expect.stringMatching(/^INBOXES: /)] }])
    expect((await send()).code).toBe("temporarily_unavailable")
  })

  it("off: a warning, and the receiver is not there", async () => {
    const { send, logs } = createTestApp({})
    expect(logs).toMatchObject([{ level: "warn" }])
    expect((await send()).code).toBe("route_not_found")
    expect(logs.length).toBe(1)
  })

  // Several surfaces read the same variables, and each logged what was wrong with them.
  it.each<{ why: string; env: Env; want: readonly string[] }>([
    {
      why: "the operator's token, of two surfaces",
      env: { ...sound, OPERATOR_TOKEN: "short" },
      want: ["OPERATOR_TOKEN", "ACCOUNTS"],
    },
    {
      why: "the inbox, of a source and of the operator's routes",
      env: { ...sound, INBOX_SHARDS: 0, OPERATOR_TOKEN: "0123456789abcdef0123456789abcdef" },
      want: ["INBOX_SHARDS", "ACCOUNTS"],
    },
    {
      why: "the accounts, of the endpoints and of the operator's routes",
      env: { ...sound, PARTNER_API_KEYS: "[", OPERATOR_TOKEN: "0123456789abcdef0123456789abcdef" },
      want: ["PARTNER_API_KEYS", "ACCOUNTS"],
    },
  ])("invalid: $why → each problem in one line", ({ env, want }) => {
    const { logs } = createTestApp(env)
    const problems = logs.flatMap((entry) => (entry["problems"] as string[] | undefined) ?? [])
    expect(problems.map((problem) => problem.split(":")[0])).toEqual(want)
    expect(logs.some(({ message }) => / and the /.test(String(message)))).toBe(true)
  })

  it("sound: nothing", () => {
    expect(createTestApp(sound).logs).toEqual([])
  })
})

describe("each variable has its effect", () => {
  const body = sampleBody({ type: "card.blocked" })

  it.each<{ why: string; env: Env; delivery: DeliveryOptions; want: string }>([
    { why: "nothing but a secret", env: {}, delivery: {}, want: "200 accepted" },
    {
      why: "another secret",
      env: { WEBHOOK_SECRETS: `${SECRET}x` },
      delivery: {},
      want: "400 webhook_signature_invalid",
    },
    { why: "the second secret", env: { WEBHOOK_SECRETS: `${SECRET}x,${SECRET}` }, delivery: {}, want: "200 accepted" },
    { why: "oldest by default", env: {}, delivery: { time: NOW - 300 }, want: "200 accepted" },
    { why: "too old by default", env: {}, delivery: { time: NOW - 301 }, want: "400 webhook_signature_invalid" },
    { why: "oldest", env: { WEBHOOK_TOLERANCE_SECONDS: 10 }, delivery: { time: NOW - 10 }, want: "200 accepted" },
    {
      why: "too old",
      env: { WEBHOOK_TOLERANCE_SECONDS: 10 },
      delivery: { time: NOW - 11 },
      want: "400 webhook_signature_invalid",
    },
    {
      why: "too far ahead",
      env: { WEBHOOK_TOLERANCE_SECONDS: 10 },
      delivery: { time: NOW + 11 },
      want: "400 webhook_signature_invalid",
    },
    { why: "at the cap", env: { WEBHOOK_MAX_BODY_BYTES: sampleBody().length }, delivery: {}, want: "200 accepted" },
    {
      why: "over the cap",
      env: { WEBHOOK_MAX_BODY_BYTES: sampleBody().length - 1 },
      delivery: {},
      want: "422 request_body_too_large",
    },
    { why: "unknown by default", env: {}, delivery: { body }, want: "200 ignored" },
    {
      why: "unknown",
      env: { WEBHOOK_UNKNOWN_EVENTS: "reject" },
      delivery: { body },
      want: "422 webhook_event_unknown",
    },
    {
      why: "known by name",
      env: { WEBHOOK_UNKNOWN_EVENTS: "reject", WEBHOOK_EVENT_TYPES: "card.blocked" },
      delivery: { body },
      want: "200 accepted",
    },
    { why: "test event, test mode", env: { WEBHOOK_LIVEMODE: "false" }, delivery: {}, want: "200 accepted" },
    { why: "test event, live mode", env: { WEBHOOK_LIVEMODE: "true" }, delivery: {}, want: "422 invalid_value_type" },
  ])("$why → $want", async ({ env, delivery, want }) => {
    const { status, code, json } = await createTestApp({ ...sound, ...env }).send(delivery)
    expect(`${status} ${code ?? String(json["status"])}`).toBe(want)
  })

  it.each(["card.blocked", "card.*", "*"])("a handler's key makes a type known: %s", async (key) => {
    const handlers = defineHandlers<Env>({ [key]: () => {} })
    const { send } = createTestApp({ ...sound, WEBHOOK_UNKNOWN_EVENTS: "reject" }, handlers)
    expect((await send({ body })).json["status"]).toBe("accepted")
  })

  it("a secret with times: not active yet is said in the log", async () => {
    const entry = { id: "next", secret: SECRET, notBefore: NOW + 1 }
    const { send, logs } = createTestApp({ WEBHOOK_SECRETS: JSON.stringify([entry]) })
    expect((await send()).code).toBe("webhook_signature_invalid")
    expect(logs).toMatchObject([{ reason: "signature_mismatch", detail: "no secret is active now" }])
  })
})

describe("what a handler gets", () => {
  it("the very bindings, the first attempt, and the delivery's id", async () => {
    const seen: unknown[] = []
    const handlers = defineHandlers<Env>({
      "decision.completed": (event, context) =>
        void seen.push(event.id, context.env, context.attempt, context.deliveryId),
    })
    const { send, env } = createTestApp({ ...sound, RELEASES: "queue" }, handlers)
    await send()
    expect(seen).toEqual(["evt_1", env, 1, "dlv_1"])
    expect(seen[1]).toBe(env)
  })

  it("a log that names the event", async () => {
    const handlers = defineHandlers<Env>({ "*": (_event, { log }) => log("moved", { amount: 1 }) })
    const { send, logs } = createTestApp(sound, handlers)
    await send()
    expect(logs).toEqual(
      expect.arrayContaining([
        { level: "info", message: "moved", event_id: "evt_1", event_type: "decision.completed", amount: 1 },
        expect.objectContaining({ message: "delivery", outcome: "accepted" }),
      ]),
    )
    expect(logs).toHaveLength(2)
  })

  it("the payload as its schema made it", async () => {
    const schemas = { "decision.completed": v.object({ amount: v.pipe(v.number(), v.transform(String)) }) }
    const seen: unknown[] = []
    const handlers = defineHandlers<Env, typeof schemas>({ "*": (event) => void seen.push(event.data.object) }, schemas)
    await createTestApp(sound, handlers).send()
    expect(seen).toEqual([{ amount: "1200" }])
  })
})

describe("without a log of its own it writes JSON lines to the console", () => {
  it("one object a line, without fields that have no value", async () => {
    const console = vi.spyOn(globalThis.console, "log").mockImplementation(() => {})
    try {
      const { env } = createTestApp(sound)
      const app = createAppFromEnv(env, defineHandlers<Env>({ "*": () => {} }), { clock: () => NOW * 1000 })
      await app.fetch(await signedRequest({ headers: { "Credicorp-Delivery": "two\tlines" } }))
      const lines = console.mock.calls.map((args) => args.join())
      expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
        { message: "delivery", delivery_id: "two?lines" },
      ])
      expect(lines.join("")).not.toMatch(/\n|undefined|reason/)
    } finally {
      console.mockRestore()
    }
  })
})
