/** A proven event on its way to the handlers: as bytes, because its parsed tree may be many times as large. */
export interface HandOffInput {
  /** Who signed it: the name of the receiver's scheme. */
  readonly source: string
  /** What identifies the event within its source. */
  readonly dedupeKey: string
  readonly eventId: string
  readonly eventType: string
  /** The bytes that were signed. */
  readonly body: Uint8Array
  readonly deliveryId: string | undefined
  /** Which secret signed it. */
  readonly secretId: string
  /** Whole seconds since 1970, by our clock. */
  readonly receivedAt: number
  /** Whether its type is known (spec 3.10); one that is not is ignored, and no handler runs. */
  readonly known: boolean
}

/**
 * Passes a proven event on. It may be acknowledged once the promise resolves, and not before (spec 3.14).
 *
 * Rejects with `Unavailable` if the event cannot be taken now, with anything else if a handler failed; in both cases
 * the event is free to be sent again.
 */
export type HandOff = (input: HandOffInput) => Promise<"accepted" | "duplicate" | "ignored">

/** The event cannot be taken now: answered as `temporarily_unavailable` (spec 3.12). */
export class Unavailable extends Error {
  override readonly name: string = "Unavailable"
}
