import { RETRY_DELAYS_SECONDS, RETRY_JITTER_PERCENT } from "../core/limits.ts"

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
