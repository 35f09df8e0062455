import { fail, ok, type Result } from "../../core/result.ts"
import { matchesPattern } from "../../events/patterns.ts"

/** Spec 5.5. A family or `*` replaces more than a hundred types. Each entry is compared with every event. */
export const MAX_ENABLED_EVENTS = 100

/** Which rule of spec 5.5 a list breaks: first those of the list, then those of its entries, one after another. */
export type EnabledEventsReason =
  /** Not an array. */
  | "not_a_list"
  /** No entry: to send nothing to an endpoint, disable it. */
  | "empty"
  /** More than 100 entries. */
  | "too_many"
  /** An entry that is not a string. */
  | "not_text"
  /** `*` beside any other entry. */
  | "wildcard_not_alone"
  /** A family, as `payment.*`, without a known type. */
  | "unknown_family"
  /** Any other entry that is not a known type, letter for letter. */
  | "unknown_type"
  /** An entry that occurs twice. */
  | "duplicate"

/**
 * Why a list is refused, and where. On the wire it is `webhook_event_unknown` (spec 5.5), and `invalid_value_type` for the wrong
 * types `not_a_list` and `not_text` (spec 5.8).
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
 * A family and a type in it are different entries, and both are allowed.
 *
 * @param list What the caller was sent; any value.
 * @param knownTypes Exact event types (spec 2.3, 2.6), no patterns.
 * @returns The entries in their order, in a new array; or the first rule broken.
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
