// Created when first used: `import "countersign"` works where the runtime has no TextEncoder (jsdom).
let encoder: TextEncoder | undefined
let decoder: TextDecoder | undefined

/** Encodes text as UTF-8. */
export const toUtf8 = (text: string): Uint8Array<ArrayBuffer> =>
  (encoder ??= new TextEncoder()).encode(text) as Uint8Array<ArrayBuffer>

/**
 * Encodes short ASCII text. An encoder's buffer lies outside the JavaScript heap and costs Node up to a third of a small
 * HMAC, so it is not used here.
 */
export function toAscii(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}

/**
 * Decodes strict UTF-8. A byte order mark stays in the text, where `JSON.parse` refuses it (spec 3.7).
 *
 * @throws {TypeError} The bytes are not UTF-8. A lenient decoder would turn two different bodies into one text.
 */
export const fromUtf8 = (bytes: Uint8Array): string =>
  (decoder ??= new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })).decode(bytes)

/** Encodes bytes as lower-case hex, two digits a byte. */
export function toHex(bytes: Uint8Array): string {
  let hex = ""
  for (const byte of bytes) hex += byte.toString(16).padStart(2, "0")
  return hex
}

/**
 * Compares two texts without an early exit, so that the time taken does not tell where the first difference is
 * (spec 1.10). The lengths are not secret.
 */
export function equalText(a: string, b: string): boolean {
  const { length } = a
  let difference = length ^ b.length
  for (let i = 0; i < length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i)
  return difference === 0
}

/** Encodes bytes as standard base64 with padding (RFC 4648). In steps, because the arguments of a call are limited. */
export function toBase64(bytes: Uint8Array): string {
  let text = ""
  for (let i = 0; i < bytes.length; i += 8_192) text += String.fromCharCode(...bytes.subarray(i, i + 8_192))
  return btoa(text)
}

/** Decodes standard or URL-safe base64, padded or not. Returns undefined if the text is neither. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const standard = text.replaceAll("-", "+").replaceAll("_", "/")
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(standard)) return undefined
  try {
    return Uint8Array.from(atob(standard), (char) => char.charCodeAt(0))
  } catch {
    return undefined
  }
}

/** Decodes hex in either case. Returns undefined if the text is not whole bytes of hex. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^(?:[0-9a-f]{2})*$/i.test(text)) return undefined
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16))
}
