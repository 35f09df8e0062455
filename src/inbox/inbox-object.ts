import { DurableObject } from "cloudflare:workers"
import { migrate, NewerVersion } from "../core/migrate.ts"
import { writeLine } from "../core/log.ts"
import { GroupCommit } from "./group-commit.ts"
import { INBOX_SCHEMA } from "./inbox-schema.ts"
import type { Accepted, EventFilter, HandlerRunner, InboxDelivery, InboxShard, Rerun, RerunDead } from "./inbox.ts"
import { parseRetention, type RetentionBindings } from "./retention.ts"
import { createShard, type WakingShard } from "./shard.ts"
import { createSqlInboxStore } from "./sql-store.ts"

/** When a shard looks again that newer code has written: until that is deployed again there is nothing it could do. */
export const NEWER_SCHEMA_RETRY_MS = 60_000

/** The entrypoint that runs handlers, as the Worker's main module exports it. */
function findRunner(exports: unknown): HandlerRunner {
  const { HandlerRuns } = exports as { readonly HandlerRuns?: HandlerRunner }
  if (HandlerRuns) return HandlerRuns
  throw new Error("the Worker's main module must export HandlerRuns = createHandlerRuns(handlers)")
}

/** One shard of the inbox: its platform is a Durable Object with SQLite storage. The rules are `createShard`'s. */
export class Inbox extends DurableObject<RetentionBindings> implements InboxShard {
  /** When the alarm stands, in milliseconds since 1970. */
  #alarmAt: number | undefined
  #shard: WakingShard | undefined
  /** Why there is none. */
  #refusal: unknown

  constructor(ctx: DurableObjectState, env: RetentionBindings) {
    super(ctx, env)
    void ctx.blockConcurrencyWhile(async () => {
      this.#alarmAt = (await ctx.storage.getAlarm()) ?? undefined
      try {
        ctx.storage.transactionSync(() => migrate(ctx.storage.sql, INBOX_SCHEMA))
      } catch (error) {
        // Anything else is the platform's: it makes the object again, and this is tried again.
        if (!(error instanceof NewerVersion)) throw error
        this.#refusal = error
        return
      }
      this.#shard = this.#createShard()
      await this.#shard.wake()
    })
  }

  #createShard(): WakingShard {
    const { storage, exports } = this.ctx
    const retention = parseRetention(this.env)
    return createShard({
      store: createSqlInboxStore(storage.sql),
      commits: new GroupCommit({
        transactionSync: (work) => this.#transact(work),
        sync: () => storage.sync(),
      }),
      runner: findRunner(exports),
      ensureWake: (at) => this.#ensureAlarm(at),
      // While a variable is unsound no sweep goes on: what was dropped does not come back.
      retention: retention.ok ? retention.value : undefined,
      clock: Date.now,
      random: Math.random,
      log: writeLine,
    })
  }

  /** A transaction that is undone takes its alarm with it. */
  #transact<Value>(work: () => Value): Value {
    const before = this.#alarmAt
    try {
      return this.ctx.storage.transactionSync(work)
    } catch (error) {
      this.#alarmAt = before
      throw error
    }
  }

  /** An alarm is a row that is billed: it is moved only where it would come too late. */
  #ensureAlarm(at: number): void {
    if (this.#alarmAt !== undefined && this.#alarmAt <= at) return
    this.#alarmAt = at
    void this.ctx.storage.setAlarm(at)
  }

  get #open(): WakingShard {
    if (this.#shard) return this.#shard
    throw this.#refusal
  }

  /** Never throws: after six failed tries the platform would give up on it. */
  override async alarm(): Promise<void> {
    this.#alarmAt = undefined
    if (this.#shard) await this.#shard.wake()
    else this.#ensureAlarm(Date.now() + NEWER_SCHEMA_RETRY_MS)
  }

  async open(shards: number, index: number): Promise<number> {
    return await this.#open.open(shards, index)
  }

  async kept(): Promise<number | undefined> {
    return await this.#open.kept()
  }

  async accept(delivery: InboxDelivery, shards: number): Promise<Accepted> {
    return await this.#open.accept(delivery, shards)
  }

  async list(filter: EventFilter): ReturnType<InboxShard["list"]> {
    return await this.#open.list(filter)
  }

  async show(source: string, dedupeKey: string): ReturnType<InboxShard["show"]> {
    return await this.#open.show(source, dedupeKey)
  }

  async body(source: string, dedupeKey: string): ReturnType<InboxShard["body"]> {
    return await this.#open.body(source, dedupeKey)
  }

  async rerun(rerun: Rerun): ReturnType<InboxShard["rerun"]> {
    return await this.#open.rerun(rerun)
  }

  async rerunDead(wanted: RerunDead): ReturnType<InboxShard["rerunDead"]> {
    return await this.#open.rerunDead(wanted)
  }

  async setPaused(handler: string, paused: boolean): Promise<void> {
    await this.#open.setPaused(handler, paused)
  }

  async erase(source: string, dedupeKey: string): Promise<boolean> {
    return await this.#open.erase(source, dedupeKey)
  }

  async stats(): ReturnType<InboxShard["stats"]> {
    return await this.#open.stats()
  }
}
