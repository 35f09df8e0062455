import * as v from "valibot"
import { isFields } from "../core/is.ts"
import {
  MAX_DESCRIPTION_CHARS,
  MAX_METADATA_KEY_CHARS,
  MAX_METADATA_PAIRS,
  MAX_METADATA_VALUE_CHARS,
  MAX_OVERLAP_SECONDS,
} from "../core/limits.ts"
import { hasAtMost, maxChars } from "../core/max-chars.ts"
import { PAGE_FIELDS } from "../core/page-fields.ts"

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
