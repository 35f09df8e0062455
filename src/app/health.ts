import { withTimeLimit } from "../core/time-limit.ts"
import type { Log } from "../events/handlers.ts"

/** How long an isolate keeps what a shard answered, so that polling costs the shard one request in that time. */
export const HEALTH_KEPT_MS = 5_000

/** A shard that takes longer counts as unreachable: a sender waits 10 s for its answer. */
export const HEALTH_TIMEOUT_MS = 2_000

/** Whether the inbox can store a delivery now, or why not. */
export type StoreState =
  | "ok"
  /** The shard did not answer, or failed. */
  | "unreachable"
  /** `INBOX_SHARDS` is not the number that the inbox was made with. */
  | "other_shards"

export interface StoreCheck {
  /** Asks whether a delivery can be stored now. */
  readonly checkStore: () => Promise<StoreState>
}

/**
 * Returns a check of the inbox that keeps its answer for `HEALTH_KEPT_MS`. While one request asks anew, others get the
 * answer before. Only an answer that is new is logged, so that polling a broken inbox does not fill the log.
 *
 * @param ask Asks a shard. A rejection counts as `unreachable`.
 */
export function createStoreCheck(
  ask: () => Promise<StoreState>,
  { clock, log }: { readonly clock: () => number; readonly log: Log },
): StoreCheck["checkStore"] {
  let kept: StoreState | undefined
  let askedAt = Number.NEGATIVE_INFINITY
  return async () => {
    const now = clock()
    // A clock that was set back makes the answer old, too.
    if (kept !== undefined && Math.abs(now - askedAt) < HEALTH_KEPT_MS) return kept
    askedAt = now
    const answer = ask().catch((): StoreState => "unreachable")
    kept = await withTimeLimit<StoreState>(answer, HEALTH_TIMEOUT_MS, () => "unreachable")
    if (kept !== "ok") log({ level: "error", message: "the inbox can store no delivery", store: kept })
    return kept
  }
}
