import * as v from "valibot"
import { described, named } from "../http/fields.ts"
import type { Operation, OperatorAnswer } from "../operator/operation.ts"
import { DiscardMany, RerunMany, toBulkCursor, toRunFilter } from "./fields.ts"
import { EVENT_STATUSES, type EventStatus } from "./stats.ts"
import { bulkAll, MAX_BULK_EVENTS, statsOfAll, type BulkResult } from "./operate-all.ts"
import { INBOX_PATH, listKeys, ofInbox, operation, type InboxOperationDeps } from "./operation.ts"

/** The longest that a pace spreads runs over: a shard brings forward what is due after a week. */
export const MAX_SPREAD_MS = 6 * 86_400_000

const BulkAnswer = named(
  "BulkAnswer",
  v.object({
    status: v.picklist(EVENT_STATUSES),
    type: v.nullable(v.string()),
    handler: v.nullable(v.string()),
    dry_run: v.boolean(),
    runs: described(v.number(), "How many runs this request took, or would take."),
    next_cursor: described(
      v.nullable(v.string()),
      "Send the same request with it as `cursor` to go on; null if all is done. One request makes a bounded number of steps.",
    ),
    hint: described(v.nullable(v.string()), "Where nothing matches, what there is instead."),
  }),
)

type Answer = v.InferOutput<typeof BulkAnswer>

const EXAMPLE: Answer = {
  status: "dead",
  type: "payment.settled",
  handler: null,
  dry_run: true,
  runs: 12,
  next_cursor: null,
  hint: null,
}

const DISCARD_EXAMPLE = { type: "payment.settled", to: "2026-09-01", note: "settled by hand in August" }

interface BulkBody {
  readonly type?: string | undefined
  readonly handler?: string | undefined
  readonly dry_run: boolean
}

async function toAnswer(
  { type, handler, dry_run }: BulkBody,
  status: EventStatus,
  { runs, next }: BulkResult,
  { shards, handlerKeys }: InboxOperationDeps,
): Promise<OperatorAnswer> {
  const isNone = runs === 0 && next === undefined
  const body: Answer = {
    status,
    type: type ?? null,
    handler: handler ?? null,
    dry_run,
    runs,
    next_cursor: next ? toBulkCursor(next) : null,
    hint: isNone ? await hintFor({ status, handler }, { shards, handlerKeys }) : null,
  }
  return { status: 200, body }
}

/** Types that a hint lists. */
const MAX_HINTED_TYPES = 10

/** Says what there is, where a filter matches nothing: the type or the key may be mistyped. */
async function hintFor(
  { status, handler }: { readonly status: EventStatus; readonly handler: string | undefined },
  { shards, handlerKeys }: Pick<InboxOperationDeps, "shards" | "handlerKeys">,
): Promise<string> {
  if (handler !== undefined && !handlerKeys.includes(handler)) {
    return `No run matches, and no handler has the key ${handler}. ${listKeys(handlerKeys)}`
  }
  if (status === "done" || status === "discarded") return "No run matches."
  const counts = new Map<string, number>()
  for (const one of (await statsOfAll(shards)).flatMap(({ types }) => types)) {
    if (one.status === status) counts.set(one.type, (counts.get(one.type) ?? 0) + one.count)
  }
  const types = [...counts].toSorted(([, a], [, b]) => b - a).slice(0, MAX_HINTED_TYPES)
  if (types.length === 0) return `No event is ${status}.`
  return `No run matches. Of these types some are ${status}: ${types.map(([name, count]) => `${name} (${count})`).join(", ")}.`
}

/** What an operator can do with many runs at once. */
export const BULK_OPERATIONS: readonly Operation<InboxOperationDeps>[] = [
  operation({
    name: "inbox.rerun_all",
    method: "POST",
    path: `${INBOX_PATH}/rerun`,
    summary: "Run many events again, at a pace, or count them",
    description: "The newest events of each shard come first. Runs that are running are left alone.",
    body: {
      schema: RerunMany,
      optional: false,
      logged: ["status", "source", "type", "handler", "dry_run", "per_second"],
      example: { status: "dead", type: "payment.settled", per_second: 10 },
    },
    answers: [
      {
        status: 200,
        description: "How many runs begin again, or would.",
        schema: BulkAnswer,
        example: EXAMPLE,
      },
    ],
    errors: [],
    run: ofInbox(async ({ body }, deps) => {
      const { shards, handlerKeys, clock } = deps
      const { status = "dead", dry_run: dryRun, per_second: perSecond } = body
      const filter = toRunFilter(body)
      const start = body.cursor ?? { shard: 0, before: filter.before, runs: 0, startedAt: clock() }
      if (start.shard >= shards.count) return { code: "invalid_value_type", param: "cursor" }
      const everyMs = perSecond === undefined ? 0 : 1000 / perSecond
      const result = await bulkAll(shards, { start, before: filter.before }, async (shard, { before, runs }) => {
        // From when the operation began, so that several requests keep one pace.
        const delayMs = Math.max(0, start.startedAt + Math.min(runs * everyMs, MAX_SPREAD_MS) - clock())
        const limits = { limit: MAX_BULK_EVENTS, dryRun, delayMs: Math.floor(delayMs), everyMs }
        return await shard.rerunMany({ ...filter, status, before, keys: handlerKeys, ...limits })
      })
      return await toAnswer(body, status, result, deps)
    }),
  }),
  operation({
    name: "inbox.discard_all",
    method: "POST",
    path: `${INBOX_PATH}/discard`,
    summary: "Discard many dead runs, or count them",
    description: "A discarded run is no longer counted as dead. It can be run again.",
    body: {
      schema: DiscardMany,
      optional: false,
      logged: ["source", "type", "handler", "dry_run"],
      example: DISCARD_EXAMPLE,
    },
    answers: [
      {
        status: 200,
        description: "How many runs are discarded, or would be.",
        schema: BulkAnswer,
        example: { ...EXAMPLE, dry_run: false },
      },
    ],
    errors: [],
    run: ofInbox(async ({ body }, deps) => {
      const { note, dry_run: dryRun } = body
      const filter = toRunFilter(body)
      const start = body.cursor ?? { shard: 0, before: filter.before, runs: 0, startedAt: deps.clock() }
      if (start.shard >= deps.shards.count) return { code: "invalid_value_type", param: "cursor" }
      const result = await bulkAll(deps.shards, { start, before: filter.before }, async (shard, { before }) =>
        shard.discardMany({ ...filter, before, note, limit: MAX_BULK_EVENTS, dryRun }),
      )
      return await toAnswer(body, "dead", result, deps)
    }),
  }),
]
