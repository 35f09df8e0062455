import { isPattern, type EventPattern } from "./patterns.ts"

/** The source whose lanes have no prefix: stored lanes of inboxes from before other sources keep their names. */
export const DEFAULT_SOURCE = "credicorp"

/** Returns whether a text can name a source (spec 7.6). `countersign` is reserved for system events. */
export const isSourceName = (text: string): boolean => /^[a-z0-9-]{1,32}$/.test(text) && text !== "countersign"

/**
 * Names the lane of a handler: its pattern for `credicorp`, else `<source>:<pattern>`. Neither a source's name nor a pattern
 * of Credicorp's types has a colon, so two sources never share a lane.
 */
export const laneOf = (source: string, pattern: EventPattern): string =>
  source === DEFAULT_SOURCE ? pattern : `${source}:${pattern}`

/** Splits a lane into its source and its pattern. */
export function splitLane(lane: string): { readonly source: string; readonly pattern: EventPattern } {
  const colon = lane.indexOf(":")
  return colon < 0
    ? { source: DEFAULT_SOURCE, pattern: lane }
    : { source: lane.slice(0, colon), pattern: lane.slice(colon + 1) }
}

/** Returns whether a text can be a lane. */
export function isLane(text: string): boolean {
  const { source, pattern } = splitLane(text)
  return source === DEFAULT_SOURCE
    ? text === pattern && isPattern(text)
    : isSourceName(source) && /^[!-~]{1,129}$/.test(pattern)
}

/** Returns whether a lane takes an event. Its pattern was checked when it was defined. */
export function laneTakes(lane: string, event: { readonly source: string; readonly type: string }): boolean {
  const { source, pattern } = splitLane(lane)
  return source === event.source && matchesAnyPattern([pattern], event.type)
}

/** Returns whether one of the patterns matches a type. A family ends with its provider's separator and `*` (spec 7.7). */
export const matchesAnyPattern = (patterns: readonly EventPattern[], type: string): boolean =>
  patterns.some((pattern) => pattern === type || (pattern.endsWith("*") && type.startsWith(pattern.slice(0, -1))))
