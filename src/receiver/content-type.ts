import { MAX_CONTENT_TYPE_CHARS } from "../core/limits.ts"
import { ok, type Result } from "../core/result.ts"
import { refuse } from "../errors/refuse.ts"
import type { WebhookError } from "../errors/webhook-error.ts"

const TOKEN = String.raw`[\w!#$%&'*+.^|~` + "`" + String.raw`-]+`
const MEDIA_TYPE = new RegExp(`^application/(?:json|${TOKEN}\\+json)$`, "i")
const PARAMETER = new RegExp(`^(?<name>${TOKEN})=(?:(?<token>${TOKEN})|"(?<quoted>[^"\\\\]*)")$`)

/**
 * Whether a body is JSON in UTF-8 as it stands (spec 3.3): `application/json` or `application/*+json`, any case,
 * parameters allowed, charset absent or utf-8, not encoded.
 *
 * @returns `missing_content_type`, or `unsupported_media_type` for anything else.
 */
export function checkContentType(headers: Headers): Result<true, WebhookError> {
  const contentType = (headers.get("content-type") ?? "").trim()
  const encoding = (headers.get("content-encoding") ?? "identity").trim()
  if (contentType === "") return refuse("missing_content_type", 400)
  if (contentType.length > MAX_CONTENT_TYPE_CHARS || !isJsonInUtf8(contentType) || !/^(?:identity)?$/i.test(encoding)) {
    return refuse("unsupported_media_type", 415)
  }
  return ok(true)
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
