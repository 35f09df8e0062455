import type {
  AccountAnswer,
  AccountRequest,
  AccountResult,
  AccountStore,
  Command,
  EventTarget,
  Failure,
  Idempotency,
  StoredAnswer,
  KeptAction,
  OperatorAction,
} from "./account.ts"
import {
  createEndpoint,
  MAX_ENDPOINTS,
  rotateSecret,
  toView,
  validSecrets,
  withSecret,
  type Endpoint,
  type EndpointView,
} from "./endpoint.ts"
import { matchesPattern } from "../events/patterns.ts"
import { ACCOUNT_FULL_BYTES, IDEMPOTENCY_TTL_MS, ACCOUNT_RESERVE_BYTES } from "./housekeeping.ts"
import { toPage, type PageOf } from "../http/paging.ts"
import { RETRY_AFTER_SECONDS } from "../http/response.ts"
import { bucketOf, fullBucket, refill, secondsToToken, takeToken, toRateLimit, type Bucket } from "./rate-limit.ts"
import { fail, ok, type Result } from "../core/result.ts"

/** Whether a request may add to what is stored. */
export const isWriting = ({ wanted }: AccountRequest): boolean =>
  wanted.ok && wanted.command.kind !== "list" && wanted.command.kind !== "show"

/**
 * Answers a request by an account's state: revoked, suspended, rate limit, then the first stateless check that failed, then
 * the idempotency key, and last the command with its limit. The caller holds a transaction around it, so a failure leaves
 * nothing behind.
 *
 * @param buckets The account's buckets by name; a missing one is full.
 * @param now Milliseconds since 1970.
 * @returns The answer, and the bucket of this request as it is now.
 */
export function handleRequest(
  store: AccountStore,
  buckets: ReadonlyMap<string, Bucket>,
  request: AccountRequest,
  now: number,
): { answer: AccountAnswer; bucket: { name: string; left: Bucket } } {
  const shutOut = findShutOut(store, request)
  const name = bucketOf(request.livemode, shutOut !== undefined)
  const full = refill(buckets.get(name) ?? fullBucket(now), now)
  const answer = (result: AccountResult, left: Bucket) => ({
    answer: { result, rateLimit: toRateLimit(left) },
    bucket: { name, left },
  })
  const left = takeToken(full)
  if (!left) return answer(failed({ code: "rate_limited" }, secondsToToken(full)), full)
  return answer(shutOut ? failed({ code: shutOut }) : perform(store, request, now), left)
}

function findShutOut(store: AccountStore, { credentialId }: AccountRequest) {
  if (store.isRevoked(credentialId)) return "token_revoked"
  return store.isSuspended() ? "account_suspended" : undefined
}

function perform(store: AccountStore, request: AccountRequest, now: number): AccountResult {
  const { wanted, idempotency } = request
  if (!wanted.ok && wanted.beforeIdempotency) return failed(wanted.failure)
  const earlier = idempotency && replay(store, idempotency, request.livemode, now)
  if (earlier) return earlier
  if (!wanted.ok) return failed(wanted.failure)
  const result = execute(store, wanted.command, request.livemode, now)
  // Only 2xx answers are stored: a refusal changed nothing and may be tried again.
  if (idempotency && result.kind === "endpoint") {
    store.putAnswer(idempotency.scope, toStoredAnswer(store, idempotency, result, now))
  }
  return result
}

function execute(store: AccountStore, command: Command, livemode: boolean, now: number): AccountResult {
  if (command.kind === "list") return listPage(store, command, livemode, now)
  if (command.kind === "create") {
    if (store.countEndpoints(livemode) >= MAX_ENDPOINTS) return failed({ code: "webhook_endpoint_limit" })
    if (isFull(store)) return NO_SPACE
    const endpoint = createEndpoint(command.fields, livemode, now)
    store.insertEndpoint(endpoint)
    return shown(endpoint, 201, now, endpoint.secrets[0]?.secret)
  }
  const endpoint = store.getEndpoint(command.id, livemode)
  if (!endpoint) return failed({ code: "resource_not_found" })
  if (command.kind === "show") return shown(endpoint, 200, now)
  if (command.kind === "delete") {
    store.deleteEndpoint(endpoint.id)
    return { kind: "deleted" }
  }
  if (isFull(store)) return NO_SPACE
  const rotates = command.kind === "rotate"
  const next = rotates ? rotateSecret(endpoint, command.overlapSeconds, now) : { ...endpoint, ...command.patch }
  store.replaceEndpoint(next)
  return shown(next, 200, now, rotates ? next.secrets[0]?.secret : undefined)
}

