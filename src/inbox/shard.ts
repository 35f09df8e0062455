import { errorText } from "../core/error-text.ts"
import { BACKSTOP_MS } from "../core/limits.ts"
import type { Log } from "../events/handlers.ts"
import { accept, fitsRow } from "./accept.ts"
import { createActivityCount } from "./activity.ts"
import { claim, nextRunAt, type Start } from "./claim.ts"
import { finish, type Ended } from "./finish.ts"
import type { GroupCommit } from "./group-commit.ts"
import type { HandlerCall, HandlerRunner, InboxShard } from "./inbox.ts"
import { erase, list, rerun, rerunDead, show } from "./operate.ts"
import { nextPruneAt, prune, pruneIfDue, type Retention } from "./prune.ts"
import { nextPlace } from "./place.ts"
import type { InboxStore } from "./store.ts"

/** What a shard is made of. */
export interface ShardDeps {
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

function readOpened(store: InboxStore): { readonly shards: number; readonly index: number } | undefined {
  const shards = store.getFact("shards")
  return shards === undefined ? undefined : { shards, index: store.getFact("index") ?? 0 }
}

/** How an attempt ended; a rejection is the platform's: the handler's isolate was killed, or never reached. */
async function runOutcome(runner: HandlerRunner, call: HandlerCall): Promise<Ended["outcome"]> {
  try {
    return await runner.run(call)
  } catch (error) {
    return { kind: "lost", error: errorText(error) }
  }
}

/** A shard, and what its platform calls. */
export interface WakingShard extends InboxShard {
  /** Starts what is due, and sees to it that it is woken again; resolves once both are written. Never rejects. */
  wake(): Promise<void>
}

/** The inbox's rules over a store, a way to commit, and a way to run handlers. */
export function createShard(deps: ShardDeps): WakingShard {
  const { store, commits, runner, ensureWake, retention, clock, random, log } = deps
  const activity = createActivityCount()
  /** Run → its attempt that is in flight. */
  const inFlight = new Map<string, { handler: string; attempt: number }>()
  let waking: Promise<void> | undefined
  /** What never changes once it is written is read once. */
  let opened: { readonly shards: number; readonly index: number } | undefined
  /** The last place that was given; some of them end up without an event. */
  let lastPlace: number | undefined

  const busy = (): ReadonlyMap<string, number> => {
    const counts = new Map<string, number>()
    for (const { handler } of inFlight.values()) counts.set(handler, (counts.get(handler) ?? 0) + 1)
    return counts
  }

  const planWake = (now: number): void => {
    const times = [nextRunAt(store, now, busy()), retention && nextPruneAt(store, retention)]
    const at = Math.min(...times.filter((time) => time !== undefined))
    // Pruning has no hurry: a step, then what is due, then a step.
    if (Number.isFinite(at)) ensureWake(Math.max(at, now))
  }

  const start = async ({ place, call }: Start): Promise<void> => {
    const { handler, attempt } = call
    const key = `${place} ${handler}`
    const startedAt = clock()
    inFlight.set(key, { handler, attempt })
    const outcome = await runOutcome(runner, call)
    // A later attempt may be in flight by now: this one was given up.
    if (inFlight.get(key)?.attempt === attempt) inFlight.delete(key)
    await end({ place, handler, attempt, outcome, ms: clock() - startedAt })
  }

  const end = async (ended: Ended): Promise<void> => {
    const now = clock()
    const run = await commits.run(() => {
      const written = finish(store, ended, now, random())
      if (written?.nextAt === null) pruneIfDue(store, ended.place)
      planWake(now)
      return written
    })
    if (run && run.status !== "done") log({ level: run.status === "dead" ? "error" : "warn", ...toRunLine(ended, run) })
  }

  const toRunLine = (
    { place, handler, attempt, outcome, ms }: Ended,
    run: { status: string; reason: string | null },
  ) => ({
    message: run.status === "dead" ? "run is dead" : "run failed",
    event_id: store.getEvent(place)?.dedupeKey,
    handler,
    attempt,
    outcome: outcome.kind,
    reason: run.reason ?? undefined,
    ms,
  })

  const claimAndPlan = (): readonly Start[] => {
    waking = undefined
    const now = clock()
    activity.keep(store, now)
    if (retention) prune(store, now, retention)
    const starts = claim(store, now, busy())
    planWake(now)
    return starts
  }

  const wake = (): Promise<void> => (waking ??= commits.run(claimAndPlan).then(startAll, failToWake))

  const startAll = (starts: readonly Start[]): void => {
    for (const one of starts) start(one).catch(failToWake)
  }

  const failToWake = (error: unknown): void => {
    waking = undefined
    log({ level: "error", message: "the inbox could not write: it tries again", error: errorText(error) })
    ensureWake(clock() + BACKSTOP_MS)
  }

  /** What an operator changes; it may have made something due. */
  const change = async <Value>(work: (now: number) => Value): Promise<Value> => {
    const value = await commits.run(() => {
      const now = clock()
      const result = work(now)
      planWake(now)
      return result
    })
    void wake()
    return value
  }

  return {
    wake,

    async open(shards, index) {
      return await commits.run(() => {
        const kept = store.getFact("shards")
        if (kept !== undefined) return kept
        store.setFact("shards", shards)
        store.setFact("index", index)
        return shards
      })
    },

    async accept(delivery, shards) {
      if (!fitsRow(delivery)) return { kind: "too_large" }
      if (!commits.hasRoom(delivery.body.length)) return { kind: "full" }
      const now = clock()
      opened ??= readOpened(store)
      if (opened?.shards !== shards) return { kind: "other_shards", kept: opened?.shards }
      lastPlace = nextPlace(lastPlace ?? store.lastPlace(), now, opened.index)
      const place = lastPlace
      const hasRuns = delivery.handlers !== undefined && delivery.handlers.length > 0
      const accepted = await commits.run(() => {
        const result = accept(store, delivery, place)
        if (result.kind === "accepted" && hasRuns) ensureWake(now + BACKSTOP_MS)
        return result
      }, delivery.body.length)
      activity.note(now, accepted.kind === "duplicate" ? "duplicates" : "accepted", delivery.secretId)
      if (accepted.kind === "accepted" && hasRuns) void wake()
      return accepted
    },

    list: async (filter) => list(store, filter),
    show: async (source, dedupeKey) => show(store, source, dedupeKey),

    async body(source, dedupeKey) {
      const event = store.findEvent(source, dedupeKey)
      return event && store.getBody(event.place)
    },

    async rerun(wanted) {
      return await change((now) => rerun(store, wanted, now))
    },

    async rerunDead(type, keys, limit, dryRun) {
      return await change((now) => rerunDead(store, { type, keys, limit, dryRun }, now))
    },

    async setPaused(handler, paused) {
      await change(() => store.setPaused(handler, paused))
    },

    erase: async (source, dedupeKey) => await change(() => erase(store, source, dedupeKey)),

    async stats() {
      const waiting = store.waitingHandlers().map(({ nextAt }) => nextAt)
      return {
        counts: store.countEvents(),
        oldestWaitingAt: waiting.length > 0 ? Math.min(...waiting) : undefined,
        lastHour: activity.lastHour(store, clock()),
        paused: store.pausedHandlers(),
      }
    },
  }
}
