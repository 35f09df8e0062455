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
  const times: string[] = []
  const candidates: string[] = []
  for (const [, key, value] of text.matchAll(/(?<![^, \t])(t|v1)=([^, \t]*)/g))
    (key === "t" ? times : candidates).push(value!)
  if (candidates.length > MAX_SIGNATURES) return fail("too_many_signatures")
  // A `v1` that is not canonical never matches and does not spoil the others.
  const signatures = candidates.filter((hex) => /^[0-9a-f]{64}$/.test(hex))
  const timeText = times.join()
  // Two times make a text with a comma in it, and that is no number either.
  return /^(0|[1-9]\d{0,11})$/.test(timeText) && signatures.length > 0
    ? ok({ timeText, signedAt: Number(timeText), signatures })
    : fail("header_malformed")
}
