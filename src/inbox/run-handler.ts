import { errorStack, errorText } from "../core/error-text.ts"
import { withTimeLimit } from "../core/time-limit.ts"
import { createContext, type Handler, type HandlerSet, type Log } from "../events/handlers.ts"
import { laneOf } from "../events/lanes.ts"
import { GiveUp, RetryLater } from "../events/outcomes.ts"
import { checkPayload } from "../events/schema.ts"
import { toSources, type SourceSet } from "../events/sources.ts"
import type { HandlerCall, RunOutcome } from "./inbox.ts"

/** Time limit of an attempt, in milliseconds. */
export const ATTEMPT_TIMEOUT_MS = 30_000

interface RunDeps<Env> {
  readonly env: Env
  readonly log: Log
  readonly timeoutMs?: number
}

/**
 * Makes one attempt: bytes → event → schema → handler, and what the handler passed to `waitUntil`. Always settles within the
 * time limit: then the signal is aborted, and later results are ignored.
 */
export async function runHandler<Env>(
  call: HandlerCall,
  handlers: HandlerSet<Env> | SourceSet<Env>,
  { env, log, timeoutMs = ATTEMPT_TIMEOUT_MS }: RunDeps<Env>,
): Promise<RunOutcome> {
  const abort = new AbortController()
  const attempt = makeAttempt(call, handlers, { env, log, signal: abort.signal })
  return await withTimeLimit(attempt, timeoutMs, () => {
    abort.abort(new Error(`an attempt may take ${timeoutMs} ms`))
    return { kind: "timed_out", error: `no end after ${timeoutMs} ms` }
  })
}

async function makeAttempt<Env>(
  { handler: lane, source: name, attempt, deliveryId, headers, body }: HandlerCall,
  handlers: HandlerSet<Env> | SourceSet<Env>,
  { env, log, signal }: { readonly env: Env; readonly log: Log; readonly signal: AbortSignal },
): Promise<RunOutcome> {
  const source = toSources(handlers).find((one) => one.name === name)
  const found = source?.handlers.entries.find(([pattern]) => laneOf(name, pattern) === lane)
  if (!source || !found) return { kind: "handler_gone" }
  const handler = found[1] as Handler<unknown, Env>
  const facts: Record<string, unknown> = { source: name, handler: lane, attempt }
  const work = collectWork()
  try {
    // The rules of an envelope, or the user's schema, may have changed since the event was stored.
    const parsed = source.provider.readEvent({ body, header: (header) => headers?.[header] ?? "" })
    if (parsed.ok) Object.assign(facts, { event_id: parsed.value.id, event_type: parsed.value.type })
    // A schema is the user's code too: an error that it throws counts as its handler's.
    const event = parsed.ok ? checkPayload(parsed.value, source.handlers.schemas) : parsed
    if (!event.ok) return { kind: "dead", reason: "payload_refused", error: event.error.param ?? event.error.code }
    const { waitUntil } = work
    const context = { env, source: name, attempt, deliveryId, rawBody: body, signal, waitUntil, log }
    await handler(event.value, createContext(event.value, context))
    await work.settle()
    return { kind: "done" }
  } catch (error) {
    return toOutcome(error, (stack) => log({ level: "warn", message: "a handler threw", ...facts, ...stack }))
  } finally {
    work.end()
  }
}

/** @param report Logs the error with its stack, which is not kept in the inbox. */
function toOutcome(thrown: unknown, report: (facts: { error: string; stack: string }) => void): RunOutcome {
  const error = errorText(thrown)
  if (thrown instanceof GiveUp) return { kind: "dead", reason: "gave_up", error }
  if (thrown instanceof RetryLater) return { kind: "failed", error, retryAfterSeconds: thrown.seconds }
  const stack = errorStack(thrown)
  if (stack !== undefined) report({ error, stack })
  return { kind: "failed", error }
}

/** The work that a handler does not await itself. */
interface CollectedWork {
  readonly waitUntil: (work: Promise<unknown>) => void
  /** Resolves once all of it has settled, also what was added meanwhile. Rejects with the first rejection, in its order. */
  readonly settle: () => Promise<void>
  readonly end: () => void
}

function collectWork(): CollectedWork {
  const added: Promise<unknown>[] = []
  let isOver = false
  return {
    waitUntil(work) {
      if (isOver)
        throw new TypeError("waitUntil was called after the attempt had ended: call it before the handler returns")
      const promise = Promise.resolve(work)
      // Its rejection is dealt with by `settle`, or is ignored with the rest of an attempt that failed before.
      promise.catch(() => {})
      added.push(promise)
    },
    async settle() {
      let outcomes: readonly PromiseSettledResult<unknown>[] = []
      while (outcomes.length < added.length) outcomes = await Promise.allSettled(added)
      const failed = outcomes.find(({ status }) => status === "rejected")
      if (failed?.status === "rejected") throw failed.reason
    },
    end() {
      isOver = true
    },
  }
}
