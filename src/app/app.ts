import { Hono } from "hono"
import { errorText } from "../core/error-text.ts"
import { ACCOUNT_OPERATIONS, OPERATOR_PATH, type AccountOperationDeps } from "../endpoints/account-operations.ts"
import { PARTNER_PATH } from "../endpoints/operations.ts"
import { createPartnerRoutes, type PartnerSettings } from "../endpoints/route.ts"
import { withDocUrl, createRequestId, errorResponse } from "../http/response.ts"
import type { StoreCheck } from "./health.ts"
import { createAboutRoutes } from "./reference/route.ts"
import type { Log } from "../events/handlers.ts"
import { INBOX_PATH, type InboxOperationDeps } from "../inbox/operation.ts"
import { INBOX_OPERATIONS } from "../inbox/operations.ts"
import { createOperatorRoutes } from "../operator/route.ts"
import type { ReceiverSettings } from "../receiver/receive.ts"
import { createReceiverRoute } from "../receiver/route.ts"

/** A group of routes with a configuration of its own. An invalid one does not stop the others. */
export type Surface<Settings> =
  | { readonly state: "on"; readonly settings: Settings }
  /** Not configured: its routes do not exist. */
  | { readonly state: "off" }
  /** Configured wrongly: its routes answer 503 until that is corrected. */
  | { readonly state: "invalid" }

interface OperatorTokens {
  /** As `parseOperatorTokens` returned them. */
  readonly tokens: readonly string[]
}

/** A source under its name. */
export type MountedSource = Surface<ReceiverSettings & StoreCheck> & { readonly source: string }

export interface AppDeps {
  /** The sources, each at `/webhooks/<source>` with a configuration of its own. */
  readonly sources: readonly MountedSource[]
  /** The operator's routes of the inbox at `/inbox`. */
  readonly inbox: Surface<Omit<InboxOperationDeps, "clock"> & OperatorTokens>
  /** The registry of endpoints at `/partner/v1/webhook_endpoints`. */
  readonly endpoints: Surface<PartnerSettings>
  /** The address of the error pages. Errors have a `doc_url` only if it is given. */
  readonly errorDocsUrl?: string | undefined
  /** The operator's routes about accounts at `/operator/accounts`. */
  readonly operator: Surface<Pick<AccountOperationDeps, "accountOf"> & OperatorTokens>
  readonly log: Log
  /** Milliseconds since 1970. */
  readonly clock: () => number
}

type App = Hono<{ Variables: { requestId: string } }>

/** Mounts the routes. It knows no bindings, so it runs in any runtime. */
export function createApp(deps: AppDeps): App {
  const { sources, inbox, endpoints, operator, errorDocsUrl, log, clock } = deps
  const app: App = new Hono()

  app.use(async (c, next) => {
    c.set("requestId", createRequestId())
    await next()
    if (errorDocsUrl && c.res.status >= 400) c.res = await withDocUrl(c.res, errorDocsUrl)
  })

  for (const one of sources) {
    if (one.state === "on") app.route(pathOf(one), createReceiverRoute(one.settings, { clock, log }))
  }
  if (inbox.state === "on") {
    const { tokens, ...settings } = inbox.settings
    app.route("/", createOperatorRoutes(INBOX_OPERATIONS, { deps: { ...settings, clock }, tokens, log }))
  }
  if (endpoints.state === "on") app.route("/", createPartnerRoutes(endpoints.settings, { clock, log }))
  if (operator.state === "on") {
    const { tokens, accountOf } = operator.settings
    app.route("/", createOperatorRoutes(ACCOUNT_OPERATIONS, { deps: { accountOf }, tokens, log }))
  }

  const invalid = [
    ...sources.filter(({ state }) => state === "invalid").map(pathOf),
    ...(inbox.state === "invalid" ? [INBOX_PATH, `${INBOX_PATH}/*`] : []),
    ...(endpoints.state === "invalid" ? [PARTNER_PATH, `${PARTNER_PATH}/*`] : []),
    ...(operator.state === "invalid" ? [OPERATOR_PATH, `${OPERATOR_PATH}/*`] : []),
  ]
  for (const route of invalid) app.all(route, (c) => errorResponse(UNAVAILABLE, c.var.requestId))

  const surfaces = {
    receiver: stateOf(sources),
    inbox: inbox.state,
    endpoints: endpoints.state,
    operator: operator.state,
  }
  app.route(
    "/",
    createAboutRoutes(async () => {
      const states = Object.fromEntries(sources.map(({ source, state }) => [source, state]))
      const facts = { surfaces, sources: states }
      // All sources store into one inbox.
      const working = sources.find((one) => one.state === "on")
      if (!working) return { ok: false, facts }
      const health = await working.settings.checkStore()
      return { ok: health.store === "ok", facts: { ...facts, ...health } }
    }),
  )

  app.notFound((c) => errorResponse({ code: "route_not_found" }, c.var.requestId))
  app.onError((error, c) => {
    log({ level: "error", message: "unexpected error", error: errorText(error), request_id: c.var.requestId })
    return errorResponse({ code: "server_error" }, c.var.requestId)
  })
  return app
}

const pathOf = ({ source }: MountedSource): string => `/webhooks/${source}`

/** The receiver is on while one of its sources is. */
function stateOf(sources: readonly MountedSource[]): MountedSource["state"] {
  const states = new Set(sources.map(({ state }) => state))
  return states.has("on") ? "on" : states.has("invalid") ? "invalid" : "off"
}

const UNAVAILABLE = { code: "temporarily_unavailable" } as const
