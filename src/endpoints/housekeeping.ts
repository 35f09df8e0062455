import { type AccountStore } from "./account.ts"
import { capOverlap, MAX_ENDPOINTS, type Endpoint } from "./endpoint.ts"

/** Spec 5.10: a day. */
export const IDEMPOTENCY_TTL_MS = 86_400_000

/** Rows that one request may delete beside its own work: a bounded step, so that no request pays for many. */
export const ROWS_A_CALL = 20

/** Rows that waking up may correct. */
const ROWS_A_WAKE = 1_000

/**
 * Above this size an account takes no further endpoint, change or secret. It is far above ordinary use (40 endpoints of at
 * most 130 kB, and a day's idempotency records of 1 kB) and far below what an object can hold (10 GB, and 5 GB for a free
 * plan as a whole), so that deleting, suspending and housekeeping always have space: a full database undoes the request
 * that meets it and breaks the object.
 */
export const ACCOUNT_FULL_BYTES = 67_108_864

/** Above this size an account takes no further revocation, either. A partner cannot use the space between the two. */
export const ACCOUNT_RESERVE_BYTES = 134_217_728

/**
 * Frees space before a request writes. The caller holds a transaction of its own around it: neither can undo the other.
 * Above the mark, idempotency records go before they expire, oldest first, so that space comes back by itself.
 *
 * @param now Milliseconds since 1970.
 */
export function freeSpace(store: AccountStore, now: number): void {
  store.pruneAnswers(now, ROWS_A_CALL)
  if (store.size() >= ACCOUNT_FULL_BYTES) store.dropAnswers(ROWS_A_CALL)
}

/**
 * Corrects times that a clock ahead of this one has left, when the object wakes up: none may lie further ahead than it can
 * when it is set. Otherwise a leaked secret would stay valid for as long as the clock was ahead.
 */
export function correctTimes(store: AccountStore, now: number): void {
  store.capAnswers(now + IDEMPOTENCY_TTL_MS, ROWS_A_WAKE)
  for (const endpoint of listAll(store)) {
    const capped = capOverlap(endpoint, now)
    if (capped !== endpoint) store.replaceEndpoint(capped)
  }
}

const listAll = (store: AccountStore): readonly Endpoint[] =>
  [false, true].flatMap((livemode) =>
    store.listEndpoints(livemode, undefined, MAX_ENDPOINTS).map(({ endpoint }) => endpoint),
  )
