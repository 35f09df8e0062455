/** `error.type` of a response (spec 4.4): the class of an error, for clients that do not know its code. */
export type ErrorType = "authentication_error" | "invalid_request_error" | "rate_limit_error" | "api_error"

/** Returns the class of a status (spec 4.4). */
export function errorTypeOf(status: number): ErrorType {
  if (status === 401 || status === 403) return "authentication_error"
  if (status === 429) return "rate_limit_error"
  return status >= 500 ? "api_error" : "invalid_request_error"
}

/** The surface of Countersign that emits a code. */
export type Emitter = "receiver" | "endpoints"

/** One row of the catalogue. */
export interface CatalogueEntry<Status extends number = number> {
  readonly status: Status
  readonly type: ErrorType
  /** The `message` of the response, the same for every occurrence. Texts may change, codes do not (spec 4.1). */
  readonly meaning: string
  /** The surfaces of Countersign that emit it. Empty if only the sender's other surfaces do (spec 4.3). */
  readonly emittedBy: readonly Emitter[]
}

const code = <Status extends number>(
  status: Status,
  meaning: string,
  ...emittedBy: Emitter[]
): CatalogueEntry<Status> => ({ status, type: errorTypeOf(status), meaning, emittedBy })

/**
 * All 40 codes (spec 4.2) with their meanings (spec 4.3). A code means the same everywhere and is never renamed; a
 * client must expect codes that are not here (spec 4.5), and calls `classifyError`.
 */
export const CATALOGUE = {
  invalid_json: code(400, "The body is not valid JSON in UTF-8.", "receiver", "endpoints"),
  missing_content_type: code(400, "The Content-Type header is missing.", "receiver", "endpoints"),
  unknown_field: code(400, "The body has a field that is not part of this request.", "endpoints"),
  signature_invalid: code(400, "The signature of this request is not valid."),
  webhook_signature_missing: code(400, "The webhook signature header is missing.", "receiver"),
  webhook_signature_invalid: code(400, "The webhook signature is not valid for this delivery.", "receiver"),
  idempotency_key_malformed: code(400, "The Idempotency-Key must be 1 to 255 of A-Z a-z 0-9 _ -.", "endpoints"),

  missing_api_key: code(401, "The Authorization header with a bearer credential is missing.", "endpoints"),
  invalid_api_key: code(401, "The credential is not known.", "endpoints"),
  token_expired: code(401, "The token has expired.", "endpoints"),
  token_revoked: code(401, "The credential was revoked.", "endpoints"),
  audience_mismatch: code(401, "The token is for another API.", "endpoints"),

  insufficient_scope: code(403, "The credential lacks the scope for this resource.", "endpoints"),
  scope_not_granted: code(403, "The credential lacks one specific scope that this request needs.", "endpoints"),
  account_suspended: code(403, "The partner account is suspended.", "endpoints"),

  resource_not_found: code(404, "There is no such resource.", "endpoints"),
  route_not_found: code(404, "There is no such route.", "receiver", "endpoints"),
  mcp_method_not_found: code(404, "There is no such MCP method."),
  mcp_tool_not_found: code(404, "There is no such MCP tool."),
  cms_page_not_found: code(404, "There is no such page."),

  method_not_allowed: code(
    405,
    "This route does not accept this method; the Allow header lists the methods that it accepts.",
    "receiver",
    "endpoints",
  ),

  idempotency_key_reused: code(409, "The Idempotency-Key was used before with another body.", "endpoints"),
  idempotency_key_in_progress: code(409, "The first request with this Idempotency-Key is still running."),
  support_session_closed: code(409, "The support session is closed."),

  unsupported_media_type: code(
    415,
    "The body must be JSON in UTF-8, not encoded or compressed.",
    "receiver",
    "endpoints",
  ),

  form_required: code(422, "The form key is missing."),
  consent_required: code(422, "The consent that this form needs was not given."),
  invalid_email: code(422, "The e-mail address is not valid."),
  payload_too_large: code(422, "The fields object is over its limit."),
  invalid_dept: code(422, "There is no such department."),
  invalid_value_type: code(422, "A field is missing or its value has the wrong type.", "receiver", "endpoints"),
  webhook_endpoint_url_invalid: code(422, "The endpoint's URL must be HTTPS on the public internet.", "endpoints"),
  webhook_endpoint_limit: code(422, "The account has reached its limit of webhook endpoints.", "endpoints"),
  webhook_event_unknown: code(422, "The event type is not known here.", "receiver", "endpoints"),
  mcp_invalid_params: code(422, "The parameters of the MCP call are not valid."),
  support_message_too_long: code(422, "The message is too long."),
  request_body_too_large: code(422, "The body is larger than this route accepts.", "receiver", "endpoints"),

  rate_limited: code(429, "Too many requests; the Retry-After header says when to try again.", "endpoints"),
  server_error: code(500, "An unexpected error occurred; try again.", "receiver"),
  temporarily_unavailable: code(
    503,
    "The request cannot be handled now; the Retry-After header says when to try again.",
    "receiver",
    "endpoints",
  ),
} satisfies Record<string, CatalogueEntry>

/** One of the 40 codes of the catalogue. */
export type ErrorCode = keyof typeof CATALOGUE

/** The HTTP status of a code, known to the compiler. */
export type StatusOf<Code extends ErrorCode> = (typeof CATALOGUE)[Code]["status"]
