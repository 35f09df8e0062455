import { parseJsonBytes } from "../core/json.ts"
import { checkContentType } from "./content-type.ts"
import { readBody } from "./read-body.ts"
import { fail, ok, type Result } from "../core/result.ts"

/** Why a request's JSON could not be read, as the code to answer with. */
export interface JsonFailure {
  readonly code: "unsupported_media_type" | "missing_content_type" | "invalid_json" | "request_body_too_large"
}

/** The bytes of a body that should be JSON: content type, then size. A request without a body needs no content type. */
export async function readJsonBytes(request: Request, maxBytes: number): Promise<Result<Uint8Array, JsonFailure>> {
  const contentType = checkContentType(request.headers)
  if (!contentType.ok && contentType.error === "unsupported") return fail({ code: "unsupported_media_type" })
  let body: Uint8Array | undefined
  try {
    body = await readBody(request, maxBytes)
  } catch {
    // A body that broke off is no JSON, whatever has come of it.
    return fail({ code: contentType.ok ? "invalid_json" : "missing_content_type" })
  }
  if (!contentType.ok && body?.length !== 0) return fail({ code: "missing_content_type" })
  return body ? ok(body) : fail({ code: "request_body_too_large" })
}

/** @param mayBeAbsent An empty body counts as `{}`. */
export function parseJson(bytes: Uint8Array, mayBeAbsent: boolean): Result<unknown, JsonFailure> {
  if (mayBeAbsent && bytes.length === 0) return ok({})
  const parsed = parseJsonBytes(bytes)
  return parsed.ok ? parsed : fail({ code: parsed.error })
}
