import { fromUtf8 } from "../core/bytes.ts"
import { pageOf, toPageBody } from "../http/paging.ts"
import type { Operation, OperatorAnswer } from "../operator/operation.ts"
import { EXAMPLE_EVENT } from "./examples.ts"
import { DiscardEvent, EventParams, EventQuery, EventsQuery, RerunEvent, toFilter } from "./fields.ts"
import type { RerunFailure } from "./inbox.ts"
import { listAll } from "./operate-all.ts"
import {
  EVENT_PATH,
  INBOX_PATH,
  listKeys,
  NOT_FOUND,
  ofEvent,
  ofInbox,
  operation,
  unknownHandler,
  type InboxOperationDeps,
} from "./operation.ts"
import { EventDetail, EventView, toEventDetail, toEventView } from "./view.ts"

const NO_DEAD_RUN: OperatorAnswer = {
  code: "resource_not_found",
  param: "run",
  publicMessage: "No run of this event is dead, or none of that handler.",
}

function toFailure(failure: RerunFailure, handler: string | undefined, handlerKeys: readonly string[]): OperatorAnswer {
  if (failure === "no_event") return NOT_FOUND
  if (failure === "no_body") return { code: "resource_not_found", param: "body" }
  if (handler !== undefined && !handlerKeys.includes(handler)) return unknownHandler(handlerKeys)
  return {
    code: "invalid_value_type",
    param: "handler",
    publicMessage: `${handler === undefined ? "No handler takes" : "This handler does not take"} the type of this event. ${listKeys(handlerKeys)}`,
  }
}

/** What an operator can do with events, one by one. */
export const EVENT_OPERATIONS: readonly Operation<InboxOperationDeps>[] = [
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
      return typeof result === "string"
        ? toFailure(result, body.handler, handlerKeys)
        : { status: 200, body: toEventDetail(result) }
    }),
  }),
  operation({
    name: "inbox.discard",
    method: "POST",
    path: `${EVENT_PATH}/discard`,
    summary: "Discard the dead runs of an event: all of them, or that of one handler",
    description: "A discarded run is no longer counted as dead. It can be run again.",
    params: EventParams,
    body: { schema: DiscardEvent, optional: false, logged: ["handler"], example: { note: "refunded by hand" } },
    answers: [
      { status: 200, description: "The event as it is now.", schema: EventDetail, example: EXAMPLE_EVENT.detail },
    ],
    errors: ["resource_not_found"],
    run: ofEvent(async ({ shard, source, id }, { body: { handler, note } }) => {
      const result = await shard.discard({ source, dedupeKey: id, only: handler, note })
      if (result === "no_event") return NOT_FOUND
      if (result === "no_dead_run") return NO_DEAD_RUN
      return { status: 200, body: toEventDetail(result) }
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
]
