// One Worker, six senders: Credicorp, Stripe, GitHub, Slack, Shopify and one of Standard Webhooks, each with secrets of its own.

import * as v from "valibot"
import { describe, expect, it } from "vitest"
import { createAppFromEnv } from "../../src/app/env.ts"
import type { WorkerBindings } from "../../src/app/config.ts"
import { defineHandlers, type HandlerContext } from "../../src/events/handlers.ts"
import { defineSource, defineSources, type SourceSet } from "../../src/events/sources.ts"
import type { HandlerCall } from "../../src/inbox/inbox.ts"
import { runHandler } from "../../src/inbox/run-handler.ts"
import { credicorp } from "../../src/providers/credicorp.ts"
import type { AnyProvider } from "../../src/providers/provider.ts"
import { discord, github, meta, shopify, slack, standardWebhooks, stripe, xero } from "../../src/providers.ts"
import { signWebhook } from "../../src/verify/sign.ts"
import { NOW, sampleBody } from "../support/delivery.ts"
import { createMemoryInboxes, settle } from "../support/memory-inbox.ts"
import { OPERATOR_TOKEN } from "../support/operator-token.ts"
import { toAnswer, type Answer, type LogEntry } from "../support/receiver.ts"

const SECRETS = {
  credicorp: "whsec_credicorp_0123456789",
  stripe: "whsec_stripe_0123456789abc",
  github: "github-secret-0123456789",
  slack: "slack-secret-0123456789ab",
  shopify: "shopify-secret-0123456789",
  partner: "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
} as const

type Sender = keyof typeof SECRETS

const PROVIDERS: Readonly<Record<Sender, AnyProvider>> = {
  credicorp,
  stripe,
  github,
  slack,
  shopify,
  partner: standardWebhooks,
}

/** What each sends: a body, and the headers that its provider reads beside it. */
const DELIVERIES: Readonly<Record<Sender, { readonly body: string; readonly headers?: Record<string, string> }>> = {
  credicorp: { body: sampleBody({ id: "evt_c1", type: "payment.settled" }) },
  stripe: { body: '{"id":"evt_s1","type":"payment.settled","created":1790000000,"data":{"amount":1}}' },
  github: {
    body: '{"action":"opened","number":1}',
    headers: { "X-GitHub-Event": "pull_request", "X-GitHub-Delivery": "72d3162e-cc78" },
  },
  slack: { body: '{"type":"event_callback","event":{"type":"app_mention","text":"hi"}}' },
  shopify: {
    body: '{"id":820982911946154500,"total":"10.00"}',
    headers: { "X-Shopify-Topic": "orders/create", "X-Shopify-Event-Id": "98880550" },
  },
  partner: { body: '{"type":"user.created","data":{"id":"u1"}}', headers: { "webhook-id": "msg_1" } },
}

const byText = (a: string, b: string): number => (a < b ? -1 : 1)

const NAMES = Object.keys(SECRETS) as Sender[]

interface TestApp {
  readonly fetch: (request: Request) => Promise<Answer>
  readonly send: (name: Sender, changes?: { path?: string; body?: string; now?: number }) => Promise<Answer>
  readonly list: (query?: string) => Promise<readonly Record<string, unknown>[]>
  readonly seen: string[]
  readonly logs: LogEntry[]
  readonly pass: (ms: number) => Promise<void>
}

const variables = (names: readonly Sender[] = NAMES): Record<string, string> =>
  Object.fromEntries(
    names.map((name) => [
      name === "credicorp" ? "WEBHOOK_SECRETS" : `${name.toUpperCase()}_WEBHOOK_SECRETS`,
      SECRETS[name],
    ]),
  )

/** Handlers that note what they got; the first attempt of each fails, so that every event is seen twice. */
function createSources(seen: string[]): SourceSet<WorkerBindings> {
  const note = (event: unknown, { source, attempt, deliveryId }: HandlerContext<WorkerBindings>): void => {
    const { id, type } = event as { id?: string; type?: string }
    seen.push(`${source} ${attempt}: ${type} ${id} ${deliveryId}`)
    if (attempt === 1) throw new Error("the first attempt fails")
  }
  return defineSources<WorkerBindings>({
    credicorp: defineHandlers<WorkerBindings>({ "payment.*": note }),
    stripe: defineSource(stripe, { "payment.*": note }),
    github: defineSource(github, { pull_request: note }),
    slack: defineSource(slack, { app_mention: note }),
    shopify: defineSource(shopify, { "orders/*": note }),
    partner: defineSource(standardWebhooks, { "user.*": note }),
  })
}

