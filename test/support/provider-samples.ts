// Deliveries of the providers that have a page, signed with node:crypto alone.

import { createHash, createHmac, generateKeyPairSync, sign as signAsymmetric } from "node:crypto"
import * as providers from "../../src/providers.ts"
import type { AnyProvider } from "../../src/providers/provider.ts"

/** HMAC of a text, by nothing of the project. */
export const hmac = (hash: string, key: string | Buffer, text: string, encoding: "hex" | "base64"): string =>
  createHmac(hash, key).update(text, "utf8").digest(encoding)

const DISCORD = generateKeyPairSync("ed25519")

/** The 32 bytes of the public key in hex, as Discord shows it. */
const DISCORD_KEY = Buffer.from(DISCORD.publicKey.export({ format: "jwk" }).x!, "base64url").toString("hex")

/** Where the sender reaches the receiver. */
export const ORIGIN = "https://hooks.example.com"

/** A provider with a page, and how one of its deliveries is signed. */
export interface Sample {
  readonly page: string
  readonly provider: AnyProvider
  /** The variable with the secret, and the secret. */
  readonly secret: readonly [name: string, value: string]
  readonly otherSecret: string
  readonly env?: Record<string, unknown>
  readonly body: string
  readonly path?: string
  /** Signs as the provider's documentation says. It uses nothing of the project. */
  readonly sign: (body: string, time: number, secret: string, url: string) => Record<string, string>
  /** Signs as the other secret's owner, where a secret cannot sign. */
  readonly signOther?: Sample["sign"]
  readonly status: number
  readonly refused: number
  /** What goes to the queue. */
  readonly sent: Record<string, unknown>
}

/** What the examples name an event by where its id is not signed. */
export const keyOf = (body: string): string => createHash("sha256").update(body).digest("base64")

export const JSON_BODY = '{"id":"evt_1","type":"order.paid","object":"event","amount":"1.50"}'
const payload: unknown = JSON.parse(JSON_BODY)
const TWILIO_FORM = "To=%2B15550100&Body=it%27s+done&From=%2B15550101"

export const signHub: Sample["sign"] = (body, _, secret) => ({
  "X-Hub-Signature-256": `sha256=${hmac("sha256", secret, body, "hex")}`,
  "X-GitHub-Delivery": "72d3162e",
  "X-GitHub-Event": "issues",
})

const signSlack: Sample["sign"] = (body, time, secret) => ({
  "X-Slack-Request-Timestamp": `${time}`,
  "X-Slack-Signature": `v0=${hmac("sha256", secret, `v0:${time}:${body}`, "hex")}`,
})

const signDiscord =
  (key: typeof DISCORD.privateKey): Sample["sign"] =>
  (body, time) => ({
    "X-Signature-Timestamp": `${time}`,
    "X-Signature-Ed25519": signAsymmetric(null, Buffer.from(`${time}${body}`), key).toString("hex"),
  })

const SLACK_EVENT = '{"type":"event_callback","event_id":"Ev01","event":{"type":"app_mention"}}'

const DISCORD_EVENT = '{"type":1,"event":{"type":"ENTITLEMENT_CREATE"}}'

// As Meta writes it: a parser and JSON.stringify would make other bytes of it.
const META_BATCH = '{"object":"page","entry":[{"text":"\\u00e9"}]}'

