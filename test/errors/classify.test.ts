import { describe, expect, it } from "vitest"
import { CATALOGUE } from "../../src/errors/catalogue.ts"
import { classifyError } from "../../src/errors/classify.ts"

describe("classifyError: the status decides whether to retry (spec 4.6)", () => {
  const cases = [
    { status: 429, want: true },
    { status: 500, want: true },
    { status: 501, want: true },
    { status: 503, want: true },
    { status: 599, want: true },
    { status: 400, want: false },
    { status: 401, want: false },
    { status: 403, want: false },
    { status: 404, want: false },
    { status: 408, want: false },
    { status: 409, want: false },
    { status: 422, want: false },
    { status: 425, want: false },
    { status: 428, want: false },
    { status: 430, want: false },
    { status: 499, want: false },
  ]

  it.each(cases)("$status → $want", ({ status, want }) => {
    expect(classifyError(status).retry).toBe(want)
  })
})

const known = Object.entries(CATALOGUE).map(([code, { status, type }]) => ({ code, status, type }))

describe("classifyError: a known code with its status (spec 4.5)", () => {
  it.each(known)("$status $code → itself", ({ code, status, type }) => {
    expect(classifyError(status, code)).toEqual({ code, type, retry: status === 429 || status >= 500 })
  })
})

const unknown: readonly { why: string; status: number; code?: unknown; type: string }[] = [
  { why: "no code", status: 400, type: "invalid_request_error" },
  { why: "added since, under 4xx", status: 422, code: "card_frozen", type: "invalid_request_error" },
  { why: "added since, under 401", status: 401, code: "key_rotated", type: "authentication_error" },
  { why: "added since, under 403", status: 403, code: "region_blocked", type: "authentication_error" },
  { why: "added since, under 429: rate limiting", status: 429, code: "slow_down", type: "rate_limit_error" },
  { why: "added since, under 5xx: a server error", status: 502, code: "upstream_gone", type: "api_error" },
  { why: "rate_limited under 400", status: 400, code: "rate_limited", type: "invalid_request_error" },
  { why: "rate_limited under 503", status: 503, code: "rate_limited", type: "api_error" },
  { why: "server_error under 429", status: 429, code: "server_error", type: "rate_limit_error" },
  { why: "server_error under 404", status: 404, code: "server_error", type: "invalid_request_error" },
  { why: "invalid_api_key under 500", status: 500, code: "invalid_api_key", type: "api_error" },
  { why: "invalid_json under 401", status: 401, code: "invalid_json", type: "authentication_error" },
  { why: "a known code in upper case", status: 400, code: "INVALID_JSON", type: "invalid_request_error" },
  { why: "a known code and a space", status: 400, code: "invalid_json ", type: "invalid_request_error" },
  { why: "empty", status: 400, code: "", type: "invalid_request_error" },
  { why: "constructor", status: 400, code: "constructor", type: "invalid_request_error" },
  { why: "__proto__", status: 400, code: "__proto__", type: "invalid_request_error" },
  { why: "toString", status: 400, code: "toString", type: "invalid_request_error" },
  { why: "hasOwnProperty", status: 500, code: "hasOwnProperty", type: "api_error" },
  { why: "a list of one known code", status: 400, code: ["invalid_json"], type: "invalid_request_error" },
  { why: "a boxed known code", status: 400, code: Object("invalid_json"), type: "invalid_request_error" },
  {
    why: "an object that reads as one",
    status: 400,
    code: { toString: () => "invalid_json" },
    type: "invalid_request_error",
  },
  { why: "a number", status: 400, code: 400, type: "invalid_request_error" },
  { why: "null", status: 400, code: null, type: "invalid_request_error" },
  { why: "true", status: 400, code: true, type: "invalid_request_error" },
  { why: "a symbol", status: 400, code: Symbol("invalid_json"), type: "invalid_request_error" },
]

describe("classifyError: any other code falls back on the class of the status (spec 4.5)", () => {
  it.each(unknown)("$why → $type without a code", ({ status, code, type }) => {
    expect(classifyError(status, code)).toEqual({ code: undefined, type, retry: status === 429 || status >= 500 })
  })
})

const noErrors: readonly { why: string; status: unknown }[] = [
  { why: "success", status: 200 },
  { why: "redirection", status: 302 },
  { why: "one below the first", status: 399 },
  { why: "one above the last", status: 600 },
  { why: "0, as a request that failed has", status: 0 },
  { why: "below 0", status: -500 },
  { why: "between two statuses", status: 428.5 },
  { why: "NaN", status: Number.NaN },
  { why: "Infinity", status: Number.POSITIVE_INFINITY },
  { why: "undefined", status: undefined },
  { why: "null", status: null },
  // As text it would be compared as a number and not be equal to 429: rate limiting that is not retried.
  { why: "text", status: "429" },
  { why: "a list of one status", status: [500] },
]

describe("classifyError refuses what is no status of an error", () => {
  it.each(noErrors)("$why → TypeError", ({ status }) => {
    expect(() => classifyError(status as number, "server_error")).toThrow(TypeError)
  })
})
