// HMAC-SHA256 of the raw body, in hex.

import { HEX_KEY } from "./encodings.ts"
import { MILLISECONDS, RFC3339 } from "../core/time.ts"
import { hmacProvider } from "./hmac-provider.ts"
import type { Provider } from "./provider.ts"

/** Hookdeck Outpost (default). */
export const outpost: Provider = /* @__PURE__ */ hmacProvider({
  name: "outpost",
  docs: "https://hookdeck.com/docs/outpost",
  source: "S steering/notes/earlier notes",
  header: "x-outpost-signature",
  prefix: "v0=",
  separators: ", ",
  deliveryHeader: "x-outpost-event-id",
})

/** PagerDuty V3. */
export const pagerduty: Provider = /* @__PURE__ */ hmacProvider({
  name: "pagerduty",
  docs: "https://docs.pagerduty.com/developer/verifying-webhook-signatures",
  source: "S PagerDuty/go-pagerduty@d34fb98 webhookv3/webhookv3.go",
  header: "X-PagerDuty-Signature",
  prefix: "v1=",
  separators: ", ",
  event: { id: "body.event.id", type: "body.event.event_type", created: "body.event.occurred_at" },
})

/** Plain. */
export const plain: Provider = /* @__PURE__ */ hmacProvider({
  name: "plain",
  docs: "https://www.plain.com/docs/api-reference/request-signing",
  source: "S team-plain/typescript-sdk@88de018 src/webhooks/verify.ts",
  header: "Plain-Request-Signature",
  event: { id: "body.id" },
  bodyTime: "webhookMetadata.webhookDeliveryAttemptTimestamp",
  unit: RFC3339,
})

/** Pusher Channels. The secret's id is the key that `X-Pusher-Key` names: no other secret is tried. */
export const pusher: Provider = /* @__PURE__ */ hmacProvider({
  name: "pusher",
  docs: "https://pusher.com/docs/channels/server_api/webhooks/",
  source: "S pusher/pusher-http-node@7492d8d lib/webhook.js",
  header: "X-Pusher-Signature",
  keyIdHeader: "X-Pusher-Key",
  bodyTime: "time_ms",
  unit: MILLISECONDS,
})

/** Razorpay. */
export const razorpay: Provider = /* @__PURE__ */ hmacProvider({
  name: "razorpay",
  docs: "https://razorpay.com/docs/webhooks/validate-test/",
  source: "S razorpay/razorpay-node@9737ef1",
  header: "X-Razorpay-Signature",
  deliveryHeader: "x-razorpay-event-id",
  event: { id: "header x-razorpay-event-id" },
})

/** Rewardful. */
export const rewardful: Provider = /* @__PURE__ */ hmacProvider({
  name: "rewardful",
  docs: "https://developers.rewardful.com/webhooks/signed-webhooks",
  source: "D https://developers.rewardful.com/webhooks/signed-webhooks",
  header: "X-Rewardful-Signature",
})

/** Sendbird. */
export const sendbird: Provider = /* @__PURE__ */ hmacProvider({
  name: "sendbird",
  docs: "https://sendbird.com/docs/chat/platform-api/v3/webhook/webhook-overview",
  source: "D https://docs.Sendbird.com/docs/business-messaging/guide/v1/settings/webhooks",
  header: "x-sendbird-signature",
})

/** Sentry. */
export const sentry: Provider = /* @__PURE__ */ hmacProvider({
  name: "sentry",
  docs: "https://docs.sentry.io/organization/integrations/integration-platform/webhooks/",
  source: "S getsentry/integration-platform-example@10cf516 backend-py/src/api/middleware/verify_sentry_signature.py",
  header: "Sentry-Hook-Signature",
  deliveryHeader: "Request-ID",
  event: { type: "header Sentry-Hook-Resource+body.action" },
})

/** Shopware. */
export const shopware: Provider = /* @__PURE__ */ hmacProvider({
  name: "shopware",
  docs: "https://developer.shopware.com/docs/guides/plugins/apps/webhook.html",
  source: "S shopware/app-sdk-js@24db582 src/context-resolver.ts, src/signer.ts",
  header: "shopware-shop-signature",
})

/** Sift, webhooks signed with SHA-256. */
export const siftSha256: Provider = /* @__PURE__ */ hmacProvider({
  name: "siftSha256",
  docs: "https://developers.sift.com/docs/curl/decisions-api/decision-webhooks",
  source: "S SiftScience/sift-java@88670fa src/main/java/com/siftscience/utils/WebhookValidator.java",
  header: "X-Sift-Science-Signature",
  prefix: "sha256=",
})

/** Snyk. */
export const snyk: Provider = /* @__PURE__ */ hmacProvider({
  name: "snyk",
  docs: "https://docs.snyk.io/snyk-api/how-to-use-snyk-webhooks-apis/validating-payloads",
  source: "D snyk/user-docs docs/snyk-api/snyk-webhooks/validation-and-versioning-of-payloads.md",
  header: "X-Hub-Signature",
  prefix: "sha256=",
})

/** SonarQube and SonarCloud. */
export const sonarQube: Provider = /* @__PURE__ */ hmacProvider({
  name: "sonarQube",
  docs: "https://docs.sonarsource.com/sonarqube/latest/project-administration/webhooks/",
  source:
    "S SonarSource/sonarqube@0f33764 server/sonar-server-common/src/main/java/org/sonar/server/webhook/WebhookCallerImpl.java",
  header: "X-Sonar-Webhook-HMAC-SHA256",
})

/** Squarespace. */
export const squarespace: Provider = /* @__PURE__ */ hmacProvider({
  name: "squarespace",
  docs: "https://developers.squarespace.com/commerce-apis/webhooks/verifying-notifications",
  source: "D https://developers.squarespace.com/commerce-apis/webhooks/verifying-notifications",
  header: "Squarespace-Signature",
  key: HEX_KEY,
})

/** Strike. */
export const strike: Provider = /* @__PURE__ */ hmacProvider({
  name: "strike",
  docs: "https://docs.strike.me/webhooks/signature-verification",
  source: "D https://docs.strike.me/webhooks/signature-verification",
  header: "X-Webhook-Signature",
})

/** Uploadcare. */
export const uploadcare: Provider = /* @__PURE__ */ hmacProvider({
  name: "uploadcare",
  docs: "https://uploadcare.com/docs/webhooks/#signed-webhooks",
  source: "S uploadcare/uploadcare-ruby@3e29092 lib/uploadcare/webhook_signature_verifier.rb",
  header: "X-Uc-Signature",
  prefix: "v1=",
  event: { type: "body.hook.event" },
})

/** Viber. */
export const viber: Provider = /* @__PURE__ */ hmacProvider({
  name: "viber",
  docs: "https://developers.viber.com/docs/api/rest-bot-api/#callbacks",
  source: "S Viber/viber-bot-node@e202b1b lib/message/message-validator.js, lib/middleware.js",
  header: "X-Viber-Content-Signature",
})

/** Wistia. */
export const wistia: Provider = /* @__PURE__ */ hmacProvider({
  name: "wistia",
  docs: "https://docs.wistia.com/docs/webhooks",
  source: "D https://docs.wistia.com/docs/webhooks",
  header: "X-Wistia-Signature",
})

/** Yousign. */
export const yousign: Provider = /* @__PURE__ */ hmacProvider({
  name: "yousign",
  docs: "https://developers.yousign.com/docs/use-webhooks-in-your-app",
  source: "D https://developers.yousign.com/docs/security",
  header: "X-Yousign-Signature-256",
  prefix: "sha256=",
  event: { id: "body.event_id", type: "body.event_name", created: "body.event_time" },
})
