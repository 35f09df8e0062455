import * as v from "valibot"
import { fromUtf8 } from "../core/bytes.ts"
import { named } from "../http/fields.ts"
import { pageOf, toPageBody } from "../http/paging.ts"
import { operationsOver, type Operation, type OperatorAnswer, type OperatorInput } from "../operator/operation.ts"
import { EXAMPLE_EVENT, EXAMPLE_STATS } from "./examples.ts"
import { EventParams, EventQuery, EventsQuery, HandlerName, RerunDead, RerunEvent, toFilter } from "./fields.ts"
import type { InboxShard, RerunFailure } from "./inbox.ts"
import { listAll, pauseAll, rerunAllDead, statsOfAll } from "./operate-all.ts"
import { findMismatch, type Shards } from "./shards.ts"
import { EventDetail, EventView, StatsView, toEventDetail, toEventView, toStatsView } from "./view.ts"

/** What the operations of the inbox work on. */
export interface InboxOperationDeps {
  readonly shards: Shards
  /** The keys of handlers.ts, in its order. */
  readonly handlerKeys: readonly string[]
}

export const INBOX_PATH = "/inbox"

const EVENT_PATH = `${INBOX_PATH}/events/:source/:event_id`

const NOT_FOUND: OperatorAnswer = { code: "resource_not_found" }

const UNKNOWN_HANDLER: OperatorAnswer = { code: "invalid_value_type", param: "handler" }

const operation = operationsOver<InboxOperationDeps>()

type Run<Query, Body> = (input: OperatorInput<Query, Body>, deps: InboxOperationDeps) => Promise<OperatorAnswer>

/** Refuses while the configured number of shards differs from the inbox's own: some shards would not be asked. */
const ofInbox =
  <Query, Body>(work: Run<Query, Body>): Run<Query, Body> =>
  async (input, deps) => {
    const problem = await findMismatch(deps.shards)
    return problem === undefined ? await work(input, deps) : { code: "temporarily_unavailable", problem }
  }

interface Place {
  readonly shard: InboxShard
  readonly source: string
  readonly id: string
}

/** Finds the shard of the event that the path names. */
const ofEvent = <Query, Body>(
  work: (place: Place, ...rest: Parameters<Run<Query, Body>>) => Promise<OperatorAnswer>,
): Run<Query, Body> =>
  ofInbox(async (input, deps) => {
    const { source = "", event_id: id = "" } = input.params
    return await work({ shard: deps.shards.at(deps.shards.indexOf(source, id)), source, id }, input, deps)
  })

const HandlerState = named("HandlerState", v.object({ handler: v.string(), paused: v.boolean() }))

/** Declares `pause` and `resume`. */
const pausing = (verb: "pause" | "resume", summary: string): Operation<InboxOperationDeps> =>
  operation({
    name: `inbox.${verb}`,
    method: "POST",
    path: `${INBOX_PATH}/${verb}`,
    summary,
    body: { schema: HandlerName, optional: false, logged: ["handler"], example: { handler: "payment.*" } },
    answers: [
      {
        status: 200,
        description: "The handler as it is now.",
        schema: HandlerState,
        example: { handler: "payment.*", paused: verb === "pause" },
      },
    ],
    errors: [],
    run: ofInbox(async ({ body: { handler } }, { shards, handlerKeys }) => {
      const paused = verb === "pause"
      if (paused && !handlerKeys.includes(handler)) return UNKNOWN_HANDLER
      await pauseAll(shards, handler, paused)
      return { status: 200, body: { handler, paused } }
    }),
  })

