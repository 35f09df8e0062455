import { InjectedFault } from "./faults.ts"
import { Handlers } from "./handlers.ts"
import { BODY_DAYS, CRON_MS, ID_DAYS, MAX_SHARD_BYTES } from "./limits.ts"
import { Ledger, type Promised } from "./ledger.ts"
import { Gone, Platform, type PlatformOptions } from "./platform.ts"
import { describeWaiting, readEvents } from "./rows.ts"
import { VirtualTime } from "./virtual-time.ts"
import { createRandom } from "../crash/plan.ts"

const START_MS = 1_790_000_000_000
const TRACED_STEPS = 50

export const KEYS = ["pay.settled", "pay.failed", "pay.*", "user.made", "user.*", "*"] as const
export const TYPES = ["pay.settled", "pay.failed", "user.made"] as const

export const matches = (key: string, type: string): boolean =>
  key === "*" || key === type || (key.endsWith(".*") && type.startsWith(key.slice(0, -1)))

/** An object, its platform, its handlers and its senders, under one virtual time and one seed. */
export class World {
  readonly time = new VirtualTime(START_MS)
  readonly ledger = new Ledger()
  readonly platform: Platform
  readonly handlers: Handlers
  /** 0 to 1: all that happens hangs on it. */
  readonly random: () => number
  readonly trace: string[] = []
  turns = 0
  #steppedAt = Number.NEGATIVE_INFINITY
  #atStep: { readonly rings: number; readonly ready: number } | undefined
  /** The chance that a turn is cut off by a crash. */
  crashRate = 0
  hasCron = true
  /** Pages that the platform gives the object. */
  maxPages = Number.POSITIVE_INFINITY
  /** The event whose rows cannot be written, if there is damage. */
  damaged: Promised | undefined
  /** How far the clock has stepped at most, in milliseconds. */
  farthestStep = 0
  /** The keys that the Worker sends with a delivery. */
  workerKeys: readonly string[] = ["pay.settled", "pay.*", "user.made", "*"]

  constructor(seed: number, Inbox: PlatformOptions["Inbox"]) {
    this.random = createRandom(seed)
    const { time, random, ledger } = this
    const note = (text: string): void => this.note(text)
    this.handlers = new Handlers({
      time,
      random,
      ledger,
      platform: () => this.platform,
      turn: () => this.turns,
      hasStepped: (since) => this.hasStepped(since),
      note,
    })
    this.handlers.keys = this.workerKeys
    const env = { INBOX_BODY_DAYS: BODY_DAYS, INBOX_ID_DAYS: ID_DAYS, INBOX_MAX_SHARD_BYTES: MAX_SHARD_BYTES }
    this.platform = new Platform({
      time,
      random,
      Inbox,
      env,
      runnerOf: (life) => this.handlers.runnerOf(life),
      note,
    })
    Date.now = () => time.wall()
    const jitter = createRandom(seed + 1)
    Math.random = () => jitter()
  }

  /** Adds a step to the trace. */
  note(text: string): void {
    this.trace.push(`${((this.time.now - START_MS) / 1000).toFixed(3).padStart(14)} s  ${text}`)
    if (this.trace.length > TRACED_STEPS) this.trace.shift()
  }

  /** A whole number from 0 on, below `end`. */
  below(end: number): number {
    return Math.floor(this.random() * end)
  }

  pick<Value>(values: readonly Value[]): Value {
    return values[this.below(values.length)]!
  }

  /** Lets the object do all that waits for nothing outside; some turns are cut off between two awaits. */
  async turn(): Promise<void> {
    this.turns += 1
    if (this.random() < this.crashRate) {
      for (let ticks = this.below(60); ticks > 0; ticks--) await Promise.resolve()
      this.platform.crash("a crash in a turn")
    }
    await drainMicrotasks()
    this.platform.endTurn()
    await drainMicrotasks()
  }

  /** Calls the shard; what it rejects without a cause is a violation. Resolves to undefined if there is no answer. */
  async call<Value>(
    what: string,
    method: string,
    ...args: readonly unknown[]
  ): Promise<{ readonly value: Value } | undefined> {
    const { platform } = this
    const { struck } = platform.disk
    this.note(what)
    try {
      const value = await platform.call(method, ...args)
      this.note(`${what}: answered`)
      return { value: value as Value }
    } catch (error) {
      this.note(`${what}: ${String(error)}`)
      if (!(error instanceof InjectedFault || error instanceof Gone) && platform.disk.struck === struck) {
        this.ledger.violate(`${what} was refused without a fault: ${String(error)}`)
      }
      return undefined
    }
  }

  /** Returns one of the latest events, or any. */
  someEvent(): Promised | undefined {
    const events = [...this.ledger.events.values()]
    return this.random() < 0.6 ? events.at(-1 - this.below(5)) : this.pick(events)
  }

  stepClock(ms: number): void {
    this.#steppedAt = this.time.now
    this.farthestStep = Math.max(this.farthestStep, Math.abs(ms))
    this.time.step(ms)
    if (ms < 0) this.#atStep = { rings: this.platform.alarm.rings, ready: this.platform.ready }
    this.platform.alarm.plan()
  }

  /** Whether the clock has stepped at a moment of true time, or later. */
  hasStepped(since: number): boolean {
    return this.#steppedAt >= since
  }

  /** Whether the clock has stepped back and the object has not looked at its queue since. */
  get hasSteppedBack(): boolean {
    const { alarm, ready } = this.platform
    return this.#atStep !== undefined && alarm.lastRing <= this.#atStep.rings && ready === this.#atStep.ready
  }

  /** Ends all trouble: handlers succeed, nothing fails, nothing is paused. Damage stays until it is repaired. */
  calm(): void {
    this.note("calm")
    const { disk } = this.platform
    disk.faults.writesLeft = undefined
    disk.faults.failingTransactions = 0
    disk.faults.failingSyncs = 0
    disk.faults.maxPages = this.maxPages
    this.platform.alarm.keep()
    this.crashRate = 0
    this.handlers.deafness = 0
    for (const key of KEYS) this.handlers.moods.set(key, "quick")
    for (const key of KEYS) {
      this.ledger.paused.delete(key)
      void this.call(`resume ${key}`, "setPaused", key, false)
    }
  }

  /** Has the cron trigger wake the object again and again. */
  startCron(): void {
    this.time.after(CRON_MS, "cron", () => {
      if (!this.hasCron) return
      void this.call("cron", "wake")
      this.startCron()
    })
  }

  /** Returns what waits and is due by a time, without what cannot be written; empty once all has drained. */
  waits(by = Infinity): string {
    return describeWaiting(this.platform.disk, by, this.damaged?.id)
  }

  /** Returns how many events are kept. */
  rows(): number {
    return readEvents(this.platform.disk).length
  }
}

/** The event loop goes round once: every microtask, and those that they queue, has run by then. */
const drainMicrotasks = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })
