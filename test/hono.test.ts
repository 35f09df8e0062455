import { Hono, type Context } from "hono"
import * as v from "valibot"
import { describe, expect, expectTypeOf, it, vi } from "vitest"
import { webhook, type SecretsSource, type WebhookOptions } from "../src/hono.ts"
import type { AnyEvent } from "../src/events/schema.ts"
import { NOW, SECRET, sampleBody, sampleEvent, signedRequest, type DeliveryOptions } from "./support/delivery.ts"
import { createCountedBody, toAnswer, toStreamedRequest, type Answer } from "./support/receiver.ts"

const URL_OF_APP = "https://app.example/hooks"
const REQUEST_ID = /^req_[A-Za-z0-9_-]{16}$/

interface AppEnv {
  Bindings: { SECRETS?: unknown }
}

/** Finds the secrets in the bindings, as an app on Workers does; their type is what a user hopes for. */
const boundSecrets = (c: Context): string => (c.env as { SECRETS: string }).SECRETS

interface TestApp {
  readonly send: (delivery?: DeliveryOptions, bindings?: AppEnv["Bindings"]) => Promise<Answer>
  readonly fetch: (request: Request) => Promise<Response>
  /** The events that reached the handler. */
  readonly events: AnyEvent[]
  /** What the app's onError got. */
  readonly errors: unknown[]
}

function createTestApp(options: Partial<WebhookOptions> = {}): TestApp {
  const [events, errors]: [AnyEvent[], unknown[]] = [[], []]
  const app = new Hono<AppEnv>()
  app.post("/hooks", webhook({ secrets: [SECRET], now: NOW, ...options }), (c) => {
    events.push(c.var.webhook)
    return c.json({ received: true, id: c.var.webhook.id })
  })
  app.onError((error, c) => {
    errors.push(error)
    return c.json({ failed: true }, 500)
  })
  return {
    events,
    errors,
    fetch: async (request) => await app.fetch(request),
    send: async (delivery, bindings) =>
      await toAnswer(await app.fetch(await signedRequest({ url: URL_OF_APP, ...delivery }), bindings)),
  }
}

describe("a proven event", () => {
  it("is c.var.webhook, and the route's handler answers", async () => {
    const { send, events } = createTestApp()
    const answer = await send()
    expect([answer.status, answer.json]).toEqual([200, { received: true, id: "evt_1" }])
    expect(answer.headers.get("Credicorp-Request-Id")).toMatch(REQUEST_ID)
    expect(events).toEqual([sampleEvent()])
  })

  it("is typed", () => {
    new Hono().post("/", webhook({ secrets: [SECRET] }), (c) => {
      expectTypeOf(c.var.webhook).toEqualTypeOf<AnyEvent>()
      return c.body(null)
    })
    const events = { "card.blocked": v.object({ id: v.string() }) }
    new Hono().post("/", webhook({ secrets: [SECRET], events }), (c) => {
      expectTypeOf(c.var.webhook).toEqualTypeOf<AnyEvent<typeof events>>()
      return c.body(null)
    })
    expect(webhook({ secrets: [SECRET], events })).toBeTypeOf("function")
  })

  it.each<{ why: string; answer: (c: Context) => Response }>([
    { why: "c.json()", answer: (c) => c.json({}) },
    { why: "c.body(null)", answer: (c) => c.body(null, 204) },
    { why: "a Response of its own", answer: () => Response.json({}) },
    { why: "a Response without a body", answer: () => new Response(null, { status: 204 }) },
  ])("the answer has a request id when the handler answers with $why: spec 4.1", async ({ answer }) => {
    const app = new Hono().post("/hooks", webhook({ secrets: [SECRET], now: NOW }), (c) => answer(c))
    const response = await app.fetch(await signedRequest({ url: URL_OF_APP }))
    expect(response.headers.get("Credicorp-Request-Id")).toMatch(REQUEST_ID)
  })

  it("an error of the handler's is the app's own", async () => {
    const app = new Hono().post("/hooks", webhook({ secrets: [SECRET], now: NOW }), () => {
      throw new RangeError("the handler's")
    })
    const errors: unknown[] = []
    app.onError((error, c) => {
      errors.push(error)
      return c.json({}, 500)
    })
    expect((await app.fetch(await signedRequest({ url: URL_OF_APP }))).status).toBe(500)
    expect(errors).toEqual([new RangeError("the handler's")])
  })
})

