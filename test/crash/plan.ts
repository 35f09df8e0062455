import type { CrashPayload } from "./worker.ts"

/** An event of the proof, and what is to become of it. */
export interface PlannedEvent {
  readonly id: string
  readonly body: string
  /** The handlers that take it. */
  readonly handlers: readonly string[]
  readonly payload: CrashPayload
}

/** The same numbers from 0 to 1 for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The n-th event: most are quick and succeed, some fail once before, some never can. */
export function planEvent(n: number, seed: number, random: () => number): PlannedEvent {
  const id = `evt_crash_${seed}_${n}`
  const type = random() < 0.5 ? "payment.settled" : "enquiry.created"
  const fate = random()
  const payload: CrashPayload = {
    ms: Math.floor(random() * 200),
    // One: with an attempt that a kill cuts off, its third is still within the time of the proof.
    failures: fate < 0.08 ? 1 : 0,
    hopeless: fate > 0.98,
  }
  const created = new Date(1_790_000_000_000 + n * 1000).toISOString()
  const event = { id, type, created, livemode: false, api_version: "2026-07-01", data: { object: payload } }
  return {
    id,
    body: JSON.stringify(event),
    handlers: type.startsWith("payment.") ? ["payment.*", "*"] : ["*"],
    payload,
  }
}
