import { OptionError } from "../core/assert.ts"
import { isEventType } from "./envelope.ts"

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
 * Reads a list of event types.
 *
 * @param isType Whether a text can be a type of the source's events; Credicorp's unless given.
 * @throws {TypeError} One of them is not an event type.
 */
export function parseEventTypes(text: string, isType: (type: unknown) => boolean = isEventType): readonly string[] {
  const types = text.split(",").map((type) => type.trim())
  if (!types.every(isType))
    throw new OptionError("must be event types separated by commas, as card.blocked,card.opened")
  return types
}
