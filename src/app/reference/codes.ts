import { CATALOGUE, type ErrorCode } from "../../errors/catalogue.ts"
import { groupOf, type Declaration } from "../../http/operation.ts"

const BODY_ERRORS: readonly ErrorCode[] = [
  "missing_content_type",
  "unsupported_media_type",
  "request_body_too_large",
  "invalid_json",
  "invalid_value_type",
]

const IDEMPOTENCY_ERRORS: readonly ErrorCode[] = [
  "idempotency_key_malformed",
  "idempotency_key_reused",
  "unknown_field",
]

const BEARER_ERRORS: Readonly<Record<"operator" | "partner", readonly ErrorCode[]>> = {
  operator: ["missing_api_key", "invalid_api_key", "unknown_field", "temporarily_unavailable"],
  partner: [
    "missing_api_key",
    "invalid_api_key",
    "token_expired",
    "audience_mismatch",
    "token_revoked",
    "account_suspended",
    "rate_limited",
    "insufficient_scope",
    "scope_not_granted",
    "temporarily_unavailable",
  ],
}

/** Lists every code that an operation answers with, each once, in the order of the catalogue. */
export function errorsOf(operation: Declaration): readonly ErrorCode[] {
  const { bearer, query, body, errors } = operation
  const codes = new Set<ErrorCode>([
    // The routes about the Worker itself always exist; any other surface may be off.
    ...(groupOf(operation) === "about" ? [] : (["route_not_found"] as const)),
    // A delivery sent to the root is at an unknown path, whatever its method (spec 3.1).
    operation.path === "/" ? "route_not_found" : "method_not_allowed",
    ...(bearer ? BEARER_ERRORS[bearer.scheme] : []),
    ...(query ? (["invalid_value_type"] as const) : []),
    ...(body ? BODY_ERRORS : []),
    ...(body && bearer?.scheme === "partner" ? IDEMPOTENCY_ERRORS : []),
    ...errors,
  ])
  return (Object.keys(CATALOGUE) as ErrorCode[]).filter((code) => codes.has(code))
}
