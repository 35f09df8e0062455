import { withTimeLimit } from "../core/time-limit.ts"
import type { Log } from "../events/handlers.ts"
import { findMismatch, type Shards } from "../inbox/shards.ts"

/** How long an isolate keeps the answer of the shard, so that polling costs the shard one request in that time. */
export const HEALTH_KEPT_MS = 5_000

/** A shard that takes longer counts as unreachable: a sender waits 10 s for its answer. */
export const HEALTH_TIMEOUT_MS = 2_000

/** Whether the inbox can store a delivery now, or why not. */
export type StoreState =
  | "ok"
  /** The shard did not answer, or failed. */
  | "unreachable"
  /** The shard has no storage for a new event. */
  | "no_space"
  /** `INBOX_SHARDS` or `INBOX_JURISDICTION` differs from the value that the inbox was made with. */
  | "other_settings"

/** What `/healthz` shows of the inbox. */
export interface StoreHealth {
  readonly store: StoreState
  /** Of the first shard, which is as full as any: events are spread evenly. Null if it was not opened, or did not answer. */
  readonly storage: { readonly bytes: number; readonly intake_bytes: number; readonly max_bytes: number } | null
}

export interface StoreCheck {
  /** Asks whether a delivery can be stored now. */
  readonly checkStore: () => Promise<StoreHealth>
}

const UNREACHABLE: StoreHealth = { store: "unreachable", storage: null }

/** Asks the first shard, which every inbox uses: it keeps the number of shards for all of them. */
export async function askStore(shards: Shards): Promise<StoreHealth> {
  const [mismatch, storage] = await Promise.all([findMismatch(shards), shards.at(0).storage()])
  const view = storage ? { bytes: storage.bytes, intake_bytes: storage.intakeBytes, max_bytes: storage.maxBytes } : null
  if (mismatch !== undefined) return { store: "other_settings", storage: view }
  return { store: storage && storage.bytes >= storage.intakeBytes ? "no_space" : "ok", storage: view }
}

/**
 * Returns a check of the inbox that keeps its answer for `HEALTH_KEPT_MS`. While one request asks again, others get the
 * previous answer. Only a new answer is logged, so that polling a broken inbox does not fill the log.
 *
 * @param ask Asks a shard. A rejection counts as `unreachable`.
 */
export function createStoreCheck(
  ask: () => Promise<StoreHealth>,
  { clock, log }: { readonly clock: () => number; readonly log: Log },
): StoreCheck["checkStore"] {
  let kept: StoreHealth | undefined
  let askedAt = Number.NEGATIVE_INFINITY
  return async () => {
    const now = clock()
    // An answer is also too old if the clock was set back.
    if (kept !== undefined && Math.abs(now - askedAt) < HEALTH_KEPT_MS) return kept
    askedAt = now
    kept = await withTimeLimit(
      ask().catch(() => UNREACHABLE),
      HEALTH_TIMEOUT_MS,
      () => UNREACHABLE,
    )
    if (kept.store !== "ok") log({ level: "error", message: "the inbox cannot store deliveries", ...kept })
    return kept
  }
}
