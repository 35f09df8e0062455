import { BACKSTOP_MS } from "./claim.ts"
import { accept, fitsRow } from "./accept.ts"
import { createActivityCount } from "./activity.ts"
import { createDispatcher, type DispatcherDeps } from "./dispatcher.ts"
import type { InboxShard } from "./inbox.ts"
import { erase, list, rerun, rerunDead, show } from "./operate.ts"
import { nextPlace, timeOf } from "./place.ts"
import type { InboxStore } from "./store.ts"

/** A busy object may go on with old code for five minutes after a deployment. A key that a Worker has named since is not gone. */
export const DEPLOYMENT_MS = 600_000

/** What a shard is made of: a store, a way to commit, a way to run handlers. */
export type ShardDeps = DispatcherDeps

/** A shard, and what its platform calls. */
export interface WakingShard extends InboxShard {
  /** Starts what is due, and sees to it that it is woken again; resolves once both are written. Never rejects. */
  wake(): Promise<void>
}

/** The inbox's rules, whatever the platform. */
export function createShard(deps: ShardDeps): WakingShard {
  const { store, commits, ensureWake, clock } = deps
  const activity = createActivityCount()
  /** Handler → when a Worker named it last. In memory only: new code begins with an empty one. */
  const named = new Map<string, number>()
  const name = (handlers: readonly string[], now: number): void => {
    for (const handler of handlers) named.set(handler, now)
  }
  const dispatcher = createDispatcher(deps, {
    flushActivity: (now) => activity.keep(store, now),
    isNamed: (handler, now) => now - (named.get(handler) ?? 0) < DEPLOYMENT_MS,
  })
  /** What never changes once it is written is read once. */
  let opened: { readonly shards: number; readonly index: number } | undefined
  /** The last place that was given; some of them end up without an event. */
  let lastPlace: number | undefined

  /** What an operator changes; it may have made something due. */
  const change = async <Value>(work: (now: number) => Value): Promise<Value> => {
    const value = await commits.run(() => {
      const now = clock()
      const result = work(now)
      dispatcher.planWake(now)
      return result
    })
    void dispatcher.wake()
    return value
  }

  return {
    wake: () => dispatcher.wake(),

    async open(shards, index) {
      return await commits.run(() => {
        const kept = store.getFact("shards")
        if (kept !== undefined) return kept
        store.setFact("shards", shards)
        store.setFact("index", index)
        return shards
      })
    },

    kept: async () => store.getFact("shards"),

    async accept(delivery, shards) {
      if (!fitsRow(delivery)) return { kind: "too_large" }
      if (!commits.hasRoom(delivery.body.length)) return { kind: "full" }
      opened ??= readOpened(store)
      if (opened?.shards !== shards) return { kind: "other_shards", kept: opened?.shards }
      const now = clock()
      const place = nextPlace(lastPlace ?? readLastPlace(store), now, opened.index)
      lastPlace = place
      name(delivery.handlers ?? [], now)
      const hasRuns = delivery.handlers !== undefined && delivery.handlers.length > 0
      const accepted = await commits.run(() => {
        const result = accept(store, delivery, place)
        // An ignored event is in an index of its own, and an accept writes three rows at most, the alarm's among them.
        if (result.kind === "accepted") ensureWake(now + BACKSTOP_MS)
        return result
      }, delivery.body.length)
      // In the minute that it is now: the one that it came in may be written down by this time.
      activity.note(clock(), accepted.kind === "duplicate" ? "duplicates" : "accepted", delivery.secretId)
      // One without runs can wait for the alarm: all there is to do is to prune it in time.
      if (accepted.kind === "ignored" || (accepted.kind === "accepted" && hasRuns)) void dispatcher.wake()
      return accepted
    },

    list: async (filter) => list(store, filter),
    show: async (source, dedupeKey) => show(store, source, dedupeKey),

    async body(source, dedupeKey) {
      const event = store.findEvent(source, dedupeKey)
      return event && store.getBody(event.place)
    },

    async rerun(wanted) {
      name(wanted.keys, clock())
      return await change((now) => rerun(store, wanted, now))
    },

    async rerunDead(wanted) {
      if (wanted.dryRun) return rerunDead(store, wanted, clock())
      name(wanted.keys, clock())
      return await change((now) => rerunDead(store, wanted, now))
    },

    setPaused: async (handler, paused) => await change(() => store.setPaused(handler, paused)),

    erase: async (source, dedupeKey) => await change(() => erase(store, source, dedupeKey)),

    async stats() {
      const oldest = store.oldestWaiting()
      return {
        counts: store.countEvents(),
        oldestWaitingAt: oldest && timeOf(oldest),
        lastHour: activity.lastHour(store, clock()),
        paused: store.pausedHandlers(),
      }
    },
  }
}

/** After all that was ever taken: what was pruned had begun, and the clock may have been ahead then. */
const readLastPlace = (store: InboxStore): number => Math.max(store.lastPlace(), store.getFact("begun") ?? 0)

function readOpened(store: InboxStore): { readonly shards: number; readonly index: number } | undefined {
  const shards = store.getFact("shards")
  return shards === undefined ? undefined : { shards, index: store.getFact("index") ?? 0 }
}
