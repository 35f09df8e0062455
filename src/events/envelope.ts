import { parseJsonBytes } from "../core/json.ts"
import { hasAtMost, isFields } from "../core/is.ts"
import { ok, type Result } from "../core/result.ts"
import { refuse, type Refusal } from "../errors/webhook-error.ts"
import { EVENT_FIELDS, type EventField, type WebhookEvent } from "./event.ts"

/**
 * Reads a body as an event: strict UTF-8, then JSON within its limits (spec 3.7), then the envelope (spec 3.8). Only for a
 * body whose signature has passed.
 */
export function parseEvent(body: Uint8Array): Result<WebhookEvent, Refusal> {
  const parsed = parseJsonBytes(body)
  return parsed.ok ? checkEnvelope(parsed.value) : refuse("invalid_json", 400)
}

const FIELDS = Object.entries<EventField>(EVENT_FIELDS).map(([param, field]) => ({
  param,
  path: param.split("."),
  field,
}))

/** Checks a value against `EVENT_FIELDS` (spec 2.7), one field after another; the first that fails is `param`. */
export function checkEnvelope(value: unknown): Result<WebhookEvent, Refusal> {
  if (!isFields(value)) return refuse("invalid_value_type", 422)
  for (const { param, path, field } of FIELDS) {
    // `data` has been checked before the fields in it.
    const given = path.reduce<unknown>((parent, name) => (parent as Record<string, unknown>)[name], value)
    if (!fits(given, field)) return refuse("invalid_value_type", 422, { param })
  }
  return ok(value as unknown as WebhookEvent)
}

/** Returns whether a value is an event type: dotted lower-case words, at most 128 characters (spec 2.6). */
export const isEventType = (value: unknown): value is string => fits(value, EVENT_FIELDS.type)

function fits(
  value: unknown,
  { type, pattern, minLength = 0, maxLength = Infinity, format, optional }: EventField,
): boolean {
  if (value === undefined) return optional === true
  if (type === "object") return isFields(value)
  if (typeof value !== type) return false
  if (typeof value !== "string") return true
  return (
    value.length >= minLength &&
    hasAtMost(value, maxLength) &&
    (pattern?.test(value) ?? true) &&
    (format === undefined || isRealTime(value))
  )
}

/**
 * Returns whether a time of the right form exists. `Date` reads the 30th of February as the 2nd of March and 24:00 as the next
 * day, so the day is compared. It knows no leap second, which is allowed at 23:59 (spec 2.7). Reading the day costs a tenth of
 * formatting the time again.
 */
const isRealTime = (text: string): boolean =>
  new Date(`${text.slice(0, 19).replace("23:59:60", "23:59:59")}Z`).getUTCDate() === Number(text.slice(8, 10))
