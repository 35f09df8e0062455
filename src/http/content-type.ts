import { fail, ok, type Result } from "../core/result.ts"

/** A media type and its charset take 31 characters; nobody needs more than this. */
export const MAX_CONTENT_TYPE_CHARS = 256

const TOKEN = String.raw`[\w!#$%&'*+.^|~` + "`" + String.raw`-]+`
const MEDIA_TYPE = new RegExp(`^application/(?:json|${TOKEN}\\+json)$`, "i")
const PARAMETER = new RegExp(`^(?<name>${TOKEN})=(?:(?<token>${TOKEN})|"(?<quoted>[^"\\\\]*)")$`)

/**
 * Whether a body is JSON in UTF-8 as it stands (spec 3.3): `application/json` or `application/*+json`, any case,
 * parameters allowed, charset absent or utf-8, not encoded.
 */
export function checkContentType(headers: Headers): Result<true, "missing" | "unsupported"> {
  const given = headers.get("content-type") ?? ""
  const encoding = headers.get("content-encoding") ?? "identity"
  // First of all: what follows may take more than one look at each character.
  if (given.length > MAX_CONTENT_TYPE_CHARS || encoding.length > MAX_CONTENT_TYPE_CHARS) return fail("unsupported")
  const contentType = trim(given)
  if (contentType === "") return fail("missing")
  return /^(?:identity)?$/i.test(trim(encoding)) && isJsonInUtf8(contentType) ? ok(true) : fail("unsupported")
}

/** The white space of HTTP, and no other. */
const trim = (text: string): string => text.replace(/^[ \t]+|[ \t]+$/g, "")

function isJsonInUtf8(contentType: string): boolean {
  // A semicolon between quotes belongs to a value.
  const [mediaType = "", ...parameters] = contentType.split(/;(?=(?:[^"]*"[^"]*")*[^"]*$)/).map(trim)
  return MEDIA_TYPE.test(mediaType) && parameters.every((parameter) => parameter === "" || isHarmless(parameter))
}

/** Any parameter but a charset that is not UTF-8. One that cannot be read could be that, so it is refused. */
function isHarmless(parameter: string): boolean {
  const { name = "", token, quoted } = PARAMETER.exec(parameter)?.groups ?? {}
  return name !== "" && (name.toLowerCase() !== "charset" || (token ?? quoted)?.toLowerCase() === "utf-8")
}
