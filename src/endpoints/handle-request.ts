import {
  IDEMPOTENCY_PRUNED_A_CALL,
  type AccountAnswer,
  type AccountRequest,
  type AccountResult,
  type AccountStore,
  type Command,
  type EventTarget,
  type Failure,
  type Idempotency,
  type StoredAnswer,
} from "./account.ts"
import { MAX_ENDPOINTS, createEndpoint, publicView, rotateSecret, validSecrets, type Endpoint } from "./endpoint.ts"
import { matchesPattern } from "../events/patterns.ts"
import { toPage } from "../http/paging.ts"
import { refill, secondsToToken, takeToken, toRateLimit, type Bucket } from "./rate-limit.ts"

/** Spec 5.10: a day. */
export const IDEMPOTENCY_TTL_MS = 86_400_000

/**
 * Answers a request against an account's state: revoked, suspended, rate limit, then the first stateless check that
 * failed, then the idempotency key, and last the command with its limit. The caller holds a transaction around it, so a
 * failure leaves nothing behind.
 *
 * @param bucket The account's bucket of this mode.
 * @returns The answer, and the bucket as it is now.
 */
export function handleRequest(
  store: AccountStore,
  bucket: Bucket,
  request: AccountRequest,
): { answer: AccountAnswer; bucket: Bucket } {
  const full = refill(bucket, request.now)
  const answer = (result: AccountResult, left = full) => ({
    answer: { result, rateLimit: toRateLimit(left) },
    bucket: left,
  })
  if (store.isRevoked(request.credentialId)) return answer(failed({ code: "token_revoked" }))
  if (store.isSuspended()) return answer(failed({ code: "account_suspended" }))
  const left = takeToken(full)
  if (!left) return answer(failed({ code: "rate_limited" }, secondsToToken(full)))
  return answer(perform(store, request), left)
}

function perform(store: AccountStore, request: AccountRequest): AccountResult {
  const { wanted, idempotency, now } = request
  if (!wanted.ok && wanted.beforeIdempotency) return failed(wanted.failure)
  const earlier = idempotency && replay(store, idempotency, request)
  if (earlier) return earlier
  if (!wanted.ok) return failed(wanted.failure)
  const result = execute(store, wanted.command, request)
  // Only 2xx answers are stored: a refusal changed nothing and may be tried again.
  if (idempotency && result.kind === "endpoint") {
    store.pruneAnswers(now, IDEMPOTENCY_PRUNED_A_CALL)
    store.putAnswer(idempotency.scope, toStoredAnswer(store, idempotency, result, request))
  }
  return result
}

function execute(store: AccountStore, command: Command, { livemode, now }: AccountRequest): AccountResult {
  if (command.kind === "create") {
    if (store.countEndpoints(livemode) >= MAX_ENDPOINTS) return failed({ code: "webhook_endpoint_limit" })
    const endpoint = createEndpoint(command.fields, livemode, now)
    store.insertEndpoint(endpoint)
    return shown(endpoint, 201, endpoint.secrets[0]?.secret)
  }
  if (command.kind === "list") return listPage(store, command, livemode)
  const endpoint = store.getEndpoint(command.id, livemode)
  if (!endpoint) return failed({ code: "resource_not_found" })
  if (command.kind === "show") return shown(endpoint, 200)
  if (command.kind === "delete") {
    store.deleteEndpoint(endpoint.id)
    return { kind: "deleted" }
  }
  const rotates = command.kind === "rotate"
  const next = rotates ? rotateSecret(endpoint, command.overlapSeconds, now) : { ...endpoint, ...command.patch }
  store.replaceEndpoint(next)
  return shown(next, 200, rotates ? next.secrets[0]?.secret : undefined)
}

const failed = (failure: Failure, retryAfterSeconds?: number): AccountResult => ({
  kind: "failed",
  failure,
  ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
})

const shown = (endpoint: Endpoint, status: 200 | 201, secret?: string): AccountResult => ({
  kind: "endpoint",
  status,
  view: publicView(endpoint, secret),
  replayed: false,
})

function listPage(
  store: AccountStore,
  { limit, cursor }: Extract<Command, { kind: "list" }>,
  livemode: boolean,
): AccountResult {
  const { rows, next } = toPage(store.listEndpoints(livemode, cursor, limit + 1), limit)
  return { kind: "page", views: rows.map(({ endpoint }) => publicView(endpoint)), next }
}

/** What an earlier request with this key was answered, or that it had another body; undefined if there was none. */
function replay(
  store: AccountStore,
  { scope, bodyHash }: Idempotency,
  { livemode, now }: AccountRequest,
): AccountResult | undefined {
  const stored = store.getAnswer(scope)
  if (!stored || stored.expiresAt <= now) return undefined
  if (stored.bodyHash !== bodyHash) return failed({ code: "idempotency_key_reused" })
  const endpoint = stored.secretVersion === null ? undefined : store.getEndpoint(stored.view.id, livemode)
  const secret = endpoint && validSecrets(endpoint, now).find(({ version }) => version === stored.secretVersion)
  return { kind: "endpoint", status: stored.status, view: publicView(stored.view, secret?.secret), replayed: true }
}

function toStoredAnswer(
  store: AccountStore,
  { bodyHash }: Idempotency,
  { view, status }: Extract<AccountResult, { kind: "endpoint" }>,
  { livemode, now }: AccountRequest,
): StoredAnswer {
  const newest = view.secret === undefined ? undefined : store.getEndpoint(view.id, livemode)?.secrets[0]
  const secretVersion = newest?.version ?? null
  return { bodyHash, status, view: publicView(view), secretVersion, expiresAt: now + IDEMPOTENCY_TTL_MS }
}

/** The enabled endpoints of a mode that want an event type, with their valid secrets. */
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
