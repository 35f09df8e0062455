import type { CauseCode } from "./causes.ts"

/** Another text that the secret may have been, and what was wrong with the one given. */
export interface SecretChange {
  readonly code: CauseCode
  readonly text: string
  /** What is wrong, to stand behind the name of the secret; without any part of it. */
  readonly evidence: string
  /** Whether the shape alone gives the mistake away, though the delivery does not verify without it. */
  readonly shape: boolean
}

/** Prefixes of secrets that the providers of this library show. */
const PREFIXES: readonly string[] = ["whsec_"]

const QUOTES = /^(["'`“”‘’«»([{<,;])+|(["'`“”‘’«»)\]}>,;])+$/g

/** Spaces, line breaks written as backslash-n, and characters that cannot be seen. */
const BLANKS = /^(?:\s|\\[nrt]|\p{Cf}|\p{Cc})+|(?:\s|\\[nrt]|\p{Cf}|\p{Cc})+$/gu

/** Returns what a secret may have been before it was stored wrongly, the likeliest first. */
export function secretChanges(text: string): readonly SecretChange[] {
  const found: SecretChange[] = []
  const add = (code: CauseCode, changed: string, evidence: string, shape: boolean): void => {
    if (changed !== "" && changed !== text && !found.some((one) => one.text === changed)) {
      found.push({ code, text: changed, evidence, shape })
    }
  }
  const trimmed = text.replace(BLANKS, "")
  add("secret_whitespace", trimmed, `has ${text.length - trimmed.length} characters of white space around it`, true)
  const unquoted = trimmed.replace(QUOTES, "")
  const marks = trimmed.length - unquoted.length
  add("secret_quoted", unquoted, `has ${marks} quotes or separators around it`, true)
  const bare = unquoted.replace(BLANKS, "")
  const named = /^(?:(?:export\s+)?[A-Za-z_]\w{2,63}=|Bearer\s+)(.+)$/s.exec(bare)?.[1] ?? ""
  add("secret_prefix", named.replace(QUOTES, ""), "begins with the name of a variable or with Bearer", true)
  const first = /^\S+(?=\s)/.exec(bare)?.[0] ?? ""
  add("secret_whitespace", first, `has white space after its first ${first.length} characters`, true)
  add("secret_whitespace", bare.replace(/(?:\s|\p{Cf})+/gu, ""), "has white space inside it", true)
  for (const prefix of PREFIXES) {
    const doubled = bare.startsWith(prefix + prefix)
    if (doubled) add("secret_prefix", bare.slice(prefix.length), `begins with ${prefix} twice`, true)
    else if (bare.startsWith(prefix)) {
      add(
        "secret_prefix",
        bare.slice(prefix.length),
        `begins with ${prefix}, and the signature was made without it`,
        false,
      )
    } else add("secret_prefix", prefix + bare, `lacks ${prefix} in front`, false)
  }
  return found
}

/** How much of a whole secret must be there to take one text for the beginning of another. */
const MIN_COMMON_CHARS = 8

/**
 * Whether a secret looks cut off: an ellipsis, the beginning of another secret, or fewer characters than any provider's.
 *
 * @param others The texts of all other secrets that are known.
 * @returns What gives it away; undefined if nothing does.
 */
export function findTruncation(text: string, others: readonly string[]): string | undefined {
  const bare = text.replace(BLANKS, "").replace(QUOTES, "")
  if (/…|\.{3}|\*{3}|•/.test(bare)) return "has an ellipsis or masked characters in it"
  const whole = others.find(
    (other) => other.length > bare.length && bare.length >= MIN_COMMON_CHARS && other.startsWith(bare),
  )
  if (whole) return `is the first ${bare.length} of ${whole.length} characters of another secret`
  const { length } = bare.replace(/^[a-z]+_/, "")
  return length > 0 && length < 16 ? `has only ${length} characters behind its prefix` : undefined
}
