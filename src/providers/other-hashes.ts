// HMAC with SHA-1 or SHA-512 of the raw body.

import { queryChallenge } from "./handshakes.ts"
import { SHA1, SHA512 } from "./hashes.ts"
import { BASE64, HEX_KEY } from "./encodings.ts"
import { hmacProvider } from "./hmac-provider.ts"
import type { Provider } from "./provider.ts"

/** Expo EAS. */
export const expoEas: Provider = /* @__PURE__ */ hmacProvider({
  name: "expoEas",
  docs: "https://docs.expo.dev/eas/webhooks/",
  source: "D expo/expo@02040a2 docs/pages/eas/webhooks.mdx",
  header: "expo-signature",
  hash: SHA1,
  prefix: "sha1=",
})

/** Front (rule webhooks). */
export const frontRule: Provider = /* @__PURE__ */ hmacProvider({
  name: "frontRule",
  docs: "https://dev.frontapp.com/docs/rule-webhooks",
  source: "D https://dev.frontapp.com/docs/rule-webhooks",
  header: "X-Front-Signature",
  hash: SHA1,
  encoding: BASE64,
})

/**
 * GitHub (legacy SHA-1).
 *
 * For old GitHub Enterprise Servers only: everything else sends `X-Hub-Signature-256` (`github`).
 */
export const githubSha1: Provider = /* @__PURE__ */ hmacProvider({
  name: "githubSha1",
  docs: "https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers",
  source: "D docs.github.com",
  header: "X-Hub-Signature",
  hash: SHA1,
  prefix: "sha1=",
  deliveryHeader: "X-GitHub-Delivery",
  event: { id: "header X-GitHub-Delivery", type: "header X-GitHub-Event" },
  bodyFormat: "any",
  formField: "payload",
})

/** Help Scout. The type comes in a header that is not signed. */
export const helpScout: Provider = /* @__PURE__ */ hmacProvider({
  name: "helpScout",
  docs: "https://developer.helpscout.com/webhooks/",
  source: "S helpscout/helpscout-api-php@6edf266 src/Webhooks/IncomingWebhook.php",
  header: "X-HelpScout-Signature",
  hash: SHA1,
  encoding: BASE64,
  event: { type: "header X-HelpScout-Event" },
})

/** Intercom. */
export const intercom: Provider = /* @__PURE__ */ hmacProvider({
  name: "intercom",
  docs: "https://developers.intercom.com/docs/webhooks/setting-up-webhooks",
  source: "D intercom signed-notifications",
  header: "X-Hub-Signature",
  hash: SHA1,
  prefix: "sha1=",
  event: { id: "body.id" },
})

/** MongoDB Atlas alerts. The type comes in a header that is not signed. */
export const mongodbAtlas: Provider = /* @__PURE__ */ hmacProvider({
  name: "mongodbAtlas",
  docs: "https://www.mongodb.com/docs/atlas/tutorial/webhook-integration/",
  source: "D https://www.mongodb.com/docs/atlas/tutorial/webhook-integration/",
  header: "X-MMS-Signature",
  hash: SHA1,
  encoding: BASE64,
  event: { type: "header X-MMS-Event" },
})

/** Onfleet. */
export const onfleet: Provider = /* @__PURE__ */ hmacProvider({
  name: "onfleet",
  handshake: /* @__PURE__ */ queryChallenge("check"),
  docs: "https://docs.onfleet.com/reference/secrets",
  source: "D https://docs.onfleet.com/reference/secrets.md",
  header: "X-Onfleet-Signature",
  hash: SHA512,
  key: HEX_KEY,
})

/** Oracle Commerce. */
export const oracleCommerce: Provider = /* @__PURE__ */ hmacProvider({
  name: "oracleCommerce",
  docs: "https://docs.oracle.com/en/cloud/saas/cx-commerce/ccdev/secure-webhooks.html",
  source: "D https://docs.oracle.com/en/cloud/saas/cx-commerce/ccdev/secure-webhooks.html",
  header: "X-Oracle-CC-WebHook-Signature",
  hash: SHA512,
  encoding: BASE64,
})

