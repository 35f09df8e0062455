import { Hono } from "hono"
import { isolateBodies } from "../http/body-budget.ts"
import { errorResponse, jsonResponse, toErrorBody } from "../http/response.ts"
import { ok } from "../core/result.ts"
import type { AnyProvider } from "../providers/provider.ts"
import { answerHandshake, toHandshakeResponse } from "./handshake.ts"
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
  const { source, provider, activeSecrets, bodies = isolateBodies } = settings
  const app = new Hono<{ Variables: { requestId: string } }>()

  // Spec 8: what its provider sends unsigned, before the first delivery. No body is read for it.
  app.use("/", async (c, next) => {
    const startedAt = clock()
    const answer = answerHandshake(c.req.raw, settings, { when: "before", body: new Uint8Array() })
    if (!answer) return await next()
    const { requestId } = c.var
    const result = ok({ status: "handshake", answer } as const)
    const deliveryId = undefined
    log(toLogEntry({ result }, { source, requestId, deliveryId, waitMs: clock() - startedAt }))
    return toHandshakeResponse(answer, requestId)
  })

  app.post("/", async (c) => {
    const startedAt = clock()
    const requestId = c.var.requestId
    const now = Math.floor(startedAt / 1000)
    const deliveryId = toLoggedDeliveryId(readHeader(c.req.raw, provider.deliveryHeader))
    const charge = bodies.open()
    const outcome = await receive(c.req.raw, settings, { deliveryId, now, charge })
    charge.end()
    const detail = detailOf(outcome, () => activeSecrets(now))
    log(toLogEntry(outcome, { source, requestId, deliveryId, waitMs: clock() - startedAt, detail }))
    return toResponse(outcome, provider, requestId)
  })

  // Spec 3.2: a delivery is a POST.
  return app.all("/", (c) => {
    const methods = new Set(["POST", ...(provider.handshake?.methods ?? [])])
    return errorResponse({ code: "method_not_allowed" }, c.var.requestId, { Allow: [...methods].join(", ") })
  })
}

/** Reads a header; null where its provider has none of the kind. */
const readHeader = ({ headers }: Request, name: string): string | null => (name === "" ? null : headers.get(name))

/** Returns what an operator should know beyond code and reason. */
function detailOf({ result, cause }: Outcome, activeSecrets: () => number): string | undefined {
  if (result.ok) return undefined
  const { code, reason } = result.error
  if (code === "temporarily_unavailable" && cause === undefined) return "the memory for bodies is used up"
  return reason === "signature_mismatch" && activeSecrets() === 0 ? "no secret is active now" : undefined
}

/** Answers as spec 3.13 and 4.1 say, or as the provider requires (spec 3.0, 7.8). */
function toResponse({ result }: Outcome, provider: AnyProvider, requestId: string): Response {
  const { acceptedAnswer, refusalStatus } = provider
  if (!result.ok) {
    const { code } = result.error
    return refusalStatus !== undefined && SIGNATURE_CODES.has(code)
      ? jsonResponse(refusalStatus, toErrorBody(result.error, requestId), requestId)
      : errorResponse(result.error, requestId)
  }
  if ("answer" in result.value) return toHandshakeResponse(result.value.answer, requestId)
  if (acceptedAnswer) return toHandshakeResponse({ contentType: "text/plain", ...acceptedAnswer }, requestId)
  const { eventId, status } = result.value
  return jsonResponse(200, { received: true, id: eventId, status }, requestId)
}

/** The codes that a provider's own status replaces. */
const SIGNATURE_CODES: ReadonlySet<string> = new Set(["webhook_signature_missing", "webhook_signature_invalid"])
