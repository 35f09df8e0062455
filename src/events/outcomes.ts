import { assertOption } from "../core/assert.ts"

/** The longest delay that `RetryLater` takes, in seconds: a week. */
export const MAX_RETRY_LATER_SECONDS = 604_800

/**
 * Thrown by a handler to set the time of its next attempt, in place of the schedule. The attempt counts like any other.
 *
 * @example
 * ```ts
 * defineHandlers({
 *   "payment.settled": () => {
 *     throw new RetryLater(600, "the bank is closed for ten minutes")
 *   },
 * })
 * ```
 */
export class RetryLater extends Error {
  override readonly name: string = "RetryLater"
  readonly seconds: number

  /**
   * @param seconds 1 to 604,800, whole.
   * @throws {TypeError} `seconds` is anything else.
   */
  constructor(seconds: number, reason = "") {
    assertOption(
      Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_RETRY_LATER_SECONDS,
      `RetryLater takes whole seconds from 1 to ${MAX_RETRY_LATER_SECONDS}`,
    )
    super(reason)
    this.seconds = seconds
  }
}

/**
 * Thrown by a handler when another attempt would be useless: the run is dead at once, with the reason in the inbox.
 *
 * @example
 * ```ts
 * defineHandlers({
 *   "payment.settled": () => {
 *     throw new GiveUp("no such order")
 *   },
 * })
 * ```
 */
export class GiveUp extends Error {
  override readonly name: string = "GiveUp"
}
