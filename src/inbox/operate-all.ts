import type { EventFilter, EventPage, RerunDead, RerunStep, ShardStats } from "./inbox.ts"
import type { Shards } from "./shards.ts"

/** Events with a dead run that one call to a shard looks at to run them again. */
export const MAX_RERUN_EVENTS = 500

// What an operator asks of the whole inbox: of every shard, at once.

const indexes = ({ count }: Shards): readonly number[] => Array.from({ length: count }, (_, index) => index)

const ofEvery = async <Value>(shards: Shards, ask: (index: number) => Promise<Value>): Promise<readonly Value[]> =>
  await Promise.all(indexes(shards).map(ask))

/** Merges a page of every shard. Up to the nearest sequence that some shard has not looked beyond, all is known. */
export async function listAll(shards: Shards, filter: EventFilter): Promise<EventPage> {
  const pages = await ofEvery(shards, (index) => shards.at(index).list(filter))
  const ends = pages.flatMap(({ more }) => more ?? [])
  const known = ends.length > 0 ? Math.max(...ends) : undefined
  const all = pages.flatMap(({ events }) => events).filter(({ sequence }) => sequence >= (known ?? 0))
  const events = all.toSorted((a, b) => b.sequence - a.sequence).slice(0, filter.limit)
  return { events, more: events.length < all.length ? events.at(-1)?.sequence : known }
}

/** Runs again, or counts, all dead runs of a type; in bounded steps, so that no shard is held up by it. */
export async function rerunAllDead(
  shards: Shards,
  wanted: Pick<RerunDead, "type" | "keys" | "dryRun">,
): Promise<number> {
  const counts = await ofEvery(shards, async (index) => {
    let total = 0
    let before: number | undefined = Number.MAX_SAFE_INTEGER
    while (before !== undefined) {
      const { runs, more }: RerunStep = await shards.at(index).rerunDead({ ...wanted, before, limit: MAX_RERUN_EVENTS })
      total += runs
      before = more
    }
    return total
  })
  return counts.reduce((total, count) => total + count, 0)
}

export const pauseAll = async (shards: Shards, handler: string, paused: boolean): Promise<void> =>
  void (await ofEvery(shards, (index) => shards.at(index).setPaused(handler, paused)))

export const statsOfAll = async (shards: Shards): Promise<readonly ShardStats[]> =>
  await ofEvery(shards, (index) => shards.at(index).stats())
