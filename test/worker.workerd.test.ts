// Catches a Worker whose parts work alone and not together: its default export with real objects and the real clock.

import { createExecutionContext } from "cloudflare:test"
import { exports } from "cloudflare:workers"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { eventually } from "./support/eventually.ts"
import { sampleBody, SECRET, signedRequest, type DeliveryOptions } from "./support/delivery.ts"
import { createReceiver } from "../src/worker.ts"
import { handlers } from "./support/handlers.ts"
import { toAnswer, type Answer } from "./support/receiver.ts"

// The types of Workers know the exports of a project only once it has described itself to them.
const worker = (exports as unknown as { default: Fetcher }).default

const nowSeconds = (): number => Math.floor(Date.now() / 1000)

const send = async (delivery: DeliveryOptions): Promise<Answer> =>
  await toAnswer(await worker.fetch(await signedRequest({ time: nowSeconds(), ...delivery })))

/** The lines that the Worker wrote: it runs in the isolate of the tests. */
const lines: unknown[] = []

beforeEach(() => {
  lines.length = 0
  vi.spyOn(console, "log").mockImplementation((line) => void lines.push(JSON.parse(String(line))))
})
afterEach(() => {
  vi.restoreAllMocks()
})

describe("the Worker", () => {
  it("takes a delivery, and runs its handler behind the inbox", async () => {
    const answer = await send({})
    expect([answer.status, answer.json]).toEqual([200, { received: true, id: "evt_1", status: "accepted" }])
    expect(lines).toContainEqual(
      expect.objectContaining({ message: "delivery", outcome: "accepted", secret_id: "test" }),
    )
    await eventually(() =>
      expect(lines).toContainEqual(
        expect.objectContaining({ message: "decision completed", event_id: "evt_1", decision: "dec_1" }),
      ),
    )
  })

  it("knows the event again, and runs nothing", async () => {
    await send({ body: sampleBody({ id: "evt_twice" }) })
    await eventually(() => expect(lines).toContainEqual(expect.objectContaining({ message: "decision completed" })))
    const answer = await send({ body: sampleBody({ id: "evt_twice" }) })
    expect([answer.status, answer.json["status"]]).toEqual([200, "duplicate"])
    expect(lines.filter((line) => (line as { message: string }).message === "decision completed")).toHaveLength(1)
  })

  it.each<{ why: string; delivery: DeliveryOptions; want: string }>([
    { why: "another's signature", delivery: { secret: `${SECRET}x` }, want: "400 webhook_signature_invalid" },
    { why: "signed an hour ago", delivery: { time: nowSeconds() - 3_600 }, want: "400 webhook_signature_invalid" },
    { why: "signed for tomorrow", delivery: { time: nowSeconds() + 86_400 }, want: "400 webhook_signature_invalid" },
    {
      why: "live event at a test receiver",
      delivery: { body: sampleBody({ livemode: true }) },
      want: "422 invalid_value_type",
    },
    { why: "another path", delivery: { url: "https://receiver.example/elsewhere" }, want: "404 route_not_found" },
    { why: "another method", delivery: { method: "GET" }, want: "405 method_not_allowed" },
  ])("$why → $want", async ({ delivery, want }) => {
    const { status, code } = await send(delivery)
    expect(`${status} ${code}`).toBe(want)
  })

  it("is healthy", async () => {
    const answer = await toAnswer(await worker.fetch("https://receiver.example/healthz"))
    expect(answer.status).toBe(200)
    const surfaces = { receiver: "on", inbox: "on", endpoints: "on", operator: "on" }
    expect(answer.json).toMatchObject({ status: "ok", surfaces, store: "ok" })
  })
})

// Catches a configuration that is read, and keys that are prepared, once per request.
it("builds the app once per isolate", async () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {})
  const fresh = createReceiver(handlers)
  const context = createExecutionContext()
  for (let turn = 0; turn < 3; turn++) {
    const request = new Request<unknown, IncomingRequestCfProperties>("https://receiver.example/healthz")
    expect((await fresh.fetch(request, {}, context)).status).toBe(503)
  }
  expect(log.mock.calls.filter(([line]) => String(line).includes("WEBHOOK_SECRETS"))).toHaveLength(1)
  log.mockRestore()
})
