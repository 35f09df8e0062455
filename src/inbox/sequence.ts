/** A sequence holds the shard in eight bits. */
export const MAX_INBOX_SHARDS = 256

// A sequence is a whole number below 2^53: the time in milliseconds × 1,024, and the shard among the rest. It orders the
// events of all shards without an index of its own, and no two shards ever give the same one.

/** Room for four events a millisecond and shard; what comes faster runs ahead of the clock and is still in order. */
const SEQUENCES_PER_MS = 4 * MAX_INBOX_SHARDS

/**
 * The sequence of a new event: after `last`, whatever the clock does.
 *
 * @param now Milliseconds since 1970.
 * @param shard 0 to 255.
 */
export function nextSequence(last: number, now: number, shard: number): number {
  const step = Math.ceil((Math.max(now * SEQUENCES_PER_MS, last + 1) - shard) / MAX_INBOX_SHARDS)
  return step * MAX_INBOX_SHARDS + shard
}

/** The first sequence of a millisecond: everything taken before it is below. */
export const sequenceAt = (ms: number): number => ms * SEQUENCES_PER_MS

/** When an event was taken, in milliseconds since 1970. */
export const timeOf = (sequence: number): number => Math.floor(sequence / SEQUENCES_PER_MS)
