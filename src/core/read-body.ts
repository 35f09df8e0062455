import { demand } from "./demand.ts"
import { BODY_BUFFER_BYTES } from "./limits.ts"

/** A reader; workerd's own, whose `readAtLeast` no standard knows, or one for chunks as they come. */
interface BodyReader {
  readAtLeast?(minBytes: number, buffer: Uint8Array): ReturnType<BodyReader["read"]>
  read(): Promise<{ value?: Uint8Array | undefined; done: boolean }>
  cancel(): Promise<void>
  releaseLock(): void
}

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
  demand(!request.bodyUsed, "request was already read: verify a clone()")
  const announced = Number(request.headers.get("content-length"))
  if (announced > maxBytes) return undefined
  if (announced > 0 || !request.body) {
    const bytes = new Uint8Array(await request.arrayBuffer())
    return bytes.length > maxBytes ? undefined : bytes
  }
  const reader = openReader(request.body)
  let buffer = new Uint8Array(BODY_BUFFER_BYTES)
  let length = 0
  for (;;) {
    const { value = new Uint8Array(), done } = await (reader.readAtLeast?.(
      buffer.length,
      new Uint8Array(buffer.length),
    ) ?? reader.read())
    const start = length
    length += value.length
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
    buffer.set(value, start)
    if (done) return buffer.slice(0, length)
  }
}

/**
 * In workerd fills a buffer of ours in one call: a loop over its chunks of 4 KiB takes several times the CPU. The `min` of
 * the standard's `read` would do the same elsewhere, but Node 24 throws on a stream that ends before it is reached.
 */
function openReader(body: ReadableStream): BodyReader {
  try {
    const reader = body.getReader({ mode: "byob" }) as unknown as BodyReader
    if (reader.readAtLeast) return reader
    reader.releaseLock()
  } catch {
    // A stream of chunks that code made, not of bytes.
  }
  return body.getReader()
}
