import type { EndKind } from "./handlers.ts"

/** One try of a handler, as the handler sees it. Times are milliseconds. */
export interface Attempt {
  readonly id: string
  readonly handler: string
  readonly number: number
  readonly life: number
  readonly startedAt: number
  readonly startedWall: number
  /** Undefined while it runs, and for ever if it hangs. */
  end: AttemptEnd | undefined
  /** Seen in the table, durable. */
  isRecorded: boolean
}

export interface AttemptEnd {
  readonly kind: EndKind
  readonly at: number
  readonly wall: number
  /** Whether its object was there to hear of it. */
  readonly isHeard: boolean
  /** How many injected faults had struck. */
  readonly struck: number
}

/** What was promised to the sender of an event, and what has been asked about it since. */
export interface Promised {
  readonly id: string
  readonly type: string
  readonly body: string
  /** The handlers of each delivery that may have been the first; undefined where the type was not known. */
  readonly sent: (readonly string[] | undefined)[]
  /** The handlers that it must reach, once it was acknowledged. */
  handlers: readonly string[]
  ackedAt: number | undefined
  /** When it was accepted by the shard's clock. */
  acceptedWall: number
  eraseAsked: boolean
  discardAsked: boolean
  /** The turn in which an erasure was acknowledged. */
  erasedInTurn: number | undefined
  rerunAskedAt: number
  /** Handler → when an acknowledged rerun was asked for: it is reached again after that. */
  readonly owed: Map<string, number>
}

/** All that was promised and seen in one simulation, and what did not hold. */
export class Ledger {
  readonly events = new Map<string, Promised>()
  /** Event and handler → its attempts. */
  readonly attempts = new Map<string, Attempt[]>()
  /** Handler → the turn since which it is certainly paused. */
  readonly paused = new Map<string, number>()
  /** Attempts whose end was told to its object and has not been looked up. */
  ended: Attempt[] = []
  readonly violations: string[] = []
  /** How much happened: counts for the report. */
  readonly counts = { deliveries: 0, duplicates: 0, refused: 0, attempts: 0, completions: 0, repeated: 0 }

  violate(text: string): void {
    this.violations.push(text)
  }

  attemptsOf(id: string, handler: string): Attempt[] {
    const key = `${id} ${handler}`
    let attempts = this.attempts.get(key)
    if (!attempts) this.attempts.set(key, (attempts = []))
    return attempts
  }

  /** An event that is sent for the first time, or again after it was forgotten. */
  create(id: string, type: string, body: string): Promised {
    const event: Promised = {
      id,
      type,
      body,
      sent: [],
      handlers: [],
      ackedAt: undefined,
      acceptedWall: 0,
      eraseAsked: false,
      discardAsked: false,
      erasedInTurn: undefined,
      rerunAskedAt: Number.NEGATIVE_INFINITY,
      owed: new Map(),
    }
    this.events.set(id, event)
    return event
  }
}
