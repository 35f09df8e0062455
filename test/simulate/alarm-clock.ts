import type { Alarm, Disk } from "./disk.ts"
import { ALARM_OVERDUE_MS } from "./limits.ts"
import type { VirtualTime } from "./virtual-time.ts"

/** The platform retries an alarm that failed after 2, 4, 8 … seconds, and then no more. */
const MAX_RETRIES = 6

interface FailedAlarm {
  readonly alarm: Alarm
  readonly retries: number
  readonly failedAt: number
  /** When it is tried again, in true time; undefined after the last retry. */
  readonly nextAt: number | undefined
}

/** The platform's alarm of one object: it knows the time that is durable, rings, and retries a ring that failed. */
export class AlarmClock {
  isRinging = false
  /** How many rings have begun, and the last one that has ended. */
  rings = 0
  lastRing = 0
  readonly #disk: Disk
  readonly #time: VirtualTime
  readonly #handle: () => Promise<void>
  #failed: FailedAlarm | undefined
  /** The alarm that was handled; its row may be there a little longer. */
  #handled: Alarm | undefined
  #cancel: (() => void) | undefined
  /** How often the object has crashed. */
  #crashes = 0

  /** @param handle Has the object handle its alarm; rejects if it failed, or if the object has ended meanwhile. */
  constructor(disk: Disk, time: VirtualTime, handle: () => Promise<void>) {
    this.#disk = disk
    this.#time = time
    this.#handle = handle
  }

  /** Returns when it rings, in true time; undefined if never. */
  ringAt(): number | undefined {
    const { durableAlarm } = this.#disk
    if (!durableAlarm || this.isRinging || isSame(this.#handled, durableAlarm)) return undefined
    const failed = this.#currentFailure()
    return failed ? failed.nextAt : Math.max(this.#time.now, durableAlarm.at - this.#time.offset)
  }

  /** Whether a ring failed that is tried again. */
  get isRetrying(): boolean {
    return this.#currentFailure()?.nextAt !== undefined
  }

  /** Since when the object can know that its alarm was given up; undefined if it has not. */
  get lostSince(): number | undefined {
    const failed = this.#currentFailure()
    if (!failed || failed.nextAt !== undefined) return undefined
    return Math.max(failed.failedAt, failed.alarm.at - this.#time.offset) + ALARM_OVERDUE_MS
  }

  /** Forgets to ring: the stored time stays, in the past, as after the last retry. Returns whether there was an alarm. */
  lose(): boolean {
    const alarm = this.#disk.durableAlarm
    if (!alarm || this.isRinging) return false
    this.#failed = { alarm, retries: MAX_RETRIES, failedAt: this.#time.now, nextAt: undefined }
    this.plan()
    return true
  }

  /** Rings again an alarm that was to be lost, unless its time has come: then the object must find out by itself. */
  keep(): void {
    const failed = this.#currentFailure()
    if (failed && failed.alarm.at - this.#time.offset > this.#time.now) this.#failed = undefined
    this.plan()
  }

  /** Plans the ring anew; call it when the durable alarm or the wall clock has changed. */
  plan(): void {
    this.#cancel?.()
    const at = this.ringAt()
    if (at !== undefined) this.#cancel = this.#time.after(at - this.#time.now, "alarm", () => void this.#ring())
  }

  /** Call it when the object has crashed: that its alarm was handled is written with the rest. */
  forget(): void {
    this.#crashes += 1
    this.#handled = undefined
    this.plan()
  }

  #currentFailure(): FailedAlarm | undefined {
    return this.#failed && isSame(this.#failed.alarm, this.#disk.durableAlarm) ? this.#failed : undefined
  }

  async #ring(): Promise<void> {
    const alarm = this.#disk.durableAlarm!
    const retries = this.#currentFailure()?.retries ?? 0
    this.isRinging = true
    const number = ++this.rings
    const crashes = this.#crashes
    try {
      await this.#handle()
      if (this.#crashes > crashes) throw new Error("it was handled, and that is not written")
      this.#failed = undefined
      this.#handled = alarm
    } catch {
      const failedAt = this.#time.now
      const nextAt = retries < MAX_RETRIES ? failedAt + 1_000 * 2 ** (retries + 1) : undefined
      this.#failed = { alarm, retries: retries + 1, failedAt, nextAt }
    }
    this.isRinging = false
    this.lastRing = number
    this.plan()
  }
}

const isSame = (a: Alarm | undefined, b: Alarm | undefined): boolean => a?.at === b?.at && a?.version === b?.version
