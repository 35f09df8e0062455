import { isEventType } from "./envelope.ts"

/** Which events a handler accepts: an exact type, a family as `payment.*` (any depth below it), or `*` for every event. */
export type EventPattern = string

/** What a provider's event types look like. */
export interface TypeRules {
  readonly isType: (type: unknown) => boolean
  /** What stands between the words of a type; empty where types have no families. `.` unless given. */
  readonly typeSeparator?: "." | "/" | "_" | "" | undefined
}

/** Creates the check of a provider's patterns: `*`, an event type, or a family, as `orders/*` (spec 7.7). */
export const createPatternCheck =
  ({ isType, typeSeparator = "." }: TypeRules) =>
  (text: string): boolean => {
    if (text === "*") return true
    if (!text.endsWith("*")) return isType(text)
    // A family is a pattern exactly if some type could be in it.
    return (
      typeSeparator !== "" && text.length > 2 && text.endsWith(`${typeSeparator}*`) && isType(`${text.slice(0, -1)}x`)
    )
  }

/** Returns whether a text is a pattern: `*`, an event type (spec 2.6), or one or more words of a type followed by `.*`. */
export const isPattern: (text: string) => boolean = createPatternCheck({ isType: isEventType })

/** Returns whether a pattern matches an event type. Neither is validated here. */
export const matchesPattern = (pattern: EventPattern, type: string): boolean =>
  pattern === "*" || pattern === type || (pattern.endsWith(".*") && type.startsWith(pattern.slice(0, -1)))
