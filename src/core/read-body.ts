import { demand } from "./demand.ts"
import { BODY_BUFFER_BYTES } from "./limits.ts"
import { fail, ok, type Result } from "./result.ts"

/** `too_large`: more than the cap, announced or arrived. `incomplete`: the sender went away before the end. */
export type ReadBodyFailure = "too_large" | "incomplete"

/** What the two kinds of reader have in common: one for chunks takes no arguments and lets them go by. */
interface BodyReader {
  read(buffer: Uint8Array, options: { min: number }): Promise<{ value?: Uint8Array; done: boolean }>
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
  demand(!request.bodyUsed, "request was already read: verify first, or a clone()")
  // None, or no number: 0 and NaN are not over the cap.
  if (Number(request.headers.get("content-length")) > maxBytes) return fail("too_large")
  const chunks: Uint8Array[] = []
  let length = 0
  let size = BODY_BUFFER_BYTES
  try {
    const reader = request.body && openReader(request.body)
    for (let ended = !reader; !ended;) {
      const { value = new Uint8Array(), done } = await reader!.read(new Uint8Array(size), { min: size })
      chunks.push(value)
      length += value.length
      ended = done
      if (length > maxBytes) {
        await reader!.cancel()
        return fail("too_large")
      }
      // Doubled only by what did arrive.
      if (value.length === size) size *= 2
    }
  } catch {
    return fail("incomplete")
  }
  return ok(new Uint8Array(await new Blob(chunks).arrayBuffer()))
}

/** Reads into large buffers where the stream is one of bytes: a loop over its chunks takes several times the CPU. */
function openReader(body: ReadableStream): BodyReader {
  try {
    return body.getReader({ mode: "byob" }) as unknown as BodyReader
  } catch {
    return body.getReader() as unknown as BodyReader
  }
}
