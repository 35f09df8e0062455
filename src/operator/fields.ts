import * as v from "valibot"
import { described, maxChars } from "../http/fields.ts"

/** The longest note: a sentence or two, and a link. */
export const MAX_NOTE_CHARS = 500

/** A note in one line, so that it cannot imitate other output. */
export const Note: v.GenericSchema<string> = described(
  v.pipe(maxChars(MAX_NOTE_CHARS), v.minLength(1), v.regex(/^[^\p{Cc}\p{Cs}\p{Bidi_Control}]*$/u)),
  "Why, in one line.",
)
