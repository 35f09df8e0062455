import { Hono } from "hono"
import { errorResponse, jsonResponse } from "../http/response.ts"
import type { Log } from "../events/handlers.ts"
import { toLogEntry, toLoggedDeliveryId } from "./log-entry.ts"
import { receive, type Outcome, type ReceiverSettings } from "./receive.ts"

/** What a receiver's route needs beside its settings. */
export interface RouteDeps {
  /** Milliseconds since 1970. */
  readonly clock: () => number
  readonly log: Log
}

/** `POST /`: takes deliveries as spec 3 says, and writes one log line for each. */
export function createReceiverRoute(
  settings: ReceiverSettings,
  { clock, log }: RouteDeps,
): Hono<{ Variables: { requestId: string } }> {
  const { provider, activeSecrets } = settings
  const app = new Hono<{ Variables: { requestId: string } }>()

  app.post("/", async (c) => {
    const startedAt = clock()
    const requestId = c.var.requestId
    const now = Math.floor(startedAt / 1000)
    const deliveryId = toLoggedDeliveryId(c.req.raw.headers.get(provider.deliveryHeader))
    const outcome = await receive(c.req.raw, settings, { deliveryId, now })
    const detail = isMismatch(outcome) && activeSecrets(now) === 0 ? "no secret is active now" : undefined
    log(toLogEntry(outcome, { source: provider.name, requestId, deliveryId, waitMs: clock() - startedAt, detail }))
    return toResponse(outcome, requestId)
  })

  return app.all("/", (c) => errorResponse({ code: "method_not_allowed" }, c.var.requestId, { Allow: "POST" }))
}

const isMismatch = ({ result }: Outcome): boolean => !result.ok && result.error.reason === "signature_mismatch"

/** Spec 3.13 and 4.1. */
function toResponse({ result }: Outcome, requestId: string): Response {
  if (result.ok) {
    const { event, status } = result.value
    return jsonResponse(200, { received: true, id: event.id, status }, requestId)
  }
  return errorResponse(result.error, requestId)
}
