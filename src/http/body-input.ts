import { assertOption } from "../core/assert.ts"
import { toUtf8 } from "../core/bytes.ts"

/** A body exactly as it arrived. A string is taken as its UTF-8 bytes; bytes are better, because decoding can lose some. */
export type BodyInput = Uint8Array | ArrayBuffer | string

/**
 * The bytes of a body that a caller handed us, without a copy.
 *
 * @throws {TypeError} It is anything but `BodyInput`: the signature covers the bytes that were sent (spec 1.3), and no
 *   parsed or re-serialised form of them will do.
 */
export function toBytes(body: unknown): Uint8Array {
  if (typeof body === "string") return toUtf8(body)
  if (body instanceof Uint8Array) return body
  // By tag beyond that: test runners and frames bring classes of their own.
  const tag = {}.toString.call(body).slice(8, -1)
  if (tag === "Uint8Array") return body as Uint8Array
  assertOption(tag === "ArrayBuffer", `rawBody must be bytes or text, not ${tag}`)
  return new Uint8Array(body as ArrayBuffer)
}
