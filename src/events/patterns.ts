import { isEventType } from "./envelope.ts"

/** Which events a handler takes: an exact type, a family as `payment.*` (any depth below it), or `*` for every event. */
export type EventPattern = string

/** Whether a text is a pattern: `*`, an event type (spec 2.6), or one or more words of a type followed by `.*`. */
export const isPattern = (text: string): boolean =>
  // A family is a pattern exactly if something could be in it.
  text === "*" || isEventType(text.endsWith(".*") ? `${text.slice(0, -1)}x` : text)

/** Whether a pattern takes an event type. Both have been checked: this compares, it does not judge. */
export const matchesPattern = (pattern: EventPattern, type: string): boolean =>
  pattern === "*" || pattern === type || (pattern.endsWith(".*") && type.startsWith(pattern.slice(0, -1)))
