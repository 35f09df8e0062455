import { errorText } from "../core/log.ts"
import { BACKSTOP_MS, LEASE_MS, claim, nextRunAt, type Claimed, type InFlight, type Start } from "./claim.ts"
import type { Log } from "../events/handlers.ts"
import { finish, type Ended } from "./finish.ts"
import type { GroupCommit } from "./group-commit.ts"
import type { HandlerRunner, Run } from "./inbox.ts"
import { nextPruneAt, prune, pruneIfDue, type Retention } from "./prune.ts"
import type { InboxStore } from "./store.ts"

export interface DispatcherDeps {
  readonly store: InboxStore
  readonly commits: GroupCommit
  readonly runner: HandlerRunner
  /** Sees to it that the shard is woken at that time or before; part of the transaction that it is called in. */
  readonly ensureWake: (at: number) => void
  /** Undefined while the configuration is unsound: then no sweep goes on. */
  readonly retention: Retention | undefined
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** 0 to 1. */
  readonly random: () => number
  readonly log: Log
}

/** Starts the runs of a shard, and writes down how they end. */
export interface Dispatcher {
  /** Starts what is due, and sees to it that the shard is woken again; resolves once both are written. Never rejects. */
  wake(): Promise<void>
  /** Sees to it that the shard is woken when there is something to do; call it within a transaction that made it so. */
  planWake(now: number): void
}

/** What else a shard has to say in it. */
export interface DispatcherHooks {
  /** What else is written with a wake; returns what follows once that is durable. */
  readonly flushActivity: (now: number) => () => void
  /** Whether a Worker has named this handler lately. */
  readonly isNamed: (handler: string, now: number) => boolean
}

export function createDispatcher(deps: DispatcherDeps, { flushActivity, isNamed }: DispatcherHooks): Dispatcher {
  const { store, commits, runner, ensureWake, retention, clock, random, log } = deps
  const slots = createSlots()
  let waking: Promise<void> | undefined

  const planWake = (now: number): void => {
    // What waits may wait for a week, and its alarm must not hold up what is to be pruned meanwhile.
    for (const at of [nextRunAt(store, now, slots.at(now)), retention && nextPruneAt(store, retention)]) {
      if (at !== undefined) ensureWake(Math.max(at, now))
    }
  }

  const reportFailure = (error: unknown): void => {
    log({ level: "error", message: "the inbox could not write", error: errorText(error) })
    ensureWake(clock() + BACKSTOP_MS)
  }

  /** Makes one attempt. */
  const attempt = async (one: Start): Promise<Ended> => {
    const { place, call } = one
    const startedAt = clock()
    // Its time begins now: making the claim durable may have taken a part of its lease.
    slots.take(one, startedAt + LEASE_MS)
    const outcome = await runOutcome(runner, call)
    slots.release(one)
    const now = clock()
    const isEarly = outcome.kind === "handler_gone" && isNamed(call.handler, now)
    return {
      place,
      handler: call.handler,
      attempt: call.attempt,
      outcome: isEarly ? { kind: "handler_not_here_yet" } : outcome,
      ms: now - startedAt,
    }
  }

  const record = async (ended: Ended): Promise<void> => {
    const { place, handler, attempt: number, ms } = ended
    const { run, event } = await commits.run(() => {
      const now = clock()
      // Read first: what ends may be pruned at once.
      const row = store.getEvent(place)
      const written = finish(store, ended, now, random())
      if (written?.nextAt === null) pruneIfDue(store, place)
      planWake(now)
      return { run: written, event: row }
    })
    if (run) report(log, event?.dedupeKey, run)
    // Its effect may be there twice: another attempt was made meanwhile.
    else
      log({
        level: "warn",
        message: "a run ended after its lease",
        event_id: event?.dedupeKey,
        handler,
        attempt: number,
        ms,
      })
  }

  const start = async (one: Start): Promise<void> => {
    try {
      const ended = await attempt(one)
      // What could not be written down would run again: it is worth a second try.
      await record(ended).catch(() => record(ended))
    } catch (error) {
      reportFailure(error)
    }
  }

  const wakeOnce = async (): Promise<void> => {
    let claimed: Claimed = NOTHING
    const release = (): void => {
      for (const one of claimed.starts) slots.release(one)
    }
    try {
      const { lost, activityFlushed } = await commits.run(() => {
        // From here on, what becomes due needs another wake.
        waking = undefined
        // A group that cannot be written runs its work again.
        release()
        const now = clock()
        const kept = flushActivity(now)
        if (retention) prune(store, now, retention)
        claimed = claim(store, now, slots.at(now), random)
        for (const one of claimed.starts) slots.take(one, Number.POSITIVE_INFINITY)
        planWake(now)
        return { lost: claimed.lost, activityFlushed: kept }
      })
      activityFlushed()
      for (const { event, run } of lost) report(log, event, run)
    } catch (error) {
      waking = undefined
      release()
      reportFailure(error)
      return
    }
    for (const one of claimed.starts) void start(one)
  }

  return {
    planWake,
    wake: () => (waking ??= wakeOnce()),
  }
}

const NOTHING: Claimed = { starts: [], lost: [] }

const keyOf = (place: number, handler: string): string => `${place} ${handler}`

/** The attempts that are in flight, and what they take. */
function createSlots(): {
  /** @param until When it is given up if nobody has heard of it, in milliseconds since 1970. */
  take(start: Start, until: number): void
  release(start: Start): void
  at(now: number): InFlight
} {
  const taken = new Map<string, { handler: string; attempt: number; bytes: number; until: number }>()
  return {
    take({ place, call: { handler, attempt, body } }, until) {
      taken.set(keyOf(place, handler), { handler, attempt, bytes: body.length, until })
    },
    release({ place, call: { handler, attempt } }) {
      // A later attempt of the run may have its slot by now: this one was given up.
      if (taken.get(keyOf(place, handler))?.attempt === attempt) taken.delete(keyOf(place, handler))
    },
    at(now) {
      const held = [...taken.values()].filter(({ until }) => until > now)
      const busy = new Map<string, number>()
      for (const { handler } of held) busy.set(handler, (busy.get(handler) ?? 0) + 1)
      return {
        has: (place, handler) => (taken.get(keyOf(place, handler))?.until ?? 0) > now,
        busy,
        bytes: held.reduce((sum, { bytes }) => sum + bytes, 0),
      }
    },
  }
}

/** How an attempt ended; a rejection is the platform's: the handler's isolate was killed, or never reached. */
async function runOutcome(runner: HandlerRunner, call: Start["call"]): Promise<Ended["outcome"]> {
  try {
    return await runner.run(call)
  } catch (error) {
    return { kind: "lost", error: errorText(error) }
  }
}

/** A line for whoever has to know that an attempt failed. What the handler threw is its own text, and it is cut. */
function report(log: Log, event: string | undefined, run: Run): void {
  if (run.status === "done") return
  const isDead = run.status === "dead"
  const last = run.history.at(-1)
  log({
    level: isDead ? "error" : "warn",
    message: isDead ? "run is dead" : "run failed",
    event_id: event,
    handler: run.handler,
    attempt: run.attempts,
    outcome: last?.outcome,
    reason: run.reason ?? undefined,
    error: last?.error,
    ms: last?.ms,
  })
}
