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

/** A grammar as regular expressions. */
export interface HeaderExpressions {
  /**
   * Matches the whole header as most senders write it: the time, then every signature with `joint` between. Optional in
   * meaning: it accepts nothing that `items` does not read in the same way, in half the time.
   */
  readonly common: RegExp
  readonly joint: string | undefined
  /** Finds one item after another (flag `g`): its first group is the value of a time, its second a well-formed signature. */
  readonly items: RegExp
  readonly needsTime: boolean
}

/**
 * Creates the reader of a signature header (spec 1.7).
 *
 * Deliberately narrow: exact prefix, exact length, one time. A lenient reading (`parseInt`, the last `v1` wins) is how two
 * parties come to disagree about what was signed. A signature that is not canonical never matches and does not spoil the
 * others. Items that are neither signature nor time are ignored, unless the header is a single signature.
 *
 * @returns A function of the header's text, repeated lines joined by `, `, empty if absent. It fails with
 *   `header_too_long`, `header_missing`, `too_many_signatures` at the 17th candidate, or `header_malformed`: a second time,
 *   no time, or no well-formed signature.
 */
export const createHeaderReader =
  ({ common, joint, items, needsTime }: HeaderExpressions) =>
  (text: string): Result<HeaderItems, SignatureReason> => {
    if (text.length > MAX_SIGNATURE_HEADER_CHARS) return fail("header_too_long")
    const match = common.exec(text)
    if (match) {
      const [, timeText = "", list = ""] = match
      return ok({ timeText, signatures: joint && list.includes(joint) ? list.split(joint) : [list] })
    }
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
    return signatures.length > 0 && (timeText !== undefined || !needsTime)
      ? ok({ signatures, timeText: timeText ?? "" })
      : fail("header_malformed")
  }

const escape = (text: string): string => text.replaceAll(/[$()*+./?[\\\]^{|}-]/g, String.raw`\$&`)

/** Compiles the reader of a signature header from its grammar. */
export function compileHeader({
  separators,
  timeKey,
  prefix,
  prefixOptional,
  signature,
}: HeaderGrammar): ReturnType<typeof createHeaderReader> {
  const [key, before] = [escape(timeKey), escape(prefix)]
  const joint = separators ? separators.slice(0, 1) + prefix : undefined
  // One pass of the regular expression engine costs a fraction of a loop over a header of 4,096 characters. An item takes the
  // separator in front of it: looking behind for it would cost half as much again.
  const separator = separators && `[${escape(separators)}]`
  const notSeparator = separators ? `[^${escape(separators)}]` : `[^]`
  const start = separators ? `(?:^|${separator})` : "^"
  const end = separators ? `(?!${notSeparator})` : "$"
  const time = key ? `${key}(${notSeparator}*)` : "(?!)()"
  // Where the prefix may be missing every item is a candidate, but the gaps between separators are no items.
  const candidate = before && !prefixOptional ? before : `${separators && `(?=${notSeparator})`}(?:${before})?`
  const more = joint ? `(?:${escape(joint)}${signature}){0,${MAX_SIGNATURES - 1}}` : ""
  return createHeaderReader({
    common: new RegExp(
      `^${key ? `${key}(${notSeparator}*)${escape(separators.slice(0, 1))}` : "()"}${before}(${signature}${more})$`,
    ),
    joint,
    items: new RegExp(`${start}(?:${time}|${candidate}(${signature}${end})?)`, "g"),
    needsTime: key !== "",
  })
}
