import { describe, expect, it } from "vitest"
import { CATALOGUE, errorTypeOf, type CatalogueEntry, type ErrorCode } from "../../src/errors/catalogue.ts"

/** Spec 4.2, copied out by hand: a code that is renamed, lost or moved to another status breaks clients. */
const SPEC_4_2: readonly (readonly [status: number, codes: string])[] = [
  [
    400,
    `invalid_json missing_content_type unknown_field signature_invalid webhook_signature_missing
     webhook_signature_invalid idempotency_key_malformed`,
  ],
  [401, "missing_api_key invalid_api_key token_expired token_revoked audience_mismatch"],
  [403, "insufficient_scope scope_not_granted account_suspended"],
  [404, "resource_not_found route_not_found mcp_method_not_found mcp_tool_not_found cms_page_not_found"],
  [405, "method_not_allowed"],
  [409, "idempotency_key_reused idempotency_key_in_progress support_session_closed"],
  [415, "unsupported_media_type"],
  [
    422,
    `form_required consent_required invalid_email payload_too_large invalid_dept invalid_value_type
     webhook_endpoint_url_invalid webhook_endpoint_limit webhook_event_unknown mcp_invalid_params
     support_message_too_long request_body_too_large`,
  ],
  [429, "rate_limited"],
  [500, "server_error"],
  [503, "temporarily_unavailable"],
]

const codes = SPEC_4_2.flatMap(([status, names]) => names.split(/\s+/).map((code) => ({ code, status })))

/** Spec 4.3: they belong to other surfaces. */
const NEVER_EMITTED = [
  "cms_page_not_found",
  "consent_required",
  "form_required",
  "invalid_dept",
  "invalid_email",
  "mcp_invalid_params",
  "mcp_method_not_found",
  "mcp_tool_not_found",
  "payload_too_large",
  "signature_invalid",
  "support_message_too_long",
  "support_session_closed",
]

/** Every answer of spec 3, by its line. */
const RECEIVER = [
  "route_not_found", // 3.1
  "method_not_allowed", // 3.2
  "missing_content_type", // 3.3
  "unsupported_media_type", // 3.3
  "webhook_signature_missing", // 3.4
  "webhook_signature_invalid", // 3.4, 3.6
  "request_body_too_large", // 3.5
  "invalid_json", // 3.7
  "invalid_value_type", // 3.8, 3.9, 3.11
  "webhook_event_unknown", // 3.10
  "temporarily_unavailable", // 3.12
  "server_error", // 3.12
]

const entries = Object.entries<CatalogueEntry>(CATALOGUE)

const entryOf = (code: string): CatalogueEntry | undefined => CATALOGUE[code as ErrorCode]

describe("CATALOGUE (spec 4.2)", () => {
  it("the table here has 40 codes, each once", () => {
    expect(new Set(codes.map(({ code }) => code)).size).toBe(40)
  })

  it.each(codes)("$code → $status", ({ code, status }) => {
    expect(entryOf(code)?.status).toBe(status)
  })

  it("has no other codes", () => {
    expect(Object.keys(CATALOGUE).toSorted()).toEqual(codes.map(({ code }) => code).toSorted())
  })

  it.each(codes)("$code → the type of its status (spec 4.4)", ({ code, status }) => {
    const types: Record<number, string> = {
      401: "authentication_error",
      403: "authentication_error",
      429: "rate_limit_error",
    }
    const want = types[status] ?? (status >= 500 ? "api_error" : "invalid_request_error")
    expect(entryOf(code)?.type).toBe(want)
  })

  it("no two codes mean the same (spec 4.5)", () => {
    expect(new Set(entries.map(([, { meaning }]) => meaning)).size).toBe(40)
  })

  it("each meaning is one line that a person can read, and not the code again", () => {
    for (const [code, { meaning }] of entries) {
      expect(meaning).toMatch(/^[A-Z][ -~]{10,}[^ ]\.?$/)
      expect(meaning).not.toContain(code)
    }
  })
})

describe("who emits what (spec 4.3)", () => {
  it.each(NEVER_EMITTED.map((code) => ({ code })))("$code → nobody of us", ({ code }) => {
    expect(entryOf(code)?.emittedBy).toEqual([])
  })

  it("the receiver emits the answers of spec 3 and no others", () => {
    const emitted = entries.filter(([, { emittedBy }]) => emittedBy.includes("receiver")).map(([code]) => code)
    expect(emitted.toSorted()).toEqual(RECEIVER.toSorted())
  })

  it("no surface stands twice in a list", () => {
    for (const [, { emittedBy }] of entries) expect(new Set(emittedBy).size).toBe(emittedBy.length)
  })
})

describe("errorTypeOf (spec 4.4)", () => {
  const cases = [
    { status: 400, want: "invalid_request_error" },
    { status: 401, want: "authentication_error" },
    { status: 402, want: "invalid_request_error" },
    { status: 403, want: "authentication_error" },
    { status: 404, want: "invalid_request_error" },
    { status: 422, want: "invalid_request_error" },
    { status: 428, want: "invalid_request_error" },
    { status: 429, want: "rate_limit_error" },
    { status: 430, want: "invalid_request_error" },
    { status: 499, want: "invalid_request_error" },
    { status: 500, want: "api_error" },
    { status: 503, want: "api_error" },
    { status: 599, want: "api_error" },
  ]

  it.each(cases)("$status → $want", ({ status, want }) => {
    expect(errorTypeOf(status)).toBe(want)
  })
})
