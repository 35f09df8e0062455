import type { HandlerCall, HandlerRunner, RunOutcome } from "../../src/inbox/inbox.ts"
import { CLAIM_MS, DEFAULT_CONCURRENCY, DELAYS_SECONDS, LEASE_MS } from "./limits.ts"
import type { Attempt, Ledger } from "./ledger.ts"
import { Gone, type Life, type Platform } from "./platform.ts"
import { readRun } from "./rows.ts"
import type { VirtualTime } from "./virtual-time.ts"

/** How handlers behave at the moment. */
export type Mood = "quick" | "mixed" | "fine" | "failing" | "hanging"

export const MOODS: readonly Mood[] = ["mixed", "mixed", "mixed", "fine", "fine", "failing", "hanging"]

/** An end is recorded twice if it must be, each time with the group and by itself. */
const FAULTS_TO_LOSE_AN_END = 4

/** How long to wait for a handler that asks for it. */
export const LATER_SECONDS = 700

/** How an attempt ends; `done` is the only kind whose effect happened. */
export type EndKind = "done" | "failed" | "killed" | "later" | "gave_up" | "payload_refused" | "gone" | "hung"

interface Ending {
  readonly ms: number
  readonly kind: EndKind
  /** Undefined if its isolate is killed: the call is rejected. */
  readonly outcome: RunOutcome | undefined
}

/** What a simulation brings to its handlers. */
export interface HandlersOptions {
  readonly time: VirtualTime
  readonly random: () => number
  readonly ledger: Ledger
  readonly platform: () => Platform
  readonly turn: () => number
  /** Whether the clock has stepped at a moment of true time, or later. */
  readonly hasStepped: (since: number) => boolean
  readonly note: (text: string) => void
}

/** The user's handlers: they fail, hang and answer late, and hold each start against what was promised. */
export class Handlers {
  /** The keys of the code that is deployed. */
  keys: readonly string[] = []
  readonly moods = new Map<string, Mood>()
  /** How many runs of a handler may be in flight, where it says so. */
  concurrency: Readonly<Record<string, number>> = {}
  /** The chance that the shard's question for that is not answered, or late. */
  deafness = 0
  readonly #options: HandlersOptions
  /** Handler → its attempts that have not ended. */
  readonly #open = new Map<string, Set<Attempt>>()

  constructor(options: HandlersOptions) {
    this.#options = options
  }

  /** Returns what runs the handlers of one life: those of the code that was deployed when it began. */
  runnerOf(life: Life): HandlerRunner {
    const { keys } = this
    return {
      concurrency: () => this.#answerConcurrency(),
      run: (call) => {
        if (life.isOver) throw new Gone("the object is gone")
        return this.#run(structuredClone(call), life, keys)
      },
    }
  }

  /**
   * Returns how many attempts of a handler are in flight, by their leases. Those of an earlier life count where the handler
   * has a limit of its own.
   */
  inFlight(handler: string, life: number): number {
    const open = this.#open.get(handler) ?? new Set()
    const isStrict = handler in this.concurrency
    for (const attempt of open) {
      if (this.#isOverdue(attempt) || (attempt.life < life && !isStrict)) open.delete(attempt)
    }
    return open.size
  }

  limitOf(handler: string): number {
    return this.concurrency[handler] ?? DEFAULT_CONCURRENCY
  }

  #answerConcurrency(): Promise<Readonly<Record<string, number>>> {
    const { time, random } = this.#options
    const isDeaf = random() < this.deafness
    return new Promise((resolve, reject) => {
      time.after(isDeaf ? 60_000 * random() : 2, "concurrency", () => {
        if (isDeaf && random() < 0.5) reject(new Error("the isolate was killed"))
        else resolve({ ...this.concurrency })
      })
    })
  }

