import * as v from "valibot"
import { hasAtMost, isFields } from "../core/is.ts"
import { described, maxChars, named } from "../http/fields.ts"
import { PAGE_FIELDS } from "../http/paging.ts"
import { Note } from "../operator/fields.ts"
import { CREDENTIAL_ID } from "./auth/principal.ts"
import { MAX_OVERLAP_SECONDS } from "./endpoint.ts"
import { MAX_ENABLED_EVENTS } from "./rules/events.ts"
import { MAX_ENDPOINT_URL_CHARS } from "./rules/url.ts"

/** Spec 5.8. */
export const MAX_DESCRIPTION_CHARS = 500
export const MAX_METADATA_PAIRS = 20
export const MAX_METADATA_KEY_CHARS = 40
export const MAX_METADATA_VALUE_CHARS = 500

const isRealDate = (text: string): boolean => new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) ?? false

/** The rules of spec 5.4 follow behind the schema. */
const Url = described(v.string(), "HTTPS on the public internet, port 443 or 8443.", {
  format: "uri",
  maxLength: MAX_ENDPOINT_URL_CHARS,
})

/** The rules of spec 5.5 follow behind the schema. */
const EnabledEvents = described(v.array(v.string()), "Exact event types, families as `payment.*`, or `*` alone.", {
  minItems: 1,
  maxItems: MAX_ENABLED_EVENTS,
  uniqueItems: true,
})

const Description = described(maxChars(MAX_DESCRIPTION_CHARS), "For people.")

/** Checked by hand: the library's record ignores keys as `constructor`, and takes a list for an object. */
const Metadata = v.pipe(
  v.custom<Readonly<Record<string, string>>>(isFields),
  v.check((metadata) => Object.keys(metadata).length <= MAX_METADATA_PAIRS),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    for (const [key, value] of Object.entries(dataset.value)) {
      const valid = hasAtMost(key, MAX_METADATA_KEY_CHARS) && key !== "" && key !== "__proto__"
      if (valid && typeof value === "string" && hasAtMost(value, MAX_METADATA_VALUE_CHARS)) continue
      addIssue({ path: [{ type: "object", origin: "value", input: dataset.value, key, value }] })
    }
  }),
  v.metadata({
    description: "Names and values of your own.",
    type: "object",
    maxProperties: MAX_METADATA_PAIRS,
    propertyNames: { minLength: 1, maxLength: MAX_METADATA_KEY_CHARS },
    additionalProperties: { type: "string", maxLength: MAX_METADATA_VALUE_CHARS },
  }),
)

/** The body that creates an endpoint (spec 5.1). */
export const NewEndpoint = named(
  "NewEndpoint",
  v.strictObject({
    url: Url,
    enabled_events: EnabledEvents,
    description: v.exactOptional(Description),
    api_version: v.exactOptional(
      described(
        v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\d$/), v.check(isRealDate)),
        "The version of events that it expects, as `2026-07-01`.",
        { format: "date" },
      ),
    ),
    metadata: v.exactOptional(Metadata),
  }),
)

/** The body that changes an endpoint (spec 5.7). Metadata is replaced whole. */
export const EndpointPatch = named(
  "EndpointPatch",
  v.strictObject({
    url: v.exactOptional(Url),
    enabled_events: v.exactOptional(EnabledEvents),
    description: v.exactOptional(Description),
    metadata: v.exactOptional(Metadata),
    status: v.exactOptional(described(v.picklist(["enabled", "disabled"]), "A disabled endpoint gets nothing.")),
  }),
)

/** The body that rotates a secret (spec 5.6); it may be absent. */
export const Rotation = named(
  "Rotation",
  v.strictObject({
    overlap_seconds: v.optional(
      described(
        v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_OVERLAP_SECONDS)),
        "How long the old secret stays valid beside the new one; 0 ends a leaked one at once.",
      ),
      MAX_OVERLAP_SECONDS,
    ),
  }),
)

/** A listing's query (spec 5.7). */
export const Page = v.object(PAGE_FIELDS)

/** The query of what was done about an account. */
export const ActionsQuery = v.strictObject(PAGE_FIELDS)

/** The body of an operator's action on an account. */
export const NewAction = named(
  "NewAction",
  v.variant("action", [
    v.strictObject({ action: v.picklist(["suspend", "resume"]), note: Note }),
    v.strictObject({
      action: v.picklist(["revoke", "restore"]),
      credential_id: described(
        v.pipe(v.string(), v.regex(CREDENTIAL_ID)),
        "The id of an API key, or the `jti` of a token.",
      ),
      note: Note,
    }),
  ]),
)
