import { fail, ok, type Result } from "../../core/result.ts"
import { matchesPattern } from "../../events/patterns.ts"

/** Spec 5.5. Whoever wants more than a hundred types wants a family or `*`; each entry is compared for every event. */
export const MAX_ENABLED_EVENTS = 100

/** Which rule of spec 5.5 a list breaks: of the list first, then of its entries one after another, in this order. */
export type EnabledEventsReason =
  /** Not an array. */
  | "not_a_list"
  /** No entry: an endpoint that wants nothing is one to disable. */
  | "empty"
  /** More than 100 entries. */
  | "too_many"
  /** An entry that is no string. */
  | "not_text"
  /** `*` with others beside it, whatever they are. */
  | "wildcard_not_alone"
  /** A family, `payment.*`, in which there is no known type. */
  | "unknown_family"
  /** Anything else that is no known type, letter for letter. */
  | "unknown_type"
  /** An entry that stood there before. */
  | "duplicate"

/**
 * Why a list is refused, and where. On the wire (spec 5.5) it is `webhook_event_unknown`; `not_a_list` and `not_text` are
 * wrong types, for which spec 5.8 has `invalid_value_type`.
 */
export interface EnabledEventsError {
  readonly reason: EnabledEventsReason
  /** The first entry that fails, as `enabled_events[0]`, or `enabled_events` where the list as such does. */
  readonly param: string
}

/**
 * Decides whether a list may be an endpoint's `enabled_events` (spec 5.5): 1 to 100 entries, no two the same, each a known
 * type, a family of at least one known type at any depth, or `*` alone.
 *
 * A family and a type in it may stand together: two ways to want one event are not one entry twice.
 *
 * @param list What the caller was sent; any value.
 * @param knownTypes Exact event types (spec 2.3, 2.6), no patterns.
 * @returns The entries in their order, in an array of its own; or the first rule broken.
 * @example
 * ```ts
 * checkEnabledEvents(["payment.*"], ["payment.settled"]) // { ok: true, value: ["payment.*"] }
 * checkEnabledEvents(["payment.lost"], ["payment.settled"])
 * // { ok: false, error: { reason: "unknown_type", param: "enabled_events[0]" } }
 * ```
 */
export function checkEnabledEvents(
  list: unknown,
  knownTypes: readonly string[],
): Result<readonly string[], EnabledEventsError> {
  if (!Array.isArray(list)) return refused("not_a_list")
  if (list.length === 0) return refused("empty")
  if (list.length > MAX_ENABLED_EVENTS) return refused("too_many")
  const entries: readonly unknown[] = [...list]
  for (const [index, entry] of entries.entries()) {
    const reason = checkEntry(entry, entries, knownTypes) ?? (entries.indexOf(entry) < index ? "duplicate" : undefined)
    if (reason) return refused(reason, index)
  }
  return ok(entries as readonly string[])
}

function checkEntry(
  entry: unknown,
  entries: readonly unknown[],
  knownTypes: readonly string[],
): EnabledEventsReason | undefined {
  if (typeof entry !== "string") return "not_text"
  if (entry === "*") return entries.length > 1 ? "wildcard_not_alone" : undefined
  if (knownTypes.some((type) => matchesPattern(entry, type))) return undefined
  return entry.endsWith(".*") ? "unknown_family" : "unknown_type"
}

const refused = (reason: EnabledEventsReason, index?: number) =>
  fail({ reason, param: index === undefined ? "enabled_events" : `enabled_events[${index}]` })
