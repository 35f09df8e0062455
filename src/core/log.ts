/** Bounds a handler's error text in the log: enough for a message, too short for a body. */
export const MAX_LOGGED_ERROR_CHARS = 1_024

/**
 * Writes one JSON object as a line of the platform's log, without its `undefined` fields. Never throws: fields that have no
 * JSON form are left out.
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

/** Returns name and message of a thrown value: no stack, at most 1,024 characters. */
export function errorText(cause: unknown): string {
  try {
    return String(cause).slice(0, MAX_LOGGED_ERROR_CHARS)
  } catch {
    return "an error that has no text"
  }
}

/** Returns only the name of a foreign error for the log: its text could quote a row, and rows hold secrets. */
export const errorName = (cause: unknown): string => (cause instanceof Error ? cause.name : typeof cause)
