/** Spec 1.7: `t` has at most 12 digits. Milliseconds since 1970 have 13 until the year 2286, so they never pass as seconds. */
export const MAX_TIME_SECONDS = 999_999_999_999

/** Tells whether a value is text that matches a pattern. */
export const isText = (value: unknown, pattern: RegExp): value is string =>
  typeof value === "string" && pattern.test(value)

/** Tells whether a text has at most so many characters as people and JSON Schema count them; `length` counts an emoji twice. */
export const hasAtMost = (text: string, maxChars: number): boolean =>
  text.length <= maxChars || (text.length <= 2 * maxChars && Array.from(text).length <= maxChars)

/** Tells whether a value is an object with fields: not an array, not null. */
export const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Tells whether a value is whole seconds since 1970 of at most 12 digits. */
export const isTimeSeconds = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_TIME_SECONDS