/** Everything an operator can do with the inbox. */
export const INBOX_OPERATIONS: readonly Operation<InboxOperationDeps>[] = [
  operation({
    name: "inbox.list",
    method: "GET",
    path: `${INBOX_PATH}/events`,
    summary: "List events, newest first",
    query: EventsQuery,
    answers: [
      {
        status: 200,
        description: "A page.",
        schema: pageOf("InboxEventPage", EventView),
        example: { data: [EXAMPLE_EVENT.listed], next_cursor: null },
      },
    ],
    errors: [],
    run: ofInbox(async ({ query }, { shards }) => {
      const { events, more } = await listAll(shards, toFilter(query))
      return { status: 200, body: toPageBody(events.map(toEventView), more) }
    }),
  }),
  operation({
    name: "inbox.show",
    method: "GET",
    path: EVENT_PATH,
    summary: "Show an event with its attempts",
    params: EventParams,
    query: EventQuery,
    answers: [{ status: 200, description: "The event.", schema: EventDetail, example: EXAMPLE_EVENT.detail }],
    errors: ["resource_not_found"],
    run: ofEvent(async ({ shard, source, id }, { query }) => {
      const event = await shard.show(source, id)
      if (!event) return NOT_FOUND
      if (query.include === undefined) return { status: 200, body: toEventDetail(event) }
      const bytes = await shard.body(source, id)
      return { status: 200, body: { ...toEventDetail(event), body: bytes ? fromUtf8(bytes) : null } }
    }),
  }),
  operation({
    name: "inbox.rerun",
    method: "POST",
    path: `${EVENT_PATH}/rerun`,
    summary: "Run an event again: all its handlers, or one",
    params: EventParams,
    body: { schema: RerunEvent, optional: true, logged: ["handler"], example: { handler: "payment.*" } },
    answers: [
      { status: 200, description: "The event as it is now.", schema: EventDetail, example: EXAMPLE_EVENT.detail },
    ],
    errors: ["resource_not_found"],
    run: ofEvent(async ({ shard, source, id }, { body }, { handlerKeys }) => {
      const result = await shard.rerun({ source, dedupeKey: id, keys: handlerKeys, only: body.handler })
      return typeof result === "string" ? RERUN_FAILURES[result] : { status: 200, body: toEventDetail(result) }
    }),
  }),
  operation({
    name: "inbox.erase",
    method: "DELETE",
    path: `${EVENT_PATH}/body`,
    summary: "Erase the body of an event; runs that wait for it become dead",
    params: EventParams,
    answers: [{ status: 204, description: "The body is gone." }],
    errors: ["resource_not_found"],
    run: ofEvent(async ({ shard, source, id }) => ((await shard.erase(source, id)) ? { status: 204 } : NOT_FOUND)),
  }),
  operation({
    name: "inbox.rerun_dead",
    method: "POST",
    path: `${INBOX_PATH}/rerun`,
    summary: "Run all dead runs of a type again, or count them",
    body: {
      schema: RerunDead,
      optional: false,
      logged: ["type", "dry_run"],
      example: { type: "payment.settled", dry_run: true },
    },
    answers: [
      {
        status: 200,
        description: "How many runs begin again, or would.",
        schema: named("RerunDeadAnswer", v.object({ type: v.string(), dry_run: v.boolean(), runs: v.number() })),
        example: { type: "payment.settled", dry_run: true, runs: 12 },
      },
    ],
    errors: [],
    run: ofInbox(async ({ body: { type, dry_run } }, { shards, handlerKeys }) => {
      const runs = await rerunAllDead(shards, { type, keys: handlerKeys, dryRun: dry_run })
      return { status: 200, body: { type, dry_run, runs } }
    }),
  }),
  pausing("pause", "Pause a handler: its runs wait"),
  pausing("resume", "Resume a paused handler"),
  operation({
    name: "inbox.stats",
    method: "GET",
    path: `${INBOX_PATH}/stats`,
    summary: "Show the state of the inbox",
    answers: [{ status: 200, description: "All shards added up.", schema: StatsView, example: EXAMPLE_STATS }],
    errors: [],
    run: ofInbox(async (_, { shards }) => ({ status: 200, body: toStatsView(await statsOfAll(shards)) })),
  }),
]

const RERUN_FAILURES: Readonly<Record<RerunFailure, OperatorAnswer>> = {
  no_event: NOT_FOUND,
  no_body: { code: "resource_not_found", param: "body" },
  no_handler: UNKNOWN_HANDLER,
}
