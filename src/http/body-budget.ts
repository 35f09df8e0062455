/**
 * Memory for all bodies that an isolate is receiving or handing on, in bytes. An isolate has 128 MB for everything; a body
 * is copied once or twice on its way to its shard, so this is a quarter.
 */
export const BODY_BUDGET_BYTES = 33_554_432

/**
 * Half of the budget is reserved for bodies up to this size, so that large bodies leave room for events, which are small. It
 * is 64 KiB, and one byte more that a buffer needs to detect the end of a body without a length.
 */
export const SMALL_BODY_BYTES = 65_537

/** How long a body may take to arrive, in milliseconds. A sender waits no longer for its answer (spec 3.13). */
export const BODY_TIMEOUT_MS = 10_000

/** Why a body is given up: it is not whole in time, or its memory is needed for others. */
export type GiveUpReason = "incomplete" | "no_room"

/** The share of one body in the budget, from its first byte until its request is answered. */
export interface BodyCharge {
  /**
   * Raises the charge to `bytes`, before that memory is allocated. Where the budget is used up, the oldest unfinished
   * bodies are given up. Returns false if this is one of them, or if that would not be enough.
   */
  raise(bytes: number): boolean
  /** Resolves once the body must be given up. Never resolves after `complete`. */
  readonly givenUp: Promise<GiveUpReason>
  /** Marks the body as whole: it still counts, and cannot be given up any more. */
  complete(): void
  /** Ends the charge. */
  end(): void
}

/** A bound on the memory of bodies, over all requests of an isolate. */
export interface BodyBudget {
  /** Opens the charge of one body, and starts its time limit. */
  open(): BodyCharge
  /**
   * Returns how many bytes are charged now. A body that was given up is not among them, although its memory is freed only
   * when its request ends, so the isolate can hold more than this for a moment.
   */
  used(): number
}

interface Entry {
  bytes: number
  /** Milliseconds since 1970. The code of an aborted request may never run again, and then nothing else ends its charge. */
  expiresAt: number
  giveUp?: (reason: GiveUpReason) => void
}

/** @param clock Milliseconds since 1970. */
export function createBodyBudget({
  clock = Date.now,
  maxBytes = BODY_BUDGET_BYTES,
}: { readonly clock?: () => number; readonly maxBytes?: number } = {}): BodyBudget {
  // Both are in the order of expiry, because each entry joins a set with the same time left.
  const unfinished = new Set<Entry>()
  const complete = new Set<Entry>()
  let used = 0
  let usedByLarge = 0

  const count = (entry: Entry, bytes: number): void => {
    used += bytes - entry.bytes
    usedByLarge += largePart(bytes) - largePart(entry.bytes)
    entry.bytes = bytes
  }

  const end = (entry: Entry): void => {
    if (unfinished.delete(entry) || complete.delete(entry)) count(entry, 0)
  }

  const endExpired = (): void => {
    const now = clock()
    for (const entries of [unfinished, complete]) {
      for (const entry of entries) {
        // If the clock was set back, `expiresAt` is too late: no charge lasts longer than the time limit.
        if (entry.expiresAt > now && entry.expiresAt <= now + BODY_TIMEOUT_MS) break
        end(entry)
      }
    }
  }

  /**
   * Gives up the oldest unfinished body, or the oldest large one. Returns it, or undefined if there is none. Its charge ends
   * at once, but its memory lives until its request ends.
   */
  const giveUpOldest = (isLarge: boolean): Entry | undefined => {
    for (const entry of unfinished) {
      if (isLarge && largePart(entry.bytes) === 0) continue
      end(entry)
      entry.giveUp?.("no_room")
      return entry
    }
    return undefined
  }

  const raise = (entry: Entry, bytes: number): boolean => {
    endExpired()
    if (!unfinished.has(entry)) return false
    count(entry, bytes)
    for (;;) {
      const isOverLarge = usedByLarge > maxBytes / 2
      if (!isOverLarge && used <= maxBytes) return true
      const ended = giveUpOldest(isOverLarge)
      if (!ended || ended === entry) return false
    }
  }

  return {
    open() {
      const entry: Entry = { bytes: 0, expiresAt: clock() + BODY_TIMEOUT_MS }
      const givenUp = new Promise<GiveUpReason>((resolve) => {
        entry.giveUp = resolve
      })
      const timer = setTimeout(() => entry.giveUp?.("incomplete"), BODY_TIMEOUT_MS)
      unfinished.add(entry)
      return {
        raise: (bytes) => raise(entry, bytes),
        givenUp,
        complete() {
          clearTimeout(timer)
          if (!unfinished.delete(entry)) return
          entry.expiresAt = clock() + BODY_TIMEOUT_MS
          complete.add(entry)
        },
        end() {
          clearTimeout(timer)
          end(entry)
        },
      }
    },
    used: () => used,
  }
}

const largePart = (bytes: number): number => (bytes > SMALL_BODY_BYTES ? bytes : 0)

/** The budget of this isolate: module state is what its requests share. */
export const isolateBodies: BodyBudget = /* @__PURE__ */ createBodyBudget()
