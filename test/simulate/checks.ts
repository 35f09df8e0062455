import { LATER_SECONDS } from "./handlers.ts"
import type { Attempt, Promised } from "./ledger.ts"
import {
  countDue,
  hasNewEvents,
  lanesOf,
  readEvent,
  readEvents,
  readNextAt,
  readRun,
  readRuns,
  timeOf,
  type RunRow,
} from "./rows.ts"
import { BODY_MS, CLAIM_MS, DELAYS_SECONDS, ID_MS } from "./limits.ts"
import { KEYS, type World } from "./world.ts"

/** A due run may wait so long for its alarm: the shard's own look after what should have begun at once takes a second. */
const WAKE_SLACK_MS = 5_000
/** After a fault it looks again within a minute, and twice as late each time until then. */
const FAULT_SLACK_MS = 65_000
const FAULT_LASTS_MS = 180_000
/** Those of a burst, and of hundreds of runs that end. */
const MAX_RINGS_A_MINUTE = 2_000

/** Holds what is durable against what must be true whenever nothing is under way. */
export class Checks {
  readonly #world: World
  #struck = 0
  #struckAt = Number.NEGATIVE_INFINITY
  #minute = { since: Number.NEGATIVE_INFINITY, rings: 0 }

  constructor(world: World) {
    this.#world = world
  }

  /** Checks what is cheap; call it after each turn. */
  afterTurn(): void {
    const { platform, time, ledger } = this.#world
    if (platform.disk.struck !== this.#struck) this.#struckAt = time.now
    this.#struck = platform.disk.struck
    if (time.now - this.#minute.since > 60_000) this.#minute = { since: time.now, rings: platform.alarm.rings }
    const rings = platform.alarm.rings - this.#minute.rings
    if (rings > MAX_RINGS_A_MINUTE) ledger.violate(`it spins: the alarm has rung ${rings} times within a minute`)
    if (!platform.isAtRest) return
    this.checkWake()
    this.#checkSlots()
    this.#checkEnds()
  }

  /** Nothing that is due stays without a wake. */
  checkWake(): void {
    const { platform, time, ledger, hasSteppedBack } = this.#world
    if (platform.isAlarmLost) return
    const now = time.wall()
    const due = Math.min(
      ...KEYS.map((key) => readNextAt(platform.disk, key) ?? Infinity),
      hasNewEvents(platform.disk) ? now : Infinity,
    )
    if (due === Infinity) return
    const ring = platform.alarm.ringAt()
    const latest = Math.max(due, now) + (this.#isTroubled ? FAULT_SLACK_MS : WAKE_SLACK_MS)
    if (ring === undefined) {
      ledger.violate(`something is due, and no alarm will ring: ${JSON.stringify(platform.disk.alarm ?? null)}`)
    } else if (platform.alarm.isRetrying) return
    else if (ring + time.offset > latest && !hasSteppedBack) {
      ledger.violate(`something is due, and the alarm rings ${ring + time.offset - latest} ms later`)
    }
  }

  /** Whether a fault has struck lately. */
  get #isTroubled(): boolean {
    return this.#world.time.now - this.#struckAt < FAULT_LASTS_MS
  }

  /** No run that is due waits while its handler has a free slot, unless the alarm is about to ring. */
  #checkSlots(): void {
    const { platform, time, handlers, ledger, hasSteppedBack } = this.#world
    const ring = platform.alarm.ringAt()
    if (!platform.life || this.#isTroubled || platform.isAlarmLost || hasSteppedBack) return
    if (platform.alarm.isRetrying) return
    if (ring === undefined || ring <= time.now + WAKE_SLACK_MS || handlers.deafness > 0) return
    for (const handler of KEYS) {
      const { due, running } = countDue(platform.disk, handler, time.wall() - WAKE_SLACK_MS)
      if (due > 0 && running < handlers.limitOf(handler)) {
        ledger.violate(`${due} runs of ${handler} are due, ${running} are running, and no alarm rings`)
      }
    }
  }

  /** The end of each attempt is in the table, with what follows from it. */
  #checkEnds(): void {
    const { ledger, platform } = this.#world
    for (const attempt of ledger.ended.splice(0)) {
      const { id, handler, end } = attempt
      const event = ledger.events.get(id)!
      const isSame = platform.life?.number === attempt.life && platform.disk.struck === end!.struck
      const run = readRun(platform.disk, id, handler)
      if (!run || run.attempts !== attempt.number || event.rerunAskedAt >= attempt.startedAt) continue
      const isInTime = end!.at - attempt.startedAt < 35_000 && !this.#world.hasStepped(attempt.startedAt - CLAIM_MS)
      attempt.isRecorded = end!.kind === "done" ? run.status === "done" : run.status !== "running"
      if (!isSame || !isInTime) continue
      if (run.status === "running") ledger.violate(`${id} ${handler} #${run.attempts}: its end is not written down`)
      else if (!event.eraseAsked) this.#checkNext(run, attempt)
    }
  }

  #checkNext(run: RunRow, { id, handler, end }: Attempt): void {
    const { ledger, time } = this.#world
    const { kind, wall } = end!
    const wrong = (what: string): void => {
      const is = `${run.status} ${run.reason ?? ""} ${run.next_at === null ? "" : run.next_at - wall}`
      ledger.violate(`${id} ${handler} #${run.attempts} of ${run.before}+8 ended as ${kind}: ${what}, it is ${is}`)
    }
    if (kind === "done" || kind === "gave_up" || kind === "payload_refused") {
      const status = kind === "done" ? "done" : "dead"
      if (run.status !== status || run.next_at !== null) wrong(`must be ${status}`)
      if (kind !== "done" && run.reason !== kind) wrong(`the reason must be ${kind}`)
      return
    }
    // The first loss in a row is not charged.
    const delay = DELAYS_SECONDS[Math.max(0, run.attempts - run.before - 1)]
    if (delay === undefined) {
      const reason = kind === "gone" ? "handler_gone" : "attempts_exhausted"
      if (run.status !== "dead" || run.reason !== reason) wrong(`must be dead as ${reason}`)
      return
    }
    const spread = kind === "later" ? 0 : 0.1
    const base = kind === "later" ? LATER_SECONDS : delay
    const least = (1 - spread) * base
    const most = (1 + spread) * base
    const isInTime = run.next_at! >= wall + 1_000 * least && run.next_at! <= time.wall() + 1_000 * most + 1
    if (run.status !== "waiting" || !isInTime) wrong(`must wait ${least} to ${most} s`)
  }

