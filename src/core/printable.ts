/**
 * Characters that can move a terminal, turn text around or end a line for a log viewer: control (C0, C1), format (bidirectional
 * too), private, unassigned and lone surrogate characters, and the line and paragraph separators. Not the line feed.
 */
const UNPRINTABLE = /[^\n\P{C}]|[\u2028\u2029]/gu

/** Most lines are ASCII, and this test costs a tenth of the other. */
const BEYOND_ASCII = /[^\n -~]/

/** Replaces characters that are not printable with `?`. Line feeds stay. */
export const toPrintable = (text: string): string => text.replaceAll(UNPRINTABLE, "?")

/** Returns JSON that means the same and has the characters escaped that are not printable: `JSON.stringify` leaves most. */
export function toPrintableJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, undefined, indent)
  return BEYOND_ASCII.test(json) ? json.replaceAll(UNPRINTABLE, toEscapes) : json
}

const toEscapes = (character: string): string =>
  character.replaceAll(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