/** The ways that `c.req` has to read a body. */
interface HonoBody {
  text(): Promise<string>
  json(): Promise<unknown>
  arrayBuffer(): Promise<ArrayBuffer>
  bytes(): Promise<Uint8Array>
  blob(): Promise<Blob>
}

describe("the body can still be read, and is the bytes that were signed", () => {
  // White space, an escape and characters of two and four bytes: a round trip through JSON or UTF-16 would show.
  const text = ` ${JSON.stringify(sampleEvent({ note: "é😀" }), null, 2).replace('"note"', String.raw`"\u006eote"`)}\n`
  const bytes = new TextEncoder().encode(text)

  const readers: readonly { how: string; read: (body: HonoBody) => Promise<unknown>; want: unknown }[] = [
    { how: "text()", read: async (body) => await body.text(), want: text },
    { how: "json()", read: async (body) => await body.json(), want: sampleEvent({ note: "é😀" }) },
    { how: "arrayBuffer()", read: async (body) => [...new Uint8Array(await body.arrayBuffer())], want: [...bytes] },
    { how: "bytes()", read: async (body) => [...(await body.bytes())], want: [...bytes] },
    {
      how: "blob()",
      read: async (body) => [...new Uint8Array(await (await body.blob()).arrayBuffer())],
      want: [...bytes],
    },
  ]

  it.each(readers)("$how", async ({ read, want }) => {
    const seen: unknown[] = []
    const app = new Hono().post("/hooks", webhook({ secrets: [SECRET], now: NOW }), async (c) => {
      seen.push(await read(c.req), await read(c.req))
      return c.body(null)
    })
    expect((await app.fetch(await signedRequest({ url: URL_OF_APP, body: bytes }))).status).toBe(200)
    expect(seen).toEqual([want, want])
  })

  it("all of them, one after the other", async () => {
    const seen: unknown[] = []
    const app = new Hono().post("/hooks", webhook({ secrets: [SECRET], now: NOW }), async (c) => {
      for (const { read } of readers) seen.push(await read(c.req))
      return c.body(null)
    })
    await app.fetch(await signedRequest({ url: URL_OF_APP, body: bytes }))
    expect(seen).toEqual(readers.map(({ want }) => want))
  })

  it.each([
    { why: "one that arrives in pieces", size: 100 },
    { why: "a large one in pieces", size: 10_000 },
  ])("of $why, without what was read too much", async ({ size }) => {
    const body = text.padEnd(size)
    const all = new TextEncoder().encode(body)
    const chunks = Array.from({ length: Math.ceil(all.length / 64) }, (_, i) => all.slice(i * 64, i * 64 + 64))
    const lengths: number[] = []
    const app = new Hono().post("/hooks", webhook({ secrets: [SECRET], now: NOW }), async (c) => {
      lengths.push((await c.req.arrayBuffer()).byteLength)
      return c.body(null)
    })
    const request = toStreamedRequest(await signedRequest({ url: URL_OF_APP, body }), createCountedBody(chunks))
    expect((await app.fetch(request)).status).toBe(200)
    expect(lengths).toEqual([all.length])
  })
})

