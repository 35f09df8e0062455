import { assertOption } from "../core/assert.ts"

/** How long a handler may put its next attempt off with `RetryLater`: a week. */
export const MAX_RETRY_LATER_SECONDS = 604_800

/**
 * Thrown by a handler that knows when to be tried again: the run waits that long instead of what its schedule says. It
 * counts as an attempt like any other.
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
   * @throws {TypeError} It is not.
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
 * Thrown by a handler for which trying again is of no use: the run is dead at once, with the reason in the inbox.
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
