/** A proven event on its way to the handlers: as bytes, because its parsed tree may be many times as large. */
export interface HandOffInput {
  /** The name of the source that it came from. */
  readonly source: string
  /** Identifies the event within its source (spec 7.3). */
  readonly dedupeKey: string
  /** The event's id; the dedupe key where its provider sends none. */
  readonly eventId: string
  /** `UNTYPED` where its provider sends none. */
  readonly eventType: string
  /** The bytes that were signed. */
  readonly body: Uint8Array
  readonly deliveryId: string | undefined
  /** The headers that the event is read from, lower case (spec 7.10); undefined if there are none. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** The id of the secret that signed it. */
  readonly secretId: string
  /** Whole seconds since 1970, by our clock. */
  readonly receivedAt: number
  /** Whether its type is known (spec 3.10). If not, the event is ignored, and no handler runs. */
  readonly known: boolean
}

/**
 * Hands a proven event on. The event may be acknowledged once the promise resolves, and not before (spec 3.14). Rejects with
 * `Unavailable` if the event cannot be stored now; the sender may send it again after any rejection.
 */
export type HandOff = (input: HandOffInput) => Promise<"accepted" | "duplicate" | "ignored">

/** Thrown when an event cannot be stored now. It is answered as `temporarily_unavailable` (spec 3.12). */
export class Unavailable extends Error {
  override readonly name: string = "Unavailable"
}
