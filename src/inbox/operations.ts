import { fromUtf8 } from "../core/bytes.ts"
import { toPageBody } from "../http/paging.ts"
import { operation, type Asked, type Operation, type OperatorAnswer } from "../operator/operation.ts"
import { EventQuery, EventsQuery, HandlerBody, RerunBody, RerunDeadBody, toFilter } from "./fields.ts"
import type { InboxShard, RerunFailure } from "./inbox.ts"
import { listAll, pauseAll, rerunAllDead, statsOfAll } from "./operate-all.ts"
import { findOtherCount, type Shards } from "./shards.ts"
import { toEventDetail, toEventView, toStatsView } from "./view.ts"

/** What an operator's request works on. */
export interface InboxOperationDeps {
  readonly shards: Shards
  /** The keys of handlers.ts, in its order. */
  readonly handlerKeys: readonly string[]
}

export const INBOX_PATH = "/inbox"

const NOT_FOUND: OperatorAnswer = { code: "resource_not_found" }

/** A key that no handler has is more likely a slip than a wish. */
const UNKNOWN_HANDLER: OperatorAnswer = { code: "invalid_value_type", param: "handler" }

const EVENT_PATH = `${INBOX_PATH}/events/:source/:event_id`

/** What an operator can ask for about the inbox. With another number of shards than it was made with, nothing. */
export function createInboxOperations({ shards, handlerKeys }: InboxOperationDeps): readonly Operation[] {
  const sound =
    <Query, Body>(work: (asked: Asked<Query, Body>) => Promise<OperatorAnswer>) =>
    async (asked: Asked<Query, Body>): Promise<OperatorAnswer> => {
      const problem = await findOtherCount(shards)
      return problem === undefined ? await work(asked) : { code: "temporarily_unavailable", problem }
    }
  /** The shard of the event that a path names. */
  const atEvent = <Query, Body>(
    work: (
      shard: InboxShard,
      event: { readonly source: string; readonly id: string },
      asked: Asked<Query, Body>,
    ) => Promise<OperatorAnswer>,
  ) =>
    sound(async (asked: Asked<Query, Body>) => {
      const { source = "", event_id: id = "" } = asked.names
      return await work(shards.at(shards.indexOf(source, id)), { source, id }, asked)
    })
  return [
    operation({
      method: "GET",
      path: `${INBOX_PATH}/events`,
      query: EventsQuery,
      run: sound(async ({ query }) => {
        const { events, more } = await listAll(shards, toFilter(query))
        return { status: 200, body: toPageBody(events.map(toEventView), more) }
      }),
    }),
    operation({
      method: "GET",
      path: EVENT_PATH,
      query: EventQuery,
      run: atEvent(async (shard, { source, id }, { query }) => {
        const event = await shard.show(source, id)
        if (!event) return NOT_FOUND
        if (query.include === undefined) return { status: 200, body: toEventDetail(event) }
        const bytes = await shard.body(source, id)
        return { status: 200, body: { ...toEventDetail(event), body: bytes ? fromUtf8(bytes) : null } }
      }),
    }),
    operation({
      method: "POST",
      path: `${EVENT_PATH}/rerun`,
      body: { schema: RerunBody, optional: true, logged: ["handler"] },
      run: atEvent(async (shard, { source, id }, { body }) => {
        const result = await shard.rerun({ source, dedupeKey: id, keys: handlerKeys, only: body.handler })
        return typeof result === "string" ? RERUN_FAILURES[result] : { status: 200, body: toEventDetail(result) }
      }),
    }),
    operation({
      method: "DELETE",
      path: `${EVENT_PATH}/body`,
      run: atEvent(async (shard, { source, id }) => ((await shard.erase(source, id)) ? { status: 204 } : NOT_FOUND)),
    }),
    operation({
      method: "POST",
      path: `${INBOX_PATH}/rerun`,
      body: { schema: RerunDeadBody, optional: false, logged: ["type", "dry_run"] },
      run: sound(async ({ body: { type, dry_run } }) => {
        const runs = await rerunAllDead(shards, { type, keys: handlerKeys, dryRun: dry_run })
        return { status: 200, body: { type, dry_run, runs } }
      }),
    }),
    operation({
      method: "POST",
      path: `${INBOX_PATH}/pause`,
      body: { schema: HandlerBody, optional: false, logged: ["handler"] },
      run: sound(async ({ body: { handler } }) => {
        if (!handlerKeys.includes(handler)) return UNKNOWN_HANDLER
        await pauseAll(shards, handler, true)
        return { status: 200, body: { handler, paused: true } }
      }),
    }),
    operation({
      method: "POST",
      path: `${INBOX_PATH}/resume`,
      body: { schema: HandlerBody, optional: false, logged: ["handler"] },
      run: sound(async ({ body: { handler } }) => {
        await pauseAll(shards, handler, false)
        return { status: 200, body: { handler, paused: false } }
      }),
    }),
    operation({
      method: "GET",
      path: `${INBOX_PATH}/stats`,
      run: sound(async () => ({ status: 200, body: toStatsView(await statsOfAll(shards)) })),
    }),
  ]
}

const RERUN_FAILURES: Readonly<Record<RerunFailure, OperatorAnswer>> = {
  no_event: NOT_FOUND,
  no_body: { code: "resource_not_found", param: "body" },
  no_handler: UNKNOWN_HANDLER,
}
