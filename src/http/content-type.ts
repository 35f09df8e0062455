import { fail, ok, type Result } from "../core/result.ts"

/** A media type and its charset take 31 characters: longer values are refused before they are parsed. */
export const MAX_CONTENT_TYPE_CHARS = 256

const TOKEN = String.raw`[\w!#$%&'*+.^|~` + "`" + String.raw`-]+`
const MEDIA_TYPE = new RegExp(`^application/(?:json|${TOKEN}\\+json)$`, "i")
const PARAMETER = new RegExp(`^(?<name>${TOKEN})=(?:(?<token>${TOKEN})|"(?<quoted>[^"\\\\]*)")$`)

/** Media types beyond JSON, by the format of a provider's bodies (spec 3.0). */
const OTHER_TYPES = {
  json: /(?!)/,
  form: /^(?:application\/x-www-form-urlencoded|multipart\/form-data)$/i,
  ndjson: /^application\/(?:x-ndjson|ndjson|jsonl|x-jsonlines)$/i,
  any: /^(?:application\/x-www-form-urlencoded|multipart\/form-data|text\/plain|application\/(?:jwt|\S+\+jwt|jose))$/i,
} as const

/**
 * Returns whether a body has a media type of its provider (spec 3.3, 3.0), in UTF-8 and not encoded: `application/json` or
 * `application/*+json`, any case, parameters allowed, charset absent, `utf-8` or `utf8`; and those of the format.
 *
 * @param format The format of the provider's bodies. The type is checked, and selects nothing: the provider decodes the body.
 */
export function checkContentType(
  headers: Headers,
  format: keyof typeof OTHER_TYPES = "json",
): Result<true, "missing" | "unsupported"> {
  const given = headers.get("content-type") ?? ""
  const encoding = headers.get("content-encoding") ?? "identity"
  // Before anything is parsed: the expressions below may look at a character more than once.
  if (given.length > MAX_CONTENT_TYPE_CHARS || encoding.length > MAX_CONTENT_TYPE_CHARS) return fail("unsupported")
  const contentType = trim(given)
  if (contentType === "") return fail("missing")
  return /^(?:identity)?$/i.test(trim(encoding)) && isAccepted(contentType, OTHER_TYPES[format])
    ? ok(true)
    : fail("unsupported")
}

/** Trims the white space of HTTP, which is blanks and tabs only. */
const trim = (text: string): string => text.replace(/^[ \t]+|[ \t]+$/g, "")

function isAccepted(contentType: string, others: RegExp): boolean {
  // A semicolon between quotes is part of a value.
  const [mediaType = "", ...parameters] = contentType.split(/;(?=(?:[^"]*"[^"]*")*[^"]*$)/).map(trim)
  return (
    (MEDIA_TYPE.test(mediaType) || others.test(mediaType)) &&
    parameters.every((parameter) => parameter === "" || isHarmless(parameter))
  )
}

/** Refuses a charset other than UTF-8, and a parameter that cannot be parsed, because it could be one. */
function isHarmless(parameter: string): boolean {
  const { name = "", token, quoted } = PARAMETER.exec(parameter)?.groups ?? {}
  return name !== "" && (name.toLowerCase() !== "charset" || /^utf-?8$/i.test(token ?? quoted ?? ""))
}
