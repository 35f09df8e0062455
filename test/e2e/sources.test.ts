// One Worker under `wrangler dev` takes six senders side by side: each delivery is verified with its provider's scheme, handled,
// retried with the same event, and listed by its source.

import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { credicorp, github, shopify, slack, standardWebhooks, stripe } from "../../src/providers.ts"
import type { AnyProvider } from "../../src/providers/provider.ts"
import { signWebhook } from "../../src/verify/sign.ts"
import { sampleBody, SECRET } from "../support/delivery.ts"
import { eventually } from "../support/eventually.ts"
import { OPERATOR_TOKEN } from "../support/operator-token.ts"
import { startWranglerDev, type WranglerDev } from "../support/wrangler-dev.ts"

interface Sender {
  readonly name: string
  readonly provider: AnyProvider
  readonly secret: string
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
  /** The event as its source lists it. */
  readonly type: string
  readonly handler: string
}

const SENDERS: readonly Sender[] = [
  {
    name: "credicorp",
    provider: credicorp,
    secret: SECRET,
    body: sampleBody({ type: "payment.settled" }),
    type: "payment.settled",
    handler: "payment.*",
  },
  {
    name: "stripe",
    provider: stripe,
    secret: "whsec_stripe_0123456789abc",
    body: '{"id":"evt_1","object":"event","type":"payment_intent.succeeded","created":1790000000,"data":{"object":{}}}',
    type: "payment_intent.succeeded",
    handler: "stripe:payment_intent.*",
  },
  {
    name: "github",
    provider: github,
    secret: "github-secret-0123456789",
    body: '{"action":"opened","number":1}',
    headers: { "X-GitHub-Event": "pull_request", "X-GitHub-Delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958" },
    type: "pull_request",
    handler: "github:pull_request",
  },
  {
    name: "slack",
    provider: slack,
    secret: "slack-secret-0123456789ab",
    body: '{"type":"event_callback","event_id":"Ev1","event":{"type":"app_mention","text":"hi"}}',
    type: "app_mention",
    handler: "slack:app_mention",
  },
  {
    name: "shopify",
    provider: shopify,
    secret: "shopify-secret-0123456789",
    body: '{"id":820982911946154500,"total":"10.00"}',
    headers: { "X-Shopify-Topic": "orders/create", "X-Shopify-Event-Id": "98880550-7158-44d4" },
    type: "orders/create",
    handler: "shopify:orders/*",
  },
  {
    name: "partner",
    provider: standardWebhooks,
    secret: "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    body: '{"type":"user.created","timestamp":"2026-09-21T14:13:20Z","data":{"id":"u1"}}',
    headers: { "webhook-id": "msg_1" },
    type: "user.created",
    handler: "partner:user.*",
  },
]

let worker: WranglerDev

beforeAll(async () => {
  const secrets = SENDERS.map(({ name, secret }) => [
    name === "credicorp" ? "WEBHOOK_SECRETS" : `${name.toUpperCase()}_WEBHOOK_SECRETS`,
    secret,
  ])
  worker = await startWranglerDev(
    { ...(Object.fromEntries(secrets) as Record<string, string>), OPERATOR_TOKEN },
    "test/support/sources-worker.ts",
  )
})
afterAll(async () => await worker?.stop())

async function send({ name, provider, secret, body, headers = {} }: Sender, text = body): Promise<Response> {
  const signed = signWebhook(text, { secrets: [secret], provider, headers })
  const all = { "Content-Type": "application/json", ...headers, ...signed }
  return await fetch(`${worker.url}/webhooks/${name}`, { method: "POST", headers: all, body: text })
}

interface Listed {
  readonly data: readonly { readonly type: string; readonly status: string; readonly runs: readonly Run[] }[]
}

interface Run {
  readonly handler: string
  readonly attempts: number
}

async function list(source: string): Promise<Listed["data"]> {
  const headers = { Authorization: `Bearer ${OPERATOR_TOKEN}` }
  const response = await fetch(`${worker.url}/inbox/events?source=${source}`, { headers })
  const { data }: Listed = await response.json()
  return data
}

describe("six senders under wrangler dev", () => {
  it("are taken, known again, handled, retried and listed by source", async () => {
    for (const status of ["accepted", "duplicate"]) {
      for (const sender of SENDERS) {
        const response = await send(sender)
        expect([sender.name, response.status, await response.json()]).toMatchObject([sender.name, 200, { status }])
      }
    }
    for (const { name, type, handler } of SENDERS) {
      // The first attempt fails, and the second comes after five seconds.
      await eventually(async () => {
        expect(await list(name)).toMatchObject([{ type, status: "done", runs: [{ handler, attempts: 2 }] }])
      })
    }
  })

  it("Slack's url_verification is answered, and stored nowhere", async () => {
    const slackSender = SENDERS.find(({ name }) => name === "slack")!
    const response = await send(slackSender, '{"type":"url_verification","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY"}')
    expect([response.status, await response.json()]).toEqual([200, { challenge: "3eZbrw1aBm2rZgRNFdxV2595E9CY" }])
    expect((await list("slack")).map(({ type }) => type)).not.toContain("url_verification")
  })
})
