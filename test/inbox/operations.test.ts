// Catches an operator's route that opens without the token, does half of what it was asked, or shows what nobody may see.

import { describe, expect, it } from "vitest"
import { toUtf8 } from "../../src/core/bytes.ts"
import { toBulkCursor } from "../../src/inbox/fields.ts"
import { NOW, sampleBody } from "../support/delivery.ts"
import { createInboxApp, type InboxApp, type OperatorCall } from "../support/inbox-app.ts"
import { OPERATOR_TOKEN } from "../support/operator-token.ts"
import { verdict } from "../support/partner.ts"

const ROUTES: readonly { method: string; path: string; allow: string; body?: unknown; want: number }[] = [
  { method: "GET", path: "/events", allow: "GET, HEAD", want: 200 },
  { method: "GET", path: "/events/credicorp/evt_1", allow: "GET, HEAD", want: 200 },
  { method: "POST", path: "/events/credicorp/evt_1/rerun", allow: "POST", want: 200 },
  { method: "DELETE", path: "/events/credicorp/evt_1/body", allow: "DELETE", want: 204 },
  { method: "POST", path: "/rerun", allow: "POST", body: { type: "payment.settled" }, want: 200 },
  { method: "POST", path: "/pause", allow: "POST", body: { handler: "payment.*" }, want: 200 },
  { method: "POST", path: "/resume", allow: "POST", body: { handler: "payment.*" }, want: 200 },
  { method: "POST", path: "/discard", allow: "POST", body: { type: "payment.settled", note: "x" }, want: 200 },
  { method: "POST", path: "/events/credicorp/evt_1/discard", allow: "POST", body: { note: "x" }, want: 404 },
  { method: "GET", path: "/handlers", allow: "GET, HEAD", want: 200 },
  { method: "GET", path: "/stats", allow: "GET, HEAD", want: 200 },
]

async function openWithEvent(): Promise<InboxApp> {
  const inbox = createInboxApp()
  await inbox.take("evt_1")
  return inbox
}

describe("the door", () => {
  it.each(ROUTES)("$method $path with the token → $want", async ({ method, path, body, want }) => {
    const { call, lines } = await openWithEvent()
    const { status, headers } = await call(method, path, { body })
    expect(status).toBe(want)
    expect(headers.get("Cache-Control")).toBe("no-store")
    expect(lines).toMatchObject([
      { level: "info", message: "operator request", request_id: headers.get("Credicorp-Request-Id") },
    ])
  })

  const KEYS: readonly { why: string; options: OperatorCall; want: string }[] = [
    { why: "no token", options: { token: null }, want: "401 missing_api_key" },
    { why: "an empty one", options: { token: "" }, want: "401 missing_api_key" },
    { why: "another", options: { token: `${OPERATOR_TOKEN}x` }, want: "401 invalid_api_key" },
    { why: "the first half", options: { token: OPERATOR_TOKEN.slice(0, 16) }, want: "401 invalid_api_key" },
    { why: "upper case", options: { token: OPERATOR_TOKEN.toUpperCase() }, want: "401 invalid_api_key" },
    {
      why: "another scheme",
      options: { token: null, headers: { Authorization: `Basic ${OPERATOR_TOKEN}` } },
      want: "401 invalid_api_key",
    },
    {
      why: "two of them",
      options: { token: null, headers: { Authorization: `Bearer ${OPERATOR_TOKEN}, Bearer ${OPERATOR_TOKEN}` } },
      want: "401 invalid_api_key",
    },
    {
      why: "in another header",
      options: { token: null, headers: { "X-Api-Key": OPERATOR_TOKEN } },
      want: "401 missing_api_key",
    },
  ]

  it.each(ROUTES.flatMap((route) => KEYS.map((key) => Object.assign({}, route, key))))(
    "$method $path with $why → $want, before anything is read or done",
    async ({ method, path, options, want }) => {
      const { call, twins, lines, calls } = await openWithEvent()
      calls.length = 0
      const before = JSON.stringify(await twins.values().next().value!.stats())
      const answer = await call(method, path, { ...options, ...(method === "POST" && { body: "no JSON" }) })
      expect(verdict(answer)).toBe(want)
      expect(answer.headers.get("WWW-Authenticate")).toBe("Bearer")
      expect(lines).toMatchObject([{ level: "warn", message: "operator request", code: answer.code }])
      expect(answer.text + JSON.stringify(lines)).not.toContain(OPERATOR_TOKEN.slice(0, 16))
      expect([JSON.stringify(await twins.values().next().value!.stats()), calls]).toEqual([before, []])
    },
  )

  it.each(
    ROUTES.flatMap(({ path, allow }) =>
      ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
        .filter((method) => !allow.split(", ").includes(method))
        .map((method) => ({ method, path, allow })),
    ),
  )("$method $path → 405, Allow: $allow", async ({ method, path, allow }) => {
    const { call } = await openWithEvent()
    const { status, headers } = await call(method, path)
    expect([status, headers.get("Allow")]).toEqual([405, allow])
  })

  it.each([
    "",
    "/",
    "/event",
    "/events/credicorp",
    "/events/credicorp/evt_1/body/x",
    "/events/credicorp/evt_1/run",
    "/stats/x",
  ])("GET /inbox%s → 404 route_not_found", async (path) => {
    expect(verdict(await (await openWithEvent()).call("GET", path))).toBe("404 route_not_found")
  })
})

