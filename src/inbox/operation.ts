import type { DeployedHandlers } from "./stats-view.ts"
import { operationsOver, type OperatorAnswer, type OperatorInput } from "../operator/operation.ts"
import type { InboxShard } from "./inbox.ts"
import { findMismatch, type Shards } from "./shards.ts"

/** Dependencies of the operations of the inbox. */
export interface InboxOperationDeps extends DeployedHandlers {
  readonly shards: Shards
  /** Milliseconds since 1970. */
  readonly clock: () => number
}

export const INBOX_PATH = "/inbox"

export const EVENT_PATH: string = `${INBOX_PATH}/events/:source/:event_id`

export const NOT_FOUND: OperatorAnswer = { code: "resource_not_found" }

/** Refuses a key that no handler has: it is more likely mistyped than meant. The message lists the keys. */
export const unknownHandler = (handlerKeys: readonly string[]): OperatorAnswer => ({
  code: "invalid_value_type",
  param: "handler",
  publicMessage: `No handler has this key. ${listKeys(handlerKeys)}`,
})

/** Keys that a message lists. */
const MAX_LISTED_KEYS = 20

export function listKeys(handlerKeys: readonly string[]): string {
  const listed = handlerKeys.slice(0, MAX_LISTED_KEYS).join(", ")
  const more = handlerKeys.length - MAX_LISTED_KEYS
  return handlerKeys.length === 0
    ? "handlers.ts has no handler."
    : `The keys of handlers.ts are ${listed}${more > 0 ? ` and ${more} more` : ""}.`
}

/** Declares an operation of the inbox. */
export const operation = operationsOver<InboxOperationDeps>()

type Run<Query, Body> = (input: OperatorInput<Query, Body>, deps: InboxOperationDeps) => Promise<OperatorAnswer>

/** Refuses while the configured number of shards differs from the inbox's own: some shards would not be asked. */
export const ofInbox =
  <Query, Body>(work: Run<Query, Body>): Run<Query, Body> =>
  async (input, deps) => {
    const problem = await findMismatch(deps.shards)
    return problem === undefined ? await work(input, deps) : { code: "temporarily_unavailable", problem }
  }

interface LocatedEvent {
  readonly shard: InboxShard
  readonly source: string
  readonly id: string
}

/** Finds the shard of the event that the path names. */
export const ofEvent = <Query, Body>(
  work: (event: LocatedEvent, ...rest: Parameters<Run<Query, Body>>) => Promise<OperatorAnswer>,
): Run<Query, Body> =>
  ofInbox(async (input, deps) => {
    const { source = "", event_id: id = "" } = input.params
    return await work({ shard: deps.shards.at(deps.shards.indexOf(source, id)), source, id }, input, deps)
  })
