import * as v from "valibot"
import { described, named } from "../http/fields.ts"
import { PAGE_FIELDS } from "../http/paging.ts"
import { isEventType } from "../events/envelope.ts"
import { isPattern } from "../events/patterns.ts"
import { EVENT_STATUSES, type EventFilter } from "./inbox.ts"
import { sequenceAt } from "./sequence.ts"

/** Returns whether a time reads back as it was given: `Date` makes the 2nd of March of the 30th of February. */
const isRealDate = (text: string): boolean => new Date(text).toJSON()?.startsWith(text.slice(0, 19)) ?? false

const typeField = (description: string) =>
  described(
    v.pipe(
      v.string(),
      v.check((text) => isEventType(text)),
    ),
    description,
  )

const handlerField = (description: string) => described(v.pipe(v.string(), v.check(isPattern)), description)

/** RFC 3339 in UTC, as the answers have it; a date alone is its first moment. */
const timeField = (description: string) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{1,9})?Z)?$/),
    v.check(isRealDate),
    v.metadata({ description }),
    v.transform((text) => Date.parse(text)),
    v.integer(),
    v.minValue(0),
  )

/** Where an event is found. */
export const EventParams = v.object({
  source: described(v.string(), "The source that took it, as `credicorp`."),
  event_id: described(v.string(), "The event's id, as `evt_…`."),
})

/** The query of a listing of events. `from` is inclusive, `to` is not. */
export const EventsQuery = v.strictObject({
  status: v.optional(described(v.picklist(EVENT_STATUSES), "Only events of this status.")),
  type: v.optional(typeField("Only events of this type.")),
  from: v.optional(timeField("Received then or later: RFC 3339 in UTC, or a date."), "1970-01-01"),
  to: v.optional(timeField("Received before then.")),
  ...PAGE_FIELDS,
})

/** Returns what a listing's query asks of each shard. */
export function toFilter({ status, type, from, to, limit, cursor }: v.InferOutput<typeof EventsQuery>): EventFilter {
  const before = Math.min(
    cursor ?? Number.MAX_SAFE_INTEGER,
    to === undefined ? Number.MAX_SAFE_INTEGER : sequenceAt(to),
  )
  return { status, type, from: sequenceAt(from), before, limit }
}

/** The query that shows one event. */
export const EventQuery = v.strictObject({
  include: v.optional(described(v.literal("body"), "`body` adds the signed bytes, as text.")),
})

/** The body that runs an event again. */
export const RerunEvent = named(
  "RerunEvent",
  v.strictObject({
    handler: v.optional(
      handlerField("Only this handler, by its key in handlers.ts. Absent: every handler that takes it."),
    ),
  }),
)

/** The body that runs all dead runs of a type again. */
export const RerunDead = named(
  "RerunDead",
  v.strictObject({
    type: typeField("An event type, as `payment.settled`."),
    dry_run: v.optional(described(v.boolean(), "Only count the runs."), false),
  }),
)

/** The body that pauses or resumes a handler. */
export const HandlerName = named(
  "HandlerName",
  v.strictObject({
    handler: handlerField("A handler, by its key in handlers.ts, as `payment.*`."),
  }),
)
