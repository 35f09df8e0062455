import { toPrintableJson } from "./printable.ts"

/**
 * Writes one JSON object as a line of the platform's log. Fields that are `undefined` are left out, and characters that are
 * not printable are escaped. Logging never fails: an entry that has no JSON form is cut to its first facts.
 */
export function writeLine(entry: Readonly<Record<string, unknown>>): void {
  let line: string
  try {
    line = toPrintableJson(entry)
  } catch {
    const { level, message, event_id, event_type } = entry
    line = toPrintableJson({ level, message, event_id, event_type, detail: "the other fields have no JSON form" })
  }
  // oxlint-disable-next-line no-console -- the platform's log is the console
  console.log(line)
}
