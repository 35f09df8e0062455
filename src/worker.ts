import { waitUntil } from "cloudflare:workers"
import { createAppFromEnv, wakeInbox } from "./app/env.ts"
import type { WorkerBindings } from "./app/config.ts"
import { createAppKeeper } from "./app/stored-secrets.ts"
import { writeLine } from "./core/log.ts"
import { discardBody } from "./http/discard-body.ts"
import type { HandlerSet } from "./events/handlers.ts"
import { toSources, type SourceSet } from "./events/sources.ts"
import { createHandlerRuns, type HandlerRunsClass } from "./inbox/handler-entrypoint.ts"

export type { WorkerBindings } from "./app/config.ts"
export type { BindingText } from "./core/config.ts"
export { Account } from "./endpoints/account-object.ts"
export type { EventPayloads, PayloadOf, WebhookEvent } from "./events/event.ts"
export {
  defineHandlers,
  type ClosedHandlers,
  type Handler,
  type HandlerContext,
  type Handlers,
  type HandlerSet,
  type LimitedHandler,
} from "./events/handlers.ts"
export {
  defineSource,
  defineSources,
  type HandlersOf,
  type ProviderHandlers,
  type Source,
  type SourceDefinition,
  type SourceOptions,
  type SourceSet,
} from "./events/sources.ts"
export { GiveUp, RetryLater } from "./events/outcomes.ts"
export type { EventSchemas, StandardSchema } from "./events/schema.ts"
export type { HandlerRunsClass } from "./inbox/handler-entrypoint.ts"
export { Inbox } from "./inbox/inbox-object.ts"

/** What the main module of a Worker exports beside `Account` and `Inbox`. */
export interface Receiver<Env> {
  /** Answers every route: the receiver, the operator's, the registry's, `/errors` and `/healthz`. */
  readonly fetch: (request: Request, env: Env, ctx: ExecutionContext) => Response | Promise<Response>
  /** Call it by a cron trigger every 15 minutes. Wakes each shard that was opened, in case the platform has lost its alarm. */
  readonly scheduled: (controller: ScheduledController, env: Env, ctx: ExecutionContext) => Promise<void>
  /** Where handlers run: the inbox finds it under this name among the exports of the main module. */
  readonly HandlerRuns: HandlerRunsClass<Env>
}

/**
 * The Worker of this repository, with handlers of your own: a delivery is verified, checked and stored, acknowledged, and
 * then handed to each handler until it succeeds.
 *
 * The main module exports `Account`, `Inbox` and `HandlerRuns` by these names. wrangler.toml binds the objects as `ACCOUNTS`
 * and `INBOXES`, has a cron trigger for `scheduled`, and sets two flags:
 *
 * - `nodejs_compat` gives the platform's own HMAC, which is several times faster on large bodies.
 * - `durable_object_io_tasks_prevent_eviction` keeps a shard awake while one of its handlers runs. Without it, a long attempt
 *   can be lost and made again.
 *
 * `WorkerBindings` lists the variables. Invalid variables are logged with the first request, and the part that they configure
 * answers 503 until they are corrected.
 *
 * @param handlers The sources, as `defineSources` makes them; or handlers alone, as `defineHandlers` makes them, which are
 *   those of the source `credicorp`.
 * @example
 * ```ts
 * const receiver = createReceiver(defineHandlers({
 *   "payment.settled": (event, { log }) => log("settled", { payment: event.data.object["id"] }),
 * }))
 * ```
 */
export function createReceiver<Env extends WorkerBindings>(handlers: HandlerSet<Env> | SourceSet<Env>): Receiver<Env> {
  const storable = toSources(handlers).map(({ secretsVariable }) => secretsVariable)
  // Built with the isolate's first request: until then there are no bindings.
  const appOf = createAppKeeper((env: Env) => createAppFromEnv(env, handlers, { waitUntil }), writeLine, storable)
  return {
    fetch: async (request, env, ctx) => {
      const app = await appOf(env)
      const response = await app.fetch(request, env, ctx)
      await discardBody(request)
      return response
    },
    scheduled: async (_controller, env) => await wakeInbox(env),
    HandlerRuns: createHandlerRuns(handlers),
  }
}
