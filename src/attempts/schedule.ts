/** The delays between the attempts of a run. */
export interface Schedule {
  /** Seconds between an attempt and the next. A round has one attempt more than there are delays. */
  readonly delaysSeconds: readonly number[]
  /** Spreads each delay by this much to either side, so that runs that failed together do not come back together. */
  readonly jitterPercent: number
}

/**
 * Returns how long a run waits after a failure, in milliseconds; undefined after the last attempt of its round.
 *
 * @param failures Failed attempts of this round, from 1.
 * @param random 0 to 1, for the jitter.
 */
export function retryDelayMs(
  { delaysSeconds, jitterPercent }: Schedule,
  failures: number,
  random: number,
): number | undefined {
  const seconds = delaysSeconds[failures - 1]
  const spread = 1 + (jitterPercent / 100) * (2 * random - 1)
  return seconds === undefined ? undefined : Math.round(seconds * 1000 * spread)
}
