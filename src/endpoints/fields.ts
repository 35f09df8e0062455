import * as v from "valibot"
import { isFields } from "../core/is.ts"
import { hasAtMost, maxChars } from "../http/fields.ts"
import { PAGE_FIELDS } from "../http/paging.ts"
import { CREDENTIAL_ID } from "./auth/principal.ts"

/** An operator's own words beside what was done: why, and where to read more. */
export const MAX_NOTE_CHARS = 500

/** Spec 5.6: a day. */
export const MAX_OVERLAP_SECONDS = 86_400

/** Spec 5.8. */
export const MAX_DESCRIPTION_CHARS = 500
export const MAX_METADATA_PAIRS = 20
export const MAX_METADATA_KEY_CHARS = 40
export const MAX_METADATA_VALUE_CHARS = 500

const isRealDate = (text: string): boolean => new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) ?? false

const Description = maxChars(MAX_DESCRIPTION_CHARS)

/** By hand: the library's record passes over keys as `constructor` in silence, and takes a list for an object. */
const Metadata = v.pipe(
  v.custom<Readonly<Record<string, string>>>(isFields),
  v.check((metadata) => Object.keys(metadata).length <= MAX_METADATA_PAIRS),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    for (const [key, value] of Object.entries(dataset.value)) {
      const sound = hasAtMost(key, MAX_METADATA_KEY_CHARS) && key !== "" && key !== "__proto__"
      if (sound && typeof value === "string" && hasAtMost(value, MAX_METADATA_VALUE_CHARS)) continue
      addIssue({ path: [{ type: "object", origin: "value", input: dataset.value, key, value }] })
    }
  }),
)

/** The body that creates an endpoint (spec 5.1). */
export const NewEndpoint = v.strictObject({
  url: v.string(),
  enabled_events: v.array(v.string()),
  description: v.exactOptional(Description),
  api_version: v.exactOptional(v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\d$/), v.check(isRealDate))),
  metadata: v.exactOptional(Metadata),
})

/** The body that changes one (spec 5.7). Metadata is replaced whole. */
export const EndpointPatch = v.strictObject({
  url: v.exactOptional(v.string()),
  enabled_events: v.exactOptional(v.array(v.string())),
  description: v.exactOptional(Description),
  metadata: v.exactOptional(Metadata),
  status: v.exactOptional(v.picklist(["enabled", "disabled"])),
})

/** The body that rotates a secret (spec 5.6); it may be absent. */
export const Rotation = v.strictObject({
  overlap_seconds: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_OVERLAP_SECONDS)),
    MAX_OVERLAP_SECONDS,
  ),
})

/** A listing's query (spec 5.7). */
export const Page = v.object(PAGE_FIELDS)

/** The query of what was done about an account. */
export const ActionsQuery = v.strictObject(PAGE_FIELDS)

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
