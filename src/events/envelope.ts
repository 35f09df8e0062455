import { parseJsonBytes } from "../core/json.ts"
import { isFields, isText } from "../core/is.ts"
import { ok, type Result } from "../core/result.ts"
import { refuse, type Refusal } from "../errors/webhook-error.ts"
import type { WebhookEvent } from "./event.ts"

/** Spec 2.6. */
export const MAX_EVENT_TYPE_CHARS = 128

/** Spec 2.7. */
export const MAX_API_VERSION_CHARS = 32

/**
 * Reads a body as an event: strict UTF-8, then JSON within its limits (spec 3.7), then the envelope (spec 3.8). Only for a
 * body whose signature has passed.
 */
export function parseEvent(body: Uint8Array): Result<WebhookEvent, Refusal> {
  const parsed = parseJsonBytes(body)
  return parsed.ok ? checkEnvelope(parsed.value) : refuse("invalid_json", 400)
}

/** Holds a value against spec 2.1 and 2.7, field by field in the order of 2.1; the first that fails is `param`. */
export function checkEnvelope(value: unknown): Result<WebhookEvent, Refusal> {
  if (!isFields(value)) return refuse("invalid_value_type", 422)
  for (const param in FIELDS) {
    if (!FIELDS[param]!(value[param], value as unknown as WebhookEvent)) {
      return refuse("invalid_value_type", 422, { param })
    }
  }
  return ok(value as unknown as WebhookEvent)
}

/** Dotted lower-case words, at most 128 characters (spec 2.6). */
export const isEventType = (value: unknown): value is string =>
  isText(value, /^(?=.{3,128}$)[a-z0-9_]+(\.[a-z0-9_]+)+$/)

/** In this order: what looks at the event may rely on the rows before it. */
const FIELDS: Record<string, (value: unknown, event: WebhookEvent) => boolean> = {
  id: (value) => isText(value, /^evt_[\w-]{1,124}$/),
  type: isEventType,
  created: isUtcTime,
  livemode: (value) => typeof value === "boolean",
  api_version: (value) => isText(value, /^[^]{1,32}$/),
  data: isFields,
  "data.object": (_, { data }) => isFields(data.object),
  "data.previous": (_, { data: { previous = {} } }) => isFields(previous),
}

/**
 * RFC 3339 in UTC, and a real date: `Date` makes the 2nd of March of the 30th of February, and another day of 24:00. Asking
 * it for the day costs a tenth of having it write the time out again.
 */
function isUtcTime(value: unknown): boolean {
  return (
    isText(value, /^\d{4}(-\d\d){2}T\d\d(:\d\d){2}(\.\d+)?Z$/) &&
    new Date(`${value.slice(0, 19)}Z`).getUTCDate() === +value.slice(8, 10)
  )
}
