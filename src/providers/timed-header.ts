// HMAC of the body and of a time in a header of its own.

import { SLACK_HANDSHAKE, TWITCH_HANDSHAKE, ZOOM_HANDSHAKE } from "./handshakes.ts"
import { SHA1 } from "./hashes.ts"
import { BASE64, UPPER_HEX } from "./encodings.ts"
import { MILLISECONDS, RFC3339, RFC3339_UTC, SECONDS_OR_MILLISECONDS } from "../core/time.ts"
import { toUtf8 } from "../core/bytes.ts"
import { hmacProvider } from "./hmac-provider.ts"
import type { Provider } from "./provider.ts"

/** Airwallex. */
export const airwallex: Provider = /* @__PURE__ */ hmacProvider({
  name: "airwallex",
  docs: "https://www.airwallex.com/docs/developer-tools/webhooks/listen-for-webhook-events",
  source: "D https://www.airwallex.com/docs/developer-tools__listen-for-webhook-events__code-examples",
  header: "x-signature",
  signed: "{time}{body}",
  time: "x-timestamp",
  unit: MILLISECONDS,
  event: { id: "body.id" },
})

/** Cashfree Payments. */
export const cashfree: Provider = /* @__PURE__ */ hmacProvider({
  name: "cashfree",
  docs: "https://www.cashfree.com/docs/payments/online/webhooks/signature-verification",
  source: "S cashfree/cashfree-pg-sdk-nodejs@3847384 api.ts PGVerifyWebhookSignature",
  header: "x-webhook-signature",
  signed: "{time}{body}",
  encoding: BASE64,
  time: "x-webhook-timestamp",
  unit: MILLISECONDS,
  event: { type: "body.type" },
})

/** ConfigCat. */
export const configcat: Provider = /* @__PURE__ */ hmacProvider({
  name: "configcat",
  docs: "https://configcat.com/docs/advanced/notifications-webhooks/",
  source: "D configcat/docs website/docs/advanced/notifications-webhooks.mdx",
  header: "X-ConfigCat-Webhook-Signature-V1",
  signed: "{id}{time}{body}",
  encoding: BASE64,
  separators: ", ",
  time: "X-ConfigCat-Webhook-Timestamp",
  idHeader: "X-ConfigCat-Webhook-ID",
  secretPrefix: "configcat_whsk_",
  bodyFormat: "any",
})

/**
 * Front (application webhooks). The secret is the app's signing key.
 *
 * Front sends an `x-front-challenge` while the webhook is created: it is not answered here.
 */
export const front: Provider = /* @__PURE__ */ hmacProvider({
  name: "front",
  docs: "https://dev.frontapp.com/docs/application-webhooks",
  source:
    "S frontapp/dynamic-objects-handler@4f9ab6f lib/auth.ts; D https://dev.frontapp.com/docs/application-webhooks",
  header: "X-Front-Signature",
  signed: "{time}:{body}",
  encoding: BASE64,
  time: "X-Front-Request-Timestamp",
  unit: MILLISECONDS,
})

/** Iron. */
export const iron: Provider = /* @__PURE__ */ hmacProvider({
  name: "iron",
  docs: "https://docs.iron.xyz/reference-2026-07-01/webhooks/dispatches-an-event-notification-to-a-configured-webhook-endpoint",
  source:
    "D https://docs.iron.xyz/reference-2026-07-01/webhooks/dispatches-an-event-notification-to-a-configured-webhook-endpoint",
  header: "webhook-signature",
  signed: "{time}{body}",
  prefix: "v1=",
  time: "webhook-timestamp",
  deliveryHeader: "webhook-id",
  event: { id: "header webhook-id" },
})

/** Lusha. */
export const lusha: Provider = /* @__PURE__ */ hmacProvider({
  name: "lusha",
  docs: "https://docs.lusha.com/webhooks/security",
  source: "D https://docs.lusha.com/webhooks/security",
  header: "X-Lusha-Signature",
  signed: "{time}.{body}",
  time: "X-Lusha-Timestamp",
  unit: SECONDS_OR_MILLISECONDS,
})

/** Orb. */
export const orb: Provider = /* @__PURE__ */ hmacProvider({
  name: "orb",
  docs: "https://docs.withorb.com/integrations-and-exports/webhooks",
  source: "S orbcorp/orb-node@cffc338 src/resources/webhooks.ts",
  header: "X-Orb-Signature",
  signed: "v1:{time}:{body}",
  prefix: "v1=",
  time: "X-Orb-Timestamp",
  unit: RFC3339_UTC,
  separators: ", ",
})

/** Prolific. */
export const prolific: Provider = /* @__PURE__ */ hmacProvider({
  name: "prolific",
  docs: "https://docs.prolific.com/api-reference/webhooks/verifying",
  source: "D https://docs.prolific.com/api-reference/webhooks/verifying",
  header: "X-Prolific-Request-Signature",
  signed: "{time}{body}",
  encoding: BASE64,
  time: "X-Prolific-Request-Timestamp",
})

/** Revolut. */
export const revolut: Provider = /* @__PURE__ */ hmacProvider({
  name: "revolut",
  docs: "https://developer.revolut.com/docs/guides/accept-payments/tutorials/work-with-webhooks/verify-the-payload-signature",
  source: "D https://developer.revolut.com/…/verify-the-payload-signature",
  header: "Revolut-Signature",
  signed: "v1.{time}.{body}",
  prefix: "v1=",
  separators: ", ",
  time: "Revolut-Request-Timestamp",
  unit: MILLISECONDS,
  secretPrefix: "wsk_",
})

