import * as v from "valibot"
import { MAX_NOTE_CHARS } from "../core/limits.ts"
import { maxChars } from "../core/max-chars.ts"
import { CREDENTIAL_ID } from "./principal.ts"

/** One line of text, so that it cannot pass for more, or for something else, wherever it is shown. */
const Note = v.pipe(maxChars(MAX_NOTE_CHARS), v.minLength(1), v.regex(/^[^\p{Cc}\p{Cs}\p{Bidi_Control}]*$/u))

/** The body that does something about an account. */
export const NewAction = v.variant("action", [
  v.strictObject({ action: v.picklist(["suspend", "resume"]), note: Note }),
  v.strictObject({
    action: v.picklist(["revoke", "restore"]),
    credential_id: v.pipe(v.string(), v.regex(CREDENTIAL_ID)),
    note: Note,
  }),
])
