import { mayKillRuntime, type Run } from "./run.ts"
import type { Lane, Start } from "./workload.ts"

interface Slot {
  readonly lane: string
  readonly attempt: number
  readonly weight: number
  readonly isSuspect: boolean
  /** An earlier object has started it: it may be dead with that object, or go on elsewhere. */
  readonly isOrphan: boolean
  /** When the attempt is given up if no answer came, in milliseconds since 1970. */
  until: number
}

const keyOf = (sequence: number, lane: string): string => `${sequence} ${lane}`

/** The attempts that are in flight, and their memory. Kept in memory only: after a crash the leases in the store count. */
export class Slots {
  readonly #slots = new Map<string, Slot>()

  /** Takes the slot of an attempt until it is released, or until a time in milliseconds since 1970. */
  take({ sequence, call: { lane, attempt }, weight, isSuspect }: Start<unknown>, until: number): void {
    this.#slots.set(keyOf(sequence, lane), { lane, attempt, weight, isSuspect, isOrphan: false, until })
  }

  /** Takes the slot of an attempt that an earlier object has started, until its lease ends. */
  takeOver(sequence: number, run: Run): void {
    const { lane, attempts: attempt, nextAt } = run
    const slot = { lane, attempt, weight: 0, isSuspect: mayKillRuntime(run), isOrphan: true, until: nextAt ?? 0 }
    this.#slots.set(keyOf(sequence, lane), slot)
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

  /** How many slots of a lane are free. */
  freeIn(lane: string, { concurrency, isStrict }: Lane): number {
    const taken = [...this.#slots.values()].filter((slot) => slot.lane === lane && (isStrict || !slot.isOrphan))
    return Math.max(0, concurrency - taken.length)
  }

  get hasSuspect(): boolean {
    return [...this.#slots.values()].some(({ isSuspect }) => isSuspect)
  }

  /** The memory of all attempts in flight, in bytes. */
  get weight(): number {
    return [...this.#slots.values()].reduce((sum, { weight }) => sum + weight, 0)
  }
}
