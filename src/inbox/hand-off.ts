import { errorText } from "../core/error-text.ts"
import { withTimeLimit } from "../core/time-limit.ts"
import { Unavailable, type HandOff, type HandOffInput } from "../events/hand-off.ts"
import type { Log } from "../events/handlers.ts"
import { laneTakes } from "../events/lanes.ts"
import type { Accepted, InboxDelivery } from "./inbox.ts"
import { openShard, type Shards } from "./shards.ts"

/** How long the receiver waits for a shard: half of what the sender waits for the receiver (spec 3.13). */
export const ACCEPT_TIMEOUT_MS = 5_000

export interface InboxHandOffOptions {
  readonly shards: Shards
  /** The lanes of all sources, in the order of handlers.ts. */
  readonly handlerKeys: readonly string[]
  readonly log: Log
}

/**
 * Creates the hand-off to the inbox: one call to the event's shard, which answers once the event is durable.
 *
 * A payload is checked against its schema when a handler runs, not here. If it were refused here, the sender would retry for
 * 72 hours and then give up. In the inbox its run is dead, and can be run again with a corrected schema (spec 3.11).
 */
export const createInboxHandOff =
  ({ shards, handlerKeys, log }: InboxHandOffOptions): HandOff =>
  async (input) => {
    const delivery = toDelivery(input, handlerKeys)
    const accepted = await withinTime(acceptOrRetry(shards, delivery))
    const facts = { source: input.source, event_id: input.eventId, delivery_id: input.deliveryId }
    const warn = (message: string): void => log({ level: "warn", message, ...facts, event_type: delivery.type })
    if (accepted.kind === "accepted" || accepted.kind === "ignored") {
      if (!delivery.handlers?.length) warn("no handler takes the event: it is stored as unhandled")
      return accepted.kind
    }
    if (accepted.kind !== "duplicate") throw new Unavailable(PROBLEMS[accepted.kind])
    if (accepted.differs) warn("a delivery has other bytes than the stored event: the first bytes are kept")
    return "duplicate"
  }

const PROBLEMS = {
  full: "the shard has too much to write",
  no_space: "the shard has no storage for new events (INBOX_MAX_SHARD_BYTES): prune, erase, or raise it",
  too_large: "the event does not fit into a row",
  other_shards: "INBOX_SHARDS is not the number that the inbox was made with: set it back",
} as const

/** Without `handlers` the type is not known; with none of them no handler takes it. Both are stored (spec 3.15). */
function toDelivery(input: HandOffInput, keys: readonly string[]): InboxDelivery {
  const { source, dedupeKey, eventType: type, body, deliveryId, secretId, headers, known } = input
  const handlers = known ? keys.filter((key) => laneTakes(key, { source, type })) : undefined
  return { source, dedupeKey, type, body, deliveryId, secretId, headers, handlers }
}

/** Tries once more, on a fresh stub, if the platform marks the error as retryable: every deployment resets the objects. */
async function acceptOrRetry(shards: Shards, delivery: InboxDelivery): Promise<Accepted> {
  try {
    return await accept(shards, delivery)
  } catch (error) {
    if (!mayRetry(error)) throw error
    return await accept(shards, delivery)
  }
}

async function accept(shards: Shards, delivery: InboxDelivery): Promise<Accepted> {
  const index = shards.indexOf(delivery.source, delivery.dedupeKey)
  const accepted = await shards.at(index).accept(delivery, shards.count)
  if (accepted.kind !== "other_shards" || accepted.kept !== undefined) return accepted
  const problem = await openShard(shards, index)
  if (problem !== undefined) throw new Unavailable(problem)
  return await shards.at(index).accept(delivery, shards.count)
}

/** https://developers.cloudflare.com/durable-objects/best-practices/error-handling/ */
const mayRetry = (error: unknown): boolean => {
  const { retryable, overloaded } = error as { retryable?: unknown; overloaded?: unknown }
  return retryable === true && overloaded !== true
}

/**
 * Waits for the shard's answer. If the shard stores the event after the time limit, the sender's retry is a duplicate.
 *
 * @throws {Unavailable} The shard fails or takes too long.
 */
async function withinTime(call: Promise<Accepted>): Promise<Accepted> {
  try {
    return await withTimeLimit(call, ACCEPT_TIMEOUT_MS, () => {
      throw new Unavailable(`no answer in ${ACCEPT_TIMEOUT_MS} ms`)
    })
  } catch (error) {
    throw error instanceof Unavailable ? error : new Unavailable(`the store failed: ${errorText(error)}`)
  }
}
