import { errorText } from "../core/error-text.ts"
import { BACKSTOP_MS, LEASE_MS } from "../core/limits.ts"
import type { Log } from "../events/handlers.ts"
import { claim, nextRunAt, type Busy, type Start } from "./claim.ts"
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
  /** Undefined while the configuration is unsound: then nothing is pruned. */
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
  /** What else is written with a wake. */
  readonly keepHouse: (now: number) => void
  /** Whether a Worker has named this handler lately. */
  readonly isNamed: (handler: string, now: number) => boolean
}

export function createDispatcher(deps: DispatcherDeps, { keepHouse, isNamed }: DispatcherHooks): Dispatcher {
  const { store, commits, runner, ensureWake, retention, clock, random, log } = deps
  const slots = createSlots()
  let waking: Promise<void> | undefined

  const planWake = (now: number): void => {
    // A wake prunes, too: by itself that is a reason only where nothing waits.
    const at = nextRunAt(store, now, slots.busy(now)) ?? (retention && nextPruneAt(store, retention))
    if (at !== undefined) ensureWake(Math.max(at, now))
  }

  const tryAgain = (error: unknown): void => {
    log({ level: "error", message: "the inbox could not write: it tries again", error: errorText(error) })
    ensureWake(clock() + BACKSTOP_MS)
  }

  /** Makes one attempt. */
  const attempt = async ({ place, call }: Start): Promise<Ended> => {
    const startedAt = clock()
    const outcome = await runOutcome(runner, call)
    slots.release({ place, call })
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

  const start = async (one: Start): Promise<void> => {
    try {
      const ended = await attempt(one)
      const written = await commits.run(() => {
        const now = clock()
        const run = finish(store, ended, now, random())
        if (run?.nextAt === null) pruneIfDue(store, one.place)
        planWake(now)
        return run && { run, event: store.getEvent(one.place)?.dedupeKey }
      })
      if (written && written.run.status !== "done") log(toLogLine(ended, written))
    } catch (error) {
      tryAgain(error)
    }
  }

  const wakeOnce = async (): Promise<void> => {
    let starts: readonly Start[] = []
    try {
      await commits.run(() => {
        // From here on, what becomes due needs another wake.
        waking = undefined
        // A group that cannot be written runs its work again.
        for (const one of starts) slots.release(one)
        const now = clock()
        keepHouse(now)
        if (retention) prune(store, now, retention)
        starts = claim(store, now, slots.busy(now))
        for (const one of starts) slots.take(one, now)
        planWake(now)
      })
    } catch (error) {
      waking = undefined
      for (const one of starts) slots.release(one)
      tryAgain(error)
      return
    }
    for (const one of starts) void start(one)
  }

  return {
    planWake,
    wake: () => (waking ??= wakeOnce()),
  }
}

const keyOf = ({ place, call }: Start): string => `${place} ${call.handler}`

/** The attempts that are in flight, and the slots that they take from their handlers. */
function createSlots(): {
  take(start: Start, now: number): void
  release(start: Start): void
  busy(now: number): Busy
} {
  const inFlight = new Map<string, { handler: string; attempt: number; leaseEndsAt: number }>()
  return {
    take(start, now) {
      const { handler, attempt } = start.call
      inFlight.set(keyOf(start), { handler, attempt, leaseEndsAt: now + LEASE_MS })
    },
    release(start) {
      // A later attempt of the run may have its slot by now: this one was given up.
      if (inFlight.get(keyOf(start))?.attempt === start.call.attempt) inFlight.delete(keyOf(start))
    },
    busy(now) {
      const counts = new Map<string, number>()
      for (const { handler, leaseEndsAt } of inFlight.values()) {
        // One that nobody hears of holds its slot no longer than its lease, or its handler would stand still for ever.
        if (leaseEndsAt > now) counts.set(handler, (counts.get(handler) ?? 0) + 1)
      }
      return counts
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

/** A line for whoever has to know; what the handler threw is its own text, and it is cut. */
function toLogLine(
  { handler, attempt, outcome, ms }: Ended,
  { run, event }: { readonly run: Run; readonly event: string | undefined },
): Record<string, unknown> {
  const isDead = run.status === "dead"
  return {
    level: isDead ? "error" : "warn",
    message: isDead ? "run is dead" : "run failed",
    event_id: event,
    handler,
    attempt,
    outcome: outcome.kind,
    reason: run.reason ?? undefined,
    error: "error" in outcome ? outcome.error : undefined,
    ms,
  }
}
