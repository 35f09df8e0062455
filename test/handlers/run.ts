import type { WebhookEvent } from "../../src/events/event.ts"
import type { HandlerSet } from "../../src/events/handlers.ts"
import { laneTakes } from "../../src/events/lanes.ts"
import { lanesOf, toSources, type SourceSet } from "../../src/events/sources.ts"
import type { RunOutcome } from "../../src/inbox/inbox.ts"
import { runHandler } from "../../src/inbox/run-handler.ts"

/** What an event led to: for each key that takes its type, how the attempt ended; and the lines that were logged. */
export interface Ran {
  readonly outcomes: Readonly<Record<string, RunOutcome>>
  readonly lines: readonly Readonly<Record<string, unknown>>[]
}

/**
 * Runs every handler of the source `credicorp` that takes the event's type, once, as the inbox does: the event is parsed from bytes and held to its
 * schema first, and what a handler throws becomes an outcome.
 *
 * @param env The bindings that the handlers use, or stand-ins for them.
 */
export async function runEvent<Env>(
  handlers: HandlerSet<Env> | SourceSet<Env>,
  event: WebhookEvent,
  env: Env,
): Promise<Ran> {
  const source = "credicorp"

  const body = new TextEncoder().encode(JSON.stringify(event))
  const lines: Readonly<Record<string, unknown>>[] = []
  const outcomes: Record<string, RunOutcome> = {}
  const lanes = lanesOf(toSources(handlers)).filter((lane) => laneTakes(lane, { source, type: event.type }))
  for (const handler of lanes) {
    const call = { handler, source, attempt: 1, deliveryId: undefined, body }
    outcomes[handler] = await runHandler(call, handlers, { env, log: (line) => void lines.push(line) })
  }
  return { outcomes, lines }
}
