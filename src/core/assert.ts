import { isTimeSeconds } from "./is.ts"

/**
 * For what a caller must get right, never for what a stranger sent: that is refused with a value.
 *
 * @param rule The cause and the cure, by the name of the option or argument; no secret has a place in it.
 * @throws {TypeError} It does not hold.
 */
export function assertOption(holds: unknown, rule: string): asserts holds {
  if (!holds) throw new TypeError(rule)
}

/** Whole, and at most 12 digits: a time with a fraction or in milliseconds is a mistake that would pass for a time. */
export function assertWhole(name: string, value: unknown, min: number): number {
  assertOption(isTimeSeconds(value) && value >= min, `${name} must be whole seconds or bytes from ${min}`)
  return value
}
