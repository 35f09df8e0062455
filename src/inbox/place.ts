/** A place holds the shard in eight bits. */
export const MAX_INBOX_SHARDS = 256

// A place is a whole number below 2^53: the time in milliseconds × 1,024, and the shard among the rest. It orders the
// events of all shards without an index of its own, and no two shards ever give the same one.

/** Room for four events a millisecond and shard; what comes faster runs ahead of the clock and is still in order. */
const PLACES_A_MS = 4 * MAX_INBOX_SHARDS

/**
 * The place of a new event: after `last`, whatever the clock does.
 *
 * @param now Milliseconds since 1970.
 * @param shard 0 to 255.
 */
export function nextPlace(last: number, now: number, shard: number): number {
  const step = Math.ceil((Math.max(now * PLACES_A_MS, last + 1) - shard) / MAX_INBOX_SHARDS)
  return step * MAX_INBOX_SHARDS + shard
}

/** The first place of a millisecond: everything taken before it is below. */
export const placeAt = (ms: number): number => ms * PLACES_A_MS

/** When an event was taken, in milliseconds since 1970. */
export const timeOf = (place: number): number => Math.floor(place / PLACES_A_MS)
