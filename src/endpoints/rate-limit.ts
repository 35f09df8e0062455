/** Spec 5.11: tokens a second, and how many can gather. */
export const RATE_PER_SECOND = 10
export const RATE_BURST = 50

/** A token bucket with continuous refill (spec 5.11): how full it was, and when. */
export interface Bucket {
  readonly tokens: number
  /** Milliseconds since 1970. */
  readonly at: number
}

/** What a response says about the bucket, in whole tokens and seconds. */
export interface RateLimit {
  readonly remaining: number
  /** Until it is full again. */
  readonly resetSeconds: number
}

/**
 * Names the bucket of a request. An account has one for each mode, and one more for each mode's revoked or suspended
 * credentials: a caller with a revoked key must not use up the requests of the account that it belonged to.
 */
export const bucketOf = (livemode: boolean, shutOut: boolean): string =>
  `${livemode ? "live" : "test"}${shutOut ? " shut out" : ""}`

export const fullBucket = (now: number): Bucket => ({ tokens: RATE_BURST, at: now })

/**
 * Returns the bucket as it is now. If the clock was set back, the bucket keeps its tokens and then fills by the current clock:
 * a clock that was ahead must not keep it empty.
 */
export function refill({ tokens, at }: Bucket, now: number): Bucket {
  const earned = (Math.max(0, now - at) * RATE_PER_SECOND) / 1000
  // A millisecond earns a hundredth of a token; rounded to that, any number of small steps earns what one large one does.
  return { tokens: Math.min(RATE_BURST, Math.round((tokens + earned) * 100) / 100), at: now }
}

/** Takes one token. Returns undefined if there is none. */
export const takeToken = (bucket: Bucket): Bucket | undefined =>
  bucket.tokens >= 1 ? { ...bucket, tokens: bucket.tokens - 1 } : undefined

export const toRateLimit = ({ tokens }: Bucket): RateLimit => ({
  remaining: Math.floor(tokens),
  resetSeconds: Math.ceil((RATE_BURST - tokens) / RATE_PER_SECOND),
})

/** Whole seconds until there is a token. */
export const secondsToToken = ({ tokens }: Bucket): number => Math.max(1, Math.ceil((1 - tokens) / RATE_PER_SECOND))
