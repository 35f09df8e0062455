import { isTimeSeconds } from "../core/is.ts"
import { fail, ok, type Result } from "../core/result.ts"
import type { SignatureReason } from "../errors/webhook-error.ts"
import type { SignedParts } from "./provider.ts"

/** Spec 1.7. 16 signatures and a time take 1,100 characters; four times that leaves room for unknown keys. */
export const MAX_SIGNATURE_HEADER_CHARS = 4_096

/** Spec 1.7. One per active secret of the sender; a rotation needs two. Bounds the comparisons a stranger can ask for. */
export const MAX_SIGNATURES = 16

/**
 * Reads `t=<seconds>,v1=<hex>[,v1=<hex>…]` by the grammar of spec 1.7.
 *
 * Deliberately narrow: digits only, lower-case hex only, one `t`. A lenient reading (`parseInt`, the last `v1` wins) is
 * how two parties come to disagree about what was signed.
 *
 * @param text The header, repeated lines joined by `, `; empty if it is absent.
 * @returns Otherwise `header_too_long`, `header_missing`, or what ends the reading: a 17th `v1` is `too_many_signatures`,
 *   a second `t`, or a time or signature that is not there in the end, is `header_malformed`.
 */
export function parseSignatureList(text: string): Result<SignedParts, SignatureReason> {
  if (text.length > MAX_SIGNATURE_HEADER_CHARS) return fail("header_too_long")
  if (!text.trim()) return fail("header_missing")
  const signatures: string[] = []
  let timeText: string | undefined
  let candidates = 0
  // The items that count: a `t` with whatever it holds, or a `v1`, with what it holds if that is canonical. One that is not
  // never matches, and does not spoil the others. One pass of the regular expression engine costs a fraction of a loop over
  // a stranger's 4,096 characters, and `exec` a third of `matchAll`, which makes a copy of the expression for each text.
  const items = /(?<![^, \t])(?:t=([^, \t]*)|v1=([0-9a-f]{64}(?![^, \t]))?)/g
  for (let item; (item = items.exec(text));) {
    const [, time, signature] = item
    if (time === undefined) {
      if (++candidates > MAX_SIGNATURES) return fail("too_many_signatures")
      if (signature) signatures.push(signature)
    } else {
      if (timeText !== undefined) return fail("header_malformed")
      timeText = time
    }
  }
  const signedAt = Number(timeText)
  return isTimeSeconds(signedAt) && String(signedAt) === timeText && signatures.length > 0
    ? ok({ timeText, signedAt, signatures })
    : fail("header_malformed")
}
