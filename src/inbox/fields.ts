import * as v from "valibot"
import { PAGE_FIELDS } from "../http/paging.ts"
import { isEventType } from "../events/envelope.ts"
import { isPattern } from "../events/patterns.ts"
import { EVENT_STATUSES, type EventFilter } from "./inbox.ts"
import { placeAt } from "./place.ts"

const TYPE = v.pipe(
  v.string(),
  v.check((text) => isEventType(text)),
)
const HANDLER = v.pipe(v.string(), v.check(isPattern))

/** What `Date` makes of it must read the same, or the 30th of February would pass for the 2nd of March. */
const isRealDate = (text: string): boolean => new Date(text).toJSON()?.startsWith(text.slice(0, 19)) ?? false

/** RFC 3339 in UTC, as the answers have it; a date alone is its first moment. */
const Time = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{1,9})?Z)?$/),
  v.check(isRealDate),
  v.transform((text) => Date.parse(text)),
  v.integer(),
  v.minValue(0),
)

/** The query of a listing of events. `from` is inclusive, `to` is not. */
export const EventsQuery = v.strictObject({
  status: v.optional(v.picklist(EVENT_STATUSES)),
  type: v.optional(TYPE),
  from: v.optional(Time, "1970-01-01"),
  to: v.optional(Time),
  ...PAGE_FIELDS,
})

/** What a listing's query asks of every shard. */
export function toFilter({ status, type, from, to, limit, cursor }: v.InferOutput<typeof EventsQuery>): EventFilter {
  const before = Math.min(cursor ?? Number.MAX_SAFE_INTEGER, to === undefined ? Number.MAX_SAFE_INTEGER : placeAt(to))
  return { status, type, from: placeAt(from), before, limit }
}

/** The query that shows one event. */
export const EventQuery = v.strictObject({ include: v.optional(v.literal("body")) })

/** The body that runs an event again: all its handlers, or one. */
export const RerunBody = v.strictObject({ handler: v.optional(HANDLER) })

/** The body that runs again all dead runs of a type. */
export const RerunDeadBody = v.strictObject({ type: TYPE, dry_run: v.optional(v.boolean(), false) })

/** The body that pauses or resumes a handler. */
export const HandlerBody = v.strictObject({ handler: HANDLER })
