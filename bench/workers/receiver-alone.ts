// The receiver without inbox and registry, for a Worker that only verifies deliveries.

import { Hono } from "hono"
import { writeLine } from "../../src/core/log.ts"
import { createRequestId, jsonResponse } from "../../src/http/response.ts"
import type { Log } from "../../src/events/handlers.ts"
import type { ReceiverSettings } from "../../src/receiver/receive.ts"
import { createReceiverRoute } from "../../src/receiver/route.ts"
import { createVerifier } from "../../src/verify/verifier.ts"
import { credicorp } from "../../src/providers/credicorp.ts"
import { SECRET } from "../fixture-secret.ts"

/** @param log Writes the line of each delivery. */
export function createReceiverAlone(log: Log): Hono<{ Variables: { requestId: string } }> {
  const settings: ReceiverSettings = {
    source: credicorp.name,
    provider: credicorp,
    verifier: createVerifier({ secrets: [SECRET] }),
    activeSecrets: () => 1,
    livemode: undefined,
    unknownEvents: "ignore",
    knownPatterns: ["*"],
    schemas: {},
    handOff: () => Promise.resolve("accepted"),
  }
  const app = new Hono<{ Variables: { requestId: string } }>()
  app.use(async (c, next) => {
    c.set("requestId", createRequestId())
    await next()
  })
  app.route("/webhooks/credicorp", createReceiverRoute(settings, { clock: Date.now, log }))
  app.get("/", (c) => jsonResponse(200, { status: "ok" }, c.var.requestId))
  return app
}

export default createReceiverAlone(writeLine)
