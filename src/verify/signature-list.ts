import { isTimeSeconds } from "../core/is.ts"
import { MAX_SIGNATURE_HEADER_CHARS, MAX_SIGNATURES } from "../core/limits.ts"
import { fail, ok, type Result } from "../core/result.ts"
import type { SignatureReason } from "../errors/webhook-error.ts"
import type { SignedParts } from "./scheme.ts"

/**
 * Reads `t=<seconds>,v1=<hex>[,v1=<hex>…]` by the grammar of spec 1.7.
 *
 * Deliberately narrow: digits only, lower-case hex only, one `t`. A lenient reading (`parseInt`, the last `v1` wins) is
 * how two parties come to disagree about what was signed.
 *
 * @param text The header, repeated lines joined by `, `; empty if it is absent.
 * @returns `header_missing`, `header_too_long`, `too_many_signatures` or `header_malformed` otherwise, the limits first.
 */
export function parseSignatureList(text: string): Result<SignedParts, SignatureReason> {
  if (text.length > MAX_SIGNATURE_HEADER_CHARS) return fail("header_too_long")
  if (/^[ \t]*$/.test(text)) return fail("header_missing")
  const valuesOf = (key: string): string[] =>
    text
      .split(/[, \t]+/)
      .filter((item) => item.startsWith(key))
      .map((item) => item.slice(key.length))
  const candidates = valuesOf("v1=")
  if (candidates.length > MAX_SIGNATURES) return fail("too_many_signatures")
  // A `v1` that is not canonical never matches and does not spoil the others.
  const signatures = candidates.filter((hex) => /^[0-9a-f]{64}$/.test(hex))
  // Two times make a text with a comma in it, and that is no number either.
  const timeText = valuesOf("t=").join()
  const signedAt = Number(timeText)
  return isTimeSeconds(signedAt) && String(signedAt) === timeText && signatures.length > 0
    ? ok({ timeText, signedAt, signatures })
    : fail("header_malformed")
}