describe("a refusal: spec 3, 4.1", () => {
  interface Row {
    readonly why: string
    readonly delivery?: DeliveryOptions
    readonly options?: Partial<WebhookOptions>
    readonly want: string
  }

  it.each<Row>([
    {
      why: "no content type",
      delivery: { body: new TextEncoder().encode(sampleBody()), headers: { "Content-Type": undefined } },
      want: "400 missing_content_type",
    },
    {
      why: "another content type",
      delivery: { headers: { "Content-Type": "text/plain" } },
      want: "415 unsupported_media_type",
    },
    { why: "encoded", delivery: { headers: { "Content-Encoding": "gzip" } }, want: "415 unsupported_media_type" },
    {
      why: "no signature",
      delivery: { headers: { "Credicorp-Signature": undefined } },
      want: "400 webhook_signature_missing",
    },
    {
      why: "malformed signature",
      delivery: { headers: { "Credicorp-Signature": "t=1" } },
      want: "400 webhook_signature_invalid",
    },
    { why: "another's signature", delivery: { secret: "whsec_another" }, want: "400 webhook_signature_invalid" },
    { why: "stale", delivery: { time: NOW - 301 }, want: "400 webhook_signature_invalid" },
    {
      why: "stale by an option",
      delivery: { time: NOW - 11 },
      options: { toleranceSeconds: 10 },
      want: "400 webhook_signature_invalid",
    },
    { why: "too large by an option", options: { maxBodyBytes: 10 }, want: "422 request_body_too_large" },
    { why: "not JSON", delivery: { body: "{" }, want: "400 invalid_json" },
    { why: "not an event", delivery: { body: sampleBody({ created: 1 }) }, want: "422 invalid_value_type created" },
    {
      why: "wrong type before no signature",
      delivery: { headers: { "Content-Type": "text/plain", "Credicorp-Signature": undefined } },
      want: "415 unsupported_media_type",
    },
  ])("$why → $want, and the handler does not run", async ({ delivery, options, want }) => {
    const { send, events, errors } = createTestApp(options)
    const { status, code, param, json, headers, text } = await send(delivery)
    expect([status, code, param].filter((part) => part !== undefined).join(" ")).toBe(want)
    expect(json["error"]).toMatchObject({ request_id: headers.get("Credicorp-Request-Id") })
    expect(headers.get("Credicorp-Request-Id")).toMatch(REQUEST_ID)
    expect(headers.get("Content-Type")).toBe("application/json")
    expect(text).not.toMatch(/mismatch|stale|malformed/)
    expect([events, errors]).toEqual([[], []])
  })

  it("an id that was sent in is ignored", async () => {
    const { headers } = await createTestApp().send({ headers: { "Credicorp-Request-Id": "req_AAAAAAAAAAAAAAAA" } })
    expect(headers.get("Credicorp-Request-Id")).not.toBe("req_AAAAAAAAAAAAAAAA")
  })
})

