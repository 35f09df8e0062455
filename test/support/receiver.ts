import { createApp } from "../../src/app/app.ts"
import type { StoreHealth } from "../../src/app/health.ts"
import type { HandOff } from "../../src/events/hand-off.ts"
import { defineHandlers, type HandlerSet } from "../../src/events/handlers.ts"
import { PUBLIC_EVENT_TYPES } from "../../src/events/known.ts"
import { createInlineHandOff } from "./inline-hand-off.ts"
import type { ReceiverSettings } from "../../src/receiver/receive.ts"
import { createVerifier } from "../../src/verify/verifier.ts"
import { isActive } from "../../src/verify/keyring.ts"
import { credicorp } from "../../src/providers/credicorp.ts"
import { checkSecrets, type Secret } from "../../src/verify/secrets.ts"
import { NOW, SECRET, signedRequest, type DeliveryOptions } from "./delivery.ts"

/** The bindings that handlers get. */
export interface TestEnv {
  readonly NAME: string
}

const TEST_ENV: TestEnv = { NAME: "bindings of the test" }

export type LogEntry = Readonly<Record<string, unknown>>

/** A response, read. `code` and `param` are those of an error, `json` is the whole body. */
export interface Answer {
  readonly status: number
  readonly code: string | undefined
  readonly param: string | undefined
  readonly headers: Headers
  readonly text: string
  readonly json: Readonly<Record<string, unknown>>
}

interface AnyBody extends Record<string, unknown> {
  readonly error?: { readonly code: string; readonly param?: string; readonly request_id: string }
}

export async function toAnswer(response: Response): Promise<Answer> {
  const text = await response.text()
  const json = (text === "" ? {} : JSON.parse(text)) as AnyBody
  const { code, param } = json.error ?? {}
  return { status: response.status, code, param, headers: response.headers, text, json }
}

/** The settings of a receiver under test. A part that a test does not set has its default. */
export interface ReceiverOptions {
  readonly secrets?: readonly Secret[]
  readonly maxBodyBytes?: number
  readonly toleranceSeconds?: number
  readonly livemode?: boolean
  readonly unknownEvents?: "ignore" | "reject"
  readonly eventTypes?: readonly string[]
  readonly handlers?: HandlerSet<TestEnv>
  /** In place of the handlers. */
  readonly handOff?: HandOff
  /** The state that the inbox reports; `ok` unless given. */
  readonly checkStore?: () => Promise<StoreHealth>
  /** Milliseconds since 1970. */
  readonly clock?: () => number
  readonly errorDocsUrl?: string
}

export interface TestReceiver {
  /** Signs a delivery and sends it. */
  readonly send: (delivery?: DeliveryOptions) => Promise<Answer>
  /** Sends a request as it is. */
  readonly fetch: (request: Request) => Promise<Response>
  /** Every line that was logged, oldest first. */
  readonly logs: LogEntry[]
}

/** The whole app around a receiver, without a network. */
export function createReceiver(options: ReceiverOptions = {}): TestReceiver {
  const { maxBodyBytes, toleranceSeconds, livemode } = options
  const secrets = checkSecrets(options.secrets ?? [{ id: "test", secret: SECRET }])
  const { unknownEvents = "ignore", eventTypes = [], handlers = defineHandlers<TestEnv>({}) } = options
  const { clock = () => NOW * 1000 } = options
  const logs: LogEntry[] = []
  const log = (entry: LogEntry): void => void logs.push(entry)
  const settings: ReceiverSettings = {
    source: "credicorp",
    provider: credicorp,
    verifier: createVerifier({
      secrets,
      maxBodyBytes,
      toleranceSeconds,
      provider: credicorp,
      now: () => Math.floor(clock() / 1000),
    }),
    activeSecrets: (now) => secrets.filter((secret) => isActive(secret, now)).length,
    livemode,
    unknownEvents,
    knownPatterns: [...PUBLIC_EVENT_TYPES, ...eventTypes, ...handlers.entries.map(([pattern]) => pattern)],
    schemas: handlers.schemas,
    handOff: options.handOff ?? createInlineHandOff(handlers, TEST_ENV, log),
  }
  const app = createApp({
    sources: [
      {
        state: "on",
        settings: {
          ...settings,
          checkStore: options.checkStore ?? (async () => ({ store: "ok", storage: null }) as const),
        },
        source: "credicorp",
      },
    ],
    inbox: { state: "off" },
    endpoints: { state: "off" },
    operator: { state: "off" },
    errorDocsUrl: options.errorDocsUrl,
    log,
    clock,
  })
  const fetch = async (request: Request): Promise<Response> => await app.fetch(request)
  return { fetch, logs, send: async (delivery) => await toAnswer(await fetch(await signedRequest(delivery))) }
}

/** A promise that the test settles. */
export interface Deferred {
  readonly promise: Promise<void>
  readonly resolve: () => void
}

export function createDeferred(): Deferred {
  let resolve: (() => void) | undefined
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve: () => resolve?.() }
}

/** A body that counts how much of it was read. */
export interface CountedBody {
  readonly stream: ReadableStream<Uint8Array>
  readonly pulled: () => number
}

/** Sends each chunk when it is requested; ends after the last one, or with an error. */
export function createCountedBody(chunks: readonly Uint8Array[], error?: Error): CountedBody {
  let pulled = 0
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        const chunk = chunks[pulled]
        pulled += 1
        if (chunk) controller.enqueue(chunk)
        else if (error) controller.error(error)
        else controller.close()
      },
    },
    { highWaterMark: 0 },
  )
  return { stream, pulled: () => pulled }
}

/** A request whose body arrives in chunks, without a Content-Length unless `headers` has one. */
export function toStreamedRequest(request: Request, body: CountedBody, headers: Record<string, string> = {}): Request {
  const all = new Headers(request.headers)
  all.delete("content-length")
  for (const [name, value] of Object.entries(headers)) all.set(name, value)
  // Node asks for `duplex`; the types of Workers do not know it.
  const init = { method: "POST", headers: all, body: body.stream, duplex: "half" }
  return new Request(request.url, init)
}
