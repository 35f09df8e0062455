import type { ProviderEvent } from "../providers/provider.ts"
import { isEventType } from "./envelope.ts"
import type { EventPayloads, WebhookEvent } from "./event.ts"
import { createPatternCheck, matchesPattern, type EventPattern, type TypeRules } from "./patterns.ts"
import { checkSchemas, type EventOf, type EventSchemas } from "./schema.ts"

/** Runs of one handler that one shard has in flight, unless its concurrency says otherwise. */
export const DEFAULT_CONCURRENCY = 16

/** The highest concurrency of a handler. */
export const MAX_CONCURRENCY = 64

/** Writes one JSON line to the log. */
export type Log = (entry: Readonly<Record<string, unknown>>) => void

/** The second argument of a handler. */
export interface HandlerContext<Env = unknown> {
  /** The Worker's bindings. */
  readonly env: Env
  /** The source that took the event, as `credicorp`. */
  readonly source: string
  /** 1 for the first attempt. */
  readonly attempt: number
  /** The sender's id of this delivery, cut to 128 printable ASCII characters. Not signed: log it, but do not trust it. */
  readonly deliveryId: string | undefined
  /**
   * The body as it was signed. `JSON.parse` rounds integers beyond 2^53 in the event, `9007199254740993` to `…992`: where
   * they occur, read them from these bytes.
   */
  readonly rawBody: Uint8Array
  /** Aborted when the attempt's time is up. Pass it to `fetch`, so that no request goes on for an attempt that is over. */
  readonly signal: AbortSignal
  /**
   * Adds work that the handler does not await itself. The attempt ends when all of it has settled, within the same time
   * limit, and fails if any of it rejects. Other work that is not awaited is dropped when the handler returns.
   *
   * @throws {TypeError} The attempt has ended.
   */
  readonly waitUntil: (work: Promise<unknown>) => void
  /** Writes one JSON line with the event's id and type, `message` and `fields`. */
  readonly log: (message: string, fields?: Readonly<Record<string, unknown>>) => void
}

/**
 * The user's code for an event. The run is done when it returns, and is retried if it throws. `RetryLater` sets the time of
 * the next attempt; `GiveUp` ends the run.
 */
export type Handler<Event = WebhookEvent, Env = unknown> = (
  event: Event,
  context: HandlerContext<Env>,
) => void | Promise<void>

/** A handler with its own concurrency, so that a service that recovers from an outage is not overloaded. */
export interface LimitedHandler<Event = WebhookEvent, Env = unknown> {
  /** Runs that one shard has in flight at once: 1 to 64, 16 unless set. The inbox runs as many in each shard. */
  readonly concurrency: number
  readonly handle: Handler<Event, Env>
}

type KnownType<Schemas extends EventSchemas> = (keyof EventPayloads | keyof Schemas) & string

/** Every family that a type is in: `a.b.c` is in `a.*` and in `a.b.*`. */
type FamilyOf<Type extends string, Prefix extends string = ""> = Type extends `${infer Word}.${infer Rest}`
  ? `${Prefix}${Word}.*` | FamilyOf<Rest, `${Prefix}${Word}.`>
  : never

/** The types that a pattern takes. */
type Taken<Pattern extends string, Type extends string> = Extract<
  Type,
  Pattern extends `${infer Family}.*` ? `${Family}.${string}` : Pattern
>

/** The handler of a known type gets its payload, that of a family the union of its known types' payloads. */
type KnownHandlers<Env, Schemas extends EventSchemas> = {
  readonly [Pattern in KnownType<Schemas> | FamilyOf<KnownType<Schemas>>]?:
    | Handler<EventOf<Taken<Pattern, KnownType<Schemas>>, Schemas>, Env>
    | LimitedHandler<EventOf<Taken<Pattern, KnownType<Schemas>>, Schemas>, Env>
}

/**
 * Pattern → handler, or `{ concurrency, handle }`. The handler of a known type gets its payload, that of a family the union
 * of its known types' payloads, and that of any other key, as `*`, an event of unknown payload.
 */
export type Handlers<Env, Schemas extends EventSchemas> = KnownHandlers<Env, Schemas> & {
  readonly [Pattern in "*" | `${string}.${string}`]?: OpenHandler<Env> | OpenLimited<Env>
}

/**
 * Like `Handlers`, with a closed list of types: a key that is neither declared in `EventPayloads` nor has a schema is a type
 * error. So the compiler finds a mistyped key, which no event would ever match.
 *
 * @example
 * ```ts
 * const handlers = defineHandlers({
 *   "decision.completed": ({ data }) => release(data.object.id),
 * } satisfies ClosedHandlers<Env>)
 * ```
 */
export type ClosedHandlers<Env, Schemas extends EventSchemas = Record<never, never>> = KnownHandlers<Env, Schemas> & {
  readonly "*"?: OpenHandler<Env>
}

/** Declared as a method, because a method's parameters are compared both ways: the handler of a known key must fit too. */
type OpenHandler<Env> = { handle(event: WebhookEvent, context: HandlerContext<Env>): void | Promise<void> }["handle"]

