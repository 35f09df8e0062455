import { DurableObject } from "cloudflare:workers"
import { errorName } from "../core/error-text.ts"
import { writeLine } from "../core/log.ts"
import { migrate } from "../core/migrate.ts"
import type { Result } from "../core/result.ts"
import type {
  Account as AccountPort,
  AccountAnswer,
  AccountRequest,
  AccountStore,
  EventTarget,
  Failure,
  KeptAction,
  OperatorAction,
} from "./account.ts"
import type { PageOf } from "../http/paging.ts"
import { ACCOUNT_SCHEMA, createSqlAccountStore } from "./account-sql.ts"
import type { EndpointView } from "./endpoint.ts"
import { findTargets, handleRequest, isWriting, act, listActions, listEveryEndpoint } from "./handle-request.ts"
import { correctTimes, freeSpace } from "./housekeeping.ts"
import type { Bucket } from "./rate-limit.ts"

/**
 * One account: its endpoints, idempotency records, rate limit, revoked credentials, suspension, and the actions of
 * operators. A call is one transaction, and calls do not overlap: nothing is awaited within one. Housekeeping has
 * transactions of its own. Every time is that of the object's clock.
 */
export class Account extends DurableObject implements AccountPort {
  // In memory only: a restart gives at most one burst more (spec 5.11).
  readonly #buckets = new Map<string, Bucket>()
  #store: AccountStore | undefined

  async handle(request: AccountRequest): Promise<AccountAnswer> {
    const store = this.#open()
    const now = Date.now()
    if (isWriting(request)) this.#runHousekeeping(() => freeSpace(store, now))
    const { answer, bucket } = this.ctx.storage.transactionSync(() => handleRequest(store, this.#buckets, request, now))
    this.#buckets.set(bucket.name, bucket.left)
    return answer
  }

  async targets(type: string, livemode: boolean): Promise<readonly EventTarget[]> {
    return findTargets(this.#open(), type, livemode, Date.now())
  }

  async act(action: OperatorAction): Promise<Result<KeptAction, Failure>> {
    const store = this.#open()
    const now = Date.now()
    this.#runHousekeeping(() => freeSpace(store, now))
    return this.ctx.storage.transactionSync(() => act(store, action, now))
  }

  async listActions(limit: number, cursor: number | undefined): Promise<PageOf<KeptAction>> {
    return listActions(this.#open(), limit, cursor)
  }

  async listEndpoints(): Promise<readonly EndpointView[]> {
    return listEveryEndpoint(this.#open(), Date.now())
  }

  /** Opens the database with the first call and not in the constructor: a failure is answered, and tried again with the next. */
  #open(): AccountStore {
    if (this.#store) return this.#store
    const { storage } = this.ctx
    storage.transactionSync(() => migrate(storage.sql, ACCOUNT_SCHEMA))
    const store = createSqlAccountStore(storage.sql)
    this.#runHousekeeping(() => correctTimes(store, Date.now()))
    this.#store = store
    return store
  }

  /** Runs housekeeping in a transaction of its own. Its failure is logged and does not fail the request. */
  #runHousekeeping(work: () => void): void {
    try {
      this.ctx.storage.transactionSync(work)
    } catch (error) {
      writeLine({ level: "error", message: "housekeeping of an account failed", error: errorName(error) })
    }
  }
}