describe("secrets as an app finds them", () => {
  const other = "whsec_other_0123456789"

  it.each<{ why: string; secrets: SecretsSource }>([
    { why: "list", secrets: [SECRET] },
    {
      why: "list with ids",
      secrets: [
        { id: "a", secret: other },
        { id: "b", secret: SECRET },
      ],
    },
    { why: "text", secrets: SECRET },
    { why: "text with two", secrets: `old=${other}, new=${SECRET}` },
    { why: "function that finds a text", secrets: boundSecrets },
    { why: "function that finds a promise of a text", secrets: async (c) => Promise.resolve(boundSecrets(c)) },
    { why: "function that finds a promise of a list", secrets: async (c) => Promise.resolve([boundSecrets(c)]) },
    {
      why: "Secrets Store, whose get() is called",
      secrets: (c) => ({ get: () => Promise.resolve(boundSecrets(c)) }).get(),
    },
    { why: "Secrets Store, as the binding that it is", secrets: (c) => ({ get: async () => boundSecrets(c) }) },
    { why: "Secrets Store that is known beforehand", secrets: { get: async () => SECRET } },
    { why: "function that makes a list", secrets: (c) => [(c.env as { SECRETS: string }).SECRETS, other] },
  ])("$why → 200", async ({ secrets }) => {
    const { send, events } = createTestApp({ secrets })
    expect((await send({}, { SECRETS: SECRET })).status).toBe(200)
    expect((await send({ secret: "whsec_neither" }, { SECRETS: SECRET })).code).toBe("webhook_signature_invalid")
    expect(events.length).toBe(1)
  })

  it.each([
    { why: "undefined: the binding is not set", found: undefined },
    { why: "null", found: null },
    { why: "empty text", found: "" },
    { why: "blank text", found: " " },
    { why: "empty list", found: [] },
    { why: "list of nothing", found: [undefined] },
    { why: "list with an empty secret", found: [""] },
    { why: "promise of nothing", found: Promise.resolve(undefined) },
    { why: "promise of an empty text", found: Promise.resolve("") },
    { why: "list of promises", found: [Promise.resolve(SECRET)] },
    { why: "store that finds nothing", found: { get: () => Promise.resolve(undefined) } },
    { why: "store that finds an empty text", found: { get: () => Promise.resolve("") } },
    { why: "object", found: { secret: SECRET } },
    { why: "number", found: 1 },
    { why: "true", found: true },
  ])("a function that finds $why → the app's onError, and the handler does not run", async ({ found }) => {
    const { send, events, errors } = createTestApp({ secrets: boundSecrets })
    expect((await send({}, { SECRETS: found })).status).toBe(500)
    expect(errors).toEqual([expect.any(TypeError)])
    expect(events).toEqual([])
  })

  it("a store that fails → the app's onError, and the next request asks it again", async () => {
    let isDown = true
    const get = async () => {
      if (isDown) throw new RangeError("no store")
      return SECRET
    }
    const { send, events, errors } = createTestApp({ secrets: { get } })
    expect((await send()).status).toBe(500)
    expect(errors).toEqual([new RangeError("no store")])
    expect(events).toEqual([])
    isDown = false
    expect((await send()).status).toBe(200)
  })

  it("a function that throws → the app's onError, and the handler does not run", async () => {
    const { send, events, errors } = createTestApp({
      secrets: () => {
        throw new RangeError("no store")
      },
    })
    expect((await send()).status).toBe(500)
    expect(errors).toEqual([new RangeError("no store")])
    expect(events).toEqual([])
  })

  it("without an onError it is a 500 all the same", async () => {
    const app = new Hono<AppEnv>().post("/hooks", webhook({ secrets: boundSecrets }), (c) => c.json({ received: true }))
    const console = vi.spyOn(globalThis.console, "error").mockImplementation(() => {})
    try {
      expect((await app.fetch(await signedRequest({ url: URL_OF_APP }), {})).status).toBe(500)
    } finally {
      console.mockRestore()
    }
  })

  it("new secrets are used from the next request on, and old ones no longer", async () => {
    const { send } = createTestApp({ secrets: boundSecrets })
    const statusOf = async (secret: string, bound: string): Promise<number> =>
      (await send({ secret }, { SECRETS: bound })).status
    expect(await statusOf(SECRET, SECRET)).toBe(200)
    expect(await statusOf(SECRET, other)).toBe(400)
    expect(await statusOf(other, other)).toBe(200)
    expect(await statusOf(other, SECRET)).toBe(400)
    expect(await statusOf(SECRET, SECRET)).toBe(200)
  })

  it("invalid secrets stop nothing once they are valid again", async () => {
    const { send } = createTestApp({ secrets: boundSecrets })
    expect((await send({}, { SECRETS: SECRET })).status).toBe(200)
    expect((await send({}, { SECRETS: "" })).status).toBe(500)
    expect((await send({}, { SECRETS: SECRET })).status).toBe(200)
  })
})

