import type { InboxShard } from "./inbox.ts"
import { shardOf } from "./shard-of.ts"

/** All shards of an inbox. */
export interface Shards {
  /** How many there are. An inbox keeps the number with which it was made. */
  readonly count: number
  /** Returns a fresh stub each time: a stub that has failed stays broken. */
  at(index: number): InboxShard
  /** The shard of an event. */
  indexOf(source: string, dedupeKey: string): number
}

/** @param at Returns the shard of an index. */
export const createShards = (count: number, at: (index: number) => InboxShard): Shards => ({
  count,
  at,
  indexOf: (source, dedupeKey) => shardOf(source, dedupeKey, count),
})

/**
 * Opens a shard that has not been used yet. The first shard keeps the number of shards for all of them, because with
 * another number an event would look for its duplicates in another shard; and the list of shards that were opened.
 *
 * @returns The number that is kept, if it is another one.
 */
export async function openShard(shards: Shards, index: number): Promise<number | undefined> {
  const kept = await shards.at(0).open(shards.count, 0)
  if (kept !== shards.count) return kept
  // Listed before it is opened: a shard that is listed in vain costs nothing, one that is not listed may never be woken.
  await shards.at(0).noteOpened(index)
  if (index === 0) return undefined
  const other = await shards.at(index).open(shards.count, index)
  return other === shards.count ? undefined : other
}

/** Wakes every shard that was opened: a backstop for alarms that the platform has lost. Returns the failures. */
export async function wakeShards(shards: Shards): Promise<readonly unknown[]> {
  const woken = await Promise.allSettled((await shards.at(0).opened()).map((index) => shards.at(index).wake()))
  return woken.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []))
}

/**
 * Checks the number of shards before an operation on all of them: with another number, some would never be asked.
 *
 * @returns What is wrong, if it is another number than that with which the inbox was made.
 */
export async function findOtherCount(shards: Shards): Promise<string | undefined> {
  const kept = await shards.at(0).kept()
  return kept === undefined || kept === shards.count
    ? undefined
    : `INBOX_SHARDS is ${shards.count}, the inbox was made with ${kept}: set it back`
}
