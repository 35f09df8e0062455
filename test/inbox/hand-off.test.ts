// Catches an event that is acknowledged though it is not stored, a sender that waits beyond its patience, and a store
// that is hammered while it is overloaded.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { toUtf8 } from "../../src/core/bytes.ts"
import { Unavailable, type HandOffInput } from "../../src/events/hand-off.ts"
import { createInboxHandOff } from "../../src/inbox/hand-off.ts"
import type { Accepted, InboxDelivery, InboxShard } from "../../src/inbox/inbox.ts"
import { shardOf, createShards } from "../../src/inbox/shards.ts"
import { createAppFromEnv } from "../../src/app/env.ts"
import { defineHandlers } from "../../src/events/handlers.ts"
import { NOW, sampleBody, SECRET, signedRequest } from "../support/delivery.ts"
import { createLog, createMemoryInboxes, createMemoryShard, type MemoryShard } from "../support/memory-inbox.ts"
import { toAnswer, type Answer, type LogEntry } from "../support/receiver.ts"

const input = (changes: Partial<HandOffInput> = {}): HandOffInput => ({
  source: "credicorp",
  dedupeKey: "evt_1",
  eventId: "evt_1",
  eventType: "decision.completed",
  body: toUtf8("{}"),
  deliveryId: "dlv_1",
  secretId: "test",
  receivedAt: 1_790_000_000,
  known: true,
  ...changes,
})

const HOME = shardOf("credicorp", "evt_1", 16)

type Step = Accepted | Error | "silence"

interface Fake {
  readonly handOff: (changes?: Partial<HandOffInput>) => Promise<string>
  /** What the shards were asked, as `accept 10` or `open 0`. */
  readonly asked: string[]
  readonly deliveries: InboxDelivery[]
  readonly lines: LogEntry[]
}

/** Shards that answer with one step after the other; the last one again and again. */
function createFake(
  steps: readonly Step[],
  { opened = 16, handlerKeys = ["decision.*", "payment.*", "*"] } = {},
): Fake {
  const asked: string[] = []
  const deliveries: InboxDelivery[] = []
  let next = 0
  const at = (index: number): InboxShard => {
    let isBroken = false
    return {
      async accept(delivery: InboxDelivery) {
        asked.push(`accept ${index}`)
        deliveries.push(delivery)
        if (isBroken) throw new Error("this stub is broken")
        const step = steps[Math.min(next++, steps.length - 1)]!
        if (step === "silence") return await new Promise<never>(() => {})
        if (step instanceof Error) {
          isBroken = true
          throw step
        }
        return step
      },
      kept: async () => undefined,
      async noteOpened(one: number) {
        asked.push(`list ${one}`)
      },
      async open(_shards: number, one: number) {
        asked.push(`open ${one}`)
        return opened
      },
    } as unknown as InboxShard
  }
  const { lines, log } = createLog()
  const handOff = createInboxHandOff({ shards: createShards(16, at), handlerKeys, log })
  return { asked, deliveries, lines, handOff: async (changes) => await handOff(input(changes)) }
}

const error = (changes: object): Error => Object.assign(new Error("the platform's own words"), changes)

const NEW: Accepted = { kind: "accepted" }
const DUPLICATE: Accepted = { kind: "duplicate", differs: false }

