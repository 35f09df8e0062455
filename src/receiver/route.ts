import { Hono } from "hono"
import { isolateBodies } from "../http/body-budget.ts"
import { errorResponse, jsonResponse } from "../http/response.ts"
import type { Log } from "../events/handlers.ts"
import { toLogEntry, toLoggedDeliveryId } from "./log-entry.ts"
import { receive, type Outcome, type ReceiverSettings } from "./receive.ts"

/** Dependencies of a receiver's route. */
export interface RouteDeps {
  /** Milliseconds since 1970. */
  readonly clock: () => number
  readonly log: Log
}

/** Creates `POST /`, which takes deliveries (spec 3) and writes one log line for each. */
export function createReceiverRoute(
  settings: ReceiverSettings,
  { clock, log }: RouteDeps,
): Hono<{ Variables: { requestId: string } }> {
  const { provider, activeSecrets, bodies = isolateBodies } = settings
  const app = new Hono<{ Variables: { requestId: string } }>()

  app.post("/", async (c) => {
    const startedAt = clock()
    const requestId = c.var.requestId
    const now = Math.floor(startedAt / 1000)
    const deliveryId = toLoggedDeliveryId(c.req.raw.headers.get(provider.deliveryHeader))
    const charge = bodies.open()
    const outcome = await receive(c.req.raw, settings, { deliveryId, now, charge })
    charge.end()
    const detail = detailOf(outcome, () => activeSecrets(now))
    log(toLogEntry(outcome, { source: provider.name, requestId, deliveryId, waitMs: clock() - startedAt, detail }))
    return toResponse(outcome, requestId)
  })

  // Spec 3.2: a delivery is a POST.
  return app.all("/", (c) => errorResponse({ code: "method_not_allowed" }, c.var.requestId, { Allow: "POST" }))
}

/** Returns what an operator should know beyond code and reason. */
function detailOf({ result, cause }: Outcome, activeSecrets: () => number): string | undefined {
  if (result.ok) return undefined
  const { code, reason } = result.error
  if (code === "temporarily_unavailable" && cause === undefined) return "the memory for bodies is used up"
  return reason === "signature_mismatch" && activeSecrets() === 0 ? "no secret is active now" : undefined
}

/** Creates the answer (spec 3.13, 4.1). */
function toResponse({ result }: Outcome, requestId: string): Response {
  if (result.ok) {
    const { eventId, status } = result.value
    return jsonResponse(200, { received: true, id: eventId, status }, requestId)
  }
  return errorResponse(result.error, requestId)
}
