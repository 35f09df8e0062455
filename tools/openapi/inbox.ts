import * as v from "valibot"
import type { ErrorCode } from "../../src/errors/catalogue.ts"
import { EventQuery, EventsQuery, HandlerBody, RerunBody, RerunDeadBody } from "../../src/inbox/fields.ts"
import { EVENT_STATUSES } from "../../src/inbox/inbox.ts"
import { INBOX_PATH } from "../../src/inbox/operations.ts"
import type { EventDetail, EventView, StatsView } from "../../src/inbox/view.ts"
import type { DescribedOperation, NamedSchema, Parameter } from "./operation.ts"
import { PAGE_NOTES } from "./partner.ts"

const Time = v.pipe(v.string(), v.isoTimestamp())

const run = {
  handler: v.string(),
  status: v.picklist(["waiting", "running", "done", "dead"]),
  attempts: v.number(),
  next_attempt: v.nullable(Time),
  reason: v.nullable(v.picklist(["attempts_exhausted", "gave_up", "handler_gone", "payload_refused", "body_erased"])),
}

const attempt = v.object({
  attempt: v.number(),
  started: Time,
  outcome: v.picklist(["done", "failed", "timed_out", "lost", "running"]),
  duration_ms: v.nullable(v.number()),
  error: v.nullable(v.string()),
})

const event = {
  source: v.string(),
  id: v.string(),
  type: v.string(),
  status: v.picklist(EVENT_STATUSES),
  received: Time,
  delivery_id: v.nullable(v.string()),
  secret_id: v.string(),
  bytes: v.number(),
  has_body: v.boolean(),
}

const InboxEvent = v.object({ ...event, runs: v.array(v.object(run)) }) satisfies v.GenericSchema<unknown, EventView>

const Detail: NamedSchema = {
  name: "InboxEventDetail",
  schema: v.object({
    ...event,
    runs: v.array(v.object({ ...run, history: v.array(attempt) })),
    body: v.exactOptional(v.nullable(v.string())),
  }) satisfies v.GenericSchema<unknown, EventDetail>,
  notes: {
    body: {
      description:
        "The bytes as they were signed, as text; null if they are gone. Only where `include=body` asks for it.",
    },
  },
}

const HandlerState: NamedSchema = {
  name: "HandlerState",
  schema: v.object({ handler: v.string(), paused: v.boolean() }),
}

const EVENT: readonly Parameter[] = [
  {
    name: "source",
    in: "path",
    required: true,
    description: "The receiver that took it, as `credicorp`.",
    schema: { type: "string" },
  },
  { name: "event_id", in: "path", required: true, description: "The event, as `evt_…`.", schema: { type: "string" } },
]

const EVERY: readonly ErrorCode[] = [
  "route_not_found",
  "method_not_allowed",
  "missing_api_key",
  "invalid_api_key",
  "unknown_field",
  "temporarily_unavailable",
]

const BODY: readonly ErrorCode[] = [
  "missing_content_type",
  "unsupported_media_type",
  "request_body_too_large",
  "invalid_json",
  "invalid_value_type",
]

const SHARED = { tag: "inbox", bearer: { scheme: "operator" } } as const
const HANDLER_NOTES = { handler: { description: "A key of handlers.ts, as `payment.*`." } }

const toHandlerOperation = (verb: "pause" | "resume", summary: string): DescribedOperation => ({
  tag: "inbox",
  bearer: { scheme: "operator" },
  id: `${verb}Handler`,
  method: "post",
  path: `${INBOX_PATH}/${verb}`,
  allow: "POST",
  summary,
  body: { name: "HandlerName", schema: HandlerBody, required: true, notes: HANDLER_NOTES },
  answers: [{ status: 200, description: "What it is now.", body: HandlerState }],
  errors: [...EVERY, ...BODY],
})

