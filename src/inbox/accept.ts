import type { Accepted, InboxDelivery } from "./inbox.ts"
import type { InboxStore } from "./store.ts"

/** A row of a Durable Object's SQLite. The local runtime takes four times that without a word. */
export const MAX_ROW_BYTES = 2_000_000

/** Inserts an event with its runs at a place, or finds it; call it within a transaction. */
export function accept(store: InboxStore, delivery: InboxDelivery, place: number): Accepted {
  const { source, dedupeKey, type, body, deliveryId, secretId, handlers } = delivery
  const event = { place, source, dedupeKey, type, deliveryId, secretId, handlers, bytes: body.length }
  if (store.insertEvent(event, body)) return { kind: handlers ? "accepted" : "ignored" }
  const first = store.findEvent(source, dedupeKey)
  const kept = first && store.getBody(first.place)
  return { kind: "duplicate", differs: kept !== undefined && !equalBytes(kept, body) }
}

/** Whether a delivery fits into a row of the platform; the local runtime would take more. */
export function fitsRow({ source, dedupeKey, type, body, deliveryId, secretId, handlers }: InboxDelivery): boolean {
  const texts = [source, dedupeKey, type, deliveryId ?? "", secretId, JSON.stringify(handlers ?? null)]
  // A character takes at most three bytes of UTF-8.
  return body.length + 3 * texts.join("").length <= MAX_ROW_BYTES
}

const equalBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i])
