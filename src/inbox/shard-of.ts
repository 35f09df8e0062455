/**
 * Which shard an event belongs to: FNV-1a, 32 bits, over source and key. Only proven senders choose keys, so it has to
 * spread them evenly and nothing else.
 *
 * It decides where the duplicates of an event are looked for: it never changes.
 *
 * @returns 0 to `shards` - 1.
 */
export function shardOf(source: string, dedupeKey: string, shards: number): number {
  let hash = 0x811c9dc5
  for (const char of `${source} ${dedupeKey}`) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193)
  // The low bits of FNV-1a hang on the last characters alone: fold the high ones in.
  return ((hash ^ (hash >>> 16)) >>> 0) % shards
}
