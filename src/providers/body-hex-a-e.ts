// HMAC-SHA256 of the raw body, in hex.

import { queryChallenge } from "./handshakes.ts"
import { toUtf8 } from "../core/bytes.ts"
import { hmacProvider } from "./hmac-provider.ts"
import type { Provider } from "./provider.ts"

/** Alchemy. */
export const alchemy: Provider = /* @__PURE__ */ hmacProvider({
  name: "alchemy",
  docs: "https://www.alchemy.com/docs/reference/notify-api-quickstart",
  source: "D alchemyplatform/docs fern/api-reference/data/webhooks/notify-api-quickstart.mdx",
  header: "X-Alchemy-Signature",
})

/**
 * Asana. The secret is the `X-Hook-Secret` of the handshake.
 *
 * Answer that request yourself while you create the webhook, with the same header: whoever sends it sets the key, so it is not
 * answered here.
 */
export const asana: Provider = /* @__PURE__ */ hmacProvider({
  name: "asana",
  docs: "https://developers.asana.com/docs/webhooks-guide",
  source: "S Asana/devrel-examples@7f18334 python/webhooks_v5/server.py",
  header: "X-Hook-Signature",
})

/** Ashby. */
export const ashby: Provider = /* @__PURE__ */ hmacProvider({
  name: "ashby",
  docs: "https://developers.ashbyhq.com/docs/authenticating-webhooks",
  source: "D https://developers.ashbyhq.com/docs/authenticating-webhooks",
  header: "Ashby-Signature",
  prefix: "sha256=",
  event: { type: "body.action" },
})

/** AutoSend. */
export const autosend: Provider = /* @__PURE__ */ hmacProvider({
  name: "autosend",
  docs: "https://docs.autosend.com/others/webhooks/verify-requests",
  source: "D https://docs.autosend.com/others/webhooks/verify-requests",
  header: "X-Webhook-Signature",
  event: { type: "body.type", created: "body.createdAt" },
})

/** Bland AI. */
export const bland: Provider = /* @__PURE__ */ hmacProvider({
  name: "bland",
  docs: "https://docs.bland.ai/tutorials/webhook-signing",
  source: "D https://docs.bland.ai/tutorials/webhook-signing",
  header: "X-Webhook-Signature",
})

/** BTCPay Server. A redelivery has the id of the first delivery. */
export const btcpay: Provider = /* @__PURE__ */ hmacProvider({
  name: "btcpay",
  docs: "https://docs.btcpayserver.org/API/Greenfield/v1/#tag/Webhooks",
  source: "S btcpayserver/btcpayserver@03345c2 BTCPayServer/Plugins/Webhooks/WebhookSender.cs",
  header: "BTCPay-Sig",
  prefix: "sha256=",
  event: { id: "body.originalDeliveryId", type: "body.type", created: "body.timestamp" },
})

/** Cal.com. */
export const calCom: Provider = /* @__PURE__ */ hmacProvider({
  name: "calCom",
  docs: "https://cal.com/docs/developing/guides/automation/webhooks",
  source: "S calcom/cal.com@008952de packages/features/webhooks/lib/sendPayload.ts",
  header: "X-Cal-Signature-256",
  event: { type: "body.triggerEvent", created: "body.createdAt" },
  bodyFormat: "any",
})

/** Checkout.com. */
export const checkoutCom: Provider = /* @__PURE__ */ hmacProvider({
  name: "checkoutCom",
  docs: "https://www.checkout.com/docs/workflows",
  source: "D https://www.checkout.com/docs/workflows",
  header: "Cko-Signature",
})

/** Checkr. */
export const checkr: Provider = /* @__PURE__ */ hmacProvider({
  name: "checkr",
  docs: "https://docs.checkr.com/#section/Webhooks/Validating-webhooks",
  source: "S checkr/webhook-verification-examples@eea406d verify_signature.js",
  header: "X-Checkr-Signature",
})

/** CircleCI. Only `v1` signatures count. */
export const circleci: Provider = /* @__PURE__ */ hmacProvider({
  name: "circleci",
  docs: "https://circleci.com/docs/guides/integration/outbound-webhooks/",
  source: "D circleci/circleci-docs@9734a14 docs/guides/modules/integration/pages/outbound-webhooks.adoc",
  header: "circleci-signature",
  prefix: "v1=",
  separators: ",",
  event: { id: "body.id", type: ["body.type", "header circleci-event-type"], created: "body.happened_at" },
})

/** ClickUp. */
export const clickup: Provider = /* @__PURE__ */ hmacProvider({
  name: "clickup",
  docs: "https://developer.clickup.com/docs/webhooksignature",
  source: "D https://developer.clickup.com/docs/webhooksignature",
  header: "X-Signature",
  event: { type: "body.event" },
})

