import { fromUtf8 } from "../../core/bytes.ts"
import { errorText } from "../../core/error-text.ts"
import { readBody } from "../../http/read-body.ts"
import { withTimeLimit } from "../../core/time-limit.ts"
import type { Log } from "../../events/handlers.ts"
import { importKeySet, type KeySet } from "./key-set.ts"

/** An issuer publishes two or three keys of 500 bytes each; the largest ones, with certificates, 20 of 3 KB. */
export const MAX_KEY_SET_BYTES = 131_072

/** How long a fetched key set is used before a newer one is fetched: a key that the issuer drops is refused this soon. */
export const KEY_SET_FRESH_MS = 600_000

/** How long it is used while a newer one is out of reach: it covers an hour of the issuer's outage. */
export const KEY_SET_USABLE_MS = 3_600_000

/** Spec 5.9: an untrusted caller chooses the `kid`, so unknown ones may cause at most one fetch in this time. */
export const KEY_SET_INTERVAL_MS = 30_000

/** The caller's request is open meanwhile. */
export const KEY_SET_TIMEOUT_MS = 5_000

/** How often a caller looks whether the fetch of another request has ended. */
const KEY_SET_POLL_MS = 20

/**
 * Where an issuer's keys come from.
 *
 * @param now Milliseconds since 1970.
 * @param lacking A set that was returned before and has no key for a token: a newer one is wanted.
 * @returns The keys to verify with; the very set that was lacking if there is none newer; undefined if they are out of reach.
 */
export type KeySource = (now: number, lacking?: KeySet) => Promise<KeySet | undefined>

export interface KeySourceDeps {
  readonly fetch: typeof fetch
  readonly log: Log
  /** Keeps a fetch going when the caller whose request began it goes away; the platform's own. */
  readonly waitUntil: (work: Promise<void>) => void
  /** For one fetch, its body included. */
  readonly timeoutMs?: number
}

/** Keys from the configuration. */
export const createFixedKeys =
  (keys: KeySet): KeySource =>
  async () =>
    keys

/** A fetch of the keys that has begun. */
interface Attempt {
  /** 1 for the first. A clock can be set back, so it does not tell which of two answers was asked for later. */
  readonly number: number
  /** Milliseconds since 1970. */
  readonly at: number
  ended: boolean
}

/**
 * Keys that an issuer publishes. They are fetched when a token first needs them, and again once they are 10 minutes old or
 * a token names a key that is not among them (spec 5.9), but at most every 30 s, whatever the outcome. The last good set is
 * used for an hour while nothing newer can be fetched.
 *
 * The requests of an isolate share values, never a promise: a request that needs the outcome of another one's fetch looks
 * for it every 20 ms. The platform cancels a fetch when its request goes away: without `waitUntil`, a caller that hangs up
 * every 30 s would keep the keys from everyone.
 */
export function createFetchedKeys(
  url: string,
  { fetch, log, waitUntil, timeoutMs = KEY_SET_TIMEOUT_MS }: KeySourceDeps,
): KeySource {
  let good: { readonly keys: KeySet; readonly attempt: Attempt } | undefined
  let last: Attempt | undefined

  const run = async (attempt: Attempt): Promise<void> => {
    try {
      const keys = await fetchKeys(url, fetch, AbortSignal.timeout(timeoutMs))
      if (!good || good.attempt.number < attempt.number) good = { keys, attempt }
    } catch (error) {
      log({ level: "error", message: "the key set is out of reach", error: errorText(error) })
    } finally {
      attempt.ended = true
    }
  }

  const begin = async (at: number): Promise<void> => {
    last = { number: (last?.number ?? 0) + 1, at, ended: false }
    const work = run(last)
    waitUntil(work)
    await withTimeLimit(work, timeoutMs, () => {})
  }

  return async (now, lacking) => {
    const within = (ms: number): KeySet | undefined =>
      good && isWithin(ms, good.attempt.at, now) ? good.keys : undefined
    const fresh = within(KEY_SET_FRESH_MS)
    if (fresh && !lacking) return fresh
    if (!last || !isWithin(KEY_SET_INTERVAL_MS, last.at, now)) await begin(now)
    // A request with usable keys does not wait for the fetch of another one.
    else if (lacking || !within(KEY_SET_USABLE_MS)) await waitForEnd(last, timeoutMs)
    // Only a set of the newest attempt can show that a key does not exist.
    return lacking && good?.attempt !== last ? undefined : within(KEY_SET_USABLE_MS)
  }
}

async function waitForEnd(attempt: Attempt, ms: number): Promise<void> {
  for (let waited = 0; !attempt.ended && waited < ms; waited += KEY_SET_POLL_MS) {
    await new Promise((resolve) => setTimeout(resolve, KEY_SET_POLL_MS))
  }
}

/** A time ahead of the clock was taken before the clock was set back, so its age is unknown. */
const isWithin = (ms: number, at: number, now: number): boolean => Math.abs(now - at) < ms

async function fetchKeys(url: string, fetch: KeySourceDeps["fetch"], signal: AbortSignal): Promise<KeySet> {
  // No redirect is followed: it would let anyone who can redirect the issuer's URL replace its keys.
  const response = await fetch(url, { signal, redirect: "manual", headers: { Accept: "application/json" } })
  if (response.status !== 200) {
    response.body?.cancel().catch(() => {})
    throw new Error(`the issuer answered ${response.status}`)
  }
  // Without its headers, so that it is counted as it comes: the platform decodes it, and 120 kB of gzip can be 120 MB.
  const body = await readBody(new Response(response.body), MAX_KEY_SET_BYTES)
  if (!body.ok) {
    const problem = body.error === "too_large" ? `is over ${MAX_KEY_SET_BYTES} bytes` : "broke off before its end"
    throw new Error(`the issuer's answer ${problem}`)
  }
  return await importKeySet(fromUtf8(body.value))
}
