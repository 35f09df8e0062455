import { demand } from "./demand.ts"
import { BODY_BUFFER_BYTES } from "./limits.ts"

/** A reader, for `size` bytes at a time where the runtime can do that, else for chunks as they come. */
interface BodyReader {
  read(size: number): Promise<{ value?: Uint8Array | undefined; done: boolean }>
  cancel(): Promise<void>
}

/** workerd's reader of bytes, whose `readAtLeast` no standard knows. */
interface BulkReader {
  readAtLeast?(minBytes: number, buffer: Uint8Array): ReturnType<BodyReader["read"]>
  releaseLock(): void
  cancel(): Promise<void>
}

/**
 * Reads a body with a bound (spec 3.5). An announced length over the cap is refused without reading a byte; what
 * arrives is counted whatever was announced. Memory grows with what has arrived and never beyond twice the cap, so that a
 * sender who announces much and sends nothing holds a buffer or two of 16 KiB.
 *
 * @param maxBytes The cap, inclusive.
 * @returns The body in a buffer of its own; undefined if it is over the cap, announced or arrived.
 * @throws {TypeError} The body was already read: the bytes that were signed are gone.
 * @throws What the stream failed with, if the sender went away before the end.
 */
export async function readBody(
  request: Pick<Request | Response, "body" | "bodyUsed" | "headers">,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const { body, bodyUsed, headers } = request
  demand(!bodyUsed, "request was already read: verify a clone()")
  // None, or no number: 0 and NaN are not over the cap.
  if (Number(headers.get("content-length")) > maxBytes) return undefined
  const reader = body && openReader(body)
  let buffer = new Uint8Array(BODY_BUFFER_BYTES)
  let length = 0
  for (let ended = !reader; !ended;) {
    const { value = new Uint8Array(), done } = await reader!.read(Math.min(buffer.length, maxBytes + 1 - length))
    const end = length + value.length
    if (end > maxBytes) {
      // Not waited for, and no matter if it fails: the answer is known.
      reader!.cancel().catch(() => {})
      return undefined
    }
    // One buffer, not a list: a sender who trickles single bytes would make each of them an object.
    if (end > buffer.length) {
      const larger = new Uint8Array(Math.min(end * 2, maxBytes))
      larger.set(buffer)
      buffer = larger
    }
    buffer.set(value, length)
    length = end
    ended = done
  }
  return buffer.slice(0, length)
}

/**
 * In workerd fills a buffer of ours in one call: a loop over its chunks of 4 KiB takes several times the CPU. The `min` of
 * the standard's `read` would do the same elsewhere, but Node 24 throws on a stream that ends before it is reached.
 */
function openReader(body: ReadableStream): BodyReader {
  try {
    const reader = body.getReader({ mode: "byob" }) as unknown as BulkReader
    if (reader.readAtLeast) {
      return { read: (size) => reader.readAtLeast!(size, new Uint8Array(size)), cancel: () => reader.cancel() }
    }
    reader.releaseLock()
  } catch {
    // A stream of chunks that code made, not of bytes.
  }
  return body.getReader()
}
