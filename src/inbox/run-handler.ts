import { errorText } from "../core/error-text.ts"
import { ATTEMPT_TIMEOUT_MS } from "../core/limits.ts"
import { withTimeLimit } from "../core/time-limit.ts"
import { parseEvent } from "../events/envelope.ts"
import type { WebhookEvent } from "../events/event.ts"
import { createContext, type Handler, type HandlerContext, type HandlerSet, type Log } from "../events/handlers.ts"
import { GiveUp, RetryLater } from "../events/outcomes.ts"
import { checkPayload } from "../events/schema.ts"
import type { HandlerCall, RunOutcome } from "./inbox.ts"

/**
 * Makes one attempt: bytes → event → schema → handler, within the time limit. Whatever the handler does, it ends; its
 * signal has fired by then if it took too long, and what it still does is nobody's.
 */
export async function runHandler<Env>(
  { handler: key, attempt, deliveryId, body }: HandlerCall,
  handlers: HandlerSet<Env>,
  { env, log, timeoutMs = ATTEMPT_TIMEOUT_MS }: { env: Env; log: Log; timeoutMs?: number },
): Promise<RunOutcome> {
  const handler = handlers.entries.find(([pattern]) => pattern === key)?.[1]
  if (!handler) return { kind: "handler_gone" }
  // The rules of an envelope, or the user's schema, may have changed since it was stored.
  const parsed = parseEvent(body)
  const event = parsed.ok ? checkPayload(parsed.value, handlers.schemas) : parsed
  if (!event.ok) return { kind: "dead", reason: "payload_refused", error: event.error.param ?? event.error.code }

  const abort = new AbortController()
  const context = createContext(event.value, { env, attempt, deliveryId, signal: abort.signal, log })
  return await withTimeLimit(attemptOf(handler, event.value, context), timeoutMs, () => {
    abort.abort(new Error(`an attempt may take ${timeoutMs} ms`))
    return { kind: "timed_out", error: `no end after ${timeoutMs} ms` }
  })
}

async function attemptOf<Env>(
  handler: Handler<WebhookEvent, Env>,
  event: WebhookEvent,
  context: HandlerContext<Env>,
): Promise<RunOutcome> {
  try {
    await handler(event, context)
    return { kind: "done" }
  } catch (error) {
    return toOutcome(error)
  }
}

function toOutcome(error: unknown): RunOutcome {
  if (error instanceof GiveUp) return { kind: "dead", reason: "gave_up", error: errorText(error) }
  const retry = error instanceof RetryLater ? { retryAfterSeconds: error.seconds } : {}
  return { kind: "failed", error: errorText(error), ...retry }
}
