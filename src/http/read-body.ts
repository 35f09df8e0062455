import { assertOption } from "../core/assert.ts"

/**
 * Reads a body with a bound (spec 3.5). An announced length over the cap is refused without reading a byte. One within it
 * is read in one call, the cheapest by far: HTTP's framing holds the sender to it, and a request that code made is counted
 * afterwards. What was not announced is counted as it comes, in memory that grows with it and never beyond twice the cap.
 *
 * @param maxBytes The cap, inclusive.
 * @returns The body in a buffer of its own; undefined if it is over the cap, announced or arrived.
 * @throws {TypeError} The body was already read: the bytes that were signed are gone.
 * @throws What the stream failed with, if the sender went away before the end.
 */
export async function readBody(
  request: Pick<Request | Response, "body" | "bodyUsed" | "headers" | "arrayBuffer">,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  assertOption(!request.bodyUsed, "request was already read: verify a clone()")
  const announced = Number(request.headers.get("content-length"))
  if (announced > maxBytes) return undefined
  if (announced > 0 || !request.body) {
    const bytes = new Uint8Array(await request.arrayBuffer())
    return bytes.length > maxBytes ? undefined : bytes
  }
  const reader = (request.body as ReadableStream<Uint8Array>).getReader()
  let buffer = new Uint8Array()
  let length = 0
  for (let read; !(read = await reader.read()).done;) {
    const start = length
    length += read.value.length
    if (length > maxBytes) {
      // Not waited for, and no matter if it fails: the answer is known.
      reader.cancel().catch(() => {})
      return undefined
    }
    // One buffer, not a list: a sender who trickles single bytes would make each of them an object.
    if (length > buffer.length) {
      const larger = new Uint8Array(length * 2)
      larger.set(buffer)
      buffer = larger
    }
    buffer.set(read.value, start)
  }
  return buffer.slice(0, length)
}
