import { fromUtf8, toUtf8 } from "../core/bytes.ts"
import { isFields, isText } from "../core/is.ts"
import { isWithinJsonLimits, parseJsonBytes } from "../core/json.ts"
import { fail, ok, type Result } from "../core/result.ts"
import { refuse, type Refusal } from "../errors/webhook-error.ts"
import type { AnyProvider, EventSource, ProviderEvent } from "./provider.ts"

/**
 * Where a field of an event is: `body.data.id`, `header X-GitHub-Event`, or several joined by `.`, as
 * `body.object_type+body.event_type`. A list holds alternatives; the first that is there counts.
 */
export type EventPath = string | readonly string[]

/** Where id, type and time of a provider's events are. */
export interface EventPaths {
  readonly id?: EventPath
  readonly type?: EventPath
  readonly created?: EventPath
}

/** Spec 7.7. */
export const isProviderEventType = (type: unknown): boolean => isText(type, /^[!-~]{1,128}$/)

const asList = (path: EventPath = []): readonly string[] => (typeof path === "string" ? [path] : path)

/** The headers that the paths name, lower case (spec 7.10). */
export const headersOf = (paths: EventPaths): readonly string[] =>
  [paths.id, paths.type, paths.created]
    .flatMap(asList)
    .flatMap((path) => path.split("+"))
    .filter((path) => path.startsWith("header "))
    .map((path) => path.slice(7).toLowerCase())

/** Steps through own properties only: `body.__proto__.x` leads nowhere. */
export function readField(value: unknown, steps: readonly string[]): unknown {
  let at = value
  for (const step of steps) {
    if (!isFields(at) || !Object.hasOwn(at, step)) return undefined
    at = at[step]
  }
  return at
}

const readOne = (path: string, payload: unknown, { header }: EventSource): string | undefined => {
  const value = path.startsWith("header ")
    ? header(path.slice(7).toLowerCase())
    : readField(payload, path.split(".").slice(1))
  const text = Number.isSafeInteger(value) ? String(value) : value
  return typeof text === "string" && text !== "" ? text : undefined
}

function readPath(path: EventPath | undefined, payload: unknown, from: EventSource): string | undefined {
  for (const alternative of asList(path)) {
    const found = alternative.split("+").map((each) => readOne(each, payload, from))
    if (found.every((each) => each !== undefined)) return found.join(".")
  }
  return undefined
}

/** How a body is decoded once its signature has passed. `any`: JSON if it begins as JSON does, else a form. */
export type BodyFormat = AnyProvider["bodyFormat"]

/** Bounds what a form of 1 MiB can become: a provider's forms have fewer than a hundred fields. */
export const MAX_FORM_FIELDS = 1_000

/** The fields of a form as a record; a name that occurs twice has its last value. Undefined if there are too many. */
export function readForm(text: string): Readonly<Record<string, string>> | undefined {
  const fields = new Map<string, string>()
  if (text.split("&", MAX_FORM_FIELDS + 1).length > MAX_FORM_FIELDS) return undefined
  for (const [name, value] of new URLSearchParams(text)) fields.set(name, value)
  return Object.fromEntries(fields)
}

/**
 * Decodes a proven body: strict UTF-8 (spec 3.7), then JSON, one JSON value a line, or the fields of a form.
 *
 * The format follows from the signed bytes, never from `Content-Type`, which no provider here signs.
 */
function decode(body: Uint8Array, format: BodyFormat, formField: string | undefined): Result<unknown, unknown> {
  const text = format === "json" ? "" : fromUtf8(body)
  if (format === "json" || (format === "any" && /^\s*[[{]/.test(text))) return parseJsonBytes(body)
  if (format === "ndjson") {
    if (!isWithinJsonLimits(body)) return fail("too much")
    return ok(text.split("\n").flatMap((line) => (line.trim() ? [JSON.parse(line) as unknown] : [])))
  }
  const fields = readForm(text)
  if (!fields) return fail("too many fields")
  const inner = formField === undefined ? undefined : fields[formField]
  return inner === undefined ? ok(fields) : parseJsonBytes(toUtf8(inner))
}

/** Makes the reader of a provider's events from where their fields are. A field that is not there is undefined. */
export const createEventReader =
  (paths: EventPaths, format: BodyFormat, formField?: string) =>
  (from: EventSource): Result<ProviderEvent, Refusal> => {
    let decoded: Result<unknown, unknown>
    try {
      decoded = decode(from.body, format, formField)
    } catch {
      return refuse("invalid_json", 400)
    }
    if (!decoded.ok) return refuse("invalid_json", 400)
    const payload = decoded.value
    // A number or a text could be a handshake's token, which X and Zoom sign for any caller (spec 8).
    if (typeof payload !== "object" || payload === null) return refuse("invalid_value_type", 422)
    const type = readPath(paths.type, payload, from)
    if (type !== undefined && !isProviderEventType(type)) return refuse("invalid_value_type", 422, { param: "type" })
    return ok({
      id: readPath(paths.id, payload, from),
      type,
      created: readPath(paths.created, payload, from),
      payload,
    })
  }
