import type { Accepted, InboxDelivery } from "./inbox.ts"
import type { InboxStore } from "./store.ts"

/** The largest row of a Durable Object's SQLite on Cloudflare, in bytes. The local runtime accepts four times that. */
export const MAX_ROW_BYTES = 2_000_000

/** Inserts an event under a sequence, or finds it; call it within a transaction. What is ignored is stored too (spec 3.15). */
export function accept(store: InboxStore, delivery: InboxDelivery, sequence: number): Accepted {
  const { source, dedupeKey, type, body, deliveryId, secretId, headers, handlers } = delivery
  const lanes = handlers ?? []
  const event = { sequence, source, dedupeKey, type, deliveryId, secretId, headers, lanes, bytes: body.length }
  if (store.insertEvent(event, body)) return { kind: handlers ? "accepted" : "ignored" }
  return findDuplicate(store, delivery) ?? { kind: "duplicate", differs: false }
}

/** Returns the answer to a delivery whose event is stored already; undefined if it is not. */
export function findDuplicate(store: InboxStore, { source, dedupeKey, body }: InboxDelivery): Accepted | undefined {
  const first = store.findEvent(source, dedupeKey)
  if (!first) return undefined
  // Most bodies that differ also differ in length. Then no body is read.
  const differs = first.hasBody && (first.bytes !== body.length || store.bodyDiffers(first.sequence, body))
  return { kind: "duplicate", differs }
}

/** Returns an upper bound of the bytes of a delivery's row: a character takes at most three bytes of UTF-8. */
export function rowBytes(delivery: InboxDelivery): number {
  const { source, dedupeKey, type, body, deliveryId, secretId, headers, handlers } = delivery
  const json = JSON.stringify([headers ?? null, handlers ?? null])
  const texts = [source, dedupeKey, type, deliveryId ?? "", secretId, json]
  return body.length + 3 * texts.join("").length
}
