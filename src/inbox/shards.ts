import type { InboxShard } from "./inbox.ts"

/** All shards of an inbox. */
export interface Shards {
  /** The number of shards. An inbox keeps the number that it was made with. */
  readonly count: number
  /** Returns a fresh stub each time: a stub that has failed stays broken. */
  at(index: number): InboxShard
  /** The first shard of this inbox in each other jurisdiction: events there would not be found here. */
  elsewhere(): readonly InboxShard[]
  /** The shard of an event. */
  indexOf(source: string, dedupeKey: string): number
}

/**
 * @param at Returns the shard of an index.
 * @param elsewhere Returns the first shard in each other jurisdiction.
 */
export const createShards = (
  count: number,
  at: (index: number) => InboxShard,
  elsewhere: () => readonly InboxShard[] = () => [],
): Shards => ({
  count,
  at,
  elsewhere,
  indexOf: (source, dedupeKey) => shardOf(source, dedupeKey, count),
})

/**
 * Opens a shard that has not been used yet. The first shard keeps the number of shards for all of them, because with
 * another number an event would look for its duplicates in another shard; and the list of shards that were opened.
 *
 * @returns What is wrong, if the inbox was made with other settings: then nothing is opened.
 */
export async function openShard(shards: Shards, index: number): Promise<string | undefined> {
  const problem = await findMismatch(shards)
  if (problem !== undefined) return problem
  for (const one of new Set([0, index])) {
    // Listed before it is opened: a shard that is listed in vain costs nothing, one that is not listed may never be woken.
    await shards.at(0).noteOpened(one)
    const kept = await shards.at(one).open(shards.count, one)
    if (kept !== shards.count) return otherCount(shards, kept)
  }
  return undefined
}

/** Wakes every shard that was opened: a backstop for alarms that the platform has lost. Returns the failures. */
export async function wakeShards(shards: Shards): Promise<readonly unknown[]> {
  const woken = await Promise.allSettled((await shards.at(0).opened()).map((index) => shards.at(index).wake()))
  return woken.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []))
}

/**
 * Checks the settings that an inbox can never change. With another number of shards, or in another jurisdiction, it would
 * find neither its events nor their duplicates.
 *
 * @returns What is wrong, if the settings differ from those that the inbox was made with.
 */
export async function findMismatch(shards: Shards): Promise<string | undefined> {
  const kept = await shards.at(0).kept()
  if (kept !== undefined) return kept === shards.count ? undefined : otherCount(shards, kept)
  const elsewhere = await Promise.all(shards.elsewhere().map((shard) => shard.kept()))
  return elsewhere.every((other) => other === undefined)
    ? undefined
    : "INBOX_JURISDICTION is not the one that the inbox was made with: set it back"
}

const otherCount = ({ count }: Shards, kept: number): string =>
  `INBOX_SHARDS is ${count}, the inbox was made with ${kept}: set it back`

/**
 * Returns the shard of an event: FNV-1a, 32 bits, over source and key. Only proven senders choose keys, so an even spread is
 * enough.
 *
 * This function must never change, because it decides where the duplicates of an event are looked for.
 *
 * @returns 0 to `shards` - 1.
 */
export function shardOf(source: string, dedupeKey: string, shards: number): number {
  let hash = 0x811c9dc5
  for (const char of `${source} ${dedupeKey}`) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193)
  // The low bits of FNV-1a depend on the last characters only: fold the high ones in.
  return ((hash ^ (hash >>> 16)) >>> 0) % shards
}
