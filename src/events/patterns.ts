import { isEventType } from "./envelope.ts"

/** Which events a handler takes: an exact type, a family as `payment.*` (any depth below it), or `*` for every event. */
export type EventPattern = string

/** Returns whether a text is a pattern: `*`, an event type (spec 2.6), or one or more words of a type followed by `.*`. */
export const isPattern = (text: string): boolean =>
  // A family is a pattern exactly if some type could be in it.
  text === "*" || isEventType(text.endsWith(".*") ? `${text.slice(0, -1)}x` : text)

/** Returns whether a pattern matches an event type. Neither is validated here. */
export const matchesPattern = (pattern: EventPattern, type: string): boolean =>
  pattern === "*" || pattern === type || (pattern.endsWith(".*") && type.startsWith(pattern.slice(0, -1)))
