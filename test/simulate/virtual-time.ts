/** Something that happens at a moment of virtual time. */
interface Happening {
  readonly at: number
  readonly order: number
  readonly label: string
  readonly work: () => void
}

/**
 * The only source of time and order in a simulation: a queue of happenings, and a wall clock that can be wrong.
 *
 * True time only goes forward; timers follow it. `Date.now` is the wall clock: true time plus an offset that steps.
 */
export class VirtualTime {
  /** Milliseconds of true time. */
  now: number
  /** What the wall clock is ahead, in milliseconds. */
  offset = 0
  /** The latest wall clock that was ever shown. */
  latestWall: number
  readonly #queue: Happening[] = []
  #order = 0

  constructor(start: number) {
    this.now = start
    this.latestWall = start
  }

  /** Returns what `Date.now` returns. */
  wall(): number {
    return this.now + this.offset
  }

  /** Steps the wall clock by so many milliseconds. */
  step(ms: number): void {
    this.offset += ms
    this.latestWall = Math.max(this.latestWall, this.wall())
  }

  /** Queues work after a delay of true time; of one moment, first queued is first done. Returns its cancellation. */
  after(ms: number, label: string, work: () => void): () => void {
    const one = { at: this.now + Math.max(0, Math.ceil(ms)), order: this.#order++, label, work }
    let index = this.#queue.length
    while (index > 0 && this.#queue[index - 1]!.at > one.at) index -= 1
    this.#queue.splice(index, 0, one)
    return () => {
      const found = this.#queue.indexOf(one)
      if (found !== -1) this.#queue.splice(found, 1)
    }
  }

  /** Returns when the next happening is due; undefined if none is queued. */
  nextAt(): number | undefined {
    return this.#queue[0]?.at
  }

  /** Moves time to the next happening, not beyond `until`, and does it. Returns its label; undefined if there was none. */
  advance(until: number): string | undefined {
    const next = this.#queue[0]
    const isDue = next !== undefined && next.at <= until
    this.now = Math.max(this.now, isDue ? next.at : until)
    this.latestWall = Math.max(this.latestWall, this.wall())
    if (!isDue) return undefined
    this.#queue.shift()
    next.work()
    return next.label
  }
}