interface OpenLimited<Env> {
  readonly concurrency: number
  readonly handle: OpenHandler<Env>
}

/** Handlers with the schemas from which their types were inferred. */
export interface HandlerSet<Env = unknown> {
  /** In the order of the file. */
  readonly entries: readonly (readonly [pattern: EventPattern, handler: Handler<WebhookEvent, Env>])[]
  readonly schemas: EventSchemas
  /** Pattern → concurrency, of the handlers that declare one. */
  readonly concurrency: Readonly<Record<string, number>>
}

/**
 * Declares which code runs for which events. Every handler whose key matches an event runs, each by itself; their order has
 * no meaning. A type that a key names is known without further configuration (spec 3.10).
 *
 * @param handlers Pattern → handler, or `{ concurrency, handle }`. A pattern is an exact type, a family as `payment.*`, or `*`.
 * @param schemas Event type → Standard Schema of its payload: the payload is checked before each attempt
 *   (spec 3.11), and the handler's type comes from it. Name its type: `defineHandlers<Env, typeof schemas>(…, schemas)`.
 * @throws {TypeError} A key is not a pattern, its value not a handler, or a concurrency not a whole number from 1 to 64.
 * @example
 * ```ts
 * const handlers = defineHandlers<{ RELEASES: Queue }>({
 *   "decision.completed": async (event, { env }) => {
 *     if (event.data.object.outcome === "approved") await env.RELEASES.send(event.data.object.id)
 *   },
 *   "payment.*": (event, { log }) => log("money moved", { amount: event.data.object["amount"] }),
 *   // One at a time in each shard.
 *   "application.funded": { concurrency: 1, handle: (event) => console.log(event.id) },
 * })
 * ```
 */
export function defineHandlers<Env>(handlers: Handlers<Env, Record<never, never>>): HandlerSet<Env>
export function defineHandlers<Env, Schemas extends EventSchemas>(
  handlers: Handlers<Env, Schemas>,
  schemas: Schemas,
): HandlerSet<Env>
export function defineHandlers<Env>(handlers: object, schemas: EventSchemas = {}): HandlerSet<Env> {
  return readHandlers(handlers, schemas, { isType: isEventType })
}

/**
 * Reads handlers and schemas as a user wrote them.
 *
 * @param rules What the types of the provider look like.
 * @throws {TypeError} See `defineHandlers`.
 */
export function readHandlers<Env>(handlers: object, schemas: EventSchemas, rules: TypeRules): HandlerSet<Env> {
  const isPattern = createPatternCheck(rules)
  const entries: [EventPattern, Handler<WebhookEvent, Env>][] = []
  const concurrency: Record<string, number> = {}
  for (const [pattern, value] of Object.entries(handlers) as [string, unknown][]) {
    if (!isPattern(pattern)) {
      const family = rules.typeSeparator === "" ? "" : `, a family as payment${rules.typeSeparator ?? "."}*`
      throw new TypeError(`handlers: "${pattern}" is not an event type${family}, or *`)
    }
    const limited = typeof value === "function" ? { handle: value } : toLimited(pattern, value)
    entries.push([pattern, limited.handle as Handler<WebhookEvent, Env>])
    if ("concurrency" in limited) concurrency[pattern] = limited.concurrency
  }
  checkSchemas(schemas, rules.isType)
  return { entries, schemas, concurrency }
}

/** Checks a handler with settings. A mistyped setting must not be ignored: the handler would run without its limit. */
function toLimited(pattern: string, value: unknown): { readonly concurrency: number; readonly handle: unknown } {
  if (typeof value !== "object" || value === null || !("handle" in value) || typeof value.handle !== "function") {
    throw new TypeError(`handlers: the value of "${pattern}" must be a function, or { concurrency, handle }`)
  }
  const unknown = Object.keys(value).find((key) => key !== "handle" && key !== "concurrency")
  if (unknown !== undefined) {
    throw new TypeError(`handlers: "${pattern}" has a setting ${unknown}; there are only concurrency and handle`)
  }
  const concurrency = "concurrency" in value ? value.concurrency : undefined
  if (!Number.isInteger(concurrency) || Number(concurrency) < 1 || Number(concurrency) > MAX_CONCURRENCY) {
    throw new TypeError(`handlers: the concurrency of "${pattern}" must be a whole number from 1 to ${MAX_CONCURRENCY}`)
  }
  return { concurrency: Number(concurrency), handle: value.handle }
}

/** Creates the context of one attempt. Its log lines carry the event's id and type, which no field can hide. */
export const createContext = <Env>(
  event: WebhookEvent | ProviderEvent,
  { log, ...context }: Omit<HandlerContext<Env>, "log"> & { readonly log: Log },
): HandlerContext<Env> => ({
  ...context,
  log: (message, fields) => log({ level: "info", ...fields, message, event_id: event.id, event_type: event.type }),
})

/** Returns the handlers that take a type, in the order of the file. */
export const handlersOf = <Env>(set: HandlerSet<Env>, type: string): readonly Handler<WebhookEvent, Env>[] =>
  set.entries.filter(([pattern]) => matchesPattern(pattern, type)).map(([, handler]) => handler)
