/** Spec 1.7: `t` has at most 12 digits. A time in milliseconds has 13 until the year 2286, so it is caught here. */
export const MAX_TIME_SECONDS = 999_999_999_999

/** Whether a value is text that fits a pattern. */
export const isText = (value: unknown, pattern: RegExp): value is string =>
  typeof value === "string" && pattern.test(value)

/** Whether a text has at most so many characters, as people and JSON Schema count them: `length` counts an emoji as two. */
export const hasAtMost = (text: string, maxChars: number): boolean =>
  text.length <= maxChars || (text.length <= 2 * maxChars && Array.from(text).length <= maxChars)

/** An object of fields: no array, no null. */
export const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Whole seconds since 1970, at most 12 digits: a time with a fraction or in milliseconds is not one. */
export const isTimeSeconds = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_TIME_SECONDS
