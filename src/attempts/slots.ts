import type { Run } from "./run.ts"
import type { Start } from "./workload.ts"

interface Slot {
  readonly lane: string
  readonly attempt: number
  readonly weight: number
  readonly isSuspect: boolean
  /** When the attempt is given up if no answer came, in milliseconds since 1970. */
  until: number
}

const keyOf = (sequence: number, lane: string): string => `${sequence} ${lane}`

/** The attempts that are in flight, and what they take. In memory only: after a crash the leases in the store count. */
export class Slots {
  readonly #slots = new Map<string, Slot>()

  /** Takes the slot of an attempt until it is released, or until a time in milliseconds since 1970. */
  take({ sequence, call: { lane, attempt }, weight, isSuspect }: Start<unknown>, until: number): void {
    this.#slots.set(keyOf(sequence, lane), { lane, attempt, weight, isSuspect, until })
  }

  /** Takes the slot of an attempt that an earlier object has started, until its lease ends. */
  takeOver(sequence: number, { lane, attempts, nextAt, history }: Run): void {
    const isSuspect = history.at(-2)?.outcome === "lost"
    this.#slots.set(keyOf(sequence, lane), { lane, attempt: attempts, weight: 0, isSuspect, until: nextAt ?? 0 })
  }

  release({ sequence, call: { lane, attempt } }: Start<unknown>): void {
    // A later attempt of the run may have the slot by now, because this one was given up.
    const key = keyOf(sequence, lane)
    if (this.#slots.get(key)?.attempt === attempt) this.#slots.delete(key)
  }

  /**
   * Frees the slots of attempts that were given up.
   *
   * @param leaseMs No slot is held longer than that from now on, even if the clock was ahead when it was taken.
   */
  expire(now: number, leaseMs: number): void {
    for (const [key, slot] of this.#slots) {
      if (slot.until <= now) this.#slots.delete(key)
      else if (Number.isFinite(slot.until)) slot.until = Math.min(slot.until, now + leaseMs)
    }
  }

  has(sequence: number, lane: string): boolean {
    return this.#slots.has(keyOf(sequence, lane))
  }

  countOf(lane: string): number {
    return [...this.#slots.values()].filter((slot) => slot.lane === lane).length
  }

  get hasSuspect(): boolean {
    return [...this.#slots.values()].some(({ isSuspect }) => isSuspect)
  }

  /** What all attempts in flight take together, in bytes. */
  get weight(): number {
    return [...this.#slots.values()].reduce((sum, { weight }) => sum + weight, 0)
  }
}
