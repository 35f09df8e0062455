import { kindOf, OptionError } from "../core/assert.ts"
import { toUtf8 } from "../core/bytes.ts"

/** A body exactly as it arrived. A string is taken as its UTF-8 bytes; bytes are better, because decoding can lose some. */
export type BodyInput = Uint8Array | ArrayBuffer | string

/**
 * Returns the bytes of a body, without a copy.
 *
 * @throws {TypeError} It is anything but `BodyInput`: the signature covers the bytes that were sent (spec 1.3), and no
 *   parsed or re-serialised form of them will do. Memory that is shared with another thread is refused, because it could
 *   change after it was verified.
 */
export function toBytes(body: unknown): Uint8Array<ArrayBuffer> {
  if (typeof body === "string") return toUtf8(body)
  // By tag where `instanceof` fails: test runners and frames have classes of their own.
  const tag = body instanceof Uint8Array ? "Uint8Array" : tagOf(body)
  if (tag === "Uint8Array" && isUnshared((body as Uint8Array).buffer)) return body as Uint8Array<ArrayBuffer>
  if (tag === "ArrayBuffer") return new Uint8Array(body as ArrayBuffer)
  throw new OptionError(
    `rawBody must be the body's bytes or text as they arrived, not ${kindOf(body)}: ${fixFor(body, tag)}`,
  )
}

const isUnshared = (buffer: ArrayBufferLike): boolean =>
  buffer instanceof ArrayBuffer || tagOf(buffer) === "ArrayBuffer"

const tagOf = (value: unknown): string => ({}).toString.call(value).slice(8, -1)

/** Returns what to do about a body that is neither bytes nor text. */
function fixFor(body: unknown, tag: string): string {
  if (body === undefined) return "read the body before anything parses it"
  if (typeof body === "function") return "call it"
  if (tag === "Promise") return "await it first"
  if (tag === "Headers") return "the arguments are rawBody, headers"
  if (ArrayBuffer.isView(body)) return "make it a Uint8Array on memory that is not shared"
  const { type, data, arrayBuffer, getReader, pipe } = Object(body) as Record<string, unknown>
  if (type === "Buffer" && Array.isArray(data)) return "a Buffer went through JSON; use Buffer.from(rawBody.data)"
  if (typeof arrayBuffer === "function") return "use await rawBody.arrayBuffer(), or checkRequest for a Request"
  if (typeof getReader === "function" || typeof pipe === "function") return "read the stream to its end first"
  return "a parsed body cannot be verified; pass the raw body, as express.raw() returns it"
}