const LISTED = {
  source: "credicorp",
  id: "evt_1",
  type: "payment.settled",
  status: "done",
  received: new Date(NOW * 1000).toISOString(),
  delivery_id: "dlv_evt_1",
  secret_id: "test",
  bytes: sampleBody({ id: "evt_1", type: "payment.settled" }).length,
  has_body: true,
  runs: [{ handler: "payment.*", status: "done", attempts: 1, next_attempt: null, reason: null, note: null }],
}

const idsOf = (answer: { json: Readonly<Record<string, unknown>> }): readonly string[] =>
  (answer.json["data"] as { id: string }[]).map(({ id }) => id)

describe("GET /events", () => {
  it("of an inbox without events", async () => {
    expect((await createInboxApp().call("GET", "/events")).json).toEqual({ data: [], next_cursor: null })
  })

  it("an event is shown so, and without its body", async () => {
    const { call } = await openWithEvent()
    expect((await call("GET", "/events")).json).toEqual({ data: [LISTED], next_cursor: null })
  })

  it("newest first, over all shards, page by page", async () => {
    const inbox = createInboxApp()
    const ids = Array.from({ length: 25 }, (_, i) => `evt_${i}`)
    for (const id of ids) {
      await inbox.take(id)
      inbox.pass(1)
    }
    expect(inbox.twins.size).toBe(4)
    const first = await inbox.call("GET", "/events")
    await inbox.take("evt_late")
    const second = await inbox.call("GET", `/events?cursor=${String(first.json["next_cursor"])}`)
    expect([...idsOf(first), ...idsOf(second)]).toEqual(ids.toReversed())
    expect(second.json["next_cursor"]).toBeNull()
  })

  it.each([
    { query: "?status=dead", want: ["evt_dead"] },
    { query: "?status=unhandled", want: ["evt_ignored"] },
    { query: "?status=waiting", want: ["evt_waiting"] },
    { query: "?status=done", want: ["evt_done"] },
    { query: "?type=card.blocked", want: ["evt_ignored"] },
    { query: "?type=payment.settled&status=dead", want: ["evt_dead"] },
    { query: `?from=${new Date((NOW + 2) * 1000).toISOString()}`, want: ["evt_waiting", "evt_ignored"] },
    { query: `?to=${new Date((NOW + 2) * 1000).toISOString()}`, want: ["evt_dead", "evt_done"] },
    { query: "?type=card.opened", want: [] },
  ])("$query → $want", async ({ query, want }) => {
    const inbox = createInboxApp()
    inbox.answer = ({ deliveryId }) =>
      deliveryId === "dlv_evt_dead"
        ? { kind: "dead", reason: "gave_up", error: "no" }
        : { kind: deliveryId === "dlv_evt_waiting" ? "failed" : "done", error: "no" }
    for (const id of ["evt_done", "evt_dead", "evt_ignored", "evt_waiting"]) {
      await inbox.take(id, id === "evt_ignored" ? { type: "card.blocked", handlers: undefined } : {})
      inbox.pass(1_000)
    }
    expect(idsOf(await inbox.call("GET", `/events${query}`))).toEqual(want)
  })

  it.each([
    { query: "?limit=0", want: "422 invalid_value_type limit" },
    { query: "?limit=101", want: "422 invalid_value_type limit" },
    { query: "?cursor=x", want: "422 invalid_value_type cursor" },
    { query: "?status=running", want: "422 invalid_value_type status" },
    { query: "?status=dead&status=done", want: "422 invalid_value_type status" },
    { query: "?from=2026-02-30", want: "422 invalid_value_type from" },
    { query: "?include=body", want: "400 unknown_field include" },
    { query: "?handler=*", want: "400 unknown_field handler" },
  ])("$query → $want", async ({ query, want }) => {
    expect(verdict(await (await openWithEvent()).call("GET", `/events${query}`))).toBe(want)
  })
})

