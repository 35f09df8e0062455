/**
 * Decides whether a delivery was signed close enough to now.
 *
 * Call it only once the signature has passed: until then the header is the sender's unproven claim (spec 1.9).
 * Source: spec 1.5. Both edges are inclusive.
 *
 * @param signedAt Seconds since 1970, from the signed part of the header.
 * @param now Seconds since 1970. Passed in, never read from a clock.
 * @param toleranceSeconds Widest accepted distance from `now`, a whole number >= 1.
 * @returns `timestamp_stale` (too old), `timestamp_ahead` (too new), or undefined: it is close enough.
 */
export function checkTimestamp(
  signedAt: number,
  now: number,
  toleranceSeconds: number,
): "timestamp_stale" | "timestamp_ahead" | undefined {
  if (now - signedAt > toleranceSeconds) return "timestamp_stale"
  return signedAt - now > toleranceSeconds ? "timestamp_ahead" : undefined
}
