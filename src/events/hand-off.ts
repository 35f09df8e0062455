/** A proven event on its way to the handlers: as bytes, because its parsed tree may be many times as large. */
export interface HandOffInput {
  /** The name of the source that it came from. */
  readonly source: string
  /** Identifies the event within its source (spec 7.3). */
  readonly dedupeKey: string
  readonly eventId: string
  readonly eventType: string
  /** The bytes that were signed. */
  readonly body: Uint8Array
  readonly deliveryId: string | undefined
  /** The id of the secret that signed it. */
  readonly secretId: string
  /** Whole seconds since 1970, by our clock. */
  readonly receivedAt: number
  /** Whether its type is known (spec 3.10). If not, the event is ignored, and no handler runs. */
  readonly known: boolean
}

/**
 * Hands a proven event on. The event may be acknowledged once the promise resolves, and not before (spec 3.14). Rejects with
 * `Unavailable` if the event cannot be taken now; the sender may send it again after any rejection.
 */
export type HandOff = (input: HandOffInput) => Promise<"accepted" | "duplicate" | "ignored">

/** Thrown when an event cannot be taken now. It is answered as `temporarily_unavailable` (spec 3.12). */
export class Unavailable extends Error {
  override readonly name: string = "Unavailable"
}
