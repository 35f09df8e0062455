import { isolateBodies, type BodyBudget } from "./body-budget.ts"
import { openReader, type BodyReader } from "./body-reader.ts"

/** workerd itself waits for this much of an unread body before it closes the connection, in bytes. */
const DISCARDED_BY_PLATFORM_BYTES = 65_536

/** How much of a refused body is read on, in bytes: 30 times what any route accepts, at 20 ms of CPU time. */
export const MAX_DISCARDED_BYTES = 33_554_432

const BUFFER_BYTES = 16_384

/**
 * Reads what is left of a request's body and discards it, up to 32 MiB within the time limit of a body, so that the sender
 * can read the answer. A server that answers and closes while its client still writes resets the connection, and the
 * client sees `ECONNRESET` or `EPIPE` in place of the answer.
 *
 * A body that was read or given up is left alone, and so is one that announces more than the bound. Never rejects.
 */
export async function discardBody(request: Request, bodies: BodyBudget = isolateBodies): Promise<void> {
  const announced = Number(request.headers.get("content-length"))
  if (announced > MAX_DISCARDED_BYTES || (announced > 0 && announced <= DISCARDED_BY_PLATFORM_BYTES)) return
  // A body with a length was read completely or not at all. Once it was read, its stream need not be created.
  if (request.method === "GET" || (announced > 0 && request.bodyUsed)) return
  const { body } = request
  if (!body || body.locked) return
  const charge = bodies.open()
  try {
    if (!charge.raise(BUFFER_BYTES)) return
    const reader = openReader(body as ReadableStream<Uint8Array>)
    const isAtEnd = await Promise.race([discard(reader), charge.givenUp.then(() => false)])
    if (!isAtEnd) reader.cancel().catch(() => {})
  } catch {
    // The sender has disconnected, so nobody reads the answer.
  } finally {
    charge.end()
  }
}

/** Returns false if the bound was reached before the end. */
async function discard(reader: BodyReader): Promise<boolean> {
  let buffer = new ArrayBuffer(BUFFER_BYTES)
  for (let discarded = 0; discarded < MAX_DISCARDED_BYTES;) {
    const bytes = await reader.readAtLeast(BUFFER_BYTES, new Uint8Array(buffer, 0, BUFFER_BYTES))
    if (bytes.length < BUFFER_BYTES) return true
    discarded += bytes.length
    buffer = bytes.buffer
  }
  return false
}
