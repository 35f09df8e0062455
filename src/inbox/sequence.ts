/** A sequence holds the shard in eight bits. */
export const MAX_INBOX_SHARDS = 256

// A sequence is a whole number below 2^53: the time in milliseconds × 1,024, and the shard among the rest. It orders the
// events of all shards without an index of its own, and no two shards ever give the same one.

/** Room for four events per millisecond and shard. Faster events get sequences ahead of the clock, and stay in order. */
const SEQUENCES_PER_MS = 4 * MAX_INBOX_SHARDS

/**
 * Returns the sequence of a new event. It is higher than `last`, even if the clock was set back.
 *
 * @param now Milliseconds since 1970.
 * @param shard 0 to 255.
 */
export function nextSequence(last: number, now: number, shard: number): number {
  const step = Math.ceil((Math.max(now * SEQUENCES_PER_MS, last + 1) - shard) / MAX_INBOX_SHARDS)
  return step * MAX_INBOX_SHARDS + shard
}

/** Returns the first sequence of a millisecond: events that were accepted earlier have lower ones. */
export const sequenceAt = (ms: number): number => ms * SEQUENCES_PER_MS

/** Returns when an event was accepted, in milliseconds since 1970. */
export const timeOf = (sequence: number): number => Math.floor(sequence / SEQUENCES_PER_MS)
