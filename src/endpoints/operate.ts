import { MAX_ENDPOINTS, publicView, type EndpointView } from "./endpoint.ts"
import { type PageOf, toPage } from "../http/paging.ts"
import type { AccountStore, KeptAction, OperatorAction } from "./account.ts"

/**
 * Does what an operator wants and keeps a record of it. The caller holds a transaction around it: there is no effect
 * without its record, and no record without its effect. What is so already is done again, and recorded again.
 *
 * @param now Milliseconds since 1970.
 */
export function act(store: AccountStore, wanted: OperatorAction, now: number): KeptAction {
  const { action, note } = wanted
  const credentialId = "credential_id" in wanted ? wanted.credential_id : null
  if (credentialId === null) store.setSuspended(action === "suspend")
  else store.setRevoked(credentialId, action === "revoke")
  const kept = { action, credential_id: credentialId, note, created: new Date(now).toISOString() }
  store.insertAction(kept)
  return kept
}

/** What operators did, newest first. */
export function listActions(store: AccountStore, limit: number, cursor: number | undefined): PageOf<KeptAction> {
  const { rows, next } = toPage(store.listActions(cursor, limit + 1), limit)
  return { rows: rows.map(({ action }) => action), next }
}

/** The endpoints of both modes, newest first; their number is bounded (spec 5.3). */
export const listEveryEndpoint = (store: AccountStore): readonly EndpointView[] =>
  [false, true]
    .flatMap((livemode) => store.listEndpoints(livemode, undefined, MAX_ENDPOINTS))
    .toSorted((a, b) => b.place - a.place)
    .map(({ endpoint }) => publicView(endpoint))