describe("createInboxHandOff", () => {
  it.each<{ why: string; steps: readonly Step[]; want: string; calls: number }>([
    { why: "a new event", steps: [NEW], want: "accepted", calls: 1 },
    { why: "an ignored one", steps: [{ kind: "ignored" }], want: "ignored", calls: 1 },
    { why: "a duplicate", steps: [{ kind: "duplicate", differs: false }], want: "duplicate", calls: 1 },
    { why: "a duplicate of other bytes", steps: [{ kind: "duplicate", differs: true }], want: "duplicate", calls: 1 },
    { why: "a full shard", steps: [{ kind: "full" }, NEW], want: "Unavailable", calls: 1 },
    { why: "a row too large", steps: [{ kind: "too_large" }, NEW], want: "Unavailable", calls: 1 },
    { why: "an error", steps: [error({}), NEW], want: "Unavailable", calls: 1 },
    { why: "one that is not retryable", steps: [error({ retryable: false }), NEW], want: "Unavailable", calls: 1 },
    { why: "one that says so in text", steps: [error({ retryable: "true" }), NEW], want: "Unavailable", calls: 1 },
    { why: "a retryable one, on a fresh stub", steps: [error({ retryable: true }), NEW], want: "accepted", calls: 2 },
    {
      why: "retryable, and it was written the first time",
      steps: [error({ retryable: true }), { kind: "duplicate", differs: false }],
      want: "duplicate",
      calls: 2,
    },
    {
      why: "retryable twice: once more, and no more",
      steps: [error({ retryable: true })],
      want: "Unavailable",
      calls: 2,
    },
    {
      why: "retryable and overloaded",
      steps: [error({ retryable: true, overloaded: true }), NEW],
      want: "Unavailable",
      calls: 1,
    },
    { why: "overloaded", steps: [error({ overloaded: true }), NEW], want: "Unavailable", calls: 1 },
    {
      why: "another number of shards",
      steps: [{ kind: "other_shards", kept: 8 }, NEW],
      want: "Unavailable",
      calls: 1,
    },
  ])("$why → $want", async ({ steps, want, calls }) => {
    const { handOff, asked } = createFake(steps)
    const answer = await handOff().catch((thrown: Error) => thrown.name)
    expect(answer).toBe(want)
    expect(asked).toEqual(Array<string>(calls).fill(`accept ${HOME}`))
  })

  it("hands over the bytes and today's handlers of the type, in their order", async () => {
    const { handOff, deliveries } = createFake([NEW])
    await handOff()
    expect(deliveries).toEqual([
      {
        source: "credicorp",
        dedupeKey: "evt_1",
        type: "decision.completed",
        body: toUtf8("{}"),
        deliveryId: "dlv_1",
        secretId: "test",
        handlers: ["decision.*", "*"],
      },
    ])
  })

  it.each([
    { why: "a type that is not known", known: false, keys: ["decision.*"], want: undefined },
    { why: "a known type without a handler", known: true, keys: ["payment.*"], want: [] },
    { why: "no handlers at all", known: true, keys: [], want: [] },
  ])("$why → $want", async ({ known, keys, want }) => {
    const { handOff, deliveries } = createFake([NEW], { handlerKeys: keys })
    await handOff({ known })
    expect(deliveries[0]!.handlers).toEqual(want)
  })

  it("a warning where the bytes differ, which names the event and shows nothing of it", async () => {
    const { handOff, lines } = createFake([{ kind: "duplicate", differs: true }])
    await handOff({ body: toUtf8('{"mark":"hidden"}') })
    expect(lines).toEqual([
      {
        level: "warn",
        message: expect.stringContaining("the first bytes are kept") as string,
        source: "credicorp",
        event_id: "evt_1",
        delivery_id: "dlv_1",
        event_type: "decision.completed",
      },
    ])
  })

  it.each([
    { why: "its type is not known", known: false, keys: ["decision.*"] },
    { why: "no handler takes its type", known: true, keys: ["payment.*"] },
  ])("a warning where $why (spec 3.15), and none for its duplicate", async ({ known, keys }) => {
    const { handOff, lines } = createFake([{ kind: known ? "accepted" : "ignored" }, DUPLICATE], { handlerKeys: keys })
    await handOff({ known })
    await handOff({ known })
    const line = { level: "warn", message: "no handler takes the event: it is stored as unhandled" }
    expect(lines).toEqual([
      { ...line, source: "credicorp", event_id: "evt_1", delivery_id: "dlv_1", event_type: "decision.completed" },
    ])
  })

  it.each<Step>([NEW, { kind: "duplicate", differs: false }, { kind: "full" }])("no line for %o", async (step) => {
    const { handOff, lines } = createFake([step])
    await handOff().catch(() => {})
    expect(lines).toEqual([])
  })
})

