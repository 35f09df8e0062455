// HMAC of the body and of a time in the signature header.

import { BASE64URL } from "./encodings.ts"
import { MILLISECONDS } from "../core/time.ts"
import { hmacProvider } from "./hmac-provider.ts"
import type { Provider } from "./provider.ts"

/** ReadMe. */
export const readme: Provider = /* @__PURE__ */ hmacProvider({
  name: "readme",
  docs: "https://docs.readme.com/main/docs/webhooks",
  source: "S readmeio/metrics-sdks@82402f6 packages/node/src/lib/verify-webhook.ts",
  header: "readme-signature",
  signed: "{time}.{body}",
  prefix: "v0=",
  separators: ", ",
  time: "t=",
  unit: MILLISECONDS,
  toleranceSeconds: 1800,
})

/** Retell AI. `v` is the time and `d` the signature. */
export const retell: Provider = /* @__PURE__ */ hmacProvider({
  name: "retell",
  docs: "https://docs.retellai.com/features/secure-webhook",
  source: "S RetellAI/retell-typescript-sdk@b274013 src/lib/webhook_auth.ts",
  header: "x-retell-signature",
  signed: "{body}{time}",
  prefix: "d=",
  separators: ", ",
  time: "v=",
  unit: MILLISECONDS,
  event: { type: "body.event" },
})

/** Rootly. */
export const rootly: Provider = /* @__PURE__ */ hmacProvider({
  name: "rootly",
  docs: "https://docs.rootly.com/configuration/webhooks",
  source: "D https://docs.rootly.com/configuration/webhooks",
  header: "X-Rootly-Signature",
  signed: "{time}{body}",
  prefix: "v1=",
  separators: ", ",
  time: "t=",
})

/** Sanity. */
export const sanity: Provider = /* @__PURE__ */ hmacProvider({
  name: "sanity",
  docs: "https://www.sanity.io/docs/webhooks",
  source: "S sanity-io/webhook-toolkit@649f5ad",
  header: "sanity-webhook-signature",
  signed: "{time}.{body}",
  encoding: BASE64URL,
  prefix: "v1=",
  separators: ", ",
  time: "t=",
  unit: MILLISECONDS,
  deliveryHeader: "idempotency-key",
})

/** Shippo. */
export const shippo: Provider = /* @__PURE__ */ hmacProvider({
  name: "shippo",
  docs: "https://docs.goshippo.com/tracking/webhook-security",
  source: "D https://docs.goshippo.com/tracking/webhook-security.md",
  header: "Shippo-Auth-Signature",
  signed: "{time}.{body}",
  prefix: "v1=",
  separators: ", ",
  time: "t=",
})

/** Stripe. */
export const stripe: Provider = /* @__PURE__ */ hmacProvider({
  name: "stripe",
  docs: "https://docs.stripe.com/webhooks#verify-manually",
  source: "S stripe/stripe-node@6639421 Webhooks; stripe-dotnet@d330362; stripe-python@6c6e373",
  header: "Stripe-Signature",
  signed: "{time}.{body}",
  prefix: "v1=",
  separators: ", ",
  time: "t=",
  secretPrefix: "whsec_",
  // Read at docs.stripe.com/api/events/object.
  event: { id: "body.id", type: "body.type", created: "body.created" },
})

/** Surge. */
export const surge: Provider = /* @__PURE__ */ hmacProvider({
  name: "surge",
  docs: "https://docs.surge.app/api-reference/webhooks/signature-validation",
  source: "D https://docs.surge.app/api-reference/webhooks/signature-validation",
  header: "Surge-Signature",
  signed: "{time}.{body}",
  prefix: "v1=",
  separators: ", ",
  time: "t=",
  event: { id: "body.id", type: "body.type" },
})

/** Terra. */
export const terra: Provider = /* @__PURE__ */ hmacProvider({
  name: "terra",
  docs: "https://docs.tryterra.co/destinations/webhooks",
  source: "D https://docs.tryterra.co/reference/signing and …/webhooks",
  header: "terra-signature",
  signed: "{time}.{body}",
  prefix: "v1=",
  separators: ", ",
  time: "t=",
})

/** TikTok. */
export const tiktok: Provider = /* @__PURE__ */ hmacProvider({
  name: "tiktok",
  docs: "https://developers.tiktok.com/doc/webhooks-verification",
  source: "D https://developers.tiktok.com/doc/webhooks-verification",
  header: "TikTok-Signature",
  signed: "{time}.{body}",
  prefix: "s=",
  separators: ", ",
  time: "t=",
})

/** WorkOS. */
export const workos: Provider = /* @__PURE__ */ hmacProvider({
  name: "workos",
  docs: "https://workos.com/docs/events/data-syncing/webhooks",
  source: "S workos/workos-node@fd885bc",
  header: "WorkOS-Signature",
  signed: "{time}.{body}",
  prefix: "v1=",
  separators: ", ",
  time: "t=",
  unit: MILLISECONDS,
  toleranceSeconds: 180,
})

/** Zavu. */
export const zavu: Provider = /* @__PURE__ */ hmacProvider({
  name: "zavu",
  docs: "https://docs.zavu.dev/guides/receiving-messages/security",
  source: "D https://docs.zavu.dev/guides/receiving-messages/security",
  header: "X-Zavu-Signature",
  signed: "{time}.{body}",
  prefix: "v1=",
  separators: ", ",
  time: "t=",
})

/** Zoho Payments. */
export const zohoPayments: Provider = /* @__PURE__ */ hmacProvider({
  name: "zohoPayments",
  docs: "https://www.zoho.com/in/payments/developerdocs/webhooks/verification",
  source: "D https://zoho.com/in/payments/developerdocs/webhooks/verification",
  header: "X-Zoho-Webhook-Signature",
  signed: "{time}.{body}",
  prefix: "v=",
  separators: ", ",
  time: "t=",
  unit: MILLISECONDS,
})
