import { describe, expect, it } from "vitest"
import { createApp } from "../../src/app/app.ts"
import { defineHandlers } from "../../src/events/handlers.ts"
import { signedRequest, type DeliveryOptions } from "../support/delivery.ts"
import { createReceiver, toAnswer, type Answer, type TestEnv } from "../support/receiver.ts"

type Receiver = "on" | "off" | "invalid" | "failing" | "refusing" | "throwing"
type Send = (delivery?: DeliveryOptions) => Promise<Answer>

const BASE = "https://receiver.example"
const REQUEST_ID = /^req_[A-Za-z0-9_-]{16}$/

const failing = defineHandlers<TestEnv>({ "*": () => Promise.reject(new Error("no")) })

/** A bug of ours: nothing expects the clock to fail. */
const brokenClock = (): never => {
  throw new Error("db-7 refused admin")
}

/** The whole app, with its receiver in one of the states that it can be in. */
function createSend(receiver: Receiver): Send {
  if (receiver === "on") return createReceiver().send
  if (receiver === "failing") return createReceiver({ handlers: failing }).send
  if (receiver === "refusing") return createReceiver({ livemode: true }).send
  if (receiver === "throwing") return createReceiver({ clock: brokenClock }).send
  const app = createApp({
    sources: [{ state: receiver, source: "credicorp" }],
    inbox: { state: "off" },
    endpoints: { state: "off" },
    operator: { state: "off" },
    log: () => {},
    clock: () => 0,
  })
  return async (delivery) => await toAnswer(await app.fetch(await signedRequest(delivery)))
}

describe("/healthz", () => {
  it("on → 200", async () => {
    const answer = await createSend("on")({ method: "GET", url: `${BASE}/healthz` })
    expect([answer.status, answer.json]).toEqual([
      200,
      {
        status: "ok",
        surfaces: { receiver: "on", inbox: "off", endpoints: "off", operator: "off" },
        sources: { credicorp: "on" },
        store: "ok",
        storage: null,
      },
    ])
    expect(answer.headers.get("Retry-After")).toBeNull()
  })

  // Caught: the answer came from the configuration alone, so it was 200 while nothing could be stored.
  it.each(["unreachable", "no_space", "other_settings"] as const)(
    "on, and the inbox is %s → 503 that says so",
    async (store) => {
      const { send } = createReceiver({ checkStore: async () => ({ store, storage: null }) })
      const answer = await send({ method: "GET", url: `${BASE}/healthz` })
      expect([answer.status, answer.code, answer.json["store"]]).toEqual([503, "temporarily_unavailable", store])
      expect(answer.headers.get("Retry-After")).toBe("30")
    },
  )

  it.each(["off", "invalid"] as const)("%s → 503 that names it", async (state) => {
    const answer = await createSend(state)({ method: "GET", url: `${BASE}/healthz` })
    expect([answer.status, answer.code]).toEqual([503, "temporarily_unavailable"])
    expect(answer.json["surfaces"]).toEqual({ receiver: state, inbox: "off", endpoints: "off", operator: "off" })
    expect(answer.headers.get("Retry-After")).toBe("30")
  })

  it.each(["on", "off", "invalid"] as const)("%s: HEAD is GET without the body", async (state) => {
    const send = createSend(state)
    const [get, head] = [
      await send({ method: "GET", url: `${BASE}/healthz` }),
      await send({ method: "HEAD", url: `${BASE}/healthz` }),
    ]
    expect([head.status, head.text]).toEqual([get.status, ""])
  })

  it.each(["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])("%s → 405 with Allow", async (method) => {
    const answer = await createSend("on")({ method, url: `${BASE}/healthz` })
    expect([answer.status, answer.code, answer.headers.get("Allow")]).toEqual([405, "method_not_allowed", "GET, HEAD"])
  })
})

describe("paths that are not there: spec 3.1", () => {
  it.each([
    { path: "//" },
    { path: "/health" },
    { path: "/healthz/" },
    { path: "//healthz" },
    { path: "/Healthz" },
    { path: "/healthz/receiver" },
    { path: "/webhooks" },
    { path: "/webhooks/" },
    { path: "/webhooks/credicorp/" },
    { path: "//webhooks/credicorp" },
    { path: "/webhooks//credicorp" },
    { path: "/WEBHOOKS/credicorp" },
    { path: "/webhooks/credicorp.json" },
    { path: "/webhooks/credicorp%2f" },
    { path: "/webhooks/credicorp;a=b" },
    { path: "/webhooks/:source" },
    { path: "/webhooks/*" },
    { path: "/favicon.ico" },
    { path: "/.env" },
    { path: "/%" },
    { path: "/%ff" },
  ])("$path → route_not_found by any method", async ({ path }) => {
    const send = createSend("on")
    for (const method of ["GET", "POST", "DELETE"]) {
      const answer = await send({ method, url: BASE + path })
      expect([method, answer.status, answer.code]).toEqual([method, 404, "route_not_found"])
    }
  })
})

