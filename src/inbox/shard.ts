import { BACKSTOP_MS } from "../attempts/claim.ts"
import { createDispatcher, type Chore, type DispatcherDeps } from "../attempts/dispatcher.ts"
import { errorText } from "../core/error-text.ts"
import { accept, findDuplicate, MAX_ROW_BYTES, rowBytes } from "./accept.ts"
import { createActivityCount } from "./activity.ts"
import { createHandlerLanes, type HandlerPayload } from "./handler-lane.ts"
import type { HandlerRunner, InboxShard } from "./inbox.ts"
import { discardMany, rerunMany } from "./bulk.ts"
import { discard, erase, list, rerun, show } from "./operate.ts"
import { nextPruneAt, prune, type Retention } from "./prune.ts"
import { nextSequence, timeOf } from "./sequence.ts"
import type { Space } from "./space.ts"
import type { InboxStore } from "./store.ts"

/** Dependencies of a shard: a store, a way to commit, a way to run handlers. */
export interface ShardDeps extends Pick<
  DispatcherDeps<HandlerPayload>,
  "commits" | "ensureWake" | "clock" | "random" | "log"
> {
  readonly store: InboxStore
  readonly runner: HandlerRunner
  readonly space: Space
  /** Undefined while its variables are invalid: then nothing is pruned, because pruning cannot be undone. */
  readonly retention: Retention | undefined
}

/** A shard, with the method that its platform calls. */
export interface WakingShard extends InboxShard {
  /** Takes over the running attempts of an earlier object, and plans the first wake. Call it once, within a transaction. */
  resume(): void
}

/** The inbox's rules, on any platform. */
export function createShard(deps: ShardDeps): WakingShard {
  const { store, commits, runner, space, retention, ensureWake, clock, log } = deps
  const activity = createActivityCount(clock())
  const lanes = createHandlerLanes(store, runner, (handler, isDone) => activity.noteAttempt(clock(), handler, isDone))
  const chores: Chore[] = [
    ...(retention
      ? [
          toChore(
            () => nextPruneAt(store, retention),
            (now) => prune(store, now, retention),
          ),
        ]
      : []),
    { isDue: (now) => activity.isDue(now), run: (now) => activity.flush(store, now), nextAt: () => undefined },
  ]
  const dispatcher = createDispatcher({ ...deps, workload: lanes, chores, isShort: () => space.isShort() })
  /** Read once, because it never changes after it is written. */
  let opened: { readonly shards: number; readonly index: number } | undefined
  /** The last sequence that was assigned. A duplicate leaves its sequence without an event. */
  let lastSequence: number | undefined

  const wake = async (): Promise<void> => {
    try {
      await lanes.learn()
    } catch (error) {
      // One run of each handler at a time is within any limit.
      log({ level: "error", message: "the handlers' limits could not be read", error: errorText(error) })
    }
    await dispatcher.wake()
  }

  /** Runs an operator's change, which may have made something due. */
  const change = async <Value>(work: (now: number) => Value): Promise<Value> => {
    const value = await commits.run(() => {
      const now = clock()
      const result = work(now)
      dispatcher.planWake(now)
      return result
    })
    void wake()
    return value
  }

  return {
    resume: () => dispatcher.resume(),
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

    async noteOpened(shard) {
      await commits.run(() => store.addOpenedShard(shard))
    },

    kept: async () => store.getFact("shards"),
    opened: async () => store.openedShards(),

    async accept(delivery, shards) {
      const { handlers = [] } = delivery
      const bytes = rowBytes(delivery)
      if (bytes > MAX_ROW_BYTES) return { kind: "too_large" }
      if (!commits.hasRoom(bytes)) return { kind: "full" }
      opened ??= readOpened(store)
      if (opened?.shards !== shards) return { kind: "other_shards", kept: opened?.shards }
      // If the event is stored, the sender must get 200, or it would go on sending.
      if (!space.hasRoom(commits.waitingBytes + bytes)) {
        if (!store.findEvent(delivery.source, delivery.dedupeKey)) return { kind: "no_space" }
        // Answered with the next commit: the first copy may be written, and not durable yet.
        return await commits.run(() => findDuplicate(store, delivery) ?? { kind: "no_space" }, bytes)
      }
      const now = clock()
      const sequence = nextSequence(lastSequence ?? readLastSequence(store), now, opened.index)
      lastSequence = sequence
      const accepted = await commits.run(() => {
        const result = accept(store, delivery, sequence)
        // Not for an unhandled event: it enters one more index, and an accept writes at most three rows, alarm included.
        if (result.kind === "accepted" && handlers.length > 0) ensureWake(now + BACKSTOP_MS)
        return result
      }, bytes)
      // Counted in the current minute: the minute of its arrival may have been written already.
      activity.noteDelivery(clock(), delivery, accepted.kind !== "duplicate")
      if (accepted.kind !== "duplicate") void wake()
      return accepted
    },

    list: async (filter) => list(store, filter),
    show: async (source, dedupeKey) => show(store, source, dedupeKey),

    async body(source, dedupeKey) {
      const event = store.findEvent(source, dedupeKey)
      return event && store.getBody(event.sequence)
    },

    rerun: async (wanted) => await change((now) => rerun(store, wanted, now)),

    async rerunMany(wanted) {
      if (wanted.dryRun) return rerunMany(store, wanted, clock())
      return await change((now) => rerunMany(store, wanted, now))
    },

    discard: async (wanted) => await change(() => discard(store, wanted)),

    async discardMany(wanted) {
      return wanted.dryRun ? discardMany(store, wanted) : await change(() => discardMany(store, wanted))
    },

    setPaused: async (handler, paused) => await change(() => store.setPaused(handler, paused)),

    erase: async (source, dedupeKey) => await change(() => erase(store, source, dedupeKey)),

    async stats() {
      const oldest = store.oldestWaiting()
      const now = clock()
      return {
        counts: store.countEvents(),
        oldestWaitingAt: oldest && timeOf(oldest),
        lastHour: activity.lastHour(store, now),
        countedSince: activity.countedSince(now),
        runs: store.countRuns(),
        types: store.countTypes(),
        paused: store.pausedLanes(),
        storage: space.stats(),
      }
    },

    storage: async () => space.stats(),
  }
}

/** Makes a chore that is due at `nextAt`. */
const toChore = (nextAt: () => number | undefined, work: (now: number) => void): Chore => ({
  isDue: (now) => (nextAt() ?? Number.POSITIVE_INFINITY) <= now,
  run(now) {
    work(now)
    return () => {}
  },
  nextAt,
})

/** The highest sequence ever assigned. Pruned events left no row, so `begun` counts too. */
const readLastSequence = (store: InboxStore): number => Math.max(store.lastSequence(), store.getFact("begun") ?? 0)

function readOpened(store: InboxStore): { readonly shards: number; readonly index: number } | undefined {
  const shards = store.getFact("shards")
  return shards === undefined ? undefined : { shards, index: store.getFact("index") ?? 0 }
}
