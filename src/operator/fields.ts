import * as v from "valibot"
import { described, maxChars } from "../http/fields.ts"

/** An operator's own words about what was done: why, and where to read more. */
export const MAX_NOTE_CHARS = 500

/** One line of text, so that it looks like nothing else wherever it is shown. */
export const Note: v.GenericSchema<string> = described(
  v.pipe(maxChars(MAX_NOTE_CHARS), v.minLength(1), v.regex(/^[^\p{Cc}\p{Cs}\p{Bidi_Control}]*$/u)),
  "Why, in one line.",
)
