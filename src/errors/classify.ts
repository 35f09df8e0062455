import { assertOption, kindOf } from "../core/assert.ts"
import { CATALOGUE, errorTypeOf, type ErrorCode, type ErrorType } from "./catalogue.ts"

/** How a client should treat an error that it received. */
export interface ErrorClass {
  /** The code, if the catalogue has it; undefined for codes that were added since (spec 4.5). */
  readonly code: ErrorCode | undefined
  readonly type: ErrorType
  /** Whether the same request may succeed later: 429 and 5xx only (spec 4.6). */
  readonly retry: boolean
}

/**
 * Classifies an error response of Credicorp or of Countersign. The status decides: a code that is unknown, or does not
 * belong to the status, falls back on the class of the status (spec 4.5).
 *
 * @param status HTTP status of the response, 400 to 599.
 * @param code `error.code` of its body, if there is one.
 * @throws {TypeError} `status` is not the status of an error.
 * @example
 * ```ts
 * classifyError(503, "temporarily_unavailable").retry // true
 * classifyError(429, "slow_down") // { code: undefined, type: "rate_limit_error", retry: true }
 * ```
 */
export function classifyError(status: number, code?: unknown): ErrorClass {
  assertOption(
    Number.isInteger(status) && status >= 400 && status <= 599,
    `status must be an HTTP status from 400 to 599, not ${typeof status === "number" ? "another number" : kindOf(status)}`,
  )
  const type = errorTypeOf(status)
  return {
    code: isErrorCode(code) && CATALOGUE[code].type === type ? code : undefined,
    type,
    retry: status === 429 || status >= 500,
  }
}

const isErrorCode = (code: unknown): code is ErrorCode => typeof code === "string" && Object.hasOwn(CATALOGUE, code)
