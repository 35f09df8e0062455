import { assertOption, assertOptions } from "../core/assert.ts"
import { credicorp } from "../providers/credicorp.ts"
import type { AnyProvider, Provider, ProviderEvent } from "../providers/provider.ts"
import type { WebhookEvent } from "./event.ts"
import { readHandlers, type Handler, type Handlers, type HandlerSet, type LimitedHandler } from "./handlers.ts"
import { DEFAULT_SOURCE, isSourceName, laneOf } from "./lanes.ts"
import type { EventSchemas, SchemaPayload } from "./schema.ts"

/** A provider with the handlers of its events. */
export interface SourceDefinition<Env = unknown> {
  readonly provider: AnyProvider
  readonly handlers: HandlerSet<Env>
  /** The variable with its secrets, where it is not the one that follows from the source's name (spec 7.6). */
  readonly secretsVariable?: string | undefined
}

/** A provider mounted under a name (spec 7.6). */
export interface Source<Env = unknown> extends SourceDefinition<Env> {
  readonly name: string
  readonly secretsVariable: string
}

/** The sources of a receiver, in the order of the file. */
export interface SourceSet<Env = unknown> {
  readonly sources: readonly Source<Env>[]
}

/** Settings of a source. */
export interface SourceOptions<Schemas extends EventSchemas = Record<never, never>> {
  /** Event type → Standard Schema of its payload: the payload is checked before a handler runs, and typed from it. */
  readonly schemas?: Schemas
  /** The variable with its secrets; `<SOURCE>_WEBHOOK_SECRETS` unless given (spec 7.6). */
  readonly secretsVariable?: string
}

/** A method's parameters are compared both ways, so the handler of a type with a schema fits too. */
type OpenHandler<Env> = { handle(...given: Parameters<Handler<ProviderEvent, Env>>): void | Promise<void> }["handle"]

/**
 * Pattern → handler, for a provider whose events are `ProviderEvent`: the handler of a type with a schema gets what the
 * schema makes of the payload, any other the payload as it was decoded.
 */
export type ProviderHandlers<Env, Schemas extends EventSchemas> = {
  readonly [Type in keyof Schemas & string]?:
    | Handler<ProviderEvent<Type, SchemaPayload<Schemas, Type>>, Env>
    | LimitedHandler<ProviderEvent<Type, SchemaPayload<Schemas, Type>>, Env>
} & {
  readonly [pattern: string]: OpenHandler<Env> | { readonly concurrency: number; readonly handle: OpenHandler<Env> }
}

/** The handlers of a provider: Credicorp's events have a type of their own. */
export type HandlersOf<From extends AnyProvider, Env, Schemas extends EventSchemas> =
  From extends Provider<infer Event, infer _>
    ? Event extends WebhookEvent
      ? Handlers<Env, Schemas>
      : ProviderHandlers<Env, Schemas>
    : never

/**
 * Declares a source: which provider, and which code runs for which of its events.
 *
 * @param handlers Pattern → handler, or `{ concurrency, handle }`. A pattern is an exact type, `*`, or a family with the
 *   provider's separator, as `invoice.*` or `orders/*` (spec 7.7).
 * @throws {TypeError} A pattern, handler, schema or option is invalid. The message names it.
 * @example
 * ```ts
 * const sources = defineSources({
 *   stripe: defineSource(stripe, {
 *     "invoice.*": (event, { log }) => log("invoice", { type: event.type }),
 *   }),
 * })
 * ```
 */
export function defineSource<
  const From extends AnyProvider,
  Env,
  const Schemas extends EventSchemas = Record<never, never>,
>(
  provider: From,
  handlers: HandlersOf<From, Env, NoInfer<Schemas>>,
  options: SourceOptions<Schemas> = {},
): SourceDefinition<Env> {
  assertOptions("options of defineSource", options, ["schemas", "secretsVariable"])
  const { schemas = {} as EventSchemas, secretsVariable } = options
  assertOption(
    secretsVariable === undefined || /^[A-Za-z_]\w{0,127}$/.test(secretsVariable),
    "secretsVariable must be the name of a variable: letters, digits and _",
  )
  assertOption(typeof provider?.readEvent === "function", "defineSource takes a provider, as stripe, and its handlers")
  return { provider, handlers: readHandlers(handlers as object, schemas, provider), secretsVariable }
}

/**
 * Declares the sources of a receiver: each is served at `/webhooks/<name>`, with secrets of its own. Handlers without a
 * provider, as `defineHandlers` makes them, are Credicorp's.
 *
 * @throws {TypeError} A name is not 1 to 32 of `a-z 0-9 -`, is reserved, or there is no source; `credicorp` has another
 *   provider; two sources would read one variable.
 * @example
 * ```ts
 * const sources = defineSources({
 *   credicorp: defineHandlers({ "payment.*": (event, { log }) => log("money moved", { id: event.id }) }),
 *   github: defineSource(github, { push: (event, { log }) => log("pushed", { id: event.id }) }),
 * })
 * ```
 */
export function defineSources<Env>(
  definitions: Readonly<Record<string, HandlerSet<Env> | SourceDefinition<Env>>>,
): SourceSet<Env> {
  const sources = Object.entries(definitions).map(([name, given]): Source<Env> => {
    assertOption(
      isSourceName(name),
      `"${name}" is not the name of a source: it takes 1 to 32 of a-z, 0-9 and -, and countersign is reserved`,
    )
    const source: SourceDefinition<Env> = "provider" in given ? given : { provider: credicorp, handlers: given }
    // Its lanes are stored without the name of a source, so its types must be Credicorp's.
    assertOption(
      name !== DEFAULT_SOURCE || source.provider === credicorp,
      "the source credicorp must have the provider credicorp: choose another name",
    )
    const secretsVariable = source.secretsVariable ?? `${variablePrefixOf(name)}WEBHOOK_SECRETS`
    return { name, secretsVariable, provider: source.provider, handlers: source.handlers }
  })
  assertOption(sources.length > 0, "defineSources takes at least one source")
  const variables = new Set(sources.map((source) => source.secretsVariable))
  assertOption(variables.size === sources.length, "two sources would read their secrets from one variable")
  return { sources }
}

/** What the variables of a source begin with: nothing for `credicorp`, else its name, as `STRIPE_` (spec 7.6). */
export const variablePrefixOf = (name: string): string =>
  name === DEFAULT_SOURCE ? "" : `${name.toUpperCase().replaceAll("-", "_")}_`

/** Returns the sources of a Worker. Handlers alone are those of the source `credicorp`. */
export const toSources = <Env>(given: HandlerSet<Env> | SourceSet<Env>): readonly Source<Env>[] =>
  "sources" in given ? given.sources : defineSources({ [DEFAULT_SOURCE]: given }).sources

/** Returns the lanes of all handlers, in the order of the file. */
export const lanesOf = <Env>(sources: readonly Source<Env>[]): readonly string[] =>
  sources.flatMap(({ name, handlers }) => handlers.entries.map(([pattern]) => laneOf(name, pattern)))

/** Returns lane → concurrency, of the handlers that declare one. */
export const concurrencyOf = <Env>(sources: readonly Source<Env>[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    sources.flatMap(({ name, handlers }) =>
      Object.entries(handlers.concurrency).map(([pattern, limit]) => [laneOf(name, pattern), limit] as const),
    ),
  )
