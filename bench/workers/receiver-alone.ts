// The receiver without the registry of endpoints: what a Worker needs that only takes deliveries.

import { Hono } from "hono"
import { createRequestId, jsonResponse } from "../../src/errors/response.ts"
import { defineHandlers } from "../../src/events/handlers.ts"
import { createInlineHandOff } from "../../src/receiver/inline.ts"
import { createReceiverRoute } from "../../src/receiver/route.ts"
import { createVerifier } from "../../src/verifier.ts"
import { credicorp } from "../../src/verify/schemes/credicorp.ts"
import { SECRET } from "../fixture-secret.ts"

// oxlint-disable-next-line no-console -- the platform's log is the console
const log = (entry: object): void => console.log(JSON.stringify(entry))
const handlers = defineHandlers<unknown>({ "*": () => {} })

const settings = {
  scheme: credicorp,
  verifier: createVerifier({ secrets: [SECRET] }),
  activeSecrets: () => 1,
  livemode: undefined,
  unknownEvents: "ignore",
  knownPatterns: ["*"],
  schemas: {},
  handOff: createInlineHandOff(handlers, {}, log),
} as const

const app = new Hono<{ Variables: { requestId: string } }>()
app.use(async (c, next) => {
  c.set("requestId", createRequestId())
  await next()
})
app.route("/webhooks/credicorp", createReceiverRoute(settings, { clock: Date.now, log }))
app.get("/", (c) => jsonResponse(200, { status: "ok" }, c.var.requestId))

export default app