describe("GET /events/:source/:id", () => {
  it("with every attempt", async () => {
    const inbox = createInboxApp()
    inbox.answer = () => ({ kind: "failed", error: "Error: the bank is closed" })
    await inbox.take("evt_1")
    const { json } = await inbox.call("GET", "/events/credicorp/evt_1")
    expect(json).toEqual({
      ...LISTED,
      status: "waiting",
      runs: [
        {
          handler: "payment.*",
          status: "waiting",
          attempts: 1,
          next_attempt: new Date((NOW + 5) * 1000).toISOString(),
          reason: null,
          note: null,
          history: [
            {
              attempt: 1,
              started: LISTED.received,
              outcome: "failed",
              duration_ms: 0,
              error: "Error: the bank is closed",
            },
          ],
        },
      ],
    })
  })

  it.each([
    { why: "not asked for", query: "", erased: false, want: undefined },
    {
      why: "asked for",
      query: "?include=body",
      erased: false,
      want: sampleBody({ id: "evt_1", type: "payment.settled" }),
    },
    { why: "asked for and erased", query: "?include=body", erased: true, want: null },
  ])("the body, $why → $want", async ({ query, erased, want }) => {
    const { call, lines } = await openWithEvent()
    if (erased) await call("DELETE", "/events/credicorp/evt_1/body")
    const { json, text } = await call("GET", `/events/credicorp/evt_1${query}`)
    expect(json["body"]).toBe(want)
    if (typeof want !== "string") expect(text).not.toContain("enq_1")
    expect(JSON.stringify(lines)).not.toContain("enq_1")
  })

  it.each([
    { path: "/events/credicorp/evt_2", want: "404 resource_not_found" },
    { path: "/events/other/evt_1", want: "404 resource_not_found" },
    { path: "/events/credicorp/evt_1%20", want: "404 resource_not_found" },
    { path: "/events/credicorp/%00", want: "404 resource_not_found" },
    { path: "/events/credicorp/evt_1?include=all", want: "422 invalid_value_type include" },
    { path: "/events/credicorp/evt_1?body=1", want: "400 unknown_field body" },
  ])("$path → $want", async ({ path, want }) => {
    expect(verdict(await (await openWithEvent()).call("GET", path))).toBe(want)
  })
})

