import { fail, ok } from "../core/result.ts"
import type { HeaderShape } from "./hmac-layout.ts"
import { MAX_SIGNATURE_HEADER_CHARS, MAX_SIGNATURES } from "./signature-header.ts"

/**
 * A signature header that is one pattern from beginning to end.
 *
 * @param pattern Anchored at both ends. Its first group is the time, every other group that matched a signature, or several
 *   separated by commas.
 * @param write Puts time and signatures into the same form.
 */
export const shapeOf = (pattern: RegExp, write: HeaderShape["write"]): HeaderShape => ({
  read(text) {
    if (text.length > MAX_SIGNATURE_HEADER_CHARS) return fail("header_too_long")
    if (!text.trim()) return fail("header_missing")
    const [, timeText = "", ...groups] = pattern.exec(text) ?? []
    const signatures = groups.flatMap((group) => group?.split(",") ?? [])
    if (signatures.length > MAX_SIGNATURES) return fail("too_many_signatures")
    return signatures.length > 0 ? ok({ timeText, signatures }) : fail("header_malformed")
  },
  write,
})
