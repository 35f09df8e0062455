import { fromUtf8 } from "../../core/bytes.ts"
import { errorText } from "../../core/log.ts"
import { readBody } from "../../http/read-body.ts"
import { withTimeLimit } from "../../core/time-limit.ts"
import type { Log } from "../../events/handlers.ts"
import { importKeySet, type KeySet } from "./key-set.ts"

/** An issuer publishes two or three keys of 500 bytes each; the largest ones, with certificates, 20 of 3 KB. */
export const MAX_KEY_SET_BYTES = 131_072

/** How long a fetched key set is used without a look at a newer one: an issuer that drops a key is heard this soon. */
export const KEY_SET_FRESH_MS = 600_000

/** How long it is used while a newer one is out of reach: an hour of the issuer's outage, and no more of a dropped key. */
export const KEY_SET_USABLE_MS = 3_600_000

/** Spec 5.9: strangers choose a `kid`, so what an unknown one makes us fetch has a bound. */
export const KEY_SET_INTERVAL_MS = 30_000

/** A caller waits for it, with the request open. */
export const KEY_SET_TIMEOUT_MS = 5_000

/**
 * Where an issuer's keys come from.
 *
 * @param now Milliseconds since 1970.
 * @param lacking A set that was given before and has no key for a token: a newer one is wanted.
 * @returns The keys to judge by; the very set that was lacking if there is none newer; undefined if they are out of reach.
 */
export type KeySource = (now: number, lacking?: KeySet) => Promise<KeySet | undefined>

export interface KeySourceDeps {
  readonly fetch: typeof fetch
  readonly log: Log
  /** Keeps a request to the issuer going when the caller that began it goes away; the platform's own. */
  readonly waitUntil: (work: Promise<void>) => void
  /** For one request to the issuer, its body included. */
  readonly timeoutMs?: number
}

/** Keys that stand in the configuration. */
export const createFixedKeys =
  (keys: KeySet): KeySource =>
  async () =>
    keys

/**
 * Keys that an issuer publishes. They are fetched when a token first needs them, and again once they are 10 minutes old or
 * a token names one that is not there (spec 5.9), but at most every 30 s, whatever came of it. What was fetched last is
 * used for an hour while nothing newer can be had.
 *
 * The callers of an isolate share a request to the issuer, and each waits for it by its own clock. The platform drops what
 * a caller began when that caller goes away: without `waitUntil`, a stranger who hangs up every 30 s would keep the keys
 * from everybody.
 */
export function createFetchedKeys(
  url: string,
  { fetch, log, waitUntil, timeoutMs = KEY_SET_TIMEOUT_MS }: KeySourceDeps,
): KeySource {
  let good: { readonly keys: KeySet; readonly at: number; readonly attempt: number } | undefined
  let last: { readonly at: number; readonly ended: Promise<void> } | undefined
  // The clock can be set back, so it does not tell which of two answers was asked for later.
  let attempts = 0

  const refresh = async (at: number, attempt: number): Promise<void> => {
    try {
      const keys = await fetchKeys(url, fetch, AbortSignal.timeout(timeoutMs))
      if (!good || good.attempt < attempt) good = { keys, at, attempt }
    } catch (error) {
      log({ level: "error", message: "the key set is out of reach", error: errorText(error) })
    }
  }

  return async (now, lacking) => {
    const usable = (): KeySet | undefined => (good && isWithin(KEY_SET_USABLE_MS, good.at, now) ? good.keys : undefined)
    if (good && isWithin(KEY_SET_FRESH_MS, good.at, now) && !lacking) return good.keys
    const begins = !last || !isWithin(KEY_SET_INTERVAL_MS, last.at, now)
    if (!last || begins) {
      attempts += 1
      last = { at: now, ended: refresh(now, attempts) }
      waitUntil(last.ended)
    }
    // Whoever has keys that will do does not wait for what another began.
    if (begins || lacking || !usable()) await withTimeLimit(last.ended, timeoutMs, () => {})
    // That a key does not exist can only be said of a set that is as new as it may be.
    return lacking && good?.attempt !== attempts ? undefined : usable()
  }
}

/** A time ahead of the clock was taken before the clock was set back: how long ago, nobody knows. */
const isWithin = (ms: number, at: number, now: number): boolean => Math.abs(now - at) < ms

async function fetchKeys(url: string, fetch: KeySourceDeps["fetch"], signal: AbortSignal): Promise<KeySet> {
  // Not followed: whoever can make the issuer's server redirect has no business with its keys.
  const response = await fetch(url, { signal, redirect: "manual", headers: { Accept: "application/json" } })
  if (response.status !== 200) {
    response.body?.cancel().catch(() => {})
    throw new Error(`the issuer answered ${response.status}`)
  }
  // Without its headers, so that it is counted as it comes: the platform decodes it, and 120 kB of gzip can be 120 MB.
  const body = await readBody(new Response(response.body), MAX_KEY_SET_BYTES)
  if (!body) throw new Error(`the issuer's answer is over ${MAX_KEY_SET_BYTES} bytes`)
  return await importKeySet(fromUtf8(body))
}