/** CloudConvert. */
export const cloudconvert: Provider = /* @__PURE__ */ hmacProvider({
  name: "cloudconvert",
  docs: "https://cloudconvert.com/api/v2/webhooks",
  source: "S cloudconvert/cloudconvert-node@54a1730 lib/WebhooksResource.ts",
  header: "CloudConvert-Signature",
  event: { id: "body.job.id", type: "body.event" },
})

/** Coinbase Commerce. */
export const coinbaseCommerce: Provider = /* @__PURE__ */ hmacProvider({
  name: "coinbaseCommerce",
  docs: "https://docs.cdp.coinbase.com/commerce/api-arcitecture/webhooks-security",
  source: "S coinbase/coinbase-commerce-node@d46c596 lib/Webhook.js",
  header: "X-CC-Webhook-Signature",
})

/** Coinify. */
export const coinify: Provider = /* @__PURE__ */ hmacProvider({
  name: "coinify",
  docs: "https://coinify.readme.io/docs/webhook-signature",
  source: "D https://coinify.readme.io/docs/webhook-signature",
  header: "x-coinify-webhook-signature",
})

/** Cursor cloud agents. Id and type come in headers that are not signed. */
export const cursor: Provider = /* @__PURE__ */ hmacProvider({
  name: "cursor",
  docs: "https://cursor.com/docs/cloud-agent/api/webhooks",
  source: "D https://cursor.com/docs/cloud-agent/api/webhooks.md",
  header: "X-Webhook-Signature",
  prefix: "sha256=",
  deliveryHeader: "X-Webhook-ID",
  event: { id: "header X-Webhook-ID", type: "header X-Webhook-Event" },
})

/** Datasaur. */
export const datasaur: Provider = /* @__PURE__ */ hmacProvider({
  name: "datasaur",
  docs: "https://docs.datasaur.ai/integrations/webhook-notifications/webhook-signature",
  source: "D https://docs.datasaur.ai/integrations/webhook-notifications/webhook-signature",
  header: "X-Datasaur-Signature",
})

/** Deel. Signs the word `POST` before the body. */
export const deel: Provider = /* @__PURE__ */ hmacProvider({
  name: "deel",
  docs: "https://developer.deel.com/docs/webhooks-get-started",
  source: "D https://developer.deel.com/v2.1.112/docs/webhooks-get-started",
  header: "x-deel-signature",
  signed: "POST{body}",
  event: { type: "body.data.meta.event_type" },
})

/** Discourse. Id and type come in headers that are not signed. */
export const discourse: Provider = /* @__PURE__ */ hmacProvider({
  name: "discourse",
  docs: "https://meta.discourse.org/t/configure-webhooks-that-trigger-on-discourse-events/49045",
  source: "S discourse spec",
  header: "X-Discourse-Event-Signature",
  prefix: "sha256=",
  deliveryHeader: "X-Discourse-Event-Id",
  event: { id: "header X-Discourse-Event-Id", type: "header X-Discourse-Event" },
})

/** Dropbox. The secret is the app's secret. A delivery names accounts whose changes must be fetched. */
export const dropbox: Provider = /* @__PURE__ */ hmacProvider({
  name: "dropbox",
  handshake: /* @__PURE__ */ queryChallenge("challenge"),
  docs: "https://www.dropbox.com/developers/reference/webhooks",
  source: "S dropbox/mdwebhook@1b32d5a app.py",
  header: "X-Dropbox-Signature",
})

/** Dub. */
export const dub: Provider = /* @__PURE__ */ hmacProvider({
  name: "dub",
  docs: "https://dub.co/docs/concepts/webhooks/verify",
  source: "D dubinc/docs docs/postbacks/verify-postback-requests.mdx",
  header: "Dub-Signature",
})

/** Dwolla. */
export const dwolla: Provider = /* @__PURE__ */ hmacProvider({
  name: "dwolla",
  docs: "https://developers.dwolla.com/docs/webhook-validation",
  source: "S Dwolla/webhook-receiver@2d4ee14 src/handlers/webhook.ts",
  header: "X-Request-Signature-SHA-256",
})

/** EasyPost. */
export const easypost: Provider = /* @__PURE__ */ hmacProvider({
  name: "easypost",
  docs: "https://docs.easypost.com/guides/webhooks-guide",
  source: "S EasyPost/easypost-node@ac2a7329 src/utils/util.js",
  header: "X-Hmac-Signature",
  prefix: "hmac-sha256-hex=",
  event: { type: "body.description" },
  key: { name: "text", decode: (secret) => toUtf8(secret.normalize("NFKD")) },
})