  #isOverdue({ startedWall, startedAt }: Attempt): boolean {
    const { time, hasStepped } = this.#options
    // With another clock its lease has another end.
    if (hasStepped(startedAt - CLAIM_MS)) return true
    const lease = LEASE_MS - CLAIM_MS
    return time.wall() - startedWall >= lease || time.now - startedAt >= lease
  }

  #run(call: HandlerCall, life: Life, keys: readonly string[]): Promise<RunOutcome> {
    const { time, ledger, platform, note } = this.#options
    const text = new TextDecoder().decode(call.body)
    const id = text.slice(0, text.indexOf(" "))
    const { handler } = call
    note(`start ${id} ${handler} #${call.attempt}`)
    this.#checkStart(id, text, call, life.number)
    const attempt: Attempt = {
      id,
      handler,
      number: call.attempt,
      life: life.number,
      startedAt: time.now,
      startedWall: time.wall(),
      end: undefined,
      isRecorded: false,
    }
    ledger.attemptsOf(id, handler).push(attempt)
    this.#open.set(handler, (this.#open.get(handler) ?? new Set()).add(attempt))
    ledger.counts.attempts += 1
    const ending = keys.includes(handler) ? this.#ending(handler) : GONE
    // A handler has its own isolate: it may go on when the object has ended.
    const outlives = this.#options.random() < 0.5
    return new Promise((resolve, reject) => {
      if (ending.ms === Number.POSITIVE_INFINITY) return
      time.after(ending.ms, `${id} ${handler} #${call.attempt} ends`, () => {
        if (life.isOver && !outlives) return
        const { kind, outcome } = ending
        if (kind === "done") this.#checkCompletion(attempt)
        this.#open.get(handler)?.delete(attempt)
        attempt.end = {
          kind,
          at: time.now,
          wall: time.wall(),
          isHeard: !life.isOver,
          struck: platform().disk.struck,
        }
        if (!life.isOver) ledger.ended.push(attempt)
        note(`end ${id} ${handler} #${call.attempt}: ${kind}`)
        if (outcome) resolve(structuredClone(outcome))
        else reject(new Error("the isolate was killed"))
      })
    })
  }

  #ending(handler: string): Ending {
    const { random } = this.#options
    const mood = this.moods.get(handler) ?? "mixed"
    const ms = Math.ceil(random() ** 6 * 29_000)
    if (mood === "quick") return done(ms / 50)
    if (mood === "fine") return done(ms)
    if (mood === "failing") return FAILURES[Math.floor(random() * 3)]!(ms)
    if (mood === "hanging") return random() < 0.5 ? HUNG : done(41_000 + 80_000 * random())
    const pick = random()
    if (pick < 0.6) return done(ms)
    if (pick < 0.9) return FAILURES[Math.floor(random() * FAILURES.length)]!(ms)
    if (pick < 0.95) return HUNG
    // Its effect comes after its lease.
    return done(41_000 + 80_000 * random())
  }

  #checkStart(id: string, text: string, call: HandlerCall, life: number): void {
    const { handler, attempt: number, deliveryId } = call
    const { ledger, time, turn, hasStepped } = this.#options
    const name = `${id} ${handler} #${number}`
    const event = ledger.events.get(id)
    if (event?.body !== text || deliveryId !== `dlv_${id}`)
      ledger.violate(`${name} started with other bytes than were sent`)
    const pausedSince = ledger.paused.get(handler)
    if (pausedSince !== undefined && pausedSince < turn()) ledger.violate(`${name} started while its handler is paused`)
    if ((event?.erasedInTurn ?? Infinity) < turn()) ledger.violate(`${name} started after its body was erased`)
    const limit = this.limitOf(handler)
    if (this.inFlight(handler, life) >= limit) ledger.violate(`${name} started above ${limit} at once`)

    const last = ledger.attemptsOf(id, handler).at(-1)
    if (!last || (event?.rerunAskedAt ?? 0) >= last.startedAt) return
    if (number <= last.number) ledger.violate(`${name} started after attempt ${last.number}`)
    if (hasStepped(last.startedAt - CLAIM_MS)) return
    const leaseEnds = last.startedAt + LEASE_MS - CLAIM_MS
    if (!last.end && time.now < leaseEnds) ledger.violate(`${name} started while attempt ${last.number} was running`)
    // Whatever became of it, the first delay is the shortest; one that was recorded has the delay of its round.
    const before = readRun(this.#options.platform().disk, id, handler)?.before ?? 0
    const delay = DELAYS_SECONDS[Math.max(0, last.number - before - 1)]
    const canKnow = last.end?.isHeard && last.end.at - last.startedAt < LEASE_MS - CLAIM_MS && last.isRecorded
    if (!canKnow || delay === undefined || last.end!.kind === "later") return
    if (time.now - last.end!.at < 900 * delay) ledger.violate(`${name} started before its delay of ${delay} s was over`)
  }

  #checkCompletion(attempt: Attempt): void {
    const { ledger, platform, time } = this.#options
    const { id, handler } = attempt
    ledger.counts.completions += 1
    const earlier = ledger.attemptsOf(id, handler).filter((one) => one.end?.kind === "done" && one !== attempt)
    if (earlier.length > 0) ledger.counts.repeated += 1
    const rerunAskedAt = ledger.events.get(id)?.rerunAskedAt ?? 0
    for (const one of earlier) {
      if (rerunAskedAt >= one.startedAt) continue
      const timedOut = [one, attempt].some(
        ({ startedAt, end }) => (end?.at ?? time.now) - startedAt >= LEASE_MS - CLAIM_MS,
      )
      const hasStepped = this.#options.hasStepped(Math.min(one.startedAt, attempt.startedAt) - CLAIM_MS)
      const isExcused =
        timedOut ||
        hasStepped ||
        one.life !== attempt.life ||
        platform().disk.struck >= one.end!.struck + FAULTS_TO_LOSE_AN_END
      if ((one.isRecorded && !timedOut && !hasStepped) || !isExcused) {
        ledger.violate(`${id} ${handler} completed in attempts ${one.number} and ${attempt.number}`)
      }
    }
  }
}

const done = (ms: number): Ending => ({ ms, kind: "done", outcome: { kind: "done" } })
const GONE: Ending = { ms: 1, kind: "gone", outcome: { kind: "handler_gone" } }
const HUNG: Ending = { ms: Number.POSITIVE_INFINITY, kind: "hung", outcome: undefined }

const FAILURES: readonly ((ms: number) => Ending)[] = [
  (ms) => ({ ms, kind: "failed", outcome: { kind: "failed", error: "quotes its body" } }),
  () => ({ ms: 30_000, kind: "failed", outcome: { kind: "timed_out", error: "no end after 30000 ms" } }),
  (ms) => ({ ms, kind: "killed", outcome: undefined }),
  (ms) => ({ ms, kind: "later", outcome: { kind: "failed", error: "later", retryAfterSeconds: LATER_SECONDS } }),
  (ms) => ({ ms, kind: "gave_up", outcome: { kind: "dead", reason: "gave_up", error: "no" } }),
  (ms) => ({ ms, kind: "payload_refused", outcome: { kind: "dead", reason: "payload_refused", error: "no" } }),
]
