import { MAX_LOGGED_ERROR_CHARS } from "./limits.ts"

/** Name and message of whatever was thrown; no stack, and no more than 1,024 characters. */
export function errorText(cause: unknown): string {
  try {
    return String(cause).slice(0, MAX_LOGGED_ERROR_CHARS)
  } catch {
    return "an error that has no text"
  }
}
