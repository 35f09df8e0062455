// HMAC-SHA256 of the raw body, in hex.

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

/** Datasaur. */
export const datasaur: Provider = /* @__PURE__ */ hmacProvider({
  name: "datasaur",
  docs: "https://docs.datasaur.ai/integrations/webhook-notifications/webhook-signature",
  source: "D https://docs.datasaur.ai/integrations/webhook-notifications/webhook-signature",
  header: "X-Datasaur-Signature",
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

/** Dub. */
export const dub: Provider = /* @__PURE__ */ hmacProvider({
  name: "dub",
  docs: "https://dub.co/docs/concepts/webhooks/verify",
  source: "D dubinc/docs docs/postbacks/verify-postback-requests.mdx",
  header: "Dub-Signature",
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
