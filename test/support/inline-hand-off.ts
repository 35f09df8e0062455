import { ATTEMPT_TIMEOUT_MS } from "../../src/inbox/run-handler.ts"
import { parseEvent } from "../../src/events/envelope.ts"
import { checkPayload } from "../../src/events/schema.ts"
import type { HandOff } from "../../src/events/hand-off.ts"
import { createContext, handlersOf, type HandlerSet, type Log } from "../../src/events/handlers.ts"

/**
 * Creates a hand-off without a store: the handlers run, one after the other, before the delivery is answered. If one fails,
 * the hand-off fails, and the whole event can be sent again.
 *
 * It stores nothing: a repeated event runs its handlers again.
 */
export const createInlineHandOff =
  <Env>(handlers: HandlerSet<Env>, env: Env, log: Log): HandOff =>
  async ({ body, deliveryId, known }) => {
    if (!known) return "ignored"
    const parsed = parseEvent(body)
    const checked = parsed.ok ? checkPayload(parsed.value, handlers.schemas) : parsed
    if (!checked.ok) throw new Error("the receiver took an event that it should refuse")
    const event = checked.value
    const signal = AbortSignal.timeout(ATTEMPT_TIMEOUT_MS)
    const context = createContext(event, {
      env,
      source: "credicorp",
      attempt: 1,
      deliveryId,
      rawBody: body,
      signal,
      waitUntil: () => {},
      log,
    })
    for (const handler of handlersOf(handlers, event.type)) await handler(event, context)
    return "accepted"
  }
