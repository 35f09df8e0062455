import * as v from "valibot"
import {
  DEFAULT_PAGE_SIZE,
  MAX_DESCRIPTION_CHARS,
  MAX_METADATA_KEY_CHARS,
  MAX_METADATA_PAIRS,
  MAX_METADATA_VALUE_CHARS,
  MAX_OVERLAP_SECONDS,
  MAX_PAGE_SIZE,
} from "../core/limits.ts"
import { fail, ok, type Result } from "../core/result.ts"
import type { Failure } from "./account.ts"

const isRealDate = (text: string): boolean => new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) ?? false

const Description = v.pipe(v.string(), v.maxLength(MAX_DESCRIPTION_CHARS))

const Metadata = v.pipe(
  v.record(
    v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_METADATA_KEY_CHARS)),
    v.pipe(v.string(), v.maxLength(MAX_METADATA_VALUE_CHARS)),
  ),
  v.check((metadata) => Object.keys(metadata).length <= MAX_METADATA_PAIRS),
)

/** The body that creates an endpoint (spec 5.1). */
export const NewEndpoint = v.strictObject({
  url: v.string(),
  enabled_events: v.array(v.string()),
  description: v.optional(Description),
  api_version: v.optional(v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\d$/), v.check(isRealDate))),
  metadata: v.optional(Metadata),
})

/** The body that changes one (spec 5.7). Metadata is replaced whole. */
export const EndpointPatch = v.strictObject({
  url: v.optional(v.string()),
  enabled_events: v.optional(v.array(v.string())),
  description: v.optional(Description),
  metadata: v.optional(Metadata),
  status: v.optional(v.picklist(["enabled", "disabled"])),
})

/** The body that rotates a secret (spec 5.6); it may be absent. */
export const Rotation = v.strictObject({
  overlap_seconds: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_OVERLAP_SECONDS)),
    MAX_OVERLAP_SECONDS,
  ),
})

/** A listing's query (spec 5.7). A cursor is a place in the list, opaque to whoever passes it back. */
export const Page = v.object({
  limit: v.optional(
    v.pipe(v.string(), v.regex(/^\d{1,3}$/), v.transform(Number), v.minValue(1), v.maxValue(MAX_PAGE_SIZE)),
    String(DEFAULT_PAGE_SIZE),
  ),
  cursor: v.optional(v.pipe(v.string(), v.regex(/^c[0-9a-z]{1,11}$/), v.transform((text) => Number.parseInt(text.slice(1), 36)))),
})

/** The cursor of a place in the list. */
export const toCursor = (place: number): string => `c${place.toString(36)}`

/** Holds a value against a schema; the first thing that fails is the answer (spec 5.8). */
export function checkFields<const Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
): Result<v.InferOutput<Schema>, Failure> {
  const result = v.safeParse(schema, value, { abortEarly: true })
  if (result.success) return ok(result.output)
  const [issue] = result.issues
  const param = toPath(issue.path)
  const unlisted = issue.type === "strict_object" && issue.expected === "never"
  return fail({ code: unlisted ? "unknown_field" : "invalid_value_type", ...(param && { param }) })
}

function toPath(path: v.BaseIssue<unknown>["path"]): string {
  let text = ""
  for (const { key } of path ?? []) text += typeof key === "number" ? `[${key}]` : `${text && "."}${String(key)}`
  return text.slice(0, 256)
}
