import { assertOption } from "../core/assert.ts"
import { fail, ok, type Result } from "../core/result.ts"
import type { BodyCharge, GiveUpReason } from "./body-budget.ts"
import { openReader } from "./body-reader.ts"

/**
 * Memory for a body of unknown length, in bytes: most fit, and an idle connection holds no more. One byte more than a round
 * number, so that a body of just that length ends within it.
 */
export const FIRST_BUFFER_BYTES = 16_385

/** Few copies for large bodies, and never more than four times what has arrived. */
const GROWTH = 4

/**
 * Why a body could not be read: over the cap (spec 3.5), broken off or not whole in time (spec 1.9), or given up because the
 * isolate's memory for bodies is used up. Only a body with a charge ends in `no_room`.
 */
export type BodyFailure = "too_large" | GiveUpReason

/**
 * Reads a body with a bound (spec 3.5). A body that announces more than the cap is refused unread. One that announces less
 * is read in a single call, by far the cheapest: HTTP holds a sender to the length, and what arrives is counted all the same.
 * A body without a length is counted as it arrives, in a buffer that never exceeds the cap by more than a byte.
 *
 * @param maxBytes The cap, inclusive.
 * @param charge Bounds memory and time over all bodies of an isolate; without one, only the cap holds. With one, what follows
 *   the cap is left in the stream for `discardBody`, so that the sender can read the answer; without one, it is cancelled.
 * @returns The body in a buffer of its own.
 * @throws {TypeError} The body was read before, or is being read: the bytes that were signed are gone.
 */
export async function readBody(
  request: Pick<Request | Response, "body" | "bodyUsed" | "headers" | "arrayBuffer">,
  maxBytes: number,
  charge?: BodyCharge,
): Promise<Result<Uint8Array<ArrayBuffer>, BodyFailure>> {
  assertOption(!request.bodyUsed, ALREADY_READ)
  const announced = Number(request.headers.get("content-length"))
  if (announced > maxBytes) return fail("too_large")
  let read: ArrayBuffer | Uint8Array<ArrayBuffer> | BodyFailure
  try {
    // Reads `body` only where it is needed: workerd makes a stream for it.
    const reading =
      announced > 0 || !request.body
        ? readAtOnce(request, announced || 0, charge)
        : readCounted(request.body as ReadableStream<Uint8Array>, maxBytes, charge)
    read = await (charge ? Promise.race([reading, charge.givenUp]) : reading)
  } catch {
    // A stream that is locked and not read yet belongs to another reader. Whatever else failed, the body is not whole.
    assertOption(request.bodyUsed || !request.body?.locked, ALREADY_READ)
    return fail("incomplete")
  }
  if (typeof read === "string") return fail(read)
  charge?.complete()
  // Only a request that was made by code can hold more than it announced.
  return read.byteLength > maxBytes ? fail("too_large") : ok(read instanceof Uint8Array ? read : new Uint8Array(read))
}

const ALREADY_READ = "request was already read: verify a clone()"

function readAtOnce(
  request: Pick<Request | Response, "arrayBuffer">,
  announced: number,
  charge: BodyCharge | undefined,
): Promise<ArrayBuffer> | "no_room" {
  return charge?.raise(announced) === false ? "no_room" : request.arrayBuffer()
}

async function readCounted(
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
  charge: BodyCharge | undefined,
): Promise<Uint8Array<ArrayBuffer> | BodyFailure> {
  const reader = openReader(body)
  // Not awaited, here and below, and its failure ignored: the answer is known, and a branch of a tee may never settle it.
  const cancel = (): void => void reader.cancel().catch(() => {})
  void charge?.givenUp.then(cancel)
  let buffer = new Uint8Array()
  let length = 0
  for (let isAtEnd = false; !isAtEnd && length <= maxBytes;) {
    // One buffer, not a list: a sender who trickles single bytes would make each of them an object.
    if (length === buffer.length) {
      const capacity = Math.min(length === 0 ? FIRST_BUFFER_BYTES : (length - 1) * GROWTH + 1, maxBytes + 1)
      if (charge?.raise(capacity) === false) return "no_room"
      const larger = new Uint8Array(capacity)
      larger.set(buffer)
      buffer = larger
    }
    const room = buffer.length - length
    const bytes = await reader.readAtLeast(room, buffer.subarray(length))
    // The stream takes the buffer away while it is read into, and gives it back as another object.
    buffer = new Uint8Array(bytes.buffer)
    length += bytes.length
    isAtEnd = bytes.length < room
  }
  if (length <= maxBytes) return length === buffer.length ? buffer : buffer.slice(0, length)
  if (charge) reader.releaseLock()
  else cancel()
  return "too_large"
}
