import * as v from "valibot"
import { described, named } from "../http/fields.ts"
import { PAGE_FIELDS } from "../http/paging.ts"
import { isLane, isSourceName } from "../events/lanes.ts"
import { Note } from "../operator/fields.ts"
import { type EventFilter, type RunFilter } from "./inbox.ts"
import { EVENT_STATUSES } from "./stats.ts"
import { sequenceAt } from "./sequence.ts"

/** Returns whether a time reads back as it was given: `Date` makes the 2nd of March of the 30th of February. */
const isRealDate = (text: string): boolean => new Date(text).toJSON()?.startsWith(text.slice(0, 19)) ?? false

const typeField = (description: string) =>
  described(
    // Spec 7.7: as wide as the types of any provider, and no pattern.
    v.pipe(v.string(), v.regex(/^[!-~]{0,127}[!-)+-~]$/)),
    description,
  )

const sourceField = (description: string) => described(v.pipe(v.string(), v.check(isSourceName)), description)

const handlerField = (description: string) => described(v.pipe(v.string(), v.check(isLane)), description)

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
  source: v.optional(sourceField("Only events of this source, as `credicorp`.")),
  type: v.optional(typeField("Only events of this type.")),
  from: v.optional(timeField("Received then or later: RFC 3339 in UTC, or a date."), "1970-01-01"),
  to: v.optional(timeField("Received before then.")),
  ...PAGE_FIELDS,
})

/** Returns what a listing's query asks of each shard. */
export function toFilter({
  source,
  status,
  type,
  from,
  to,
  limit,
  cursor,
}: v.InferOutput<typeof EventsQuery>): EventFilter {
  const before = Math.min(
    cursor ?? Number.MAX_SAFE_INTEGER,
    to === undefined ? Number.MAX_SAFE_INTEGER : sequenceAt(to),
  )
  return { source, status, type, from: sequenceAt(from), before, limit }
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

/** The body that discards the dead runs of an event. */
export const DiscardEvent = named(
  "DiscardEvent",
  v.strictObject({ handler: v.optional(handlerField("Only the run of this handler.")), note: Note }),
)

/** The highest pace of a rerun. */
export const MAX_RUNS_PER_SECOND = 1_000

/** Where an operation in bulk goes on. */
export interface BulkCursor {
  readonly shard: number
  /** The highest sequence, exclusive. */
  readonly before: number
  /** How many runs were taken before. */
  readonly runs: number
  /** When the operation began, in milliseconds since 1970. */
  readonly startedAt: number
}

export const toBulkCursor = ({ shard, before, runs, startedAt }: BulkCursor): string =>
  `c${[shard, before, runs, startedAt].map((part) => part.toString(36)).join(".")}`

const bulkFields = {
  source: v.optional(sourceField("Only events of this source, as `credicorp`.")),
  type: v.optional(typeField("Only events of this type, as `payment.settled`.")),
  handler: v.optional(handlerField("Only runs of this handler, by its key in handlers.ts.")),
  from: v.optional(timeField("Only events received then or later: RFC 3339 in UTC, or a date.")),
  to: v.optional(timeField("Only events received before then.")),
  dry_run: v.optional(described(v.boolean(), "Only count the runs."), false),
  cursor: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^c[0-9a-z]{1,11}(?:\.[0-9a-z]{1,11}){3}$/),
      v.metadata({
        description: "`next_cursor` of the answer before, with the same fields. Opaque.",
        pattern: undefined,
      }),
      v.transform((text): BulkCursor => {
        const [shard = 0, before = 0, runs = 0, startedAt = 0] = text
          .slice(1)
          .split(".")
          .map((part) => parseInt(part, 36))
        return { shard, before, runs, startedAt }
      }),
      v.check((cursor) => Object.values(cursor).every(Number.isSafeInteger)),
    ),
  ),
}

/** An empty filter would take everything, and is more likely a mistake. */
const hasFilter = (body: object): boolean =>
  Object.entries(body).some(
    ([name, value]) => ["status", "source", "type", "handler", "from", "to"].includes(name) && value !== undefined,
  )

/** The body that runs many events again. */
export const RerunMany = named(
  "RerunMany",
  v.pipe(
    v.strictObject({
      status: v.optional(
        described(
          v.picklist(EVENT_STATUSES),
          "`dead`: dead runs. `unhandled`: events without a run. `waiting`: runs that wait for a later attempt. `done`: events that are done. `discarded`: discarded runs. One filter at least must be given.",
          { default: "dead" },
        ),
      ),
      ...bulkFields,
      per_second: v.optional(
        described(
          v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_RUNS_PER_SECOND)),
          "How many runs start in a second, over the whole inbox. Absent: all of them at once, within the concurrency of their handlers.",
        ),
      ),
    }),
    v.forward(
      v.check((body) => hasFilter(body)),
      ["type"],
    ),
  ),
)

/** The body that discards many dead runs. */
export const DiscardMany = named(
  "DiscardMany",
  v.pipe(
    v.strictObject({ ...bulkFields, note: Note }),
    v.forward(
      v.check((body) => hasFilter(body)),
      ["type"],
    ),
  ),
)

interface BulkBody {
  readonly source?: string | undefined
  readonly type?: string | undefined
  readonly handler?: string | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
}

/** Returns what a body in bulk asks of each shard. `before` is where a shard begins. */
export const toRunFilter = ({ source, type, handler, from = 0, to }: BulkBody): Omit<RunFilter, "status"> => ({
  source,
  type,
  handler,
  from: sequenceAt(from),
  before: to === undefined ? Number.MAX_SAFE_INTEGER : sequenceAt(to),
})

/** The body that pauses or resumes a handler. */
export const HandlerName = named(
  "HandlerName",
  v.strictObject({
    handler: handlerField("A handler, by its key in handlers.ts, as `payment.*`."),
  }),
)