const failed = (failure: Failure, retryAfterSeconds?: number): AccountResult => ({
  kind: "failed",
  failure,
  ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
})

const isFull = (store: AccountStore): boolean => store.size() >= ACCOUNT_FULL_BYTES

/** Each request that writes frees space first, so one of the next will be taken. */
const NO_SPACE = failed({ code: "temporarily_unavailable" }, RETRY_AFTER_SECONDS)

const shown = (endpoint: Endpoint, status: 200 | 201, now: number, secret?: string): AccountResult => ({
  kind: "endpoint",
  status,
  view: toView(endpoint, now, secret),
  replayed: false,
})

function listPage(
  store: AccountStore,
  { limit, cursor }: Extract<Command, { kind: "list" }>,
  livemode: boolean,
  now: number,
): AccountResult {
  const { rows, next } = toPage(store.listEndpoints(livemode, cursor, limit + 1), limit)
  return { kind: "page", views: rows.map(({ endpoint }) => toView(endpoint, now)), next }
}

/** Returns the answer to an earlier request with this key, or the refusal if its body differed; undefined if there was none. */
function replay(
  store: AccountStore,
  { scope, bodyHash }: Idempotency,
  livemode: boolean,
  now: number,
): AccountResult | undefined {
  const stored = store.getAnswer(scope)
  if (!stored || stored.expiresAt <= now) return undefined
  if (stored.bodyHash !== bodyHash) return failed({ code: "idempotency_key_reused" })
  const endpoint = stored.secretVersion === null ? undefined : store.getEndpoint(stored.view.id, livemode)
  const secret = endpoint && validSecrets(endpoint, now).find(({ version }) => version === stored.secretVersion)
  return { kind: "endpoint", status: stored.status, view: withSecret(stored.view, secret?.secret), replayed: true }
}

function toStoredAnswer(
  store: AccountStore,
  { bodyHash }: Idempotency,
  { view, status }: Extract<AccountResult, { kind: "endpoint" }>,
  now: number,
): StoredAnswer {
  const newest = view.secret === undefined ? undefined : store.getEndpoint(view.id, view.livemode)?.secrets[0]
  const secretVersion = newest?.version ?? null
  return { bodyHash, status, view: withSecret(view), secretVersion, expiresAt: now + IDEMPOTENCY_TTL_MS }
}

/** Finds the enabled endpoints of a mode that want an event type, with their valid secrets. */
export const findTargets = (
  store: AccountStore,
  type: string,
  livemode: boolean,
  now: number,
): readonly EventTarget[] =>
  store
    .listEndpoints(livemode, undefined, MAX_ENDPOINTS)
    .map(({ endpoint }) => endpoint)
    .filter(
      ({ status, enabled_events }) =>
        status === "enabled" && enabled_events.some((pattern) => matchesPattern(pattern, type)),
    )
    .map((endpoint) => ({
      id: endpoint.id,
      url: endpoint.url,
      api_version: endpoint.api_version,
      secrets: validSecrets(endpoint, now).map(({ secret }) => secret),
    }))

/**
 * Applies an operator's action and records it. The caller holds a transaction around both, so there is no effect without a
 * record and no record without its effect. An action that changes nothing is accepted and recorded, too.
 *
 * @param now Milliseconds since 1970.
 * @returns The action as it is kept, or a failure: an account with no space left for revocations can still be suspended.
 */
export function act(store: AccountStore, wanted: OperatorAction, now: number): Result<KeptAction, Failure> {
  const { action, note } = wanted
  if (action === "revoke" && store.size() >= ACCOUNT_RESERVE_BYTES) return fail({ code: "temporarily_unavailable" })
  const credentialId = "credential_id" in wanted ? wanted.credential_id : null
  if (credentialId === null) store.setSuspended(action === "suspend")
  else store.setRevoked(credentialId, action === "revoke")
  const kept = { action, credential_id: credentialId, note, created: new Date(now).toISOString() }
  store.insertAction(kept)
  return ok(kept)
}

/** Lists the actions of operators, newest first. */
export function listActions(store: AccountStore, limit: number, cursor: number | undefined): PageOf<KeptAction> {
  const { rows, next } = toPage(store.listActions(cursor, limit + 1), limit)
  return { rows: rows.map(({ action }) => action), next }
}

/** Lists the endpoints of both modes, newest first; their number is bounded (spec 5.3). */
export const listEveryEndpoint = (store: AccountStore, now: number): readonly EndpointView[] =>
  [false, true]
    .flatMap((livemode) => store.listEndpoints(livemode, undefined, MAX_ENDPOINTS))
    .toSorted((a, b) => b.sequence - a.sequence)
    .map(({ endpoint }) => toView(endpoint, now))
