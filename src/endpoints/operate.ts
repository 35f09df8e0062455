import { fail, ok, type Result } from "../core/result.ts"
import { MAX_ENDPOINTS, toView, type EndpointView } from "./endpoint.ts"
import { type PageOf, toPage } from "../http/paging.ts"
import type { AccountStore, Failure, KeptAction, OperatorAction } from "./account.ts"
import { ACCOUNT_RESERVE_BYTES } from "./housekeeping.ts"

/**
 * Takes an operator's action and keeps a record of it. The caller holds a transaction around it: there is no effect without
 * its record, and no record without its effect. An action without a change is taken and recorded, too.
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