function createTestApp(
  env: Record<string, unknown> = variables(),
  make: (seen: string[]) => SourceSet<WorkerBindings> = createSources,
): TestApp {
  const logs: LogEntry[] = []
  const log = (entry: LogEntry): void => void logs.push(entry)
  const seen: string[] = []
  const sources = make(seen)
  let now = NOW * 1000
  const clock = (): number => now
  const runner = { run: async (call: HandlerCall) => await runHandler(call, sources, { env: {}, log: () => {} }) }
  const inboxes = createMemoryInboxes({ runner, clock })
  const bindings = { INBOXES: inboxes.namespace, INBOX_SHARDS: 2, OPERATOR_TOKEN, ...env }
  const app = createAppFromEnv<WorkerBindings>(bindings, sources, { log, clock })
  const fetch = async (request: Request): Promise<Answer> => {
    const answer = await toAnswer(await app.fetch(request))
    await settle()
    return answer
  }
  return {
    fetch,
    seen,
    logs,
    async send(name, { path = `/webhooks/${name}`, body = DELIVERIES[name].body, now: at = NOW } = {}) {
      const headers = DELIVERIES[name].headers ?? {}
      const signed = signWebhook(body, { secrets: [SECRETS[name]], provider: PROVIDERS[name], headers, now: at })
      const all = { "Content-Type": "application/json", ...headers, ...signed }
      return await fetch(new Request(`https://receiver.example${path}`, { method: "POST", headers: all, body }))
    },
    async list(query = "") {
      const headers = { Authorization: `Bearer ${OPERATOR_TOKEN}` }
      const answer = await fetch(new Request(`https://receiver.example/inbox/events${query}`, { headers }))
      return answer.json["data"] as readonly Record<string, unknown>[]
    },
    async pass(ms) {
      now += ms
      for (const shard of inboxes.shards.values()) await shard.wake()
      await settle()
    },
  }
}

describe("six senders, one Worker", () => {
  it("each is taken, known again, run, retried with the same event, and listed by source", async () => {
    const { send, seen, list, logs, pass } = createTestApp()
    for (const name of NAMES) expect([name, (await send(name)).json["status"]]).toEqual([name, "accepted"])
    for (const name of NAMES) expect([name, (await send(name)).json["status"]]).toEqual([name, "duplicate"])
    await pass(10_000)
    const events = [
      "credicorp %: payment.settled evt_c1 undefined",
      "stripe %: payment.settled evt_s1 undefined",
      "github %: pull_request 72d3162e-cc78 72d3162e-cc78",
      "slack %: app_mention undefined undefined",
      "shopify %: orders/create 98880550 undefined",
      "partner %: user.created msg_1 msg_1",
    ]
    expect(seen.toSorted()).toEqual(events.flatMap((line) => [1, 2].map((n) => line.replace("%", `${n}`))).toSorted())
    for (const name of NAMES) {
      const [event, ...others] = await list(`?source=${name}`)
      expect([event?.["source"], event?.["status"], others]).toEqual([name, "done", []])
    }
    expect(await list()).toHaveLength(6)
    const lines = logs.filter(({ message }) => message === "delivery")
    expect(lines.map(({ source }) => source)).toEqual([...NAMES, ...NAMES])
    expect(new Set(lines.map(({ assurance }) => assurance))).toEqual(new Set(["verified"]))
  })

  // Spec 7.3: an id that is not signed identifies nothing, or a captured delivery would run again under another id.
  it("an unsigned id makes no new event, another body does", async () => {
    const { fetch, send } = createTestApp()
    await send("github")
    const { body, headers } = DELIVERIES.github
    const signed = signWebhook(body, { secrets: [SECRETS.github], provider: github })
    const all = { "Content-Type": "application/json", ...headers, ...signed, "X-GitHub-Delivery": "another" }
    const request = new Request("https://receiver.example/webhooks/github", { method: "POST", headers: all, body })
    expect((await fetch(request)).json["status"]).toBe("duplicate")
    expect((await send("github", { body: '{"action":"closed"}' })).json["status"]).toBe("accepted")
  })

  it("two sources may have one event id", async () => {
    const { send, list } = createTestApp()
    await send("credicorp", { body: sampleBody({ id: "evt_1", type: "payment.settled" }) })
    expect((await send("stripe", { body: '{"id":"evt_1","type":"payment.settled"}' })).json["status"]).toBe("accepted")
    expect(
      (await list()).map((event) => (event["runs"] as { handler: string }[])[0]?.handler ?? "").toSorted(byText),
    ).toEqual(["payment.*", "stripe:payment.*"])
  })

  it("a delivery of one source is refused by every other", async () => {
    const { send } = createTestApp()
    for (const name of NAMES) {
      for (const other of NAMES.filter((one) => one !== name)) {
        const answer = await send(name, { path: `/webhooks/${other}` })
        expect([name, other, answer.status]).toEqual([name, other, 400])
      }
    }
  })

  it.each(["/webhooks/paypal", "/webhooks/", "/webhooks", "/webhooks/Stripe", "/webhooks/stripe/"])(
    "%s is no source",
    async (path) => {
      expect((await createTestApp().send("stripe", { path })).code).toBe("route_not_found")
    },
  )
})

