const encoder = /* @__PURE__ */ new TextEncoder()
// `ignoreBOM: true` leaves a byte order mark in the text, where JSON.parse refuses it (spec 3.7).
const decoder = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

export const toUtf8 = (text: string): Uint8Array => encoder.encode(text)

/** The same for a short ASCII text: an encoder's buffer lies outside the heap, and costs Node up to a third of a small HMAC. */
export function toAscii(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}

/** Strict UTF-8: throws a TypeError on anything else, where a lenient decoder would let two bodies become one text. */
export const fromUtf8 = (bytes: Uint8Array): string => decoder.decode(bytes)

/** Lower-case hex, two digits a byte: the 256 makes it three, and the first goes. */
export const toHex = (bytes: Uint8Array): string =>
  bytes.reduce((hex, byte) => hex + (byte + 256).toString(16).slice(1), "")

/**
 * Compares without an exit at the first difference, so that the time taken says nothing about where it is (spec 1.10).
 * The lengths are no secret.
 */
export function equalText(a: string, b: string): boolean {
  let difference = a.length ^ b.length
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i)
  return difference === 0
}

/** Standard base64 with padding (RFC 4648). In steps, because a call takes only so many arguments. */
export function toBase64(bytes: Uint8Array): string {
  let text = ""
  for (let i = 0; i < bytes.length; i += 8_192) text += String.fromCharCode(...bytes.subarray(i, i + 8_192))
  return btoa(text)
}

/** The bytes of standard or URL-safe base64, padded or not; undefined if the text is neither. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const standard = text.replaceAll("-", "+").replaceAll("_", "/")
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(standard)) return undefined
  try {
    return Uint8Array.from(atob(standard), (char) => char.charCodeAt(0))
  } catch {
    return undefined
  }
}

/** The bytes of hex in either case; undefined if the text is not whole bytes of hex. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^(?:[0-9a-f]{2})*$/i.test(text)) return undefined
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16))
}