describe("POST /events/:source/:id/rerun", () => {
  it.each<{ why: string; body: unknown; want: readonly string[] }>([
    { why: "without a body: today's handlers", body: undefined, want: ["payment.* 2", "* 1"] },
    { why: "with nothing in it", body: {}, want: ["payment.* 2", "* 1"] },
    { why: "one handler", body: { handler: "*" }, want: ["* 1"] },
  ])("$why → $want", async ({ body, want }) => {
    const { call, calls } = await openWithEvent()
    calls.length = 0
    const { status, json } = await call("POST", "/events/credicorp/evt_1/rerun", { body })
    expect([status, json["id"]]).toEqual([200, "evt_1"])
    expect(calls.map(({ handler, attempt }) => `${handler} ${attempt}`).toSorted()).toEqual([...want].toSorted())
  })

  it.each<{ why: string; path?: string; options: OperatorCall; erased?: boolean; want: string }>([
    { why: "no such event", path: "/events/credicorp/evt_2/rerun", options: {}, want: "404 resource_not_found" },
    { why: "an erased body", options: {}, erased: true, want: "404 resource_not_found body" },
    {
      why: "a handler that is not there",
      options: { body: { handler: "card.*" } },
      want: "422 invalid_value_type handler",
    },
    {
      why: "one of another type",
      options: { body: { handler: "decision.completed" } },
      want: "422 invalid_value_type handler",
    },
    { why: "no key at all", options: { body: { handler: "x" } }, want: "422 invalid_value_type handler" },
    { why: "another field", options: { body: { key: "*" } }, want: "400 unknown_field key" },
    { why: "a list", options: { body: [] }, want: "422 invalid_value_type" },
    { why: "no JSON", options: { body: "{" }, want: "400 invalid_json" },
    { why: "too much", options: { body: `{"handler":"${"x".repeat(16_384)}"}` }, want: "422 request_body_too_large" },
    {
      why: "another type of content",
      options: { body: "{}", headers: { "Content-Type": "text/plain" } },
      want: "415 unsupported_media_type",
    },
    { why: "a query", path: "/events/credicorp/evt_1/rerun?dry_run=1", options: {}, want: "400 unknown_field dry_run" },
  ])("$why → $want, and nothing runs", async ({ path = "/events/credicorp/evt_1/rerun", options, erased, want }) => {
    const { call, calls } = await openWithEvent()
    if (erased) await call("DELETE", "/events/credicorp/evt_1/body")
    calls.length = 0
    expect(verdict(await call("POST", path, options))).toBe(want)
    expect(calls).toEqual([])
  })
})

/** Nine dead of one type and three of another. */
async function openWithDead(): Promise<InboxApp> {
  const inbox = createInboxApp()
  inbox.answer = () => ({ kind: "dead", reason: "gave_up", error: "no" })
  for (let i = 0; i < 12; i++) await inbox.take(`evt_${i}`, i < 9 ? {} : { type: "payment.succeeded" })
  inbox.answer = () => ({ kind: "done" })
  inbox.calls.length = 0
  return inbox
}