describe("a receiver that is off does not exist", () => {
  it.each(["GET", "POST", "PUT", "DELETE"])("%s → route_not_found", async (method) => {
    const answer = await createSend("off")({ method })
    expect([answer.status, answer.code, answer.headers.get("Allow")]).toEqual([404, "route_not_found", null])
  })
})

describe("a receiver whose configuration is invalid", () => {
  it.each(["GET", "POST", "PUT", "DELETE"])("%s → 503 with Retry-After", async (method) => {
    const answer = await createSend("invalid")({ method })
    expect([answer.status, answer.code, answer.headers.get("Retry-After")]).toEqual([
      503,
      "temporarily_unavailable",
      "30",
    ])
  })

  it("does not stop the rest: a path that is not there is not there", async () => {
    const answer = await createSend("invalid")({ url: `${BASE}/elsewhere` })
    expect([answer.status, answer.code]).toEqual([404, "route_not_found"])
  })
})

describe("what nobody expected: spec 4.1", () => {
  it("→ server_error, and what it was is in the log only", async () => {
    const receiver = createReceiver({ clock: brokenClock })
    const answer = await receiver.send()
    expect([answer.status, answer.code]).toEqual([500, "server_error"])
    expect(answer.text + JSON.stringify([...answer.headers])).not.toMatch(/db-7|admin|Error|\.ts/)
    const entry = {
      level: "error",
      error: "Error: db-7 refused admin",
      request_id: answer.headers.get("Credicorp-Request-Id"),
    }
    expect(receiver.logs).toMatchObject([entry])
  })
})

describe("every response is JSON with an id of ours: spec 4.1", () => {
  const healthz = { method: "GET", url: `${BASE}/healthz` }

  const rows: readonly { why: string; receiver: Receiver; delivery?: DeliveryOptions; want: number }[] = [
    { why: "healthy", receiver: "on", delivery: healthz, want: 200 },
    { why: "healthy, but off", receiver: "off", delivery: healthz, want: 503 },
    { why: "not healthy", receiver: "invalid", delivery: healthz, want: 503 },
    { why: "healthz by another method", receiver: "on", delivery: { ...healthz, method: "DELETE" }, want: 405 },
    { why: "accepted", receiver: "on", want: 200 },
    { why: "refused", receiver: "refusing", want: 422 },
    { why: "no signature", receiver: "on", delivery: { headers: { "Credicorp-Signature": undefined } }, want: 400 },
    { why: "another content type", receiver: "on", delivery: { headers: { "Content-Type": "text/html" } }, want: 415 },
    { why: "another method", receiver: "on", delivery: { method: "GET" }, want: 405 },
    { why: "another path", receiver: "on", delivery: { url: `${BASE}/elsewhere` }, want: 404 },
    { why: "handler failed", receiver: "failing", want: 500 },
    { why: "a bug of ours", receiver: "throwing", want: 500 },
    { why: "off", receiver: "off", want: 404 },
    { why: "invalid", receiver: "invalid", want: 503 },
  ]

  it.each(rows)("$why → $want", async ({ receiver, delivery, want }) => {
    const { status, headers, json } = await createSend(receiver)(delivery)
    expect(status).toBe(want)
    expect(headers.get("Content-Type")).toBe("application/json")
    expect(headers.get("Credicorp-Request-Id")).toMatch(REQUEST_ID)
    if (want === 200) expect(json).not.toHaveProperty("error")
    else expect(json["error"]).toMatchObject({ request_id: headers.get("Credicorp-Request-Id") })
  })

  it.each(rows)("$why: an id that was sent in is ignored", async ({ receiver, delivery }) => {
    const sent = "req_AAAAAAAAAAAAAAAA"
    const all = { ...delivery?.headers, "Credicorp-Request-Id": sent, "X-Request-Id": sent }
    const { headers, text } = await createSend(receiver)({ ...delivery, headers: all })
    expect(headers.get("Credicorp-Request-Id")).toMatch(REQUEST_ID)
    expect(text + JSON.stringify([...headers])).not.toContain(sent)
  })

  it("HEAD has the id and no body", async () => {
    const answer = await createSend("on")({ ...healthz, method: "HEAD" })
    expect(answer.headers.get("Credicorp-Request-Id")).toMatch(REQUEST_ID)
    expect(answer.text).toBe("")
  })

  it("no two are alike", async () => {
    const send = createSend("on")
    const ids = new Set<string | null>()
    for (let i = 0; i < 100; i++) ids.add((await send(healthz)).headers.get("Credicorp-Request-Id"))
    expect(ids.size).toBe(100)
  })

  it.each(rows.filter(({ want }) => want >= 400))(
    "$why: an error has these fields and no others",
    async ({ receiver, delivery }) => {
      const { json } = await createSend(receiver)(delivery)
      const { type, code, message, request_id: id, param = "", ...rest } = json["error"] as Record<string, unknown>
      expect([type, code, message, id, param].map((value) => typeof value)).toEqual(Array(5).fill("string"))
      expect(rest).toEqual({})
    },
  )
})
