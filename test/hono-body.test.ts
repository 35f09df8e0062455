// The middleware read `c.req.raw` only, and left it spent: whatever read the body before it made it fail, and whatever read
// it after failed itself.

import { Hono, type Context, type MiddlewareHandler } from "hono"
import { bodyLimit } from "hono/body-limit"
import { describe, expect, it } from "vitest"
import { webhook } from "../src/hono.ts"
import { NOW, SECRET, sampleBody, signedRequest } from "./support/delivery.ts"
import { createCountedBody, toStreamedRequest } from "./support/receiver.ts"

const BODY = sampleBody({ note: "é😀" })
const BYTES = new TextEncoder().encode(BODY)

const reading =
  (read: (c: Context) => unknown): MiddlewareHandler =>
  async (c, next) => {
    await read(c)
    await next()
  }

interface Seen {
  readonly bodies: unknown[]
  readonly errors: unknown[]
}

function createTestApp(before: readonly MiddlewareHandler[], after: (c: Context) => unknown = (c) => c.req.text()) {
  const seen: Seen = { bodies: [], errors: [] }
  const app = new Hono()
  for (const middleware of before) app.use(middleware)
  app.post("/hooks", webhook({ secrets: [SECRET], now: NOW }), async (c) => {
    seen.bodies.push(await after(c))
    return c.json({ id: c.var.webhook.id })
  })
  app.onError((error, c) => {
    seen.errors.push(error)
    return c.json({}, 500)
  })
  return { app, seen }
}

const url = "https://app.example/hooks"

/** The delivery with a length, and as one that arrives in pieces without one. */
const FORMS = [
  {
    form: "with a length",
    make: async () => await signedRequest({ url, body: BODY, headers: { "Content-Length": String(BYTES.length) } }),
  },
  {
    form: "in pieces",
    make: async () =>
      toStreamedRequest(
        await signedRequest({ url, body: BODY }),
        createCountedBody([BYTES.slice(0, 9), BYTES.slice(9)]),
      ),
  },
]

describe.each(FORMS)("a delivery $form", ({ make }) => {
  it.each<{ why: string; before: MiddlewareHandler }>([
    { why: "c.req.arrayBuffer()", before: reading((c) => c.req.arrayBuffer()) },
    { why: "c.req.bytes()", before: reading((c) => c.req.bytes()) },
    { why: "c.req.blob()", before: reading((c) => c.req.blob()) },
    { why: "c.req.text()", before: reading((c) => c.req.text()) },
    { why: "c.req.json(), which keeps the text", before: reading((c) => c.req.json()) },
    { why: "c.req.text(), then c.req.json()", before: reading(async (c) => [await c.req.text(), await c.req.json()]) },
    { why: "a clone of c.req.raw", before: reading((c) => c.req.raw.clone().text()) },
    { why: "bodyLimit", before: bodyLimit({ maxSize: 10_000 }) },
  ])("that $why read before is verified, and can be read again", async ({ before }) => {
    const { app, seen } = createTestApp([before])
    const response = await app.fetch(await make())
    expect(seen).toEqual({ bodies: [BODY], errors: [] })
    expect(response.status).toBe(200)
  })

  it.each<{ why: string; after: (c: Context) => unknown; want: unknown }>([
    { why: "c.req.raw.text()", after: (c) => c.req.raw.text(), want: BODY },
    { why: "c.req.raw.clone()", after: (c) => c.req.raw.clone().text(), want: BODY },
    { why: "the stream of c.req.raw", after: (c) => new Response(c.req.raw.body).text(), want: BODY },
    { why: "c.req.raw, then c.req.text()", after: async (c) => (await c.req.raw.text()) && c.req.text(), want: BODY },
    { why: "c.req.text(), then c.req.raw", after: async (c) => (await c.req.text()) && c.req.raw.text(), want: BODY },
    {
      why: "its signature's header",
      after: (c) => c.req.header("credicorp-signature")?.startsWith(`t=${NOW}`),
      want: true,
    },
    {
      why: "method and URL",
      after: (c) => [c.req.method, c.req.url, c.req.raw.method, c.req.raw.url],
      want: ["POST", url, "POST", url],
    },
    {
      why: "what is sent on",
      after: async (c) => await new Request("https://b.example/", c.req.raw).text(),
      want: BODY,
    },
    { why: "that raw is one request", after: (c) => c.req.raw === c.req.raw, want: true },
  ])("can be read by $why after the middleware", async ({ after, want }) => {
    const { app, seen } = createTestApp([], after)
    expect((await app.fetch(await make())).status).toBe(200)
    expect(seen).toEqual({ bodies: [want], errors: [] })
  })

  it("passes bodyLimit after the middleware", async () => {
    const app = new Hono()
    const limit = bodyLimit({ maxSize: 10_000 })
    app.post("/hooks", webhook({ secrets: [SECRET], now: NOW }), limit, async (c) => c.text(await c.req.text()))
    expect(await (await app.fetch(await make())).text()).toBe(BODY)
  })

  it.each<{ why: string; before: MiddlewareHandler }>([
    { why: "raw.text()", before: reading((c) => c.req.raw.text()) },
    { why: "raw.json()", before: reading((c) => c.req.raw.json()) },
    { why: "a reader of raw", before: reading((c) => c.req.raw.body?.getReader()) },
    // Older versions of Hono keep only what c.req.json() made.
    {
      why: "json() of an older Hono",
      before: reading(async (c) => {
        c.req.bodyCache = { json: Promise.resolve(await c.req.raw.json()) }
      }),
    },
  ])("that $why read before → TypeError that names the order of middleware", async ({ before }) => {
    const { app, seen } = createTestApp([before])
    expect((await app.fetch(await make())).status).toBe(500)
    expect(seen.bodies).toEqual([])
    expect(seen.errors).toEqual([expect.any(TypeError)])
    expect(String(seen.errors[0])).toContain("webhook() must come before middleware that reads the body")
  })
})

it("a body over bodyLimit is refused by it, whole or in pieces, and reaches no handler", async () => {
  for (const { make } of FORMS) {
    const { app, seen } = createTestApp([bodyLimit({ maxSize: 10 })])
    await app.fetch(await make())
    expect(seen).toMatchObject({ bodies: [], errors: [{ status: 413 }] })
  }
})

// What is kept under `text` is the text of other bytes: the replaced ones do not verify.
it("bytes that are not UTF-8 are no longer the signed ones once c.req.text() has read them", async () => {
  const { app, seen } = createTestApp([reading((c) => c.req.text())])
  expect((await app.fetch(await signedRequest({ url, body: Uint8Array.of(0x22, 0xff, 0x22) }))).status).toBe(400)
  expect(seen).toEqual({ bodies: [], errors: [] })
})

it("what was kept is verified like any body: a forged one is refused", async () => {
  const { app, seen } = createTestApp([reading((c) => c.req.text())])
  expect((await app.fetch(await signedRequest({ url, secret: "whsec_another" }))).status).toBe(400)
  expect(seen).toEqual({ bodies: [], errors: [] })
})

it("a body that broke off while something else read it is refused, not thrown at the app", async () => {
  const swallow = reading((c) => c.req.text().catch(() => {}))
  const { app, seen } = createTestApp([swallow])
  const whole = await signedRequest({ url })
  const body = new ReadableStream({ start: (controller) => controller.error(new Error("gone")) })
  const init = { method: "POST", headers: whole.headers, body, duplex: "half" }
  expect((await app.fetch(new Request(url, init))).status).toBe(400)
  expect(seen).toEqual({ bodies: [], errors: [] })
})
