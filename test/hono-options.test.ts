import type { Scheme } from "../src/providers/provider.ts"
import { Hono, type Context } from "hono"
import { describe, expect, it } from "vitest"
import { webhook, type WebhookOptions } from "../src/hono.ts"
import { credicorp } from "../src/index.ts"
import { NOW, sampleBody, SECRET, signedRequest } from "./support/delivery.ts"

/** An app whose only route answers with what the middleware left for it. */
const appWith = (options: Partial<WebhookOptions>) =>
  new Hono().post("/webhooks/credicorp", webhook({ secrets: [SECRET], now: NOW, ...options }), async (c) =>
    c.json({ id: c.var.webhook.id, secretId: c.var.webhookSecretId, body: await c.req.text() }),
  )

describe("the mode (spec 2.5, 3.9)", () => {
  const rows = [
    { why: "none is told, test event", livemode: undefined, event: false, want: 200 },
    { why: "none is told, live event", livemode: undefined, event: true, want: 200 },
    { why: "live, live event", livemode: true, event: true, want: 200 },
    { why: "live, test event", livemode: true, event: false, want: 422 },
    { why: "test, live event", livemode: false, event: true, want: 422 },
  ]
  it.each(rows)("$why → $want", async ({ livemode, event, want }) => {
    const request = await signedRequest({ body: sampleBody({ livemode: event }) })
    expect((await appWith({ livemode }).fetch(request)).status).toBe(want)
  })
})

describe("onRefused", () => {
  it("is told the reason, which the answer does not tell", async () => {
    const reasons: unknown[] = []
    const app = appWith({ onRefused: (error) => void reasons.push([error.code, error.reason]) })
    const answer = await app.fetch(await signedRequest({ time: NOW - 301 }))
    expect(reasons).toEqual([["webhook_signature_invalid", "timestamp_stale"]])
    expect(await answer.text()).not.toContain("stale")
  })

  it("is not told of what is let through", async () => {
    const reasons: unknown[] = []
    const app = appWith({ onRefused: (error) => void reasons.push(error) })
    expect((await app.fetch(await signedRequest())).status).toBe(200)
    expect(reasons).toEqual([])
  })
})

it.each([{ error: new Error("gone") }, { error: new TypeError("terminated") }])(
  "a body that breaks off with $error is refused as the receiver refuses it, not thrown at the app",
  async ({ error }) => {
    const whole = await signedRequest()
    const body = new ReadableStream({ start: (controller) => controller.error(error) })
    const init = { method: "POST", headers: whole.headers, body, duplex: "half" }
    const reasons: unknown[] = []
    const app = appWith({ onRefused: ({ reason }: { reason?: unknown }) => void reasons.push(reason) })
    expect((await app.fetch(new Request(whole.url, init))).status).toBe(400)
    expect(reasons).toEqual(["body_incomplete"])
  },
)

it("names the secret that signed", async () => {
  const secrets = [
    { id: "new", secret: "whsec_another" },
    { id: "old", secret: SECRET },
  ]
  const answer = await appWith({ secrets }).fetch(await signedRequest())
  expect(await answer.json()).toMatchObject({ secretId: "old" })
})

// Catches a body that was cached under another key before: `c.req` would hand out what nobody signed.
it("hands out the proven body, whatever was read before", async () => {
  const app = new Hono()
  app.use(async (c, next) => {
    await c.req.text()
    c.req.raw = await signedRequest()
    await next()
  })
  app.post("/webhooks/credicorp", webhook({ secrets: [SECRET], now: NOW }), async (c) => c.text(await c.req.text()))
  const request = new Request("https://receiver.example/webhooks/credicorp", { method: "POST", body: '{"evil":1}' })
  expect(await (await app.fetch(request)).text()).toBe(sampleBody())
})

/** A provider that tells which secrets it made keys of. */
function createCountedProvider() {
  const seen: string[] = []
  const prepareKey: Scheme["prepareKey"] = (key, engine) => (seen.push(key.secret), credicorp.prepareKey(key, engine))
  return { seen, provider: { ...credicorp, prepareKey } }
}

/** A secret as careful code keeps it: it never shows itself where it is printed. */
class RedactedSecret {
  readonly id = "tenant"
  readonly #secret: string

  constructor(secret: string) {
    this.#secret = secret
  }

  get secret(): string {
    return this.#secret
  }

  toJSON(): string {
    return "[redacted]"
  }
}

// The verifier was kept by the JSON text of the secrets, and two tenants' secrets had one text: Alice's signature passed for Bob.
describe("tenants whose secrets have one serialisation", () => {
  const ALICE = "whsec_alice_0123456789"
  const BOB = "whsec_bob_0123456789"

  it.each([
    { why: "a class with toJSON", toSecret: (text: string) => new RedactedSecret(text) },
    {
      why: "a field that is not enumerable",
      toSecret: (text: string) => Object.defineProperty({ id: "tenant" }, "secret", { value: text }),
    },
  ])("$why → each is verified with its own", async ({ toSecret }) => {
    const app = new Hono()
    const secrets = (c: Context) => [
      toSecret(c.req.query("tenant") === "bob" ? BOB : ALICE) as { id: string; secret: string },
    ]
    app.post("/hooks", webhook({ secrets, now: NOW }), (c) => c.json({ id: c.var.webhook.id }))
    const statusOf = async (tenant: string, secret: string): Promise<number> =>
      (await app.fetch(await signedRequest({ url: `https://app.example/hooks?tenant=${tenant}`, secret }))).status
    const statuses: number[] = []
    for (const [tenant, secret] of [
      ["alice", ALICE],
      ["bob", ALICE],
      ["bob", BOB],
      ["alice", BOB],
      ["alice", ALICE],
    ] as const) {
      statuses.push(await statusOf(tenant, secret))
    }
    expect(statuses).toEqual([200, 400, 200, 400, 200])
  })
})

describe("keys", () => {
  it("are prepared once while a function finds the same secrets, in a new list each time", async () => {
    const { seen, provider } = createCountedProvider()
    const app = appWith({ secrets: () => [SECRET, "whsec_another"], provider })
    const before = seen.length
    for (let turn = 0; turn < 3; turn++) expect((await app.fetch(await signedRequest())).status).toBe(200)
    expect(seen.length - before).toBe(2)
  })

  it("are prepared anew when a list has changed in place: a secret that was taken out signs no more", async () => {
    const list = [SECRET, "whsec_another"]
    const app = appWith({ secrets: () => list })
    expect((await app.fetch(await signedRequest())).status).toBe(200)
    list.shift()
    expect((await app.fetch(await signedRequest())).status).toBe(400)
  })
})

// Catches the commonest slip of all being told as "Cannot read properties of undefined".
it("a binding that is not set is a TypeError that says so, with the first delivery", async () => {
  const app = new Hono().post("/webhooks/credicorp", webhook({ secrets: () => undefined as unknown as string }))
  app.onError((error, c) => c.text(String(error), 500))
  expect(await (await app.fetch(await signedRequest())).text()).toContain("is the binding set")
})
