import * as v from "valibot"
import { DEFAULT_CONCURRENCY } from "../events/handlers.ts"
import { described, named } from "../http/fields.ts"
import { addActivity, NO_ACTIVITY } from "./activity.ts"
import type { Activity, EventStatus, RunCount, ShardStats, TypeCount } from "./stats.ts"
import { MAX_COUNTED_EVENTS } from "./store.ts"
import { Time, toTime } from "./view.ts"

/** Types that the statistics show. They come from outside, and there may be any number. */
const MAX_SHOWN_TYPES = 50

const rateField = described(
  v.nullable(v.number()),
  "Failed attempts of all attempts in the last hour, 0 to 1; null if there was none.",
)

/** A handler and its work. */
export const HandlerView = named(
  "InboxHandler",
  v.object({
    handler: v.string(),
    deployed: described(
      v.boolean(),
      "False for a key that is no longer in handlers.ts and still has runs or is paused.",
    ),
    paused: v.boolean(),
    concurrency: described(v.nullable(v.number()), "Runs in flight at most, in each shard; null if not deployed."),
    waiting: described(v.number(), "Runs that wait or are running."),
    dead: described(v.number(), "Dead runs."),
    last_hour: v.object({ done: v.number(), failed: v.number(), failure_rate: rateField }),
  }),
)

export type HandlerView = v.InferOutput<typeof HandlerView>

/** The state of the whole inbox. */
export const StatsView = named(
  "InboxStats",
  v.object({
    shards: v.number(),
    events: v.object({
      waiting: v.number(),
      done: v.number(),
      dead: v.number(),
      unhandled: v.number(),
      discarded: v.number(),
    }),
    oldest_waiting: described(v.nullable(Time), "When the oldest waiting event was accepted."),
    last_hour: v.object({
      complete_since: described(
        Time,
        "Since when these counts are complete: an hour ago, or later if a shard was restarted or asleep.",
      ),
      accepted: v.number(),
      duplicates: v.number(),
      secrets: described(v.record(v.string(), v.number()), "Secret id → deliveries that it signed."),
      failure_rate: rateField,
    }),
    handlers: described(v.array(HandlerView), "Every handler, and every key that still has runs or is paused."),
    types: described(
      v.array(
        v.object({
          type: v.string(),
          waiting: v.number(),
          dead: v.number(),
          unhandled: v.number(),
          accepted_last_hour: v.number(),
        }),
      ),
      `The types with most events that wait, are dead or are unhandled, at most ${MAX_SHOWN_TYPES}. A shard counts ${MAX_COUNTED_EVENTS} of each.`,
    ),
    storage: v.object({
      bytes: described(v.number(), "The databases of all shards."),
      left_bytes: described(v.number(), "What deliveries may still take, in all shards."),
      fullest_percent: described(
        v.number(),
        "How much of that the fullest shard has taken. At 100 it refuses deliveries.",
      ),
    }),
    paused_handlers: v.array(v.string()),
  }),
)

export type StatsView = v.InferOutput<typeof StatsView>

/** The handlers of the deployed Worker. */
export interface DeployedHandlers {
  /** The keys of handlers.ts, in its order. */
  readonly handlerKeys: readonly string[]
  /** Key → concurrency, of those that declare one. */
  readonly concurrency: Readonly<Record<string, number>>
}

const rateOf = (done: number, failed: number): number | null =>
  done + failed === 0 ? null : Number((failed / (done + failed)).toFixed(4))

const total = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0)

const sumOf = <Item>(items: readonly Item[], count: (item: Item) => number): number =>
  items.reduce((sum, item) => sum + count(item), 0)

const activityOf = (shards: readonly ShardStats[]): Activity =>
  shards.map(({ lastHour }) => lastHour).reduce(addActivity, NO_ACTIVITY)

