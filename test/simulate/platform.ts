import type { HandlerRunner } from "../../src/inbox/inbox.ts"
import { AlarmClock } from "./alarm-clock.ts"
import { Disk } from "./disk.ts"
import { InjectedFault } from "./faults.ts"
import type { VirtualTime } from "./virtual-time.ts"

const FLUSH_MS = 10

/** Ends what the code of a dead object still tries. */
export class Gone extends Error {
  override readonly name: string = "Gone"
}

/** One instance of the object, from its construction to its end. */
export class Life {
  readonly number: number
  isOver = false
  object: Record<string, (...args: unknown[]) => Promise<unknown>> | undefined
  /** Resolves when its constructor has ended. */
  ready: Promise<unknown> = Promise.resolve()
  /** Calls that wait for an answer. */
  readonly calls = new Set<(error: Error) => void>()
  /** Its alarm is being handled, and no other has been set since. */
  hasTakenAlarm = false
  /** Syncs under way. */
  syncs = 0

  constructor(number: number) {
    this.number = number
  }
}

/** What a simulation brings to the platform. */
export interface PlatformOptions {
  readonly time: VirtualTime
  readonly random: () => number
  /** The class of the object. */
  readonly Inbox: new (ctx: never, env: never) => object
  readonly env: Record<string, unknown>
  /** Returns what runs the handlers of one life. */
  readonly runnerOf: (life: Life) => HandlerRunner
  readonly note: (text: string) => void
}

/**
 * Durable Objects as one object meets them: it is made when something comes for it, it ends at any moment, its alarm rings
 * at the time that is durable, and a ring that fails is retried six times.
 *
 * There is one difference, and it is stricter: the platform holds back answers until all is durable (output gates). Here
 * an answer leaves when its promise resolves, because the object's own promise is that it resolves no sooner.
 */
export class Platform {
  readonly disk = new Disk()
  readonly alarm: AlarmClock
  life: Life | undefined
  /** How many lives there were, and how many of them had a constructor that succeeded. */
  lives = 0
  ready = 0
  /** How often the object was set up or woken: each time it sees to its alarm. */
  contacts = 0
  readonly #options: PlatformOptions
  #isFlushPlanned = false
  #whenLost = { contacts: 0, struck: 0 }

  constructor(options: PlatformOptions) {
    this.#options = options
    this.alarm = new AlarmClock(this.disk, options.time, () => this.#handleAlarm())
  }

  /** Whether nothing is under way that could change what is durable. */
  get isAtRest(): boolean {
    return !this.disk.isDirty && !this.alarm.isRinging && this.disk.broken === undefined && !this.life?.syncs
  }

  /** Whether an alarm was given up, and the object had no occasion to find out that no fault has spoilt. */
  get isAlarmLost(): boolean {
    const since = this.alarm.lostSince
    if (since === undefined) return false
    const { struck } = this.disk
    if (this.#options.time.now < since || struck !== this.#whenLost.struck) {
      this.#whenLost = { contacts: this.contacts, struck }
    }
    return this.contacts === this.#whenLost.contacts
  }

  /** Calls a method of the object, and makes the object first if there is none. */
  call(method: string, ...args: readonly unknown[]): Promise<unknown> {
    const life = this.#live()
    return new Promise((resolve, reject) => {
      life.calls.add(reject)
      const settle = (act: () => void): void => {
        if (life.isOver || !life.calls.delete(reject)) return
        if (method === "alarm" || method === "wake") this.contacts += 1
        act()
      }
      void life.ready
        .then(() => life.object![method]!(...(structuredClone(args) as unknown[])))
        .then(
          (value) => settle(() => resolve(structuredClone(value))),
          (error) => settle(() => reject(error)),
        )
    })
  }

  /** Ends the object now. What is not durable is lost, or a part of it. */
  crash(why: string): void {
    const { life } = this
    if (!life) return
    this.#options.note(`${why}: life ${life.number} ends`)
    this.#end(life, new InjectedFault(why))
    this.disk.crash(this.#options.random())
    this.alarm.forget()
  }

  /** Puts the object away if it is idle. */
  evict(): void {
    const { life } = this
    if (!life || life.calls.size > 0 || !this.isAtRest) return
    this.#options.note(`evicted: life ${life.number} ends`)
    this.#end(life, new InjectedFault("evicted"))
  }

  /** Forgets to ring. */
  loseAlarm(): void {
    if (this.alarm.lose()) this.#options.note("the alarm is lost")
  }

  /** Does what the platform does after each turn of the event loop. */
  endTurn(): void {
    if (this.disk.broken) this.crash(this.disk.broken.message)
    if (!this.disk.isDirty || this.#isFlushPlanned || this.life?.syncs) return
    this.#isFlushPlanned = true
    const mark = this.disk.mark()
    this.#options.time.after(FLUSH_MS, "flush", () => {
      this.#isFlushPlanned = false
      this.disk.confirm(mark)
      this.alarm.plan()
    })
  }

  #live(): Life {
    if (this.life) return this.life
    const life = new Life(++this.lives)
    this.life = life
    this.#options.note(`life ${life.number} begins`)
    const ctx = {
      storage: this.#storageOf(life),
      exports: { HandlerRuns: this.#options.runnerOf(life) },
      blockConcurrencyWhile: (work: () => Promise<unknown>): Promise<unknown> => {
        life.ready = work()
        life.ready.then(
          () => (this.ready += 1),
          // The platform ends an object whose constructor fails.
          () => (life.isOver ? undefined : this.crash("the constructor failed")),
        )
        return life.ready
      },
    }
    life.object = new this.#options.Inbox(ctx as never, this.#options.env as never) as NonNullable<Life["object"]>
    return life
  }

  #end(life: Life, error: Error): void {
    life.isOver = true
    this.life = undefined
    for (const reject of life.calls) reject(error)
    life.calls.clear()
  }

