import { parseJsonBytes } from "../core/json.ts"
import { checkContentType } from "./content-type.ts"
import { isolateBodies, type BodyBudget } from "./body-budget.ts"
import { readBody } from "./read-body.ts"
import { fail, ok, type Result } from "../core/result.ts"

/** Why a request's JSON could not be read, as the code to answer with. */
export interface JsonFailure {
  readonly code:
    | "unsupported_media_type"
    | "missing_content_type"
    | "invalid_json"
    | "request_body_too_large"
    | "temporarily_unavailable"
}

/**
 * Reads a body that should be JSON: content type, then size (spec 3.3, 3.5). A request without a body needs no content type.
 * Its memory and time come from the budget that it shares with the receiver's bodies.
 */
export async function readJsonBytes(
  request: Request,
  maxBytes: number,
  bodies: BodyBudget = isolateBodies,
): Promise<Result<Uint8Array, JsonFailure>> {
  const contentType = checkContentType(request.headers)
  if (!contentType.ok && contentType.error === "unsupported") return fail({ code: "unsupported_media_type" })
  const charge = bodies.open()
  try {
    const body = await readBody(request, maxBytes, charge)
    const isEmpty = body.ok && body.value.length === 0
    if (!contentType.ok && !isEmpty) return fail({ code: "missing_content_type" })
    return body.ok ? body : fail({ code: CODE_OF_PROBLEM[body.error] })
  } finally {
    charge.end()
  }
}

const CODE_OF_PROBLEM = {
  too_large: "request_body_too_large",
  incomplete: "invalid_json",
  no_room: "temporarily_unavailable",
} as const

/** @param mayBeAbsent An empty body counts as `{}`. */
export function parseJson(bytes: Uint8Array, mayBeAbsent: boolean): Result<unknown, JsonFailure> {
  if (mayBeAbsent && bytes.length === 0) return ok({})
  const parsed = parseJsonBytes(bytes)
  return parsed.ok ? parsed : fail({ code: parsed.error })
}
