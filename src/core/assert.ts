import { isFields, MAX_TIME_SECONDS } from "./is.ts"

/**
 * The error of a caller's mistake. To callers it is a `TypeError`; the command line tells it by its class from a `TypeError`
 * that the runtime throws for a bug of ours. Its message shows no value.
 */
export class OptionError extends TypeError {}

/**
 * Asserts a precondition on the caller. Untrusted input is never checked here; it is refused with a `Result`.
 *
 * @param rule Names the argument or option, the rule and the fix. It never shows a value: the value may be a secret.
 * @throws {TypeError} The precondition does not hold.
 */
export function assertOption(holds: unknown, rule: string): asserts holds {
  if (!holds) throw new OptionError(rule)
}

/** Names the kind of a value for an error text, as `undefined`, `a string` or `an Array`; never its content. */
export function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value)
  if (isPromise(value)) return "a Promise (await it)"
  // The tag also tells the class of an object of another realm. A class can put any text there, so only a name is shown.
  const tag = {}.toString.call(value).slice(8, -1)
  const kind = typeof value === "object" && /^\w+$/.test(tag) ? tag : typeof value
  return `${/^[aeio]/i.test(kind) ? "an" : "a"} ${kind}`
}

/** Tells whether a value is a promise, of any realm. */
export const isPromise = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "then" in value && typeof value.then === "function"

/**
 * Asserts whole seconds from `min` to `max`, both inclusive. At most 12 digits, so that milliseconds never pass as a time.
 *
 * @throws {TypeError} The value is anything else.
 */
export function assertSeconds(name: string, value: unknown, min: number, max: number = MAX_TIME_SECONDS): number {
  // The clock is asserted for every delivery, so the text is put together only where it is needed.
  if (isWhole(value, min, max)) return value
  throw new OptionError(
    `${name} must be a whole number of seconds from ${min} to ${max}, not ${numberKindOf(value, min)} (divide milliseconds by 1000)`,
  )
}

/**
 * Asserts a whole number of bytes, at least 1.
 *
 * @throws {TypeError} The value is anything else.
 */
export function assertBytes(name: string, value: unknown): number {
  assertOption(
    isWhole(value, 1, Number.MAX_SAFE_INTEGER),
    `${name} must be a whole number of bytes, at least 1, not ${numberKindOf(value, 1)}`,
  )
  return value
}

const isWhole = (value: unknown, min: number, max: number): value is number =>
  Number.isInteger(value) && (value as number) >= min && (value as number) <= max

const numberKindOf = (value: unknown, min: number): string => {
  if (typeof value !== "number") return kindOf(value)
  if (Number.isNaN(value)) return "NaN"
  return value < min ? "a smaller number" : Number.isInteger(value) ? "a larger number" : "a fraction"
}

/**
 * Asserts that an argument is an object whose properties are all among those listed: a misspelt option is an error and
 * never a silent default.
 *
 * @throws {TypeError} The argument is not an object, or has another property. The message lists the known ones.
 */
export function assertOptions(name: string, value: unknown, known: readonly string[]): asserts value is object {
  assertOption(
    isFields(value) && !isPromise(value),
    `${name} must be an object of options (${known.join(", ")}), not ${kindOf(value)}`,
  )
  for (const key in value) {
    assertOption(known.includes(key), `${name}.${key} is not an option; the options are ${known.join(", ")}`)
  }
}
