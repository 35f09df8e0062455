import { isEventType } from "./envelope.ts"
import { matchesPattern, type EventPattern } from "./patterns.ts"

/** The event types whose names are public (spec 2.3). The list is not complete: users extend it. */
export const PUBLIC_EVENT_TYPES: readonly string[] = [
  "enquiry.created",
  "decision.completed",
  "application.submitted",
  "application.funded",
  "payment.settled",
  "payment.succeeded",
]

/**
 * Returns whether a type is known (spec 3.10): public, configured, or matched by a handler's key.
 *
 * @param patterns Types and patterns beyond the public ones.
 */
export const isKnownType = (type: string, patterns: readonly EventPattern[]): boolean =>
  PUBLIC_EVENT_TYPES.includes(type) || patterns.some((pattern) => matchesPattern(pattern, type))

/** Reads a list of event types. @throws {TypeError} One of them is not an event type. */
export function parseEventTypes(text: string): readonly string[] {
  const types = text.split(",").map((type) => type.trim())
  if (!types.every(isEventType))
    throw new TypeError("must be event types separated by commas, as card.blocked,card.opened")
  return types
}
