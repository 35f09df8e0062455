import { GroupCommit } from "../../src/attempts/group-commit.ts"
import type { InboxBindings } from "../../src/inbox/config.ts"
import { DEFAULT_BODY_DAYS, DEFAULT_ID_DAYS } from "../../src/inbox/retention.ts"
import type { HandlerRunner, InboxShard } from "../../src/inbox/inbox.ts"
import { createShard, type ShardDeps, type WakingShard } from "../../src/inbox/shard.ts"
import { createSpace } from "../../src/inbox/space.ts"
import { createMemoryDisk, type MemoryDisk } from "./memory-store.ts"
import type { LogEntry } from "./receiver.ts"

export const DAY_MS = 86_400_000

/** The parts of an inbox in memory. A part that is left out is as in the object. */
export interface MemoryShardOptions extends Partial<Pick<ShardDeps, "clock" | "random" | "retention" | "log">> {
  /** Every handler has the default concurrency unless it says otherwise. */
  readonly runner: Pick<HandlerRunner, "run"> & Partial<HandlerRunner>
  readonly maxBytes?: number
  readonly disk?: MemoryDisk
}

/** An inbox in memory, in place of the Durable Object. */
export interface MemoryShard extends WakingShard {
  readonly disk: MemoryDisk
  /** Rings the alarm now; false if none is set. */
  ring(): Promise<boolean>
  /** Restarts the object: what was not durable is lost, and later work of the old object is ignored. */
  crash(): Promise<void>
}

/** Copies values, as calls to an object do. */
function copying<Port extends object>(port: Port): Port {
  return new Proxy(port, {
    get: (target, name) => {
      const method = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>
      return async (...args: unknown[]) => structuredClone(await method(...structuredClone(args)))
    },
  })
}

/** The `InboxShard` port over maps: the same rules and the same group commit, no platform. */
export function createMemoryShard({
  disk = createMemoryDisk(),
  runner,
  maxBytes,
  ...options
}: MemoryShardOptions): MemoryShard {
  const open = (): WakingShard => {
    // After an object has died, the platform writes nothing of it.
    const life = { over: false }
    const guard = <Value>(work: () => Value): Value => {
      if (life.over) throw new Error("the object is gone")
      return work()
    }
    lives.push(life)
    const shard = createShard({
      store: disk.store,
      commits: new GroupCommit({
        transactionSync: (work) => guard(() => disk.transactionSync(work)),
        sync: async () => {
          await disk.sync()
          guard(() => {})
        },
      }),
      runner: copying({ concurrency: async () => ({}), ...runner }),
      space: createSpace(() => disk.bytes(), maxBytes),
      ensureWake: (at) => {
        if (!life.over) disk.ensureWake(at)
      },
      retention: { bodyMs: DEFAULT_BODY_DAYS * DAY_MS, idMs: DEFAULT_ID_DAYS * DAY_MS },
      clock: Date.now,
      random: Math.random,
      log: () => {},
      ...options,
    })
    // As the object's constructor does. If the disk fails, the alarm tries again.
    try {
      disk.transactionSync(() => shard.resume())
    } catch {
      disk.ensureWake((options.clock ?? Date.now)() + 60_000)
    }
    return shard
  }
  const lives: { over: boolean }[] = []
  let current = copying(open())

  return {
    disk,
    async ring() {
      if (!disk.takeAlarm()) return false
      await current.wake()
      return true
    },
    async crash() {
      for (const life of lives) life.over = true
      disk.crash()
      current = copying(open())
    },
    wake: async () => await current.wake(),
    resume: () => current.resume(),
    noteOpened: async (...args) => await current.noteOpened(...args),
    opened: async () => await current.opened(),
    open: async (...args) => await current.open(...args),
    kept: async () => await current.kept(),
    accept: async (...args) => await current.accept(...args),
    list: async (...args) => await current.list(...args),
    show: async (...args) => await current.show(...args),
    body: async (...args) => await current.body(...args),
    rerun: async (...args) => await current.rerun(...args),
    rerunMany: async (...args) => await current.rerunMany(...args),
    discard: async (...args) => await current.discard(...args),
    discardMany: async (...args) => await current.discardMany(...args),
    storage: async () => await current.storage(),
    setPaused: async (...args) => await current.setPaused(...args),
    erase: async (...args) => await current.erase(...args),
    stats: async () => await current.stats(),
  }
}

/** The binding of the inbox's objects, over inboxes in memory that are created on request. */
export interface MemoryInboxes {
  readonly namespace: NonNullable<InboxBindings["INBOXES"]>
  /** By the names that were asked for, with the jurisdiction in front if there is one. */
  readonly shards: ReadonlyMap<string, MemoryShard>
}

export function createMemoryInboxes(options: MemoryShardOptions): MemoryInboxes {
  const shards = new Map<string, MemoryShard>()
  const namespaceOf = (prefix: string) => ({
    getByName(name: string): InboxShard {
      const shard = shards.get(prefix + name) ?? createMemoryShard(options)
      shards.set(prefix + name, shard)
      return shard
    },
    jurisdiction: (name: string) => namespaceOf(`${name}/`),
  })
  return { namespace: namespaceOf("") as unknown as MemoryInboxes["namespace"], shards }
}

/** Waits until all work is done that waits for no timer. */
export const settle = async (): Promise<void> => {
  await new Promise((resolve) => {
    setTimeout(resolve)
  })
}

/** A log that a test can read. */
export function createLog(): { readonly lines: LogEntry[]; readonly log: (entry: LogEntry) => void } {
  const lines: LogEntry[] = []
  return { lines, log: (entry) => void lines.push(entry) }
}
