// The Worker of the crash proof: the project's own, but for its handlers, which tell the process that kills it what they do.

import { createAppFromEnv } from "../../src/app-from-env.ts"
import type { WorkerBindings } from "../../src/config.ts"
import type { WebhookEvent } from "../../src/events/event.ts"
import { defineHandlers, type HandlerContext } from "../../src/events/handlers.ts"
import { GiveUp } from "../../src/events/outcomes.ts"
import { createHandlerRuns } from "../../src/inbox/handler-entrypoint.ts"

export { Account } from "../../src/endpoints/account-object.ts"
export { Inbox } from "../../src/inbox/inbox-object.ts"

interface Env extends WorkerBindings {
  /** Origin of the process that looks on. */
  readonly WITNESS: string
}

/** What the payload has a handler do. */
export interface CrashPayload extends Record<string, unknown> {
  /** How long it takes, in milliseconds. */
  readonly ms: number
  /** How many of the first attempts fail. */
  readonly failures: number
  readonly hopeless: boolean
}

const witnessed =
  (handler: string) =>
  async (event: WebhookEvent, { env, attempt, signal }: HandlerContext<Env>): Promise<void> => {
    const tell = async (what: string): Promise<void> => {
      const query = new URLSearchParams({ what, event: event.id, handler, attempt: String(attempt) })
      await (await fetch(`${env.WITNESS}/?${query.toString()}`, { signal })).text()
    }
    const { ms, failures, hopeless } = event.data.object as CrashPayload
    await tell("started")
    await scheduler.wait(ms)
    if (hopeless) throw new GiveUp("as the event says")
    if (attempt <= failures) throw new Error("as the event says")
    await tell("completed")
  }

const handlers = defineHandlers<Env>({ "payment.*": witnessed("payment.*"), "*": witnessed("*") })

export const HandlerRuns = createHandlerRuns(handlers)

let app: ReturnType<typeof createAppFromEnv> | undefined

export default {
  fetch: (request, env, ctx) => (app ??= createAppFromEnv(env, handlers)).fetch(request, env, ctx),
} satisfies ExportedHandler<Env>
