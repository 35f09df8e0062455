// The Worker of the crash proof: one of one's own, whose handlers tell the process that kills it what they do.

import {
  createReceiver,
  defineHandlers,
  GiveUp,
  type HandlerContext,
  type WebhookEvent,
  type WorkerBindings,
} from "../../src/worker.ts"

export { Account, Inbox } from "../../src/worker.ts"

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

const receiver = createReceiver(defineHandlers<Env>({ "payment.*": witnessed("payment.*"), "*": witnessed("*") }))

export const HandlerRuns = receiver.HandlerRuns

export default { fetch: receiver.fetch } satisfies ExportedHandler<Env>
