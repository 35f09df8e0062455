import { fail, ok, type Result } from "../core/result.ts"

/**
 * Decides whether a delivery was signed close enough to now.
 *
 * Call it only once the signature has passed: until then the header is the sender's unproven claim (spec 1.9).
 * Source: spec 1.5. Both edges are inclusive.
 *
 * @param signedAt Seconds since 1970, from the signed part of the header.
 * @param now Seconds since 1970. Passed in, never read from a clock.
 * @param toleranceSeconds Widest accepted distance from `now`, a whole number >= 1.
 * @returns `signedAt`, or `timestamp_stale` (too old), or `timestamp_ahead` (too new).
 */
export function checkTimestamp(
  signedAt: number,
  now: number,
  toleranceSeconds: number,
): Result<number, "timestamp_stale" | "timestamp_ahead"> {
  if (now - signedAt > toleranceSeconds) return fail("timestamp_stale")
  if (signedAt - now > toleranceSeconds) return fail("timestamp_ahead")
  return ok(signedAt)
}
