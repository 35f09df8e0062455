import { MAX_LOGGED_ERROR_CHARS } from "./limits.ts"

/** Name and message of whatever was thrown; no stack, and no more than 1,024 characters. */
export function errorText(cause: unknown): string {
  try {
    return String(cause).slice(0, MAX_LOGGED_ERROR_CHARS)
  } catch {
    return "an error that has no text"
  }
}

/** The kind of an error that is not ours, for the log: its text could quote a row, and rows hold secrets. */
export const errorName = (cause: unknown): string => (cause instanceof Error ? cause.name : typeof cause)