describe("a shard that is not opened", () => {
  it("is opened after the first one, and then takes the event", async () => {
    const { handOff, asked } = createFake([{ kind: "other_shards", kept: undefined }, NEW])
    expect(await handOff()).toBe("accepted")
    expect(asked).toEqual([`accept ${HOME}`, "list 0", "open 0", `list ${HOME}`, `open ${HOME}`, `accept ${HOME}`])
  })

  it("of an inbox that was made with another number → Unavailable, and it stays closed", async () => {
    const { handOff, asked } = createFake([{ kind: "other_shards", kept: undefined }, NEW], { opened: 8 })
    await expect(handOff()).rejects.toThrow(/INBOX_SHARDS/)
    expect(asked).toEqual([`accept ${HOME}`, "list 0", "open 0"])
  })

  // The namespace of a jurisdiction has other objects: changed, the inbox forgot every id, and ran each event again.
  it.each([
    { first: undefined, later: "eu" },
    { first: "eu", later: undefined },
  ])("over twins: made in the jurisdiction $first, then asked in $later and there again", async ({ first, later }) => {
    const { namespace } = createMemoryInboxes({ runner: { run: async () => ({ kind: "done" }) } })
    const { lines, log } = createLog()
    const send = async (jurisdiction: string | undefined, id: string): Promise<Answer> => {
      const env = {
        INBOXES: namespace,
        WEBHOOK_SECRETS: SECRET,
        ...(jurisdiction && { INBOX_JURISDICTION: jurisdiction }),
      }
      const app = createAppFromEnv(env, defineHandlers<object>({ "*": () => {} }), { log, clock: () => NOW * 1000 })
      return await toAnswer(await app.fetch(await signedRequest({ body: sampleBody({ id }) })))
    }
    for (const id of ["evt_1", "evt_2"]) expect((await send(first, id)).status).toBe(200)
    for (const id of ["evt_1", "evt_3"]) expect((await send(later, id)).code).toBe("temporarily_unavailable")
    expect(lines.at(-1)).toMatchObject({
      level: "error",
      error: expect.stringContaining("INBOX_JURISDICTION") as string,
    })
    expect((await send(first, "evt_1")).json["status"]).toBe("duplicate")
  })

  it("over twins: made with 16, then asked with 8, with 32 and with 16 again", async () => {
    const twins = new Map<number, MemoryShard>()
    const at = (index: number): MemoryShard => {
      const twin = twins.get(index) ?? createMemoryShard({ runner: { run: async () => ({ kind: "done" }) } })
      twins.set(index, twin)
      return twin
    }
    const send = async (count: number, id: string): Promise<string> =>
      await createInboxHandOff({ shards: createShards(count, at), handlerKeys: [], log: () => {} })(
        input({ dedupeKey: id }),
      ).catch((thrown: Error) => thrown.name)
    const ids = Array.from({ length: 40 }, (_, i) => `evt_${i}`)
    const verdicts = async (count: number): Promise<Set<string>> =>
      new Set(await Promise.all(ids.map(async (id) => await send(count, id))))
    expect(await verdicts(16)).toEqual(new Set(["accepted"]))
    expect(await verdicts(8)).toEqual(new Set(["Unavailable"]))
    expect(await verdicts(32)).toEqual(new Set(["Unavailable"]))
    expect(await verdicts(16)).toEqual(new Set(["duplicate"]))
  })
})

describe("time", () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it("no answer in 5 s → Unavailable, and not before", async () => {
    const { handOff, asked } = createFake(["silence"])
    let outcome: unknown
    void handOff().catch((thrown: unknown) => (outcome = thrown))
    await vi.advanceTimersByTimeAsync(4_999)
    expect(outcome).toBeUndefined()
    await vi.advanceTimersByTimeAsync(1)
    expect(outcome).toBeInstanceOf(Unavailable)
    expect(asked).toHaveLength(1)
  })

  it("the second try has what is left of the 5 s", async () => {
    const { handOff } = createFake([error({ retryable: true }), "silence"])
    let outcome: unknown
    void handOff().catch((thrown: unknown) => (outcome = thrown))
    await vi.advanceTimersByTimeAsync(5_000)
    expect(outcome).toBeInstanceOf(Unavailable)
  })

  it("leaves no timer behind", async () => {
    await createFake([NEW]).handOff()
    await createFake([error({})])
      .handOff()
      .catch(() => {})
    expect(vi.getTimerCount()).toBe(0)
  })
})
