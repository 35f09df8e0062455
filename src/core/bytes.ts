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
