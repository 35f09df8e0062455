import { demand } from "./demand.ts"
import { BODY_BUFFER_BYTES } from "./limits.ts"
import { fail, ok, type Result } from "./result.ts"

/** `too_large`: more than the cap, announced or arrived. `incomplete`: the sender went away before the end. */
export type ReadBodyFailure = "too_large" | "incomplete"

/** A reader, for `size` bytes at a time where the runtime can do that, else for chunks as they come. */
interface BodyReader {
  read(size: number): Promise<{ value?: Uint8Array | undefined; done: boolean }>
  cancel(): Promise<void>
}

/**
 * Reads a body with a bound (spec 3.5). An announced length over the cap is refused without reading a byte; what
 * arrives is counted whatever was announced. Memory stays within a small multiple of what has arrived, so that a sender
 * who announces much and sends nothing holds nothing.
 *
 * @param maxBytes The cap, inclusive.
 * @throws {TypeError} The body was already read: the bytes that were signed are gone.
 */
export async function readBody(request: Request, maxBytes: number): Promise<Result<Uint8Array, ReadBodyFailure>> {
  const { body, bodyUsed, headers } = request
  demand(!bodyUsed && !body?.locked, "request was already read: verify first, or a clone()")
  // None, or no number: 0 and NaN are not over the cap.
  if (Number(headers.get("content-length")) > maxBytes) return fail("too_large")
  let buffer = new Uint8Array(BODY_BUFFER_BYTES)
  let length = 0
  try {
    const reader = body && openReader(body)
    for (let ended = !reader; !ended;) {
      const { value = new Uint8Array(), done } = await reader!.read(buffer.length)
      if (length + value.length > maxBytes) {
        // Not waited for, and no matter if it fails: the answer is known.
        reader!.cancel().catch(() => {})
        return fail("too_large")
      }
      // One buffer, not a list: a sender who trickles single bytes would make each of them an object.
      buffer = withRoom(buffer, length + value.length)
      buffer.set(value, length)
      length += value.length
      ended = done
    }
  } catch {
    return fail("incomplete")
  }
  return ok(buffer.slice(0, length))
}

/** The buffer, or one of at least twice its size with what is in it. */
function withRoom(buffer: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  if (length <= buffer.length) return buffer
  const larger = new Uint8Array(Math.max(length, buffer.length * 2))
  larger.set(buffer)
  return larger
}

/**
 * In workerd fills a buffer of ours in one call: a loop over its chunks of 4 KiB takes several times the CPU. The `min` of
 * the standard's `read` would do the same elsewhere, but Node 24 throws on a stream that ends before it is reached.
 */
function openReader(body: ReadableStream): BodyReader {
  try {
    const reader = body.getReader({ mode: "byob" })
    if ("readAtLeast" in reader) {
      return { read: (size) => reader.readAtLeast(size, new Uint8Array(size)), cancel: () => reader.cancel() }
    }
    ;(reader as ReadableStreamBYOBReader).releaseLock()
  } catch {
    // A stream of chunks that code made, not of bytes.
  }
  return body.getReader()
}
