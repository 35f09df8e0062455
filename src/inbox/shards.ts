import type { InboxShard } from "./inbox.ts"
import { shardOf } from "./shard-of.ts"

/** All shards of an inbox. */
export interface Shards {
  /** How many there are. An inbox keeps the number it was made with. */
  readonly count: number
  /** A fresh stub each time: one that has failed stays broken. */
  at(index: number): InboxShard
  /** Where an event belongs. */
  indexOf(source: string, dedupeKey: string): number
}

/** @param at The one shard of that index. */
export const createShards = (count: number, at: (index: number) => InboxShard): Shards => ({
  count,
  at,
  indexOf: (source, dedupeKey) => shardOf(source, dedupeKey, count),
})

/**
 * Opens a shard that has not been used yet. The first one keeps the number of shards for all of them: with another
 * number an event would look for its duplicates in another shard.
 *
 * @returns The number that is kept, if it is another one.
 */
export async function openShard(shards: Shards, index: number): Promise<number | undefined> {
  for (const one of new Set([0, index])) {
    const kept = await shards.at(one).open(shards.count, one)
    if (kept !== shards.count) return kept
  }
  return undefined
}

/**
 * For whoever asks of all shards: with another number than the inbox was made with, some would never be asked.
 *
 * @returns What is wrong, if it is another number.
 */
export async function findOtherCount(shards: Shards): Promise<string | undefined> {
  const kept = await shards.at(0).kept()
  return kept === undefined || kept === shards.count
    ? undefined
    : `INBOX_SHARDS is ${shards.count}, the inbox was made with ${kept}: set it back`
}