/** What an operator sees of the inbox, and does about it. */
export const INBOX: readonly DescribedOperation[] = [
  {
    ...SHARED,
    id: "listEvents",
    method: "get",
    path: `${INBOX_PATH}/events`,
    allow: "GET, HEAD",
    summary: "List events, the newest first",
    query: {
      schema: EventsQuery,
      notes: {
        ...PAGE_NOTES,
        status: { description: "Only these." },
        type: { description: "Only of this type." },
        from: { description: "Received then or later: RFC 3339 in UTC, or a date." },
        to: { description: "Received before then." },
      },
    },
    answers: [
      {
        status: 200,
        description: "A page.",
        body: {
          name: "InboxEventPage",
          schema: v.object({ data: v.array(InboxEvent), next_cursor: v.nullable(v.string()) }),
        },
      },
    ],
    errors: [...EVERY, "invalid_value_type"],
  },
  {
    ...SHARED,
    id: "showEvent",
    method: "get",
    path: `${INBOX_PATH}/events/{source}/{event_id}`,
    allow: "GET, HEAD",
    summary: "Show an event with its attempts",
    parameters: EVENT,
    query: { schema: EventQuery, notes: { include: { description: "With the body." } } },
    answers: [{ status: 200, description: "The event.", body: Detail }],
    errors: [...EVERY, "invalid_value_type", "resource_not_found"],
  },
  {
    ...SHARED,
    id: "rerunEvent",
    method: "post",
    path: `${INBOX_PATH}/events/{source}/{event_id}/rerun`,
    allow: "POST",
    summary: "Run an event again: all its handlers, or one",
    parameters: EVENT,
    body: { name: "RerunEvent", schema: RerunBody, required: false, notes: HANDLER_NOTES },
    answers: [{ status: 200, description: "The event as it is now.", body: Detail }],
    errors: [...EVERY, ...BODY, "resource_not_found"],
  },
  {
    ...SHARED,
    id: "eraseEventBody",
    method: "delete",
    path: `${INBOX_PATH}/events/{source}/{event_id}/body`,
    allow: "DELETE",
    summary: "Erase the body of an event; what waits for it becomes dead",
    parameters: EVENT,
    answers: [{ status: 204, description: "It is gone." }],
    errors: [...EVERY, "resource_not_found"],
  },
  {
    ...SHARED,
    id: "rerunDead",
    method: "post",
    path: `${INBOX_PATH}/rerun`,
    allow: "POST",
    summary: "Run all dead runs of a type again, or count them",
    body: {
      name: "RerunDead",
      schema: RerunDeadBody,
      required: true,
      notes: { type: { description: "An event type." }, dry_run: { description: "Only count them." } },
    },
    answers: [
      {
        status: 200,
        description: "How many runs begin again, or would.",
        body: {
          name: "RerunDeadAnswer",
          schema: v.object({ type: v.string(), dry_run: v.boolean(), runs: v.number() }),
        },
      },
    ],
    errors: [...EVERY, ...BODY],
  },
  toHandlerOperation("pause", "Pause a handler: its runs wait"),
  toHandlerOperation("resume", "Let a paused handler go on"),
  {
    ...SHARED,
    id: "showInboxStats",
    method: "get",
    path: `${INBOX_PATH}/stats`,
    allow: "GET, HEAD",
    summary: "What the inbox has done and has to do",
    answers: [
      {
        status: 200,
        description: "All shards in one.",
        body: {
          name: "InboxStats",
          schema: v.object({
            shards: v.number(),
            events: v.object({ ignored: v.number(), waiting: v.number(), done: v.number(), dead: v.number() }),
            oldest_waiting: v.nullable(Time),
            last_hour: v.object({
              accepted: v.number(),
              duplicates: v.number(),
              secrets: v.record(v.string(), v.number()),
            }),
            paused_handlers: v.array(v.string()),
          }) satisfies v.GenericSchema<unknown, StatsView>,
          notes: { oldest_waiting: { description: "When the oldest event that waits was accepted." } },
        },
      },
    ],
    errors: EVERY,
  },
]