  async #handleAlarm(): Promise<void> {
    // The constructor still finds the alarm that rings.
    const life = this.#live()
    life.hasTakenAlarm = true
    this.#options.note("the alarm rings")
    try {
      await this.call("alarm")
      if (life.hasTakenAlarm && !life.isOver) this.disk.setAlarm(undefined)
    } catch (error) {
      this.#options.note("the alarm failed")
      throw error
    } finally {
      life.hasTakenAlarm = false
    }
  }

  /** The storage of one life: what a dead object calls has no effect and no end. */
  #storageOf(life: Life): object {
    const { disk } = this
    const alive = <Value>(work: () => Value): Value => {
      if (life.isOver) throw new Gone("the object is gone")
      return work()
    }
    return {
      sql: {
        exec: (query: string, ...values: unknown[]) => toCursor(alive(() => disk.exec(query, values))),
        get databaseSize(): number {
          return disk.bytes
        },
      },
      transactionSync: <Value>(work: () => Value): Value => alive(() => disk.transaction(work)),
      sync: () => (life.isOver ? new Promise<void>(() => {}) : this.#sync(life)),
      getAlarm: async () => alive(() => (life.hasTakenAlarm ? null : (disk.alarm?.at ?? null))),
      setAlarm: async (at: number | Date) => {
        if (life.isOver) return
        disk.setAlarm(Number(at))
        life.hasTakenAlarm = false
      },
      deleteAlarm: async () => {
        if (!life.isOver) disk.setAlarm(undefined)
      },
    }
  }

  /** Confirms what is written by now, some milliseconds later; if that fails the object is broken. */
  #sync(life: Life): Promise<void> {
    const { time, random } = this.#options
    const { disk } = this
    const mark = disk.mark()
    life.syncs += 1
    return new Promise((resolve, reject) => {
      time.after(syncMs(random()), "sync", () => {
        if (life.isOver) return
        life.syncs -= 1
        disk.failSync()
        if (disk.broken) {
          reject(disk.broken)
          return
        }
        disk.confirm(mark)
        this.alarm.plan()
        resolve()
      })
    })
  }
}

/** Most take a millisecond or a few, one in a hundred a second. */
const syncMs = (random: number): number => (random > 0.99 ? 1_000 : 20 * random ** 4)

function toCursor<Row>(rows: readonly Row[]): object {
  return {
    toArray: () => rows,
    one: () => rows[0],
    [Symbol.iterator]: () => rows[Symbol.iterator](),
    rowsRead: rows.length,
    rowsWritten: 0,
  }
}
