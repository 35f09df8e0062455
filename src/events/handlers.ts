import type { EventPayloads, WebhookEvent } from "./event.ts"
import { isPattern, matchesPattern, type EventPattern } from "./patterns.ts"
import { checkSchemas, type EventOf, type EventSchemas } from "./schema.ts"

/** Runs of one handler that one shard has in flight, unless its concurrency says otherwise. */
export const DEFAULT_CONCURRENCY = 16

/** The highest concurrency of a handler. */
export const MAX_CONCURRENCY = 64

/** Writes one JSON line to the log. */
export type Log = (entry: Readonly<Record<string, unknown>>) => void

/** What a handler gets beside the event. */
export interface HandlerContext<Env = unknown> {
  /** The Worker's bindings. */
  readonly env: Env
  /** 1 for the first attempt. */
  readonly attempt: number
  /** The sender's id of this delivery, cut to 128 printable ASCII characters. Not signed: log it, trust it for nothing. */
  readonly deliveryId: string | undefined
  /** Fires when the attempt's time is up; pass it to `fetch`, so that nothing goes on for an attempt that was given up. */
  readonly signal: AbortSignal
  /** Writes one JSON line with the event's id and type, `message` and `fields`. */
  readonly log: (message: string, fields?: Readonly<Record<string, unknown>>) => void
}

/**
 * The user's code for an event. The event is taken when it returns, and tried again if it throws; `RetryLater` and
 * `GiveUp` say when, and whether.
 */
export type Handler<Event = WebhookEvent, Env = unknown> = (
  event: Event,
  context: HandlerContext<Env>,
) => void | Promise<void>

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

/** A known type's handler gets its payload, a family's the union of its known types'. */
type KnownHandlers<Env, Schemas extends EventSchemas> = {
  readonly [Pattern in KnownType<Schemas> | FamilyOf<KnownType<Schemas>>]?: Handler<
    EventOf<Taken<Pattern, KnownType<Schemas>>, Schemas>,
    Env
  >
}

/**
 * Pattern → handler. A known type's handler gets its payload, a family's the union of its known types', and any other
 * key, as `*`, an event of unknown payload.
 */
export type Handlers<Env, Schemas extends EventSchemas> = KnownHandlers<Env, Schemas> & {
  readonly [Pattern in "*" | `${string}.${string}`]?: OpenHandler<Env>
}

/**
 * As `Handlers`, for whoever wants the list of types closed: a key that is neither declared in `EventPayloads` nor has a
 * schema is a type error, so that a mistyped one is found before it waits for events that never come.
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

/** As a method, because its parameter is compared both ways: what a known key's handler takes must fit under this too. */
type OpenHandler<Env> = { handle(event: WebhookEvent, context: HandlerContext<Env>): void | Promise<void> }["handle"]

/** Handlers with the schemas their types were inferred from: the two cannot come apart. */
export interface HandlerSet<Env = unknown> {
  /** In the order of the file. */
  readonly entries: readonly (readonly [pattern: EventPattern, handler: Handler<WebhookEvent, Env>])[]
  readonly schemas: EventSchemas
  /** Pattern → concurrency, of the handlers that declare one. */
  readonly concurrency: Readonly<Record<string, number>>
}

/**
 * Declares which code runs for which events. Every key that matches an event runs, in the order of the file. A type
 * that a key names is known without further configuration (spec 3.10).
 *
 * @param handlers Pattern → handler: an exact type, a family as `payment.*`, or `*`.
 * @param schemas Event type → Standard Schema of its payload: the payload is held against it before any handler runs
 *   (spec 3.11), and the handler's type comes from it. Name its type: `defineHandlers<Env, typeof schemas>(…, schemas)`.
 * @throws {TypeError} A key is not a pattern, or its value not a function.
 * @example
 * ```ts
 * const handlers = defineHandlers<{ RELEASES: Queue }>({
 *   "decision.completed": async (event, { env }) => {
 *     if (event.data.object.outcome === "approved") await env.RELEASES.send(event.data.object.id)
 *   },
 *   "payment.*": (event, { log }) => log("money moved", { amount: event.data.object["amount"] }),
 * })
 * ```
 */
export function defineHandlers<Env>(handlers: Handlers<Env, Record<never, never>>): HandlerSet<Env>
export function defineHandlers<Env, Schemas extends EventSchemas>(
  handlers: Handlers<Env, Schemas>,
  schemas: Schemas,
): HandlerSet<Env>
export function defineHandlers<Env>(handlers: object, schemas: EventSchemas = {}): HandlerSet<Env> {
  const entries = Object.entries(handlers) as [EventPattern, Handler<WebhookEvent, Env>][]
  for (const [pattern, handler] of entries) {
    if (!isPattern(pattern)) {
      throw new TypeError(`handlers: "${pattern}" is not an event type, a family as payment.*, or *`)
    }
    if (typeof handler !== "function") throw new TypeError(`handlers: the value of "${pattern}" must be a function`)
  }
  checkSchemas(schemas)
  return { entries, schemas, concurrency: {} }
}

/** The context of one attempt; what it logs carries the event's id and type, which no field can hide. */
export const createContext = <Env>(
  event: WebhookEvent,
  { log, ...context }: Omit<HandlerContext<Env>, "log"> & { readonly log: Log },
): HandlerContext<Env> => ({
  ...context,
  log: (message, fields) => log({ level: "info", ...fields, message, event_id: event.id, event_type: event.type }),
})

/** The handlers that take a type, in the order of the file. */
export const handlersOf = <Env>(set: HandlerSet<Env>, type: string): readonly Handler<WebhookEvent, Env>[] =>
  set.entries.filter(([pattern]) => matchesPattern(pattern, type)).map(([, handler]) => handler)