describe("invalid options throw where the middleware is made", () => {
  it.each<{ why: string; options: Record<string, unknown> }>([
    { why: "no secrets", options: { secrets: undefined } },
    { why: "empty text", options: { secrets: "" } },
    { why: "empty list", options: { secrets: [] } },
    { why: "list with an empty secret", options: { secrets: [""] } },
    { why: "two with one id", options: { secrets: `a=whsec_${SECRET},a=whsec_${SECRET}` } },
    { why: "tolerance of zero", options: { toleranceSeconds: 0 } },
    { why: "tolerance as text", options: { toleranceSeconds: "300" } },
    { why: "tolerance NaN", options: { toleranceSeconds: Number.NaN } },
    { why: "cap of zero", options: { maxBodyBytes: 0 } },
    { why: "an option that is misspelt", options: { liveMode: true } },
    { why: "the mode as text, which no event equals", options: { livemode: "false" } },
    { why: "onRefused that is no function", options: { onRefused: "log" } },
    { why: "an unusual secret", options: { secrets: "whsec_your_secret_here" } },
    // Only the secrets are found later; the rest is known now.
    { why: "tolerance of zero beside a store", options: { secrets: { get: async () => SECRET }, toleranceSeconds: 0 } },
    { why: "tolerance of zero beside a function", options: { secrets: () => SECRET, toleranceSeconds: 0 } },
    { why: "cap of zero beside a function", options: { secrets: () => SECRET, maxBodyBytes: 0 } },
  ])("$why → TypeError", ({ options }) => {
    expect(() => webhook({ secrets: [SECRET], ...options })).toThrow(TypeError)
  })

  it("no options at all → TypeError that says what is missing", () => {
    const make = webhook as (options?: unknown) => unknown
    expect(() => make()).toThrow("options must be an object of options (secrets, ")
    expect(() => make(SECRET)).toThrow("not a string")
  })
})

describe("a body that was read before is an error, never an acceptance", () => {
  it.each<{ why: string; read: (request: Request) => unknown }>([
    { why: "read to the end", read: async (request) => await request.text() },
    { why: "being read", read: (request) => request.body?.getReader() },
    { why: "begun", read: async (request) => await request.body?.getReader().read() },
    { why: "cancelled", read: async (request) => await request.body?.cancel() },
  ])("$why", async ({ read }) => {
    const [events, errors]: [unknown[], unknown[]] = [[], []]
    const app = new Hono()
    app.use(async (c, next) => {
      await read(c.req.raw)
      await next()
    })
    app.post("/hooks", webhook({ secrets: [SECRET], now: NOW }), (c) => {
      events.push(c.var.webhook)
      return c.json({})
    })
    app.onError((error, c) => {
      errors.push(error)
      return c.json({}, 500)
    })
    expect((await app.fetch(await signedRequest({ url: URL_OF_APP }))).status).toBe(500)
    expect(errors).toEqual([expect.any(TypeError)])
    expect(events).toEqual([])
  })
})

describe("events: spec 3.11", () => {
  const events = { "decision.completed": v.object({ amount: v.pipe(v.number(), v.transform(String)) }) }

  it("the payload is what the schema made of it", async () => {
    const seen: unknown[] = []
    const app = new Hono().post("/hooks", webhook({ secrets: [SECRET], now: NOW, events }), (c) => {
      const event = c.var.webhook
      if (event.type === "decision.completed") {
        expectTypeOf(event.data.object).toEqualTypeOf<{ amount: string }>()
        seen.push(event.data.object)
      }
      return c.json({})
    })
    expect((await app.fetch(await signedRequest({ url: URL_OF_APP }))).status).toBe(200)
    expect(seen).toEqual([{ amount: "1200" }])
  })

  it("one that does not fit is refused", async () => {
    const app = new Hono().post("/hooks", webhook({ secrets: [SECRET], now: NOW, events }), (c) => c.json({}))
    const body = sampleBody({ data: { object: { amount: "1200" } } })
    const answer = await toAnswer(await app.fetch(await signedRequest({ url: URL_OF_APP, body })))
    expect([answer.status, answer.code, answer.param]).toEqual([422, "invalid_value_type", "data.object.amount"])
  })
})
