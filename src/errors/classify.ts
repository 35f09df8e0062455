import { CATALOGUE, errorTypeOf, type ErrorCode, type ErrorType } from "./catalogue.ts"

/** What a client should make of an error it was sent. */
export interface ErrorClass {
  /** The code, if it is one of the catalogue's; undefined for codes that were added since (spec 4.5). */
  readonly code: ErrorCode | undefined
  readonly type: ErrorType
  /** Whether the same request may succeed later: 429 and 5xx only (spec 4.6). */
  readonly retry: boolean
}

/**
 * Classifies an error response of Credicorp's or ours. The status decides, so that a code which is not known, or does
 * not go with the status, falls back on the class of the status (spec 4.5).
 *
 * @param status HTTP status of the response, 400 to 599.
 * @param code `error.code` of its body, if there was one.
 * @throws {RangeError} `status` is not that of an error.
 * @example
 * ```ts
 * classifyError(503, "temporarily_unavailable").retry // true
 * classifyError(429, "slow_down") // { code: undefined, type: "rate_limit_error", retry: true }
 * ```
 */
export function classifyError(status: number, code?: unknown): ErrorClass {
  if (!Number.isInteger(status) || status < 400 || status > 599)
    throw new RangeError(`status must be 400 to 599: got ${status}`)
  const type = errorTypeOf(status)
  return {
    code: isErrorCode(code) && CATALOGUE[code].type === type ? code : undefined,
    type,
    retry: status === 429 || status >= 500,
  }
}

const isErrorCode = (code: unknown): code is ErrorCode => typeof code === "string" && Object.hasOwn(CATALOGUE, code)