describe("POST /rerun", () => {
  const NOTHING = { status: "dead", type: null, handler: null, dry_run: false, runs: 0, next_cursor: null, hint: null }

  it("counts first, then runs all of a type over all shards, then there are none", async () => {
    const { call, calls } = await openWithDead()
    const body = { type: "payment.settled" }
    const answer = { ...NOTHING, ...body, runs: 9 }
    const counted = await call("POST", "/rerun", { body: { ...body, dry_run: true } })
    expect([counted.json, calls]).toEqual([{ ...answer, dry_run: true }, []])
    expect((await call("POST", "/rerun", { body })).json).toEqual(answer)
    expect(calls).toHaveLength(9)
    // Caught: a filter that matches nothing was answered with 0 and no word on what there is.
    expect((await call("POST", "/rerun", { body })).json).toEqual({
      ...answer,
      runs: 0,
      hint: "No run matches. Of these types some are dead: payment.succeeded (3).",
    })
    expect((await call("GET", "/stats")).json["events"]).toMatchObject({ done: 9, dead: 3 })
  })

  it.each([
    {
      why: "a key that no handler has",
      body: { handler: "payments.*" },
      want: "No run matches, and no handler has the key payments.*. The keys of handlers.ts are decision.completed, payment.*, *.",
    },
    { why: "a status that no event has", body: { status: "unhandled" }, want: "No event is unhandled." },
    { why: "done events of another type", body: { status: "done", type: "a.b" }, want: "No run matches." },
  ])("a hint for $why", async ({ body, want }) => {
    const { call } = await openWithDead()
    expect((await call("POST", "/rerun", { body })).json).toMatchObject({ runs: 0, hint: want })
  })

  it("at a pace that holds over all shards", async () => {
    const inbox = await openWithDead()
    await inbox.call("POST", "/rerun", { body: { status: "dead", per_second: 2 } })
    const data = (await inbox.call("GET", "/events?status=waiting")).json["data"] as {
      runs: { next_attempt: string }[]
    }[]
    const dues = data.map(({ runs }) => (Date.parse(runs[0]!.next_attempt) - NOW * 1000) / 500)
    // The first is due at once, and has run.
    expect(dues.toSorted((x, y) => x - y)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    expect(inbox.calls).toHaveLength(1)
  })

  // A second request that began the pace anew would double it.
  it("at one pace over several requests", async () => {
    const inbox = await openWithDead()
    const cursor = toBulkCursor({ shard: 0, before: Number.MAX_SAFE_INTEGER, runs: 100, startedAt: NOW * 1000 })
    inbox.pass(30_000)
    await inbox.call("POST", "/rerun", { body: { status: "dead", per_second: 2, cursor } })
    const data = (await inbox.call("GET", "/events?status=waiting")).json["data"] as {
      runs: { next_attempt: string }[]
    }[]
    const seconds = data.map(({ runs }) => (Date.parse(runs[0]!.next_attempt) - NOW * 1000) / 1000)
    expect(seconds.toSorted((x, y) => x - y)).toEqual(Array.from({ length: 12 }, (_, i) => 50 + i / 2))
  })

  it("goes on where the request before ended, and refuses a cursor of another inbox", async () => {
    const { call, calls } = await openWithDead()
    const last = toBulkCursor({ shard: 3, before: Number.MAX_SAFE_INTEGER, runs: 5, startedAt: NOW * 1000 })
    const { json } = await call("POST", "/rerun", { body: { type: "payment.settled", cursor: last } })
    expect(json["next_cursor"]).toBeNull()
    expect(calls.length).toBe(json["runs"])
    expect(calls.length).toBeLessThan(9)
    const beyond = toBulkCursor({ shard: 4, before: 9, runs: 0, startedAt: 0 })
    expect(verdict(await call("POST", "/rerun", { body: { type: "payment.settled", cursor: beyond } }))).toBe(
      "422 invalid_value_type cursor",
    )
  })

  it.each([
    { body: undefined, want: "400 invalid_json" },
    { body: {}, want: "422 invalid_value_type type" },
    { body: { type: "*" }, want: "422 invalid_value_type type" },
    { body: { type: "payment.settled", dry_run: "yes" }, want: "422 invalid_value_type dry_run" },
    { body: { type: "payment.settled", all: true }, want: "400 unknown_field all" },
    { body: "", want: "400 invalid_json" },
  ])("$body → $want, and nothing runs", async ({ body, want }) => {
    const { call, calls } = await openWithDead()
    expect(verdict(await call("POST", "/rerun", { body }))).toBe(want)
    expect(calls).toEqual([])
  })
})

describe("POST /pause and /resume", () => {
  it("on every shard: nothing is refused, nothing runs, and then everything does", async () => {
    const inbox = createInboxApp()
    const body = { handler: "payment.*" }
    expect((await inbox.call("POST", "/pause", { body })).json).toEqual({ ...body, paused: true })
    for (let i = 0; i < 12; i++) await inbox.take(`evt_${i}`)
    expect(inbox.calls).toEqual([])
    expect((await inbox.call("GET", "/stats")).json).toMatchObject({
      events: { waiting: 12 },
      paused_handlers: ["payment.*"],
      oldest_waiting: LISTED.received,
    })
    expect((await inbox.call("POST", "/resume", { body })).json).toEqual({ ...body, paused: false })
    expect(inbox.calls).toHaveLength(12)
    expect((await inbox.call("GET", "/stats")).json).toMatchObject({ events: { done: 12 }, paused_handlers: [] })
  })

  it.each([
    { path: "/pause", body: { handler: "card.*" }, want: "422 invalid_value_type handler" },
    { path: "/pause", body: {}, want: "422 invalid_value_type handler" },
    { path: "/pause", body: { handler: "payment" }, want: "422 invalid_value_type handler" },
    { path: "/pause", body: { handler: "*", minutes: 5 }, want: "400 unknown_field minutes" },
    { path: "/resume", body: {}, want: "422 invalid_value_type handler" },
    // Caught: resuming a mistyped key was answered as if it had been paused.
    { path: "/resume", body: { handler: "card.*" }, want: "422 invalid_value_type handler" },
  ])("$path $body → $want", async ({ path, body, want }) => {
    expect(verdict(await createInboxApp().call("POST", path, { body }))).toBe(want)
  })
})

describe("an unknown handler", () => {
  it.each(["/pause", "/resume"])("%s says which keys there are", async (path) => {
    const { json } = await createInboxApp().call("POST", path, { body: { handler: "nosuch.type" } })
    expect(json["error"]).toMatchObject({
      message: "No handler has this key. The keys of handlers.ts are decision.completed, payment.*, *.",
    })
  })

  it("that is paused although its key is gone can be resumed", async () => {
    const inbox = createInboxApp()
    for (let i = 0; i < 8; i++) await inbox.take(`evt_${i}`)
    for (const twin of inbox.twins.values()) await twin.setPaused("card.*", true)
    expect((await inbox.call("GET", "/handlers")).json["data"]).toContainEqual(
      expect.objectContaining({ handler: "card.*", deployed: false, paused: true, concurrency: null }),
    )
    expect((await inbox.call("POST", "/resume", { body: { handler: "card.*" } })).status).toBe(200)
    expect((await inbox.call("GET", "/stats")).json["paused_handlers"]).toEqual([])
  })
})

describe("POST /discard", () => {
  it("by id and in bulk: dead runs are dead no more, and the note is shown and not logged", async () => {
    const { call, lines } = await openWithDead()
    const one = await call("POST", "/events/credicorp/evt_0/discard", { body: { note: "refunded by hand" } })
    expect(one.json).toMatchObject({
      id: "evt_0",
      status: "discarded",
      runs: [{ status: "discarded", reason: null, note: "refunded by hand" }],
    })
    const many = await call("POST", "/discard", { body: { type: "payment.settled", note: "refunded by hand" } })
    expect(many.json).toMatchObject({ status: "dead", runs: 8, next_cursor: null, hint: null })
    expect((await call("GET", "/stats")).json["events"]).toMatchObject({ dead: 3, discarded: 9 })
    expect(JSON.stringify(lines)).not.toContain("refunded")
  })

  const ONE = "/events/credicorp/evt_0/discard"
  it.each([
    { why: "no such event", path: ONE.replace("0", "x"), body: { note: "x" }, want: "404 resource_not_found" },
    {
      why: "a handler without a dead run",
      path: ONE,
      body: { note: "x", handler: "*" },
      want: "404 resource_not_found run",
    },
    { why: "no note", path: ONE, body: {}, want: "422 invalid_value_type note" },
    { why: "no filter", path: "/discard", body: { note: "x" }, want: "422 invalid_value_type type" },
    {
      why: "a pace",
      path: "/discard",
      body: { note: "x", type: "a.b", per_second: 1 },
      want: "400 unknown_field per_second",
    },
  ])("$why → $want", async ({ path, body, want }) => {
    const { call } = await openWithDead()
    expect(verdict(await call("POST", path, { body }))).toBe(want)
    expect((await call("GET", "/stats")).json["events"]).toMatchObject({ dead: 12, discarded: 0 })
  })
})

describe("GET /handlers", () => {
  it("every key with its state", async () => {
    const inbox = createInboxApp()
    inbox.answer = ({ handler }) => (handler === "*" ? { kind: "failed", error: "no" } : { kind: "done" })
    for (let i = 0; i < 6; i++) await inbox.take(`evt_${i}`, { handlers: ["payment.*", "*"] })
    await inbox.call("POST", "/pause", { body: { handler: "decision.completed" } })
    const idle = { deployed: true, paused: false, waiting: 0, dead: 0 }
    expect((await inbox.call("GET", "/handlers")).json["data"]).toEqual([
      {
        ...idle,
        handler: "decision.completed",
        paused: true,
        concurrency: 16,
        last_hour: { done: 0, failed: 0, failure_rate: null },
      },
      { ...idle, handler: "payment.*", concurrency: 4, last_hour: { done: 6, failed: 0, failure_rate: 0 } },
      { ...idle, handler: "*", concurrency: 16, waiting: 6, last_hour: { done: 0, failed: 6, failure_rate: 1 } },
    ])
  })
})

describe("DELETE /events/:source/:id/body", () => {
  it("204, again 204, and the event is still there", async () => {
    const { call } = await openWithEvent()
    for (let turn = 0; turn < 2; turn++) {
      const { status, text } = await call("DELETE", "/events/credicorp/evt_1/body")
      expect([status, text]).toEqual([204, ""])
    }
    expect((await call("GET", "/events")).json).toEqual({ data: [{ ...LISTED, has_body: false }], next_cursor: null })
  })

  it("no such event → 404", async () => {
    expect(verdict(await (await openWithEvent()).call("DELETE", "/events/credicorp/evt_2/body"))).toBe(
      "404 resource_not_found",
    )
  })
})

describe("GET /stats", () => {
  it("of all shards in one", async () => {
    const inbox = createInboxApp()
    for (let i = 0; i < 8; i++) await inbox.take(`evt_${i}`)
    await inbox.take("evt_0", { secretId: "next" })
    const { json } = await inbox.call("GET", "/stats")
    expect(json).toEqual({
      shards: 4,
      events: { waiting: 0, done: 8, dead: 0, unhandled: 0, discarded: 0 },
      oldest_waiting: null,
      last_hour: {
        complete_since: new Date(NOW * 1000).toISOString(),
        accepted: 8,
        duplicates: 1,
        secrets: { test: 8, next: 1 },
        failure_rate: 0,
      },
      handlers: (await inbox.call("GET", "/handlers")).json["data"],
      types: [{ type: "payment.settled", waiting: 0, dead: 0, unhandled: 0, accepted_last_hour: 8 }],
      storage: { bytes: expect.any(Number), left_bytes: expect.any(Number), fullest_percent: expect.any(Number) },
      paused_handlers: [],
    })
  })
})

describe("a shard that fails", () => {
  it.each(ROUTES.filter(({ path }) => !path.includes("evt_1")))(
    "$method $path → 503 with Retry-After, logged by the kind of error alone",
    async ({ method, path, body }) => {
      const { call, twins, lines } = await openWithEvent()
      for (const twin of twins.values()) {
        for (const name of ["list", "stats", "setPaused", "rerunMany", "discardMany"] as const) {
          Object.assign(twin, { [name]: async () => await Promise.reject(new Error("the disk is gone")) })
        }
      }
      const answer = await call(method, path, { body })
      expect(verdict(answer)).toBe("503 temporarily_unavailable")
      expect(answer.headers.get("Retry-After")).toBe("30")
      expect(answer.text).not.toContain("disk")
      expect(lines.at(-1)).toMatchObject({ level: "error", error: "Error" })
    },
  )
})

it("nothing that was signed reaches the log or an answer that was not asked for it", async () => {
  const inbox = createInboxApp()
  inbox.answer = () => ({ kind: "failed", error: "Error: no" })
  await inbox.take("evt_1", { body: toUtf8('{"mark":"hidden"}') })
  const answers: string[] = []
  for (const { method, path, body } of ROUTES) answers.push((await inbox.call(method, path, { body })).text)
  expect(answers.join("") + JSON.stringify(inbox.lines)).not.toMatch(/hidden|mark/)
})