describe("each source has a configuration of its own (spec 7.6)", () => {
  // A copy of the provider was another one, and lost the types that are public.
  it("a copy of Credicorp's provider knows the public types", async () => {
    const bank = { ...credicorp, toleranceSeconds: 60 }
    const { fetch } = createTestApp(
      { BANK_WEBHOOK_SECRETS: SECRETS.credicorp, BANK_WEBHOOK_UNKNOWN_EVENTS: "reject" },
      () => defineSources<WorkerBindings>({ bank: defineSource(bank, {}) }),
    )
    const body = sampleBody({ type: "payment.settled" })
    const headers = signWebhook(body, { secrets: [SECRETS.credicorp], now: NOW })
    const init = { method: "POST", body, headers: { ...headers, "Content-Type": "application/json" } }
    expect((await fetch(new Request("https://receiver.example/webhooks/bank", init))).status).toBe(200)
  })

  it("one that is invalid answers 503, one without secrets is not there, and the others go on", async () => {
    const { send, fetch, logs } = createTestApp({
      ...variables(["credicorp", "stripe", "slack"]),
      GITHUB_WEBHOOK_SECRETS: "short",
      SLACK_WEBHOOK_TOLERANCE_SECONDS: "0",
    })
    const statuses = Object.fromEntries(
      await Promise.all(NAMES.map(async (name) => [name, (await send(name)).status] as const)),
    )
    expect(statuses).toEqual({ credicorp: 200, stripe: 200, github: 503, slack: 503, shopify: 404, partner: 404 })
    const health = await fetch(new Request("https://receiver.example/healthz"))
    const sources = {
      credicorp: "on",
      stripe: "on",
      github: "invalid",
      slack: "invalid",
      shopify: "off",
      partner: "off",
    }
    expect([health.status, health.json["sources"]]).toEqual([200, sources])
    const problems = logs.flatMap((entry) => (entry["problems"] as string[] | undefined) ?? [])
    expect(problems.map((problem) => problem.split(":")[0])).toEqual([
      "GITHUB_WEBHOOK_SECRETS",
      "SLACK_WEBHOOK_TOLERANCE_SECONDS",
      // The operator's routes about accounts need a binding that this app has not.
      "ACCOUNTS",
    ])
  })

  it.each<{ why: string; env: Record<string, string>; changes?: { body?: string; now?: number }; want: string }>([
    { why: "tolerance", env: { STRIPE_WEBHOOK_TOLERANCE_SECONDS: "10" }, changes: { now: NOW - 11 }, want: "400" },
    {
      why: "another's tolerance",
      env: { WEBHOOK_TOLERANCE_SECONDS: "10" },
      changes: { now: NOW - 11 },
      want: "200 accepted",
    },
    { why: "size", env: { STRIPE_WEBHOOK_MAX_BODY_BYTES: "10" }, want: "422" },
    { why: "another's size", env: { SLACK_WEBHOOK_MAX_BODY_BYTES: "10" }, want: "200 accepted" },
    { why: "an unknown type", env: {}, changes: { body: '{"id":"e","type":"a.b"}' }, want: "200 ignored" },
    {
      why: "an unknown type, refused",
      env: { STRIPE_WEBHOOK_UNKNOWN_EVENTS: "reject" },
      changes: { body: '{"id":"e","type":"a.b"}' },
      want: "422",
    },
    {
      why: "a type that is configured",
      env: { STRIPE_WEBHOOK_UNKNOWN_EVENTS: "reject", STRIPE_WEBHOOK_EVENT_TYPES: "a.b" },
      changes: { body: '{"id":"e","type":"a.b"}' },
      want: "200 accepted",
    },
    {
      why: "a public type of Credicorp's is not Stripe's",
      env: { STRIPE_WEBHOOK_UNKNOWN_EVENTS: "reject" },
      changes: { body: '{"id":"e","type":"decision.completed"}' },
      want: "422",
    },
    { why: "no type", env: {}, changes: { body: '{"id":"e"}' }, want: "200 ignored" },
  ])("$why → $want", async ({ env, changes, want }) => {
    const { status, json } = await createTestApp({ ...variables(), ...env }).send("stripe", changes)
    expect(`${status} ${(json["status"] as string | undefined) ?? ""}`.trim()).toBe(want)
  })

  it("schemas are the source's: a payload that one refuses ends its run, and no other's", async () => {
    const seen: string[] = []
    const { send, list } = createTestApp(variables(["stripe", "partner"]), () =>
      defineSources<WorkerBindings>({
        stripe: defineSource(
          stripe,
          { "*": () => void seen.push("stripe") },
          {
            schemas: { "payment.settled": v.object({ data: v.object({ amount: v.string() }) }) },
          },
        ),
        partner: defineSource(standardWebhooks, { "*": () => void seen.push("partner") }),
      }),
    )
    await send("stripe")
    await send("partner", { body: '{"type":"payment.settled","data":{"amount":1}}' })
    expect(seen).toEqual(["partner"])
    const [event] = await list("?source=stripe")
    expect(event?.["runs"]).toMatchObject([{ status: "dead", reason: "payload_refused" }])
  })
})

