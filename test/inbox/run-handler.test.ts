// Catches a handler that takes the shard's time, its memory or its error log with it, whatever it does.

import * as v from "valibot"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { toUtf8 } from "../../src/core/bytes.ts"
import { defineHandlers, type HandlerContext } from "../../src/events/handlers.ts"
import { GiveUp, RetryLater } from "../../src/events/outcomes.ts"
import type { EventSchemas } from "../../src/events/schema.ts"
import type { HandlerCall, RunOutcome } from "../../src/inbox/inbox.ts"
import { runHandler } from "../../src/inbox/run-handler.ts"
import { sampleBody } from "../support/delivery.ts"
import { createLog } from "../support/memory-inbox.ts"

const ENV = { NAME: "bindings of the test" }

const call = (changes: Partial<HandlerCall> = {}): HandlerCall => ({
  handler: "decision.*",
  source: "credicorp",
  attempt: 3,
  deliveryId: "dlv_1",
  body: toUtf8(sampleBody()),
  ...changes,
})

type Work = (event: unknown, context: HandlerContext<typeof ENV>) => void | Promise<void>

const run = async (work: Work, changes?: Partial<HandlerCall>, schemas: EventSchemas = {}): Promise<RunOutcome> => {
  const handlers = defineHandlers<typeof ENV, EventSchemas>({ "decision.*": work } as never, schemas)
  return await runHandler(call(changes), handlers, { env: ENV, log: () => {} })
}

const thrower =
  (thrown: unknown): Work =>
  () => {
    throw thrown
  }

const rejecter =
  (thrown: unknown): Work =>
  async () => {
    await Promise.resolve()
    throw thrown
  }

describe("what a handler gets", () => {
  it("the event, its bindings, the attempt, the delivery's id, the signed bytes, a signal and a log", async () => {
    const { lines, log } = createLog()
    const seen: unknown[] = []
    const handlers = defineHandlers<typeof ENV>({
      "*": () => void seen.push("another key's"),
      "decision.*": (event, { log: write, ...context }) => {
        seen.push((event as { id: string }).id, context)
        write("hello", { amount: 1 })
      },
    })
    expect(await runHandler(call(), handlers, { env: ENV, log })).toEqual({ kind: "done" })
    const functions = { signal: expect.any(AbortSignal), waitUntil: expect.any(Function) }
    const rawBody = toUtf8(sampleBody())
    expect(seen).toEqual([
      "evt_1",
      { env: ENV, source: "credicorp", attempt: 3, deliveryId: "dlv_1", rawBody, ...functions },
    ])
    expect((seen[1] as { env: unknown }).env).toBe(ENV)
    expect(lines).toEqual([
      { level: "info", message: "hello", event_id: "evt_1", event_type: "decision.completed", amount: 1 },
    ])
  })

  // JSON.parse rounds integers beyond 2^53: the handler could not get at the amount that was signed.
  it("the bytes as they were signed, where the event's integers are rounded", async () => {
    const body = sampleBody({ data: { object: { amount: 0 } } }).replace('"amount":0', '"amount":9007199254740993')
    const seen: unknown[] = []
    await run(
      (event, { rawBody }) => {
        const { amount } = (event as { data: { object: { amount: number } } }).data.object
        seen.push(String(amount), /"amount":(\d+)/.exec(new TextDecoder().decode(rawBody))?.[1])
      },
      { body: toUtf8(body) },
    )
    expect(seen).toEqual(["9007199254740992", "9007199254740993"])
  })

  it("the payload as its schema made it", async () => {
    const schema = v.object({ amount: v.pipe(v.number(), v.transform(String)) })
    const seen: unknown[] = []
    await run(
      (event) => void seen.push((event as { data: { object: unknown } }).data.object),
      {},
      {
        "decision.completed": schema,
      },
    )
    expect(seen).toEqual([{ amount: "1200" }])
  })
})