/** Paystack. */
export const paystack: Provider = /* @__PURE__ */ hmacProvider({
  name: "paystack",
  docs: "https://paystack.com/docs/payments/webhooks/",
  source: "D PaystackOSS/doc-code-snippets@94af513",
  header: "x-paystack-signature",
  hash: SHA512,
})

/**
 * Segment (webhooks destination).
 *
 * Signs a single event. Of a batch only the first event is signed, so a batch never matches: turn batching off.
 */
export const segment: Provider = /* @__PURE__ */ hmacProvider({
  name: "segment",
  docs: "https://segment.com/docs/connections/destinations/catalog/webhooks/",
  source:
    "D segmentio/segment-docs@747b35d src/connections/destinations/catalog/webhooks/index.md, actions-webhook/index.md",
  header: "X-Signature",
  hash: SHA1,
})

/**
 * Sift, webhooks signed with SHA-1.
 *
 * Sift signs with SHA-256 too (`siftSha256`): which of them is a choice of yours and not of a delivery.
 */
export const sift: Provider = /* @__PURE__ */ hmacProvider({
  name: "sift",
  docs: "https://developers.sift.com/docs/curl/decisions-api/decision-webhooks",
  source: "S SiftScience/sift-java@88670fa src/main/java/com/siftscience/utils/WebhookValidator.java",
  header: "X-Sift-Science-Signature",
  hash: SHA1,
  prefix: "sha1=",
})

/** Sinch Numbers. */
export const sinchNumbers: Provider = /* @__PURE__ */ hmacProvider({
  name: "sinchNumbers",
  docs: "https://developers.sinch.com/docs/numbers",
  source: "S sinch/sinch-sdk-node@affb35e authorization.helper.ts validateSignatureHeader",
  header: "x-sinch-signature",
  hash: SHA1,
})

/** HCP Terraform and Terraform Enterprise notifications. */
export const terraform: Provider = /* @__PURE__ */ hmacProvider({
  name: "terraform",
  docs: "https://developer.hashicorp.com/terraform/cloud-docs/api-docs/notification-configurations#notification-authenticity",
  source: "D hashicorp/terraform-website@08fd1de content/cloud-docs/api-docs/notification-configurations.mdx",
  header: "X-TFE-Notification-Signature",
  hash: SHA512,
})

/** Unit. */
export const unit: Provider = /* @__PURE__ */ hmacProvider({
  name: "unit",
  docs: "https://www.unit.co/docs/api/webhooks/#securing-your-webhooks",
  source: "S unit-finance/unit-node-sdk@0198c7a resources/webhooks.ts",
  header: "X-Unit-Signature",
  hash: SHA1,
  encoding: BASE64,
})

/** Vercel. The secret is the webhook's, or the client secret of an integration. */
export const vercel: Provider = /* @__PURE__ */ hmacProvider({
  name: "vercel",
  docs: "https://vercel.com/docs/webhooks/webhooks-api#securing-webhooks",
  source: "S vercel/example-marketplace-integration@4b971cf app/webhook/route.ts",
  header: "x-vercel-signature",
  hash: SHA1,
  event: { id: "body.id", type: "body.type", created: "body.createdAt" },
})

/** WebEx (Cisco). */
export const webex: Provider = /* @__PURE__ */ hmacProvider({
  name: "webex",
  docs: "https://developer.webex.com/docs/receive-and-verify-webhooks",
  source: "S WebexSamples/webex-node-bot-framework@53d0594 lib/webhook.js",
  header: "X-Spark-Signature",
  hash: SHA1,
  event: { id: "body.id+body.data.id", type: "body.resource+body.event" },
})

/** WebSub (and YouTube push). */
export const webSub: Provider = /* @__PURE__ */ hmacProvider({
  name: "webSub",
  docs: "https://www.w3.org/TR/websub/#authenticated-content-distribution",
  source: 'D w3c/websub@d32f520 source.html "Authenticated Content Distribution"',
  header: "X-Hub-Signature",
  hash: SHA1,
  prefix: "sha1=",
  bodyFormat: "any",
})