export const SAMPLES: readonly Sample[] = [
  {
    page: "stripe",
    provider: providers.stripe,
    secret: ["STRIPE_SECRET", "whsec_0123456789abcdefghij"],
    otherSecret: "whsec_jihgfedcba9876543210",
    body: JSON_BODY,
    sign: (body, time, secret) => ({
      "Stripe-Signature": `t=${time},v1=${hmac("sha256", secret, `${time}.${body}`, "hex")}`,
    }),
    status: 204,
    refused: 400,
    sent: { id: "evt_1", type: "order.paid", payload },
  },
  {
    page: "github",
    provider: providers.github,
    secret: ["GITHUB_SECRET", "8d41c2e0a7b94f36"],
    otherSecret: "63f49b7a0e2c14d8",
    body: JSON_BODY,
    sign: signHub,
    status: 204,
    refused: 400,
    sent: { key: keyOf(JSON_BODY), id: "72d3162e", type: "issues", payload },
  },
  {
    page: "slack",
    provider: providers.slack,
    secret: ["SLACK_SECRET", "8f742231b10e8888abcd99"],
    otherSecret: "99dcba8888e01b132247f8",
    body: SLACK_EVENT,
    sign: signSlack,
    status: 200,
    refused: 400,
    sent: { id: "Ev01", type: "app_mention", payload: JSON.parse(SLACK_EVENT) },
  },
  {
    page: "shopify",
    provider: providers.shopify,
    secret: ["SHOPIFY_CLIENT_SECRET", "hush_0123456789abcdef"],
    otherSecret: "hush_fedcba9876543210",
    body: JSON_BODY,
    sign: (body, _, secret) => ({
      "X-Shopify-Hmac-Sha256": hmac("sha256", secret, body, "base64"),
      "X-Shopify-Topic": "orders/paid",
      "X-Shopify-Event-Id": "98880550",
      "X-Shopify-Shop-Domain": "shop.example.com",
    }),
    status: 204,
    refused: 400,
    sent: { key: keyOf(JSON_BODY), id: "98880550", type: "orders/paid", shop: "shop.example.com", payload },
  },
  {
    page: "standard-webhooks",
    provider: providers.standardWebhooks,
    secret: ["WEBHOOK_SECRET", `whsec_${Buffer.from("the key of this test, 32 bytes..").toString("base64")}`],
    otherSecret: `whsec_${Buffer.from("the key of another test, 32 byte").toString("base64")}`,
    body: JSON_BODY,
    sign: (body, time, secret) => ({
      "webhook-id": "msg_1",
      "webhook-timestamp": `${time}`,
      "webhook-signature": `v1,${hmac("sha256", Buffer.from(secret.slice(6), "base64"), `msg_1.${time}.${body}`, "base64")}`,
    }),
    status: 204,
    refused: 400,
    sent: { id: "msg_1", type: "order.paid", payload },
  },
  {
    page: "twilio",
    provider: providers.twilio,
    secret: ["TWILIO_AUTH_TOKEN", "0123456789abcdef0123456789abcdef"],
    otherSecret: "fedcba9876543210fedcba9876543210",
    env: { PUBLIC_ORIGIN: ORIGIN },
    body: TWILIO_FORM,
    path: "/sms?tenant=7",
    sign(body, _, secret, url) {
      const fields = [...new URLSearchParams(body)].toSorted(([a], [b]) => (a < b ? -1 : 1))
      const text = url + fields.map(([name, value]) => name + value).join("")
      return { "X-Twilio-Signature": hmac("sha1", secret, text, "base64") }
    },
    status: 204,
    refused: 400,
    sent: { key: keyOf(TWILIO_FORM), payload: { To: "+15550100", Body: "it's done", From: "+15550101" } },
  },
  {
    page: "discord",
    provider: providers.discord,
    secret: ["DISCORD_PUBLIC_KEY", DISCORD_KEY],
    otherSecret: "",
    body: DISCORD_EVENT,
    sign: signDiscord(DISCORD.privateKey),
    signOther: signDiscord(generateKeyPairSync("ed25519").privateKey),
    status: 204,
    refused: 401,
    sent: {
      key: keyOf(DISCORD_EVENT),
      type: "ENTITLEMENT_CREATE",
      payload: { type: 1, event: { type: "ENTITLEMENT_CREATE" } },
    },
  },
  {
    page: "meta",
    provider: providers.meta,
    secret: ["META_APP_SECRET", "0123456789abcdef0123456789abcdef"],
    otherSecret: "fedcba9876543210fedcba9876543210",
    env: { META_VERIFY_TOKEN: "of-my-own-choice" },
    body: META_BATCH,
    sign: signHub,
    status: 200,
    refused: 400,
    sent: {
      key: keyOf(META_BATCH),
      payload: { object: "page", entry: [{ text: "é" }] },
    },
  },
]

/** Seconds since 1970. */
export const now = (): number => Math.floor(Date.now() / 1000)