  /** Nothing was pruned before its time, and what was erased is gone. */
  checkKept(): void {
    const { ledger, platform, time } = this.#world
    const rows = new Map(readEvents(platform.disk).map((row) => [row.id, row]))
    for (const event of ledger.events.values()) {
      if (event.ackedAt === undefined) continue
      const row = rows.get(event.id)
      const latest = time.latestWall
      if (!row && latest < event.acceptedWall + ID_MS) ledger.violate(`${event.id} was forgotten early`)
      if (event.erasedInTurn !== undefined && row?.hasBody) ledger.violate(`${event.id} was erased and has its body`)
      if (event.eraseAsked || event.discardAsked || row?.hasBody) continue
      if (latest < event.acceptedWall + BODY_MS) ledger.violate(`the body of ${event.id} was dropped early`)
      // What is not done waits, or is dead and can be run again for as long.
      for (const handler of event.handlers) {
        const attempts = ledger.attemptsOf(event.id, handler)
        if (attempts.some(({ end }) => end?.kind === "done")) continue
        const last = attempts.at(-1)
        if (!this.#wasReplaced(event, handler) && latest < (last?.startedWall ?? Infinity) + BODY_MS) {
          ledger.violate(`the body of ${event.id} was dropped while ${handler} had not had it for long enough`)
        }
      }
    }
  }

  /** A rerun gives what is dead of a handler that is gone to today's. */
  #wasReplaced(event: Promised, handler: string): boolean {
    const row = readEvent(this.#world.platform.disk, event.id)
    const isRerun = event.rerunAskedAt > Number.NEGATIVE_INFINITY
    return isRerun && !!row && !lanesOf(row).includes(handler)
  }

  /** Every acknowledged event reached each of its handlers, or is listed as what it is. Call it when nothing waits. */
  checkPromises(): void {
    const { ledger, platform } = this.#world
    for (const event of ledger.events.values()) {
      if (event.ackedAt === undefined) continue
      const row = readEvent(platform.disk, event.id)
      if (!row) continue
      const runs = readRuns(platform.disk, row.sequence)
      if (timeOf(row) !== event.acceptedWall) ledger.violate(`${event.id} has moved`)
      for (const handler of event.handlers) {
        const run = runs.find((one) => one.lane === handler)
        if (run) this.#checkRun(event, handler, run)
        else if (!this.#wasReplaced(event, handler)) ledger.violate(`${event.id} has no run of ${handler}`)
      }
      for (const [handler, since] of event.owed) {
        const run = runs.find((one) => one.lane === handler)
        const isReached = ledger
          .attemptsOf(event.id, handler)
          .some(({ end }) => end?.kind === "done" && end.at > since - 60_000)
        if (run?.status === "done" && !isReached) ledger.violate(`${event.id} was rerun and did not reach ${handler}`)
      }
    }
  }

  #checkRun(event: Promised, handler: string, run: RunRow): void {
    const { ledger } = this.#world
    const attempts = ledger.attemptsOf(event.id, handler)
    const name = `${event.id} ${handler}`
    const seen = (kind: string): boolean => attempts.some(({ end }) => end?.kind === kind)
    if (run.status === "done") {
      if (!seen("done")) ledger.violate(`${name} is done and was never completed`)
    } else if (run.status === "discarded") {
      if (!event.discardAsked) ledger.violate(`${name} is discarded and nobody asked for that`)
    } else if (run.status === "dead") {
      const { reason } = run
      if (reason === "gave_up" || reason === "payload_refused") {
        if (!seen(reason)) ledger.violate(`${name} is dead as ${reason} and the handler never said so`)
      } else if (reason === "body_erased") {
        if (!event.eraseAsked) ledger.violate(`${name} is dead as body_erased and nobody erased it`)
      } else if (reason === "handler_gone") {
        if (!seen("gone")) ledger.violate(`${name} is dead as handler_gone and its handler was there`)
      } else if (reason !== "attempts_exhausted") ledger.violate(`${name} is dead as ${String(reason)}`)
      if ((reason === "attempts_exhausted" || reason === "handler_gone") && run.attempts - run.before !== 8)
        ledger.violate(`${name} is dead after ${run.attempts - run.before} attempts`)
      if (attempts.length === 0 && reason !== "body_erased") ledger.violate(`${name} is dead and never started`)
    } else ledger.violate(`${name} is ${run.status} for ever`)
    if (attempts.length > 0 && run.attempts < attempts.at(-1)!.number) ledger.violate(`${name} forgot an attempt`)
    if (event.erasedInTurn !== undefined && run.history.includes("quotes its body")) {
      ledger.violate(`${name} was erased and quotes its body`)
    }
  }
}