const query = (token: string, text = "1158201444"): string =>
  `?hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=${encodeURIComponent(text)}`

describe("handshakes (spec 8)", () => {
  const challenge = '{"type":"url_verification","token":"x","challenge":"3eZbrw1aB"}'

  it("Slack's is answered once its signature has passed, and no handler runs", async () => {
    const { send, seen, list, logs } = createTestApp()
    const answer = await send("slack", { body: challenge })
    expect([answer.status, answer.json]).toEqual([200, { challenge: "3eZbrw1aB" }])
    expect(answer.headers.get("X-Content-Type-Options")).toBe("nosniff")
    expect(logs.at(-1)).toMatchObject({ message: "delivery", outcome: "handshake", source: "slack" })
    expect([seen, await list()]).toEqual([[], []])
  })

  it.each([
    { why: "unsigned", headers: {} },
    {
      why: "with a wrong signature",
      headers: { "X-Slack-Signature": `v0=${"0".repeat(64)}`, "X-Slack-Request-Timestamp": `${NOW}` },
    },
  ])("Slack's $why reflects nothing", async ({ headers }) => {
    const all = { "Content-Type": "application/json", ...headers }
    const request = new Request("https://receiver.example/webhooks/slack", {
      method: "POST",
      headers: all,
      body: challenge,
    })
    const { status, text } = await createTestApp().fetch(request)
    expect([status, text.includes("3eZbrw1aB")]).toEqual([400, false])
  })

  it("another source answers no handshake of Slack's", async () => {
    const { send } = createTestApp()
    expect((await send("stripe", { body: challenge })).json).toMatchObject({ received: true, status: "ignored" })
  })

  const verifyToken = "a-verify-token-of-ours"
  const metaApp = (env: Record<string, string> = { META_VERIFY_TOKEN: verifyToken }): TestApp =>
    createTestApp({ META_WEBHOOK_SECRETS: "meta-secret-0123456789", ...env }, () =>
      defineSources<WorkerBindings>({ meta: defineSource(meta, { "*": () => {} }) }),
    )

  it.each<{ why: string; query: string; env?: Record<string, string>; want: string }>([
    { why: "the token that is configured", query: query(verifyToken), want: "200 1158201444" },
    { why: "another token", query: query("a-verify-token-of-theirs"), want: "403 " },
    { why: "no token is configured", query: query(""), env: {}, want: "403 " },
    { why: "a challenge without bound", query: query(verifyToken, "1".repeat(5_000)), want: "400 " },
    { why: "a challenge with a line break", query: query(verifyToken, "1\r\nSet-Cookie: a=b"), want: "400 " },
  ])("Meta's GET: $why → $want", async ({ query: search, env, want }) => {
    const answer = await metaApp(env).fetch(new Request(`https://receiver.example/webhooks/meta${search}`))
    expect(`${answer.status} ${answer.text}`).toBe(want)
    expect(answer.headers.get("Content-Type")).toBe("text/plain; charset=utf-8")
    expect(answer.headers.get("X-Content-Type-Options")).toBe("nosniff")
  })

  it("a method that its handshake has is allowed, and a request that is no handshake is still refused", async () => {
    const answer = await metaApp().fetch(new Request("https://receiver.example/webhooks/meta"))
    expect([answer.code, answer.headers.get("Allow")]).toEqual(["method_not_allowed", "POST, GET"])
  })

  it("a token that somebody could guess is refused as configuration", async () => {
    const { fetch, logs } = metaApp({ META_VERIFY_TOKEN: "short" })
    const answer = await fetch(new Request(`https://receiver.example/webhooks/meta${query("short")}`))
    expect(answer.status).toBe(503)
    expect(logs[0]?.["problems"]).toEqual([expect.stringMatching(/^META_VERIFY_TOKEN: /)])
  })
})

