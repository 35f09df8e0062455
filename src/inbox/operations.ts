import type { GenericSchema, InferOutput } from "valibot"
import { fromUtf8 } from "../core/bytes.ts"
import { toPageBody } from "../core/page-fields.ts"
import type { ErrorCode } from "../errors/catalogue.ts"
import { EventQuery, EventsQuery, HandlerBody, NoQuery, RerunBody, RerunDeadBody, toFilter } from "./fields.ts"
import type { RerunFailure } from "./inbox.ts"
import { listAll, pauseAll, rerunAllDead, statsOfAll } from "./operate-all.ts"
import type { Shards } from "./shards.ts"
import { toEventDetail, toEventView, toStatsView } from "./view.ts"

/** What an operator's request works on. */
export interface OperationDeps {
  readonly shards: Shards
  /** The keys of handlers.ts, in its order. */
  readonly handlerKeys: readonly string[]
}

/** Which event a path names. */
export interface EventName {
  readonly source: string
  readonly id: string
}

/** What becomes of it: a body, nothing to tell, or a code and the field that failed. */
export type OperationAnswer =
  | { readonly body: object }
  | { readonly body: undefined }
  | { readonly code: ErrorCode; readonly param?: string }

/** One route of the operator's. */
export interface Operation<Query extends GenericSchema = GenericSchema, Body extends GenericSchema = GenericSchema> {
  readonly method: "GET" | "POST" | "DELETE"
  /** Below `INBOX_PATH`. */
  readonly path: string
  readonly query: Query
  /** Absent: whatever comes is left unread. `optional`: no body at all is `{}`. */
  readonly body?: { readonly schema: Body; readonly optional: boolean }
  run(
    deps: OperationDeps,
    input: { readonly event: EventName; readonly query: InferOutput<Query>; readonly body: InferOutput<Body> },
  ): Promise<OperationAnswer>
}

const operation = <Query extends GenericSchema, Body extends GenericSchema>(one: Operation<Query, Body>): Operation =>
  one

const NOT_FOUND: OperationAnswer = { code: "resource_not_found" }

/** A key that no handler has is more likely a slip than a wish. */
const UNKNOWN_HANDLER: OperationAnswer = { code: "invalid_value_type", param: "handler" }

const EVENT_PATH = "/events/:source/:id"

/** The operator's routes of the inbox. */
export const OPERATIONS: readonly Operation[] = [
  operation({
    method: "GET",
    path: "/events",
    query: EventsQuery,
    async run({ shards }, { query }) {
      const { events, more } = await listAll(shards, toFilter(query))
      return { body: toPageBody(events.map(toEventView), more) }
    },
  }),
  operation({
    method: "GET",
    path: EVENT_PATH,
    query: EventQuery,
    async run({ shards }, { event: { source, id }, query }) {
      const shard = shards.at(shards.indexOf(source, id))
      const event = await shard.show(source, id)
      if (!event) return NOT_FOUND
      if (query.include === undefined) return { body: toEventDetail(event) }
      const bytes = await shard.body(source, id)
      return { body: { ...toEventDetail(event), body: bytes ? fromUtf8(bytes) : null } }
    },
  }),
  operation({
    method: "POST",
    path: `${EVENT_PATH}/rerun`,
    query: NoQuery,
    body: { schema: RerunBody, optional: true },
    async run({ shards, handlerKeys }, { event: { source, id }, body }) {
      const shard = shards.at(shards.indexOf(source, id))
      const result = await shard.rerun({ source, dedupeKey: id, keys: handlerKeys, only: body.handler })
      return typeof result === "string" ? RERUN_FAILURES[result] : { body: toEventDetail(result) }
    },
  }),
  operation({
    method: "DELETE",
    path: `${EVENT_PATH}/body`,
    query: NoQuery,
    async run({ shards }, { event: { source, id } }) {
      const erased = await shards.at(shards.indexOf(source, id)).erase(source, id)
      return erased ? { body: undefined } : NOT_FOUND
    },
  }),
  operation({
    method: "POST",
    path: "/rerun",
    query: NoQuery,
    body: { schema: RerunDeadBody, optional: false },
    async run({ shards, handlerKeys }, { body: { type, dry_run } }) {
      const runs = await rerunAllDead(shards, { type, keys: handlerKeys, dryRun: dry_run })
      return { body: { type, dry_run, runs } }
    },
  }),
  operation({
    method: "POST",
    path: "/pause",
    query: NoQuery,
    body: { schema: HandlerBody, optional: false },
    async run({ shards, handlerKeys }, { body: { handler } }) {
      if (!handlerKeys.includes(handler)) return UNKNOWN_HANDLER
      await pauseAll(shards, handler, true)
      return { body: { handler, paused: true } }
    },
  }),
  operation({
    method: "POST",
    path: "/resume",
    query: NoQuery,
    body: { schema: HandlerBody, optional: false },
    async run({ shards }, { body: { handler } }) {
      await pauseAll(shards, handler, false)
      return { body: { handler, paused: false } }
    },
  }),
  operation({
    method: "GET",
    path: "/stats",
    query: NoQuery,
    run: async ({ shards }) => ({ body: toStatsView(await statsOfAll(shards)) }),
  }),
]

const RERUN_FAILURES: Readonly<Record<RerunFailure, OperationAnswer>> = {
  no_event: NOT_FOUND,
  no_body: { code: "resource_not_found", param: "body" },
  no_handler: UNKNOWN_HANDLER,
}
