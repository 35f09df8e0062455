import type { BulkCursor } from "./fields.ts"
import type { BulkStep, EventFilter, EventPage, InboxShard } from "./inbox.ts"
import type { ShardStats } from "./stats.ts"
import type { Shards } from "./shards.ts"

/** Events that one step of a bulk operation looks at. A step is one transaction, and blocks its shard while it runs. */
export const MAX_BULK_EVENTS = 500

/** Steps of one request, not counting the last one of each shard, so that it is answered within seconds. */
export const MAX_BULK_STEPS = 20

// An operator's operations on the whole inbox: each asks every shard.

const indexes = ({ count }: Shards): readonly number[] => Array.from({ length: count }, (_, index) => index)

const ofEvery = async <Value>(shards: Shards, ask: (index: number) => Promise<Value>): Promise<readonly Value[]> =>
  await Promise.all(indexes(shards).map(ask))

/** Merges a page of every shard. Below the highest `more`, some shard was not read, so events end there. */
export async function listAll(shards: Shards, filter: EventFilter): Promise<EventPage> {
  const pages = await ofEvery(shards, (index) => shards.at(index).list(filter))
  const ends = pages.flatMap(({ more }) => more ?? [])
  const known = ends.length > 0 ? Math.max(...ends) : undefined
  const all = pages.flatMap(({ events }) => events).filter(({ sequence }) => sequence >= (known ?? 0))
  const events = all.toSorted((a, b) => b.sequence - a.sequence).slice(0, filter.limit)
  return { events, more: events.length < all.length ? events.at(-1)?.sequence : known }
}

/** The result of one request of a bulk operation. */
export interface BulkResult {
  /** Runs that this request took. */
  readonly runs: number
  /** Where the next request goes on; undefined if all is done. */
  readonly next: BulkCursor | undefined
}

/**
 * Makes the steps of a bulk operation, shard after shard, until all is done or the request has made `MAX_BULK_STEPS`.
 *
 * @param start Where to begin. `before` is where each later shard begins.
 * @param step Makes one step in a shard; `runs` is how many were taken before it, by requests before this one too.
 */
export async function bulkAll(
  shards: Shards,
  { start, before }: { readonly start: BulkCursor; readonly before: number },
  step: (shard: InboxShard, at: Pick<BulkCursor, "before" | "runs">) => Promise<BulkStep>,
): Promise<BulkResult> {
  let { shard, before: at } = start
  let runs = 0
  for (let steps = 0; steps < MAX_BULK_STEPS;) {
    const done = await step(shards.at(shard), { before: at, runs: start.runs + runs })
    runs += done.runs
    if (done.more !== undefined) {
      at = done.more
      steps += 1
    } else if (shard + 1 < shards.count) {
      shard += 1
      at = before
    } else {
      return { runs, next: undefined }
    }
  }
  return { runs, next: { ...start, shard, before: at, runs: start.runs + runs } }
}

export const pauseAll = async (shards: Shards, handler: string, paused: boolean): Promise<void> =>
  void (await ofEvery(shards, (index) => shards.at(index).setPaused(handler, paused)))

export const statsOfAll = async (shards: Shards): Promise<readonly ShardStats[]> =>
  await ofEvery(shards, (index) => shards.at(index).stats())
