/**
 * Writes one JSON object as a line of the platform's log; `undefined` fields vanish. Logging decides nothing: what has no
 * JSON form is left out.
 */
export function writeLine(entry: Readonly<Record<string, unknown>>): void {
  let line: string
  try {
    line = JSON.stringify(entry)
  } catch {
    const { level, message, event_id, event_type } = entry
    line = JSON.stringify({ level, message, event_id, event_type, detail: "the other fields have no JSON form" })
  }
  // oxlint-disable-next-line no-console -- the platform's log is the console
  console.log(line)
}
