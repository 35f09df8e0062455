import { createApp } from "../../src/app/app.ts"
import { toUtf8 } from "../../src/core/bytes.ts"
import type { HandlerCall, InboxDelivery, RunOutcome } from "../../src/inbox/inbox.ts"
import { openShard, createShards, type Shards } from "../../src/inbox/shards.ts"
import { NOW, sampleBody } from "./delivery.ts"
import { createLog, createMemoryShard, settle, type MemoryShard } from "./memory-inbox.ts"
import { OPERATOR_TOKEN } from "./operator-token.ts"
import { toAnswer, type Answer, type LogEntry } from "./receiver.ts"

export const HANDLER_KEYS = ["decision.completed", "payment.*", "*"]

/** The parts of an operator's request. */
export interface OperatorCall {
  /** `OPERATOR_TOKEN` unless given; null sends no credential. */
  readonly token?: string | null
  /** Text is sent as it is, anything else as its JSON. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** The operator's routes over an inbox in memory. */
export interface InboxApp {
  readonly call: (method: string, path: string, options?: OperatorCall) => Promise<Answer>
  /** Answers a request to the operator's routes, and waits for runs that it starts. */
  readonly fetch: (request: Request) => Promise<Response>
  /** Stores an event, and waits for its runs. */
  readonly take: (id: string, changes?: Partial<InboxDelivery>) => Promise<void>
  readonly shards: Shards
  readonly twins: ReadonlyMap<number, MemoryShard>
  readonly lines: LogEntry[]
  readonly calls: HandlerCall[]
  /** Decides how an attempt ends. */
  answer: (call: HandlerCall) => RunOutcome
  readonly pass: (ms: number) => void
}

export const operatorRequest = (
  method: string,
  path: string,
  { token = OPERATOR_TOKEN, body, headers }: OperatorCall = {},
): Request =>
  new Request(`https://receiver.example/inbox${path}`, {
    method,
    headers: {
      ...(token !== null && { Authorization: `Bearer ${token}` }),
      ...(body !== undefined && { "Content-Type": "application/json" }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  })

export function createInboxApp({ count = 4, handlerKeys = HANDLER_KEYS } = {}): InboxApp {
  let now = NOW * 1000
  const { lines, log } = createLog()
  const calls: HandlerCall[] = []
  const runner = {
    async run(call: HandlerCall): Promise<RunOutcome> {
      calls.push(call)
      return inbox.answer(call)
    },
  }
  const twins = new Map<number, MemoryShard>()
  const shards = createShards(count, (index) => {
    const twin = twins.get(index) ?? createMemoryShard({ runner, clock: () => now, random: () => 0.5 })
    twins.set(index, twin)
    return twin
  })
  const app = createApp({
    sources: [{ state: "off", source: "credicorp" }],
    inbox: {
      state: "on",
      settings: { tokens: [OPERATOR_TOKEN], shards, handlerKeys, concurrency: { "payment.*": 4 } },
    },
    endpoints: { state: "off" },
    operator: { state: "off" },
    log,
    clock: () => now,
  })
  const inbox: InboxApp = {
    shards,
    twins,
    lines,
    calls,
    answer: () => ({ kind: "done" }),
    pass(ms) {
      now += ms
    },
    async take(id, changes) {
      const delivery: InboxDelivery = {
        source: "credicorp",
        dedupeKey: id,
        type: "payment.settled",
        body: toUtf8(sampleBody({ id, type: "payment.settled" })),
        deliveryId: `dlv_${id}`,
        secretId: "test",
        handlers: ["payment.*"],
        ...changes,
      }
      const index = shards.indexOf(delivery.source, id)
      await openShard(shards, index)
      await shards.at(index).accept(delivery, count)
      await settle()
    },
    async fetch(request) {
      const response = await app.fetch(request)
      await settle()
      return response
    },
    call: async (method, path, options) => await toAnswer(await inbox.fetch(operatorRequest(method, path, options))),
  }
  return inbox
}