/** Lists the handlers of the Worker, and then the keys that are gone but still have runs or are paused. */
export function toHandlerViews(
  shards: readonly ShardStats[],
  { handlerKeys, concurrency }: DeployedHandlers,
): HandlerView[] {
  const { done, failed } = activityOf(shards)
  const runs = shards.flatMap((shard) => shard.runs)
  const paused = new Set(shards.flatMap((shard) => shard.paused))
  const gone = new Set([...paused, ...runs.map(({ handler }) => handler)].filter((key) => !handlerKeys.includes(key)))
  return [...handlerKeys, ...[...gone].toSorted()].map((handler) => {
    const ofStatus = (status: RunCount["status"]): number =>
      sumOf(runs, (one) => (one.handler === handler && one.status === status ? one.count : 0))
    const [ended, failures] = [countOf(done, handler), countOf(failed, handler)]
    const deployed = handlerKeys.includes(handler)
    return {
      handler,
      deployed,
      paused: paused.has(handler),
      concurrency: deployed
        ? Object.hasOwn(concurrency, handler)
          ? concurrency[handler]!
          : DEFAULT_CONCURRENCY
        : null,
      waiting: ofStatus("waiting"),
      dead: ofStatus("dead"),
      last_hour: { done: ended, failed: failures, failure_rate: rateOf(ended, failures) },
    }
  })
}

const countOf = (counts: Readonly<Record<string, number>>, name: string): number =>
  Object.hasOwn(counts, name) ? counts[name]! : 0

function toTypeViews(shards: readonly ShardStats[]): StatsView["types"] {
  const { types: accepted } = activityOf(shards)
  const counts = shards.flatMap((shard) => shard.types)
  const names = new Set([...counts.map(({ type }) => type), ...Object.keys(accepted)])
  const views = [...names].map((type) => {
    const ofStatus = (status: TypeCount["status"]): number =>
      sumOf(counts, (one) => (one.type === type && one.status === status ? one.count : 0))
    return {
      type,
      waiting: ofStatus("waiting"),
      dead: ofStatus("dead"),
      unhandled: ofStatus("unhandled"),
      accepted_last_hour: countOf(accepted, type),
    }
  })
  const weight = (view: (typeof views)[number]): number => view.dead + view.unhandled + view.waiting
  return views
    .toSorted((a, b) => weight(b) - weight(a) || b.accepted_last_hour - a.accepted_last_hour)
    .slice(0, MAX_SHOWN_TYPES)
}

/** Adds all shards up. */
export function toStatsView(shards: readonly ShardStats[], deployed: DeployedHandlers): StatsView {
  const sum = (status: EventStatus): number => sumOf(shards, ({ counts }) => counts[status])
  const waiting = shards.flatMap(({ oldestWaitingAt }) => oldestWaitingAt ?? [])
  const { accepted, duplicates, secrets, done, failed } = activityOf(shards)
  const storage = shards.map((shard) => shard.storage)
  return {
    shards: shards.length,
    events: {
      waiting: sum("waiting"),
      done: sum("done"),
      dead: sum("dead"),
      unhandled: sum("unhandled"),
      discarded: sum("discarded"),
    },
    oldest_waiting: waiting.length > 0 ? toTime(Math.min(...waiting)) : null,
    last_hour: {
      complete_since: toTime(Math.max(...shards.map(({ countedSince }) => countedSince))),
      accepted,
      duplicates,
      secrets,
      failure_rate: rateOf(total(done), total(failed)),
    },
    handlers: toHandlerViews(shards, deployed),
    types: toTypeViews(shards),
    storage: {
      bytes: sumOf(storage, ({ bytes }) => bytes),
      left_bytes: sumOf(storage, ({ bytes, intakeBytes }) => Math.max(0, intakeBytes - bytes)),
      fullest_percent: Math.round(Math.max(...storage.map(({ bytes, intakeBytes }) => bytes / intakeBytes)) * 100),
    },
    paused_handlers: [...new Set(shards.flatMap(({ paused }) => paused))].toSorted(),
  }
}