describe("how an attempt ends", () => {
  const circular: Record<string, unknown> = {}
  circular["self"] = circular
  const textless = {
    toString() {
      throw new Error("no text")
    },
  }

  it.each<{ why: string; thrown: unknown; error: string }>([
    { why: "an error", thrown: new Error("no"), error: "Error: no" },
    { why: "an error of its own class", thrown: new RangeError("no"), error: "RangeError: no" },
    { why: "text", thrown: "no", error: "no" },
    { why: "nothing", thrown: undefined, error: "undefined" },
    { why: "null", thrown: null, error: "null" },
    { why: "a number", thrown: 0, error: "0" },
    { why: "a symbol", thrown: Symbol("no"), error: "Symbol(no)" },
    { why: "a circle", thrown: circular, error: "an object with self" },
    { why: "something without a text", thrown: textless, error: "an error that has no text" },
    { why: "something without a prototype", thrown: Object.create(null), error: "{}" },
    { why: "10,000 characters", thrown: new Error("x".repeat(10_000)), error: `Error: ${"x".repeat(1_017)}` },
    {
      why: "what looks like RetryLater",
      thrown: { name: "RetryLater", seconds: 5 },
      error: '{"name":"RetryLater","seconds":5}',
    },
    {
      why: "what looks like GiveUp",
      thrown: { name: "GiveUp", message: "no" },
      error: '{"name":"GiveUp","message":"no"}',
    },
  ])("throws or rejects with $why → failed", async ({ thrown, error }) => {
    expect(await run(thrower(thrown))).toEqual({ kind: "failed", error })
    expect(await run(rejecter(thrown))).toEqual({ kind: "failed", error })
  })

  it.each<{ why: string; thrown: unknown; want: RunOutcome }>([
    {
      why: "RetryLater",
      thrown: new RetryLater(600, "closed"),
      want: { kind: "failed", error: "RetryLater: closed", retryAfterSeconds: 600 },
    },
    {
      why: "RetryLater without a reason",
      thrown: new RetryLater(1),
      want: { kind: "failed", error: "RetryLater", retryAfterSeconds: 1 },
    },
    {
      why: "GiveUp",
      thrown: new GiveUp("no such order"),
      want: { kind: "dead", reason: "gave_up", error: "GiveUp: no such order" },
    },
    {
      why: "GiveUp without a reason",
      thrown: new GiveUp(),
      want: { kind: "dead", reason: "gave_up", error: "GiveUp" },
    },
  ])("$why", async ({ thrown, want }) => {
    expect(await run(thrower(thrown))).toEqual(want)
    expect(await run(rejecter(thrown))).toEqual(want)
  })

  it.each([0, -1, 1.5, 604_801, Number.NaN, Infinity, "5" as never, undefined as never])(
    "RetryLater(%s) is the handler's own mistake → failed",
    async (seconds) => {
      const outcome = await run(() => {
        throw new RetryLater(seconds)
      })
      expect(outcome).toEqual({ kind: "failed", error: expect.stringMatching(/^TypeError: RetryLater/) })
    },
  )

  // Without it nobody finds the line of a handler that failed. The inbox is read by more people than the log.
  it("the stack is in the log, bounded, and not in the outcome", async () => {
    const { lines, log } = createLog()
    const error = new Error("no", { cause: new Error("x".repeat(10_000)) })
    const handlers = defineHandlers<typeof ENV>({ "decision.*": thrower(error) } as never)
    const outcome = await runHandler(call(), handlers, { env: ENV, log })
    expect(JSON.stringify(outcome)).not.toMatch(/\.ts|\n| at /)
    const event = {
      event_id: "evt_1",
      event_type: "decision.completed",
      source: "credicorp",
      handler: "decision.*",
      attempt: 3,
    }
    expect(lines).toEqual([
      {
        level: "warn",
        message: "a handler threw",
        ...event,
        error: expect.stringMatching(/^Error: no \(cause: Error: x/),
        stack: expect.stringMatching(/^Error: no\n *at [^]*caused by: Error: x/),
      },
    ])
    expect(String(lines[0]!["stack"]).length).toBeLessThanOrEqual(4_096)
  })

  it.each([new GiveUp("no"), new RetryLater(5, "no"), "text", { code: 1 }])(
    "%s has no stack to log",
    async (thrown) => {
      const { lines, log } = createLog()
      const handlers = defineHandlers<typeof ENV>({ "decision.*": thrower(thrown) } as never)
      await runHandler(call(), handlers, { env: ENV, log })
      expect(lines).toEqual([])
    },
  )

  it.each(["payment.*", "*", "decision.completed", "", "toString", "__proto__"])(
    "a key that is not there: %s → handler_gone",
    async (handler) => {
      expect(await run(() => {}, { handler })).toEqual({ kind: "handler_gone" })
    },
  )

  it.each<{ why: string; body: string; error: string }>([
    { why: "no JSON", body: "{", error: "invalid_json" },
    { why: "no envelope", body: "{}", error: "id" },
    {
      why: "a payload that its schema refuses",
      body: sampleBody({ data: { object: { amount: "no number" } } }),
      error: "data.object.amount",
    },
  ])("$why → dead, payload_refused (spec 3.11), and no handler runs", async ({ body, error }) => {
    let runs = 0
    const outcome = await run(
      () => void (runs += 1),
      { body: toUtf8(body) },
      {
        "decision.completed": v.object({ amount: v.number() }),
      },
    )
    expect([outcome, runs]).toEqual([{ kind: "dead", reason: "payload_refused", error }, 0])
  })

  it.each<{ why: string; validate: () => unknown }>([
    {
      why: "throws",
      validate: () => {
        throw new Error("my own bug")
      },
    },
    { why: "is asynchronous", validate: async () => await Promise.resolve({ value: {} }) },
  ])("a schema that $why fails the attempt, as a handler would", async ({ validate }) => {
    const schema = { "~standard": { version: 1, vendor: "test", validate } } as never
    expect(await run(() => {}, {}, { "decision.completed": schema })).toMatchObject({ kind: "failed" })
  })
})

// Work that a handler does not await was dropped after "done", and its failure with it.
describe("work that a handler passes to waitUntil", () => {
  it("is part of the attempt, also what is added meanwhile", async () => {
    const done: string[] = []
    const outcome = await run((_, { waitUntil }) => {
      waitUntil(
        (async () => {
          await Promise.resolve()
          done.push("first")
          waitUntil(Promise.resolve().then(() => done.push("second")))
        })(),
      )
    })
    expect([outcome, done]).toEqual([{ kind: "done" }, ["first", "second"]])
  })

  it.each<{ why: string; works: () => readonly Promise<unknown>[]; want: RunOutcome }>([
    {
      why: "rejects",
      works: () => [Promise.resolve(), Promise.reject(new Error("no"))],
      want: { kind: "failed", error: "Error: no" },
    },
    {
      why: "rejects twice",
      works: () => [Promise.reject(new Error("first")), Promise.reject(new Error("second"))],
      want: { kind: "failed", error: "Error: first" },
    },
    {
      why: "rejects with RetryLater",
      works: () => [Promise.reject(new RetryLater(60, "later"))],
      want: { kind: "failed", error: "RetryLater: later", retryAfterSeconds: 60 },
    },
    {
      why: "rejects with GiveUp",
      works: () => [Promise.reject(new GiveUp("no"))],
      want: { kind: "dead", reason: "gave_up", error: "GiveUp: no" },
    },
  ])("$why → the attempt ends as if the handler had", async ({ works, want }) => {
    expect(await run((_, { waitUntil }) => works().forEach(waitUntil))).toEqual(want)
  })

  it("fails after its handler has failed: the handler's error counts, and nothing is unhandled", async () => {
    const outcome = await run((_, { waitUntil }) => {
      waitUntil(Promise.reject(new Error("work")))
      throw new Error("handler")
    })
    expect(outcome).toEqual({ kind: "failed", error: "Error: handler" })
  })

  it("that comes after the attempt is a mistake that says so", async () => {
    let late: ((work: Promise<unknown>) => void) | undefined
    await run((_, { waitUntil }) => {
      late = waitUntil
    })
    expect(() => late!(Promise.resolve())).toThrow(/waitUntil .*ended/)
  })
})

describe("time", () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  const TIMED_OUT = { kind: "timed_out", error: "no end after 30000 ms" }

  it.each<{ why: string; work: Work }>([
    { why: "waits for ever", work: async () => await new Promise(() => {}) },
    { why: "leaves work that never ends", work: (_, { waitUntil }) => waitUntil(new Promise(() => {})) },
    {
      why: "ignores its signal and returns later",
      work: async () => {
        await new Promise((resolve) => {
          setTimeout(resolve, 60_000)
        })
      },
    },
    {
      why: "throws later",
      work: async () => {
        await new Promise((resolve) => {
          setTimeout(resolve, 60_000)
        })
        throw new Error("late")
      },
    },
    {
      why: "returns a promise of its own kind that never settles",
      // oxlint-disable-next-line unicorn/no-thenable -- a handler may return anything
      work: () => ({ then: () => {} }) as never,
    },
  ])("$why → timed out at 30 s, and not before", async ({ work }) => {
    let outcome: RunOutcome | undefined
    void run(work).then((one) => (outcome = one))
    await vi.advanceTimersByTimeAsync(29_999)
    expect(outcome).toBeUndefined()
    await vi.advanceTimersByTimeAsync(1)
    expect(outcome).toEqual(TIMED_OUT)
    // What comes later is nobody's: it must not end the process as an unhandled rejection.
    await vi.advanceTimersByTimeAsync(60_000)
    expect(outcome).toEqual(TIMED_OUT)
  })

  it("the signal fires at the limit, with a reason", async () => {
    let signal: AbortSignal | undefined
    const running = run(async (_event, context) => {
      signal = context.signal
      await new Promise(() => {})
    })
    await vi.advanceTimersByTimeAsync(29_999)
    expect(signal?.aborted).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(signal?.reason).toEqual(new Error("an attempt may take 30000 ms"))
    await running
  })

  it("a handler that heeds its signal has timed out all the same", async () => {
    const running = run(async (_event, { signal }) => {
      await new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error))
      })
    })
    await vi.advanceTimersByTimeAsync(30_000)
    expect(await running).toEqual(TIMED_OUT)
  })

  it("one that ends in time leaves no timer behind, and its signal never fires", async () => {
    let signal: AbortSignal | undefined
    await run((_event, context) => {
      signal = context.signal
    })
    await run(thrower(new Error("no")))
    expect(vi.getTimerCount()).toBe(0)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(signal?.aborted).toBe(false)
  })
})
