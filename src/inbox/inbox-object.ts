import { DurableObject } from "cloudflare:workers"
import { GroupCommit } from "../attempts/group-commit.ts"
import { errorText } from "../core/error-text.ts"
import { writeLine } from "../core/log.ts"
import { migrate } from "../core/migrate.ts"
import { INBOX_SCHEMA } from "./inbox-schema.ts"
import type {
  Accepted,
  EventFilter,
  HandlerRunner,
  InboxDelivery,
  InboxShard,
  Rerun,
  BulkDiscard,
  BulkRerun,
  Discard,
} from "./inbox.ts"
import { parseRetention, type RetentionBindings } from "./retention.ts"
import { createShard, type WakingShard } from "./shard.ts"
import { createSpace, parseMaxShardBytes, type SpaceBindings } from "./space.ts"
import { createSqlInboxStore } from "./sql-store.ts"

/** Delay before a failed set-up is tried again. It fails, for example, if newer code has written the tables. */
export const SETUP_RETRY_MS = 60_000

/**
 * A stored alarm that is overdue by more than this is lost. The platform retries a failed alarm six times, for about two
 * minutes, and then leaves its time in the storage.
 */
export const ALARM_OVERDUE_MS = 600_000

/** Finds the entrypoint that runs handlers, as the Worker's main module exports it. */
function findRunner(exports: unknown): HandlerRunner {
  const { HandlerRuns } = exports as { readonly HandlerRuns?: HandlerRunner }
  if (HandlerRuns) return HandlerRuns
  throw new Error("the Worker's main module must export HandlerRuns = createHandlerRuns(handlers)")
}

/** One shard of the inbox, in a Durable Object with SQLite storage. Its rules are those of `createShard`. */
export class Inbox extends DurableObject<RetentionBindings & SpaceBindings> implements InboxShard {
  /** When the alarm rings, in milliseconds since 1970. */
  #alarmAt: number | undefined
  #shard: WakingShard | undefined
  /** Why the set-up failed. */
  #refusal: unknown

  /** Never throws: an object that cannot be constructed sets no alarm, and its events wait until a request comes. */
  constructor(ctx: DurableObjectState, env: RetentionBindings & SpaceBindings) {
    super(ctx, env)
    void ctx.blockConcurrencyWhile(async () => {
      this.#alarmAt = await ctx.storage.getAlarm().then(
        (at) => at ?? undefined,
        () => undefined,
      )
      if (!this.#isNew()) this.#setUp()
    })
  }

  /** Returns whether nothing was ever stored. An unused shard has no tables and no alarm. */
  #isNew(): boolean {
    try {
      return (
        this.ctx.storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'schema_version'").toArray().length === 0
      )
    } catch {
      return false
    }
  }

  #setUp(): void {
    try {
      this.ctx.storage.transactionSync(() => migrate(this.ctx.storage.sql, INBOX_SCHEMA))
      const shard = this.#createShard()
      this.#transact(() => shard.resume())
      this.#shard = shard
    } catch (error) {
      this.#refusal = error
      writeLine({ level: "error", message: "the shard could not be set up", error: errorText(error) })
      this.#ensureAlarm(Date.now() + SETUP_RETRY_MS)
    }
  }

  #createShard(): WakingShard {
    const { storage, exports } = this.ctx
    const retention = parseRetention(this.env)
    const maxBytes = parseMaxShardBytes(this.env)
    const space = createSpace(() => storage.sql.databaseSize, maxBytes.ok ? maxBytes.value : undefined)
    return createShard({
      store: createSqlInboxStore(storage.sql, () => space.isNearlyFull()),
      commits: new GroupCommit({
        transactionSync: (work) => this.#transact(work),
        sync: () => storage.sync(),
      }),
      runner: findRunner(exports),
      ensureWake: (at) => this.#ensureAlarm(at),
      retention: retention.ok ? retention.value : undefined,
      space,
      clock: Date.now,
      random: Math.random,
      log: writeLine,
    })
  }

  /** Runs a transaction. A rollback also undoes its alarm. */
  #transact<Value>(work: () => Value): Value {
    const before = this.#alarmAt
    try {
      return this.ctx.storage.transactionSync(work)
    } catch (error) {
      this.#alarmAt = before
      throw error
    }
  }

  /** Sets the alarm, unless the one that is set rings early enough: each one that is set is billed as a row. */
  #ensureAlarm(at: number): void {
    const set = this.#alarmAt
    if (set !== undefined && set <= at && set > Date.now() - ALARM_OVERDUE_MS) return
    this.#alarmAt = at
    // This fails in a broken object, and so does its next request. Then the cron trigger wakes it.
    this.ctx.storage.setAlarm(at).catch(() => {})
  }

  get #ready(): WakingShard {
    if (!this.#shard) this.#setUp()
    if (this.#shard) return this.#shard
    throw this.#refusal
  }

  /** Never throws: after six failed tries the platform would give up on the alarm. */
  override async alarm(): Promise<void> {
    this.#alarmAt = undefined
    await this.wake()
  }

  async wake(): Promise<void> {
    if (!this.#shard && !this.#isNew()) this.#setUp()
    await this.#shard?.wake()
  }

  async kept(): Promise<number | undefined> {
    return this.#isNew() ? undefined : await this.#ready.kept()
  }

  async opened(): Promise<readonly number[]> {
    return this.#isNew() ? [] : await this.#ready.opened()
  }

  async noteOpened(shard: number): Promise<void> {
    await this.#ready.noteOpened(shard)
  }

  async open(shards: number, index: number): Promise<number> {
    return await this.#ready.open(shards, index)
  }

  async accept(delivery: InboxDelivery, shards: number): Promise<Accepted> {
    return await this.#ready.accept(delivery, shards)
  }

  async list(filter: EventFilter): ReturnType<InboxShard["list"]> {
    return await this.#ready.list(filter)
  }

  async show(source: string, dedupeKey: string): ReturnType<InboxShard["show"]> {
    return await this.#ready.show(source, dedupeKey)
  }

  async body(source: string, dedupeKey: string): ReturnType<InboxShard["body"]> {
    return await this.#ready.body(source, dedupeKey)
  }

  async rerun(rerun: Rerun): ReturnType<InboxShard["rerun"]> {
    return await this.#ready.rerun(rerun)
  }

  async rerunMany(wanted: BulkRerun): ReturnType<InboxShard["rerunMany"]> {
    return await this.#ready.rerunMany(wanted)
  }

  async discard(wanted: Discard): ReturnType<InboxShard["discard"]> {
    return await this.#ready.discard(wanted)
  }

  async discardMany(wanted: BulkDiscard): ReturnType<InboxShard["discardMany"]> {
    return await this.#ready.discardMany(wanted)
  }

  async setPaused(handler: string, paused: boolean): Promise<void> {
    await this.#ready.setPaused(handler, paused)
  }

  async erase(source: string, dedupeKey: string): Promise<boolean> {
    return await this.#ready.erase(source, dedupeKey)
  }

  async stats(): ReturnType<InboxShard["stats"]> {
    return await this.#ready.stats()
  }

  async storage(): ReturnType<InboxShard["storage"]> {
    return this.#isNew() ? undefined : await this.#ready.storage()
  }
}