/** Sinch Conversation. */
export const sinch: Provider = /* @__PURE__ */ hmacProvider({
  name: "sinch",
  docs: "https://developers.sinch.com/docs/conversation/callbacks#validating-callbacks",
  source: "S sinch/sinch-sdk-node@affb35e packages/sdk-client/src/utils/authorization.helper.ts",
  header: "x-sinch-webhook-signature",
  signed: "{body}.{header:x-sinch-webhook-signature-nonce}.{time}",
  encoding: BASE64,
  time: "x-sinch-webhook-signature-timestamp",
})

/** Slack. */
export const slack: Provider = /* @__PURE__ */ hmacProvider({
  name: "slack",
  handshake: SLACK_HANDSHAKE,
  docs: "https://docs.slack.dev/authentication/verifying-requests-from-slack",
  source: "S slackapi/bolt-js@9a45c3c src/receivers; slackapi/python-slack-sdk@ae87985",
  header: "X-Slack-Signature",
  signed: "v0:{time}:{body}",
  prefix: "v0=",
  time: "X-Slack-Request-Timestamp",
  // Read at docs.slack.dev/tools/bolt-js/reference/interfaces/EnvelopedEvent.
  event: { id: "body.event_id", type: ["body.event.type", "body.type"], created: "body.event_time" },
  bodyFormat: "any",
  formField: "payload",
})

/** TalkJS. */
export const talkJs: Provider = /* @__PURE__ */ hmacProvider({
  name: "talkJs",
  docs: "https://talkjs.com/docs/Features/Webhooks/",
  source:
    "S talkjs/talkjs-examples@bfb25ca webhooks/php/webhook_callback.php, webhooks/nodejs/express-webhook/routes/webhooks.js",
  header: "X-TalkJS-Signature",
  signed: "{time}.{body}",
  encoding: UPPER_HEX,
  time: "X-TalkJS-Timestamp",
  unit: SECONDS_OR_MILLISECONDS,
})

/** Twitch EventSub. */
export const twitch: Provider = /* @__PURE__ */ hmacProvider({
  name: "twitch",
  handshake: TWITCH_HANDSHAKE,
  docs: "https://dev.twitch.tv/docs/eventsub/handling-webhook-events/",
  source: "S twitchdev/eventsub-webhooks-node-sample@6c2a8f5 index.js",
  header: "Twitch-Eventsub-Message-Signature",
  signed: "{id}{time}{body}",
  prefix: "sha256=",
  time: "Twitch-Eventsub-Message-Timestamp",
  unit: RFC3339,
  idHeader: "Twitch-Eventsub-Message-Id",
  toleranceSeconds: 600,
  event: { created: "header Twitch-Eventsub-Message-Timestamp" },
})

/** Webflow. */
export const webflow: Provider = /* @__PURE__ */ hmacProvider({
  name: "webflow",
  docs: "https://developers.webflow.com/data/docs/working-with-webhooks#validating-request-signatures",
  source: "S webflow/js-webflow-api@31e9cf3 src/wrapper/WebhooksClient.ts",
  header: "x-webflow-signature",
  signed: "{time}:{body}",
  time: "x-webflow-timestamp",
  unit: MILLISECONDS,
})

/** Xaman (Xumm). The documented sample takes the first hyphen, and no other, out of the secret. */
export const xaman: Provider = /* @__PURE__ */ hmacProvider({
  name: "xaman",
  docs: "https://docs.xaman.dev/concepts/payloads-sign-requests/status-updates/webhooks/signature-verification",
  source: "D https://docs.xaman.dev/…/signature-verification",
  header: "x-xumm-request-signature",
  signed: "{time}{body}",
  hash: SHA1,
  time: "x-xumm-request-timestamp",
  unit: SECONDS_OR_MILLISECONDS,
  key: { name: "text without its first hyphen", decode: (secret) => toUtf8(secret.replace("-", "")) },
})

/** Xobni. */
export const xobni: Provider = /* @__PURE__ */ hmacProvider({
  name: "xobni",
  docs: "https://www.xobni.ai/docs/webhooks/security",
  source: "D https://www.xobni.ai/docs/webhooks/security",
  header: "X-Xobni-Signature",
  signed: "{time}.{body}",
  prefix: "sha256=",
  time: "X-Xobni-Timestamp",
  deliveryHeader: "X-Xobni-Delivery",
  event: { id: "header X-Xobni-Delivery", type: "header X-Xobni-Event" },
})

/** Zendesk. */
export const zendesk: Provider = /* @__PURE__ */ hmacProvider({
  name: "zendesk",
  docs: "https://developer.zendesk.com/documentation/webhooks/verifying/",
  source: "D https://developer.zendesk.com/documentation/webhooks/verifying/",
  header: "X-Zendesk-Webhook-Signature",
  signed: "{time}{body}",
  encoding: BASE64,
  time: "X-Zendesk-Webhook-Signature-Timestamp",
  unit: RFC3339,
  bodyFormat: "any",
})

/** Zoom. */
export const zoom: Provider = /* @__PURE__ */ hmacProvider({
  name: "zoom",
  handshake: ZOOM_HANDSHAKE,
  docs: "https://developers.zoom.us/docs/api/webhooks/#verify-webhook-events",
  source: "S zoom/rivet-javascript@7309ea3 accounts/accounts.mjs",
  header: "x-zm-signature",
  signed: "v0:{time}:{body}",
  prefix: "v0=",
  time: "x-zm-request-timestamp",
  event: { type: "body.event" },
})
