import { assertOption } from "../core/assert.ts"
import { fail, ok, type Result } from "../core/result.ts"
import type { BodyCharge, GiveUpReason } from "./body-budget.ts"
import { openReader } from "./body-reader.ts"

/** Memory for a body of unknown length, in bytes: most fit, and an idle connection holds no more. */
export const FIRST_BUFFER_BYTES = 16_384

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
  const body = request.body as ReadableStream<Uint8Array> | null
  assertOption(!request.bodyUsed && !body?.locked, "request was already read: verify a clone()")
  const announced = Number(request.headers.get("content-length"))
  if (announced > maxBytes) return fail("too_large")
  const read =
    announced > 0 || !body ? readAtOnce(request, announced || 0, charge) : readCounted(body, maxBytes, charge)
  // Whatever the stream fails with, the body is not whole.
  const whole = read.catch(() => fail("incomplete" as const))
  const result = await (charge ? Promise.race([whole, charge.givenUp.then(fail)]) : whole)
  if (!result.ok) return result
  charge?.complete()
  // Only a request that was made by code can hold more than it announced.
  return result.value.length > maxBytes ? fail("too_large") : result
}

async function readAtOnce(
  request: Pick<Request | Response, "arrayBuffer">,
  announced: number,
  charge: BodyCharge | undefined,
): Promise<Result<Uint8Array<ArrayBuffer>, BodyFailure>> {
  if (charge?.raise(announced) === false) return fail("no_room")
  return ok(new Uint8Array(await request.arrayBuffer()))
}

async function readCounted(
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
  charge: BodyCharge | undefined,
): Promise<Result<Uint8Array<ArrayBuffer>, BodyFailure>> {
  const reader = openReader(body)
  // Not awaited, here and below, and its failure ignored: the answer is known, and a branch of a tee may never settle it.
  const cancel = (): void => void reader.cancel().catch(() => {})
  void charge?.givenUp.then(cancel)
  let buffer = new Uint8Array()
  let length = 0
  for (let isAtEnd = false; !isAtEnd && length <= maxBytes;) {
    // One buffer, not a list: a sender who trickles single bytes would make each of them an object.
    if (length === buffer.length) {
      const capacity = Math.min(Math.max(FIRST_BUFFER_BYTES, length * GROWTH), maxBytes + 1)
      if (charge?.raise(capacity) === false) return fail("no_room")
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
  if (length <= maxBytes) return ok(buffer.slice(0, length))
  if (charge) reader.releaseLock()
  else cancel()
  return fail("too_large")
}
