import { errorText } from "../core/log.ts"
import { withTimeLimit } from "../core/time-limit.ts"
import { parseEvent } from "../events/envelope.ts"
import type { WebhookEvent } from "../events/event.ts"
import { createContext, type HandlerSet, type Log } from "../events/handlers.ts"
import { GiveUp, RetryLater } from "../events/outcomes.ts"
import { checkPayload, type EventSchemas } from "../events/schema.ts"
import type { HandlerCall, RunOutcome } from "./inbox.ts"

/** What an attempt may take. */
export const ATTEMPT_TIMEOUT_MS = 30_000

/**
 * Makes one attempt: bytes → event → schema → handler, within the time limit. Whatever the handler does, it ends; its
 * signal has fired by then if it took too long, and what it still does is nobody's.
 */
export async function runHandler<Env>(
  call: HandlerCall,
  handlers: HandlerSet<Env>,
  { env, log, timeoutMs = ATTEMPT_TIMEOUT_MS }: { env: Env; log: Log; timeoutMs?: number },
): Promise<RunOutcome> {
  const handler = handlers.entries.find(([pattern]) => pattern === call.handler)?.[1]
  if (!handler) return { kind: "handler_gone" }
  const abort = new AbortController()
  const work = attemptOf(call.body, handlers.schemas, async (event) => {
    const { attempt, deliveryId } = call
    await handler(event, createContext(event, { env, attempt, deliveryId, signal: abort.signal, log }))
  })
  return await withTimeLimit(work, timeoutMs, () => {
    abort.abort(new Error(`an attempt may take ${timeoutMs} ms`))
    return { kind: "timed_out", error: `no end after ${timeoutMs} ms` }
  })
}

/** A schema is the user's code, too: what it throws is what its handler would have thrown. */
async function attemptOf(
  body: Uint8Array,
  schemas: EventSchemas,
  handle: (event: WebhookEvent) => Promise<void>,
): Promise<RunOutcome> {
  try {
    // The rules of an envelope, or the user's schema, may have changed since it was stored.
    const parsed = parseEvent(body)
    const event = parsed.ok ? checkPayload(parsed.value, schemas) : parsed
    if (!event.ok) return { kind: "dead", reason: "payload_refused", error: event.error.param ?? event.error.code }
    await handle(event.value)
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
