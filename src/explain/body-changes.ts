import { fromBase64, fromUtf8, toBase64, toUtf8 } from "../core/bytes.ts"
import type { CauseCode } from "./causes.ts"

/** Another body that the sender may have signed, and how the one given differs from it. */
export interface BodyChange {
  readonly code: CauseCode
  readonly body: Uint8Array
  readonly evidence: string
}

/** Bytes that decompression may make: what the receiver takes of a body unless set. */
const MAX_DECOMPRESSED_BYTES = 1_048_576

const BOM = [0xef, 0xbb, 0xbf]

/** Returns the text of a body; undefined if it is not UTF-8. */
export function textOf(body: Uint8Array): string | undefined {
  try {
    return fromUtf8(body)
  } catch {
    return undefined
  }
}

/** Returns the value of a JSON text, or undefined; a bound on nesting is not needed, because nothing walks the value. */
export function jsonOf(text: string | undefined): { readonly value: unknown } | undefined {
  try {
    return text === undefined ? undefined : { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

/** Returns what the sender may have signed in place of this body, the likeliest first. */
export async function bodyChanges(body: Uint8Array): Promise<readonly BodyChange[]> {
  const found: BodyChange[] = []
  const add = (code: CauseCode, changed: Uint8Array | undefined, evidence: string): void => {
    if (changed && !found.some(({ body: other }) => equalBytes(other, changed)) && !equalBytes(changed, body)) {
      found.push({ code, body: changed, evidence })
    }
  }
  const addText = (code: CauseCode, changed: string, evidence: string): void => add(code, toUtf8(changed), evidence)

  for (const format of formatsOf(body)) {
    add("body_compressed", await decompress(body, format), `the body is still compressed (${format})`)
  }
  const hasBom = BOM.every((byte, i) => body[i] === byte)
  if (hasBom) add("body_reencoded", body.subarray(3), "the body begins with a byte order mark that was not signed")
  const text = textOf(body)
  if (text === undefined) {
    addText("body_reencoded", latin1Of(body), "the body is not UTF-8: it was converted to Latin-1")
    return found
  }
  const decoded = /^\s*[A-Za-z0-9+/_-]{4,}={0,2}\s*$/.test(text) ? fromBase64(text.trim()) : undefined
  add("body_base64", decoded, "the body is base64 of what was signed")

  const trimmed = text.replace(/[\r\n]+$/, "")
  addText("body_newline", trimmed, `${text.length - trimmed.length} line-break characters were added at the end`)
  addText("body_newline", `${text}\n`, "the line break at the end is missing")
  addText("body_newline", `${text}\r\n`, "the CRLF at the end is missing")
  addText("body_newline", text.replaceAll("\r\n", "\n"), "line ends were changed from LF to CRLF")
  addText("body_newline", text.replaceAll(/\r?\n/g, "\r\n"), "line ends were changed from CRLF to LF")
  addText("body_newline", text.trim(), "white space was added around the body")

  const json = jsonOf(text.replace(/^\uFEFF/, ""))
  if (json && typeof json.value === "object") addFormats(json.value, text, addText)
  const bytes = bytesOfLatin1(text)
  if (bytes && textOf(bytes) !== undefined) {
    add("body_reencoded", bytes, "the body was decoded as Latin-1 and encoded again as UTF-8")
  }
  if (!hasBom) addText("body_reencoded", `\uFEFF${text}`, "the byte order mark at the beginning was dropped")
  add("body_reencoded", utf16Of(text), "the body was sent as UTF-16 and decoded")
  add("body_base64", toUtf8(toBase64(body)), "the sender signed the base64 form of the body")
  return found
}

/** Spellings of one JSON value: what the serialisers of common languages make of it. */
function addFormats(
  value: unknown,
  given: string,
  add: (code: CauseCode, text: string, evidence: string) => void,
): void {
  const compact = JSON.stringify(value)
  // A body of another form than the one that JSON.stringify makes lost its form elsewhere.
  const spellings: readonly (readonly [text: string, evidence: string])[] = [
    [compact, "the sender signed the compact form, without spaces"],
    [JSON.stringify(value, undefined, 2), "the sender signed the form with an indent of 2"],
    [JSON.stringify(value, undefined, 4), "the sender signed the form with an indent of 4"],
    [spaced(compact), "the sender signed the form with a space after each comma and colon"],
  ]
  for (const [text, evidence] of spellings) {
    add("body_reserialized", text, evidence)
    add("body_reserialized", `${text}\n`, `${evidence}, and a line break at the end`)
  }
  for (const [text] of [[given] as const, ...spellings.filter(([form]) => form !== given)]) {
    add("body_reencoded", escapeNonAscii(text), "the sender signed non-ASCII characters as \\u escapes")
    add("body_reencoded", text.replaceAll("/", String.raw`\/`), "the sender signed slashes as \\/")
    add(
      "body_reencoded",
      escapeNonAscii(text.replaceAll("/", String.raw`\/`)),
      "the sender signed slashes as \\/ and non-ASCII characters as \\u escapes",
    )
    add("body_reencoded", escapeHtml(text), "the sender signed <, > and & as \\u escapes")
    add("body_reencoded", unescapeUnicode(text), "the sender signed characters that now are \\u escapes")
    add("body_reencoded", text.replaceAll(String.raw`\/`, "/"), "the sender signed slashes that now are \\/")
  }
}

/** As Python's json.dumps: a space after each comma and colon outside strings. */
const spaced = (compact: string): string =>
  compact.replaceAll(/"(?:[^"\\]|\\.)*"|[,:]/g, (part) => (part === "," || part === ":" ? `${part} ` : part))

const toEscape = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`

const escapeNonAscii = (text: string): string => text.replaceAll(/[^ -~\r\n\t]/g, toEscape)

/** As Go's encoding/json. */
const escapeHtml = (text: string): string => text.replaceAll(/[<>&\u2028\u2029]/g, toEscape)

const unescapeUnicode = (text: string): string =>
  text.replaceAll(/\\u([0-9a-fA-F]{4})/g, (whole, hex: string) => {
    const char = String.fromCharCode(Number.parseInt(hex, 16))
    return /["\\\p{Cc}]/u.test(char) ? whole : char
  })

const latin1Of = (bytes: Uint8Array): string => {
  let text = ""
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}

const bytesOfLatin1 = (text: string): Uint8Array | undefined =>
  !/[^\0-\u00FF]/.test(text) && /[\u0080-\u00FF]/.test(text)
    ? Uint8Array.from(text, (char) => char.charCodeAt(0))
    : undefined

function utf16Of(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length * 2)
  for (let i = 0; i < text.length; i++) {
    bytes[2 * i] = text.charCodeAt(i) & 255
    bytes[2 * i + 1] = text.charCodeAt(i) >> 8
  }
  return text.length > 0 ? bytes : undefined
}

/** What the first bytes say of a compressed body. Brotli has no mark, and runtimes do not agree on it. */
export function formatsOf([first, second]: Uint8Array): readonly ("gzip" | "deflate" | "deflate-raw")[] {
  if (first === 0x1f && second === 0x8b) return ["gzip"]
  return first === 0x78 && [0x01, 0x5e, 0x9c, 0xda].includes(second ?? 0) ? ["deflate"] : []
}

/** Decompresses with a bound; undefined if the bytes are not of the format, or come to more. */
async function decompress(
  bytes: Uint8Array,
  format: "gzip" | "deflate" | "deflate-raw",
): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = []
  let length = 0
  try {
    const stream = new Blob([new Uint8Array(bytes)]).stream().pipeThrough(new DecompressionStream(format))
    for await (const part of stream as unknown as AsyncIterable<Uint8Array>) {
      length += part.length
      if (length > MAX_DECOMPRESSED_BYTES) return undefined
      parts.push(part)
    }
  } catch {
    return undefined
  }
  const whole = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

const equalBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i])
