import type { ErrorCode } from "../errors/catalogue.ts"
import type { Result } from "../core/result.ts"
import type { Endpoint, EndpointFields, EndpointView } from "./endpoint.ts"
import type { PageOf } from "../http/paging.ts"
import type { RateLimit } from "./rate-limit.ts"

/** Why a request is refused. */
export interface Failure {
  readonly code: ErrorCode
  /** The field that failed. */
  readonly param?: string
  /** A message to use instead of the catalogue's: it names the rule that failed. */
  readonly publicMessage?: string
}

/** The operation that a partner requests. */
export type Command =
  | { readonly kind: "create"; readonly fields: EndpointFields }
  | { readonly kind: "list"; readonly limit: number; readonly cursor: number | undefined }
  | { readonly kind: "show"; readonly id: string }
  | { readonly kind: "update"; readonly id: string; readonly patch: EndpointPatchFields }
  | { readonly kind: "delete"; readonly id: string }
  | { readonly kind: "rotate"; readonly id: string; readonly overlapSeconds: number }

/** The fields to replace; an absent one stays as it is. */
export interface EndpointPatchFields {
  readonly url?: string
  readonly enabled_events?: readonly string[]
  readonly description?: string
  readonly metadata?: Readonly<Record<string, string>>
  readonly status?: Endpoint["status"]
}

/** An `Idempotency-Key` with its scope and the body that it was sent with (spec 5.10). */
export interface Idempotency {
  /** Mode, method, path and key. */
  readonly scope: string
  /** SHA-256 of the body's bytes, lower-case hex. */
  readonly bodyHash: string
}

/** A request as it reaches the account's object, after every check that needs no state. The object has the clock. */
export interface AccountRequest {
  readonly credentialId: string
  readonly livemode: boolean
  readonly idempotency: Idempotency | undefined
  /** The command, or the first stateless check that failed and whether it comes before the idempotency key. */
  readonly wanted:
    | { readonly ok: true; readonly command: Command }
    | { readonly ok: false; readonly failure: Failure; readonly beforeIdempotency: boolean }
}

/** The outcome of a request. */
export type AccountResult =
  | { readonly kind: "failed"; readonly failure: Failure; readonly retryAfterSeconds?: number }
  | { readonly kind: "endpoint"; readonly status: 200 | 201; readonly view: EndpointView; readonly replayed: boolean }
  | { readonly kind: "page"; readonly views: readonly EndpointView[]; readonly next: number | undefined }
  | { readonly kind: "deleted" }

export interface AccountAnswer {
  readonly result: AccountResult
  readonly rateLimit: RateLimit
}

/** An endpoint that wants an event, and the secrets to sign its delivery with, newest first. */
export interface EventTarget {
  readonly id: string
  readonly url: string
  readonly api_version: string | null
  readonly secrets: readonly string[]
}

/** An action of an operator on an account, and why. */
export type OperatorAction =
  | { readonly action: "suspend" | "resume"; readonly note: string }
  /** Revokes a credential, or restores it: an API key by its id, a token by its `jti` or the hash of its signature. */
  | { readonly action: "revoke" | "restore"; readonly credential_id: string; readonly note: string }

/** An action as it is kept. */
export interface KeptAction {
  readonly action: OperatorAction["action"]
  readonly credential_id: string | null
  readonly note: string
  /** RFC 3339. */
  readonly created: string
}

/**
 * One account's state; each request is one call. Its times are those of its own clock, because a Worker's clock that is ahead
 * must not block it. The Durable Object and the implementation in memory pass one suite.
 */
export interface Account {
  handle(request: AccountRequest): Promise<AccountAnswer>
  /** The enabled endpoints of a mode that want an event type, with their valid secrets. */
  targets(type: string, livemode: boolean): Promise<readonly EventTarget[]>
  /** Applies an operator's action and records it, both or neither. It takes effect on the next request. */
  act(action: OperatorAction): Promise<Result<KeptAction, Failure>>
  /** Lists the actions of operators, newest first, from after `cursor`. */
  listActions(limit: number, cursor: number | undefined): Promise<PageOf<KeptAction>>
  /** Lists the endpoints of both modes, newest first. */
  listEndpoints(): Promise<readonly EndpointView[]>
}

/** A stored 2xx answer (spec 5.10): without the secret, which a replay reads from the endpoint. */
export interface StoredAnswer {
  readonly bodyHash: string
  readonly status: 200 | 201
  /** The view without its secret. */
  readonly view: EndpointView
  /** The version of the secret that the answer showed; null if it showed none. */
  readonly secretVersion: number | null
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/** Actions of operators on an account. A note takes at most 2 kB, so all of them at most 25 MB. */
export const MAX_KEPT_ACTIONS = 10_000

/** An account's state, read and written within one transaction that the caller holds. */
export interface AccountStore {
  countEndpoints(livemode: boolean): number
  getEndpoint(id: string, livemode: boolean): Endpoint | undefined
  /** The space that the account's rows take, in bytes. */
  size(): number
  /** Lists the newest first, after the row of `sequence`; each with its own. */
  listEndpoints(
    livemode: boolean,
    sequence: number | undefined,
    limit: number,
  ): readonly { sequence: number; endpoint: Endpoint }[]
  insertEndpoint(endpoint: Endpoint): void
  replaceEndpoint(endpoint: Endpoint): void
  deleteEndpoint(id: string): void
  getAnswer(scope: string): StoredAnswer | undefined
  putAnswer(scope: string, answer: StoredAnswer): void
  /** Deletes at most so many answers that have expired. */
  pruneAnswers(now: number, most: number): void
  /** Deletes at most so many answers, those first that expire first. */
  dropAnswers(most: number): void
  /** Sets the end of at most so many answers that would last longer. */
  capAnswers(latestEnd: number, most: number): void
  isRevoked(credentialId: string): boolean
  isSuspended(): boolean
  setRevoked(credentialId: string, revoked: boolean): void
  setSuspended(suspended: boolean): void
  /** Keeps an action; of many, the newest `MAX_KEPT_ACTIONS`. */
  insertAction(action: KeptAction): void
  /** Lists the newest first, after the row of `sequence`; each with its own. */
  listActions(sequence: number | undefined, limit: number): readonly { sequence: number; action: KeptAction }[]
}
