/** What comes between the attempts of a run: a hiccup, a restart, a deployment, an outage, a night, a day. */
export const RETRY_DELAYS_SECONDS: readonly number[] = [5, 30, 120, 600, 3_600, 21_600, 86_400]

/** A tenth to either side, so that runs that failed together do not come back together. */
export const RETRY_JITTER_PERCENT = 10

/** The attempts of one round: the first, and one after each delay. */
export const MAX_ATTEMPTS: number = 1 + RETRY_DELAYS_SECONDS.length

/**
 * How long a run waits after a failure, in milliseconds.
 *
 * @param failures Failed attempts of this round, from 1.
 * @param random 0 to 1: spreads runs that failed together.
 * @returns Undefined after the last attempt.
 */
export function retryDelayMs(failures: number, random: number): number | undefined {
  const seconds = RETRY_DELAYS_SECONDS[failures - 1]
  const spread = 1 + (RETRY_JITTER_PERCENT / 100) * (2 * random - 1)
  return seconds === undefined ? undefined : Math.round(seconds * 1000 * spread)
}
