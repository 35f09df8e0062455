// HMAC whose signature header has a form of its own.

import { BASE64, BASE64_KEY } from "./encodings.ts"
import { MILLISECONDS } from "../core/time.ts"
import { shapeOf } from "./signature-shape.ts"
import { hmacProvider } from "./hmac-provider.ts"
import type { Provider } from "./provider.ts"

/** PayMongo. `te` is filled in test mode and `li` in live mode, never both. */
export const payMongo: Provider = /* @__PURE__ */ hmacProvider({
  name: "payMongo",
  docs: "https://developers.paymongo.com/docs/securing-webhook",
  source: "S paymongo/paymongo-node@b541fa0 src/services/Webhook.js",
  header: "Paymongo-Signature",
  signed: "{time}.{body}",
  time: "t=",
  shape: /* @__PURE__ */ shapeOf(
    /^t=(\d{1,12}),(?:te=([0-9a-f]{64}),li=|te=,li=([0-9a-f]{64}))$/,
    (time, [first]) => `t=${time},te=,li=${first}`,
  ),
})

/** OpenPhone / Quo (legacy). */
export const quoLegacy: Provider = /* @__PURE__ */ hmacProvider({
  name: "quoLegacy",
  docs: "https://www.quo.com/docs/webhooks/legacy-signature-validation",
  source: "D https://www.quo.com/docs/webhooks/legacy-signature-validation.md",
  header: "openphone-signature",
  signed: "{time}.{body}",
  encoding: BASE64,
  time: "t=",
  unit: MILLISECONDS,
  key: BASE64_KEY,
  shape: /* @__PURE__ */ shapeOf(
    /^hmac;1;(\d{1,15});([A-Za-z0-9+/]{43}=)$/,
    (time, [first]) => `hmac;1;${time};${first}`,
  ),
})

/** Recurly. The time comes first, then one signature per key. */
export const recurly: Provider = /* @__PURE__ */ hmacProvider({
  name: "recurly",
  docs: "https://docs.recurly.com/recurly-subscriptions/docs/signature-verification",
  source: "S recurly/recurly-client-ruby@05fa008 lib/recurly/webhooks.rb",
  header: "recurly-signature",
  signed: "{time}.{body}",
  time: "t=",
  unit: MILLISECONDS,
  event: { id: "body.id", type: "body.object_type+body.event_type", created: "body.event_time" },
  shape: /* @__PURE__ */ shapeOf(/^(\d{1,15}),([0-9a-f,]+)$/, (time, signatures) => [time, ...signatures].join(",")),
})

/** Ticket Tailor. */
export const ticketTailor: Provider = /* @__PURE__ */ hmacProvider({
  name: "ticketTailor",
  docs: "https://developers.tickettailor.com/docs/webhook/security",
  source: "D https://developers.tickettailor.com/docs/webhook/security",
  header: "Tickettailor-Webhook-Signature",
  signed: "{time}{body}",
  time: "t=",
  shape: /* @__PURE__ */ shapeOf(
    /^t=(\d{1,12}), ?\w{1,16}=([0-9a-f]{64})$/,
    (time, [first]) => `t=${time},v1=${first}`,
  ),
})

/** Tolgee. */
export const tolgee: Provider = /* @__PURE__ */ hmacProvider({
  name: "tolgee",
  docs: "https://docs.tolgee.io/platform/projects_and_organizations/webhooks",
  source: "D tolgee/documentation@e8ba4ea platform/projects_and_organizations/webhooks.mdx",
  header: "Tolgee-Signature",
  signed: "{time}.{body}",
  time: "t=",
  unit: MILLISECONDS,
  event: { type: "body.eventType", created: "body.activityData.timestamp" },
  shape: /* @__PURE__ */ shapeOf(
    /^\{\s*"timestamp"\s*:\s*(\d{1,15})\s*,\s*"signature"\s*:\s*"([0-9a-f]{64})"\s*\}$/,
    (time, [first]) => `{"timestamp": ${time}, "signature": "${first}"}`,
  ),
})
