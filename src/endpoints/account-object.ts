import { DurableObject } from "cloudflare:workers"
import { migrate } from "../core/migrate.ts"
import type {
  Account as AccountPort,
  AccountAnswer,
  AccountRequest,
  EventTarget,
  KeptAction,
  OperatorAction,
} from "./account.ts"
import type { PageOf } from "../http/paging.ts"
import { ACCOUNT_SCHEMA } from "./account-schema.ts"
import { createSqlAccountStore } from "./account-sql.ts"
import { findTargets, handleRequest } from "./handle-request.ts"
import type { EndpointView } from "./endpoint.ts"
import { act, listActions, listEveryEndpoint } from "./operate.ts"
import { fullBucket, type Bucket } from "./rate-limit.ts"

/**
 * One account: its endpoints, idempotency records, rate limit, revoked credentials, suspension, and what operators did. A
 * call is one transaction, and calls do not overlap: there is nothing to await within one.
 */
export class Account extends DurableObject implements AccountPort {
  // In memory only: a restart gives at most one burst more (spec 5.11).
  readonly #buckets = new Map<boolean, Bucket>()
  readonly #store: ReturnType<typeof createSqlAccountStore>

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env)
    ctx.storage.transactionSync(() => migrate(ctx.storage.sql, ACCOUNT_SCHEMA))
    this.#store = createSqlAccountStore(ctx.storage.sql)
  }

  async handle(request: AccountRequest): Promise<AccountAnswer> {
    const { livemode, now } = request
    const { answer, bucket } = this.ctx.storage.transactionSync(() =>
      handleRequest(this.#store, this.#buckets.get(livemode) ?? fullBucket(now), request),
    )
    this.#buckets.set(livemode, bucket)
    return answer
  }

  async targets(type: string, livemode: boolean, now: number): Promise<readonly EventTarget[]> {
    return findTargets(this.#store, type, livemode, now)
  }

  async act(action: OperatorAction, now: number): Promise<KeptAction> {
    return this.ctx.storage.transactionSync(() => act(this.#store, action, now))
  }

  async listActions(limit: number, cursor: number | undefined): Promise<PageOf<KeptAction>> {
    return listActions(this.#store, limit, cursor)
  }

  async listEndpoints(): Promise<readonly EndpointView[]> {
    return listEveryEndpoint(this.#store)
  }
}