describe("what a provider demands (spec 3.0, spec 7.8)", () => {
  it("Discord and Xero get 401 for a bad signature, with code and type of the catalogue", async () => {
    const jwk = { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }
    const { fetch } = createTestApp(
      {
        DISCORD_WEBHOOK_SECRETS: JSON.stringify([{ id: "d", secret: jwk }]),
        XERO_WEBHOOK_SECRETS: "xero-secret-0123456789",
      },
      () =>
        defineSources<WorkerBindings>({
          discord: defineSource(discord, { "*": () => {} }),
          xero: defineSource(xero, { "*": () => {} }),
        }),
    )
    for (const name of ["discord", "xero"]) {
      const headers = {
        "Content-Type": "application/json",
        "X-Signature-Ed25519": "0".repeat(128),
        "X-Signature-Timestamp": `${NOW}`,
        "x-xero-signature": `${"A".repeat(43)}=`,
      }
      const request = new Request(`https://receiver.example/webhooks/${name}`, { method: "POST", headers, body: "{}" })
      const answer = await fetch(request)
      expect([name, answer.status, answer.code]).toEqual([name, 401, "webhook_signature_invalid"])
    }
  })

  it("forms are taken where the provider sends them, and nowhere else", async () => {
    const { fetch } = createTestApp()
    const body = `payload=${encodeURIComponent('{"type":"block_actions"}')}`
    const statuses = []
    for (const [name, provider] of [
      ["slack", slack],
      ["stripe", stripe],
    ] as const) {
      const signed = signWebhook(body, { secrets: [SECRETS[name]], provider, now: NOW })
      const headers = { "Content-Type": "application/x-www-form-urlencoded", ...signed }
      const request = new Request(`https://receiver.example/webhooks/${name}`, { method: "POST", headers, body })
      statuses.push((await fetch(request)).status)
    }
    expect(statuses).toEqual([200, 415])
  })
})
