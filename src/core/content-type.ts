import { MAX_CONTENT_TYPE_CHARS } from "./limits.ts"
import { fail, ok, type Result } from "./result.ts"

const TOKEN = String.raw`[\w!#$%&'*+.^|~` + "`" + String.raw`-]+`
const MEDIA_TYPE = new RegExp(`^application/(?:json|${TOKEN}\\+json)$`, "i")
const PARAMETER = new RegExp(`^(?<name>${TOKEN})=(?:(?<token>${TOKEN})|"(?<quoted>[^"\\\\]*)")$`)

/**
 * Whether a body is JSON in UTF-8 as it stands (spec 3.3): `application/json` or `application/*+json`, any case,
 * parameters allowed, charset absent or utf-8, not encoded.
 */
export function checkContentType(headers: Headers): Result<true, "missing" | "unsupported"> {
  const contentType = (headers.get("content-type") ?? "").trim()
  const encoding = (headers.get("content-encoding") ?? "identity").trim()
  if (contentType === "") return fail("missing")
  const plain = /^(?:identity)?$/i.test(encoding)
  return plain && contentType.length <= MAX_CONTENT_TYPE_CHARS && isJsonInUtf8(contentType)
    ? ok(true)
    : fail("unsupported")
}

function isJsonInUtf8(contentType: string): boolean {
  const [mediaType = "", ...parameters] = contentType.split(";").map((part) => part.trim())
  return MEDIA_TYPE.test(mediaType) && parameters.every((parameter) => parameter === "" || isHarmless(parameter))
}

/** Any parameter but a charset that is not UTF-8. One that cannot be read could be that, so it is refused. */
function isHarmless(parameter: string): boolean {
  const { name = "", token, quoted } = PARAMETER.exec(parameter)?.groups ?? {}
  return name !== "" && (name.toLowerCase() !== "charset" || (token ?? quoted)?.toLowerCase() === "utf-8")
}
