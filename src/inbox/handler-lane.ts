import type { Outcome } from "../attempts/run.ts"
import type { Schedule } from "../attempts/schedule.ts"
import type { AttemptCall, Lane, Workload } from "../attempts/workload.ts"
import { DEFAULT_CONCURRENCY, MAX_CONCURRENCY } from "../events/handlers.ts"
import { MAX_RETRY_LATER_SECONDS } from "../events/outcomes.ts"
import type { HandlerRunner, RunOutcome } from "./inbox.ts"
import { pruneIfDue } from "./prune.ts"
import type { InboxStore } from "./store.ts"

/** The delays between the attempts of a handler: a hiccup, a restart, a deployment, an outage, a night, a day. */
export const HANDLER_SCHEDULE: Schedule = {
  delaysSeconds: [5, 30, 120, 600, 3_600, 21_600, 86_400],
  jitterPercent: 10,
}

/** Memory for each byte of a body: stored, copied to the handler, and decoded to text with two bytes a character. */
const BYTES_PER_BODY_BYTE = 4

/** Memory for each value of the parsed body, in bytes. Measured: 386 MB for 16 bodies of 1 MB that are `{},{},…`. */
const BYTES_PER_TOKEN = 72

/** The payload of an attempt: the bytes of an event. */
export interface HandlerPayload {
  readonly source: string
  readonly headers: Readonly<Record<string, string>> | undefined
  readonly deliveryId: string | undefined
  readonly body: Uint8Array
}

/** Handlers as lanes of the engine: what an attempt needs, how it is made, and what follows its end. */
export interface HandlerLanes extends Workload<HandlerPayload> {
  /** Asks the runner how many runs of each handler may be in flight; resolves at once if it is known. */
  readonly learn: () => Promise<void>
}

/** @param noteAttempt Called when an attempt of a handler has ended, whether it succeeded or not. */
export function createHandlerLanes(
  store: InboxStore,
  runner: HandlerRunner,
  noteAttempt: (handler: string, isDone: boolean) => void,
): HandlerLanes {
  let concurrency: Readonly<Record<string, number>> | undefined
  const lanes = new Map<string, Lane>()
  return {
    async learn() {
      concurrency ??= await runner.concurrency()
    },
    laneOf(key) {
      const known = lanes.get(key)
      if (known) return known
      // Before it is known, one run at a time is within any limit.
      const asked = concurrency === undefined ? 1 : concurrency[key]
      const lane = {
        concurrency: Math.min(Math.max(1, asked ?? DEFAULT_CONCURRENCY), MAX_CONCURRENCY),
        // What the user has set is a promise to a downstream, the default is not.
        isStrict: asked !== undefined,
        schedule: HANDLER_SCHEDULE,
      }
      if (concurrency) lanes.set(key, lane)
      return lane
    },
    longestDelayMs: MAX_RETRY_LATER_SECONDS * 1000,
    load(sequence) {
      const event = store.getEvent(sequence)
      const body = event && store.getBody(sequence)
      if (!body) return { deadReason: "body_erased" }
      const { source, headers, deliveryId } = event
      return { payload: { source, headers, deliveryId, body }, weight: weightOf(body) }
    },
    async attempt(call) {
      let isDone = false
      try {
        const outcome = await runner.run(toHandlerCall(call))
        isDone = outcome.kind === "done"
        return toOutcome(outcome)
      } finally {
        noteAttempt(call.lane, isDone)
      }
    },
    // An error may quote a body that was erased.
    keepsErrors: (sequence) => store.getEvent(sequence)?.hasBody ?? false,
    onEnded: (sequence) => pruneIfDue(store, sequence),
    describe: (sequence, lane) => ({ event_id: store.getEvent(sequence)?.dedupeKey, handler: lane }),
  }
}

const toHandlerCall = ({ lane, attempt, payload }: AttemptCall<HandlerPayload>) => ({
  handler: lane,
  attempt,
  ...payload,
})

function toOutcome(outcome: RunOutcome): Outcome {
  // A gradual deployment may take hours, so the run is retried by its whole schedule before it is dead.
  if (outcome.kind === "handler_gone") {
    return { kind: "failed", error: "no handler of this key is deployed", deadReason: "handler_gone" }
  }
  if (!("retryAfterSeconds" in outcome)) return outcome
  const { retryAfterSeconds, ...failed } = outcome
  const seconds = Math.min(retryAfterSeconds ?? Number.NaN, MAX_RETRY_LATER_SECONDS)
  return Number.isNaN(seconds) ? failed : { ...failed, retryAfterMs: seconds * 1000 }
}

/** Estimates the memory of an attempt, in bytes. The structure of a body costs more than its length. */
function weightOf(body: Uint8Array): number {
  let tokens = 0
  for (const byte of body) if (byte === OPEN_OBJECT || byte === OPEN_ARRAY || byte === COMMA || byte === COLON) tokens++
  return body.length * BYTES_PER_BODY_BYTE + tokens * BYTES_PER_TOKEN
}

const [OPEN_OBJECT, OPEN_ARRAY, COMMA, COLON] = [0x7b, 0x5b, 0x2c, 0x3a]
