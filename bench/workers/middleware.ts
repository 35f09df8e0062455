// `countersign/hono` in a user's app.

import { Hono } from "hono"
import { webhook } from "../../src/hono.ts"
import { SECRET } from "../fixture-secret.ts"

const app = new Hono()
app.post("/webhooks/credicorp", webhook({ secrets: [SECRET] }), (c) =>
  c.json({ received: true, id: c.var.webhook.id, status: "accepted" }),
)
app.get("/", (c) => c.text("ready"))

export default app
