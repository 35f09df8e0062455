import { Hono, type HonoRequest } from "hono"

/** A Hono route that reads, checks and parses a body, and answers with the id of its event. */
export function createRouteApp(read: (request: HonoRequest) => unknown): Hono {
  const app = new Hono()
  app.post("/webhooks/credicorp", async (c) => {
    const event = (await read(c.req)) as { id: string }
    return c.json({ received: true, id: event.id, status: "accepted" })
  })
  app.get("/", (c) => c.text("ready"))
  return app
}
