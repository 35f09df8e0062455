import { fail, ok, type Result } from "../core/result.ts"
import type { SignatureReason } from "../errors/webhook-error.ts"

/** Spec 1.7. 16 signatures and a time take 1,100 characters; four times that leaves room for unknown keys. */
export const MAX_SIGNATURE_HEADER_CHARS = 4_096

/** Spec 1.7. One per active secret of the sender; a rotation needs two. Bounds the comparisons a caller can ask for. */
export const MAX_SIGNATURES = 16

/** What a signature header holds, by its grammar. */
export interface HeaderItems {
  readonly signatures: readonly string[]
  /** The value of the time key; empty if the grammar has none. */
  readonly timeText: string
}

/** The grammar of one provider's signature header. */
export interface HeaderGrammar {
  /** Characters that separate items. Empty: the whole header is one signature, and anything beside it is malformed. */
  readonly separators: string
  /** Key of the item that holds the time, with its `=`; empty if the time is not in this header. */
  readonly timeKey: string
  /** What stands before each signature. */
  readonly prefix: string
  /** Set where a signature may come without its prefix. */
  readonly prefixOptional?: boolean | undefined
  /** The source of a regular expression for the one canonical spelling of a signature, of exact length. */
  readonly signature: string
}

const escape = (text: string): string => text.replaceAll(/[$()*+./?[\\\]^{|}-]/g, String.raw`\$&`)

/**
 * Compiles the reader of a signature header (spec 1.7).
 *
 * Deliberately narrow: exact prefix, exact length, one time. A lenient reading (`parseInt`, the last `v1` wins) is how two
 * parties come to disagree about what was signed. A signature that is not canonical never matches and does not spoil the
 * others. Items that are neither signature nor time are ignored, unless the header is a single signature.
 *
 * @returns A function of the header's text, repeated lines joined by `, `, empty if absent. It fails with
 *   `header_too_long`, `header_missing`, `too_many_signatures` at the 17th candidate, or `header_malformed`: a second time,
 *   no time, or no well-formed signature.
 */
export function compileHeader({
  separators,
  timeKey,
  prefix,
  prefixOptional,
  signature,
}: HeaderGrammar): (text: string) => Result<HeaderItems, SignatureReason> {
  // One pass of the regular expression engine costs a fraction of a loop over a header of 4,096 characters.
  const notSeparator = separators ? `[^${escape(separators)}]` : `[^]`
  // Without a prefix every item is a candidate, and the lookahead keeps the gaps between separators from being items.
  const start = separators ? `(?<!${notSeparator})${prefix && !prefixOptional ? "" : `(?=${notSeparator})`}` : "^"
  const end = separators ? `(?!${notSeparator})` : "$"
  const time = timeKey ? `${escape(timeKey)}(${notSeparator}*)` : "(?!)()"
  const items = new RegExp(
    `${start}(?:${time}|(?:${escape(prefix)})${prefixOptional ? "?" : ""}(${signature}${end})?)`,
    "g",
  )
  return (text) => {
    if (text.length > MAX_SIGNATURE_HEADER_CHARS) return fail("header_too_long")
    if (!text.trim()) return fail("header_missing")
    const signatures: string[] = []
    let timeText: string | undefined
    let candidates = 0
    items.lastIndex = 0
    for (let item; (item = items.exec(text));) {
      const [whole, timeItem, found] = item
      // Without a prefix an unreadable item matches as empty text, and `exec` would find it again.
      if (!whole) items.lastIndex++
      if (timeItem === undefined) {
        if (++candidates > MAX_SIGNATURES) return fail("too_many_signatures")
        if (found) signatures.push(found)
      } else {
        if (timeText !== undefined) return fail("header_malformed")
        timeText = timeItem
      }
    }
    return signatures.length > 0 && (timeText !== undefined || !timeKey)
      ? ok({ signatures, timeText: timeText ?? "" })
      : fail("header_malformed")
  }
}
