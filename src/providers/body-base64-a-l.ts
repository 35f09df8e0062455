// HMAC-SHA256 of the raw body, in base64.

import { BASE64, HEX_KEY } from "./encodings.ts"
import { hmacProvider } from "./hmac-provider.ts"
import type { Provider } from "./provider.ts"

/** Ably, batched requests: others are not signed. The secret is the part after the colon of the key that `X-Ably-Key` names. */
export const ably: Provider = /* @__PURE__ */ hmacProvider({
  name: "ably",
  docs: "https://ably.com/docs/platform/integrations/webhooks#security",
  source: "D ably/docs@c20d2c4 src/pages/docs/platform/integrations/webhooks/index.mdx",
  header: "X-Ably-Signature",
  encoding: BASE64,
})

/** Adyen (platform, management, banking). */
export const adyenPlatform: Provider = /* @__PURE__ */ hmacProvider({
  name: "adyenPlatform",
  docs: "https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures",
  source: "S Adyen/adyen-node-api-library@3b84a188 src/utils/hmacValidator.ts",
  header: "HmacSignature",
  encoding: BASE64,
  key: HEX_KEY,
})

/** AfterShip Tracking. */
export const aftership: Provider = /* @__PURE__ */ hmacProvider({
  name: "aftership",
  docs: "https://www.aftership.com/docs/tracking/webhook/webhook-signature",
  source: "D https://www.aftership.com/docs/tracking/webhook/webhook-signature",
  header: "aftership-hmac-sha256",
  encoding: BASE64,
})

/**
 * AfterShip Returns and Warranty.
 *
 * Organisations made before 2022-10-25 send `am-webhook-signature` instead: use `aftershipShipping`.
 */
export const aftershipReturns: Provider = /* @__PURE__ */ hmacProvider({
  name: "aftershipReturns",
  docs: "https://www.aftership.com/docs/returns/2025-04/webhook/signature",
  source: "D https://www.aftership.com/docs/returns/2025-04/webhook/signature",
  header: "as-signature-hmac-sha256",
  encoding: BASE64,
})

/** AfterShip Shipping (legacy organisations). */
export const aftershipShipping: Provider = /* @__PURE__ */ hmacProvider({
  name: "aftershipShipping",
  docs: "https://www.aftership.com/docs/returns/2025-04/webhook/signature",
  source: "D https://www.aftership.com/docs/returns/2025-04/webhook/signature",
  header: "am-webhook-signature",
  encoding: BASE64,
  prefix: "hmac-sha256=",
})

/** Bolt. */
export const bolt: Provider = /* @__PURE__ */ hmacProvider({
  name: "bolt",
  docs: "https://help.bolt.com/developers/guides/webhooks/hook-verification/",
  source: "S BoltApp/bolt-magento2@0781efb Helper/Hook.php",
  header: "X-Bolt-Hmac-Sha256",
  encoding: BASE64,
})

/** Castle. */
export const castle: Provider = /* @__PURE__ */ hmacProvider({
  name: "castle",
  docs: "https://docs.castle.io/docs/webhooks",
  source: "S castle/castle-ruby@175be45c lib/castle/webhooks/verify.rb",
  header: "X-Castle-Signature",
  encoding: BASE64,
  event: { type: "body.type" },
})

/** Commerce Layer. The secret is the webhook's shared secret. */
export const commerceLayer: Provider = /* @__PURE__ */ hmacProvider({
  name: "commerceLayer",
  docs: "https://docs.commercelayer.io/core/callbacks-security",
  source: "S commercelayer/examples@dc102fe webhooks/expressjs-signature-verification/index.mjs",
  header: "X-CommerceLayer-Signature",
  encoding: BASE64,
})

/** Cronofy. */
export const cronofy: Provider = /* @__PURE__ */ hmacProvider({
  name: "cronofy",
  docs: "https://docs.cronofy.com/developers/api/push-notifications/",
  source: "S cronofy/cronofy-node@042affa src/index.js hmacValid",
  header: "Cronofy-HMAC-SHA256",
  encoding: BASE64,
  separators: ", ",
})

/** Fourthwall, webhooks of a shop. */
export const fourthwall: Provider = /* @__PURE__ */ hmacProvider({
  name: "fourthwall",
  docs: "https://docs.fourthwall.com/webhooks/signature-verification",
  source: "D https://docs.fourthwall.com/webhooks/signature-verification",
  header: "X-Fourthwall-Hmac-SHA256",
  encoding: BASE64,
})

/** Fourthwall, webhooks of a platform app. */
export const fourthwallApps: Provider = /* @__PURE__ */ hmacProvider({
  name: "fourthwallApps",
  docs: "https://docs.fourthwall.com/webhooks/signature-verification",
  source: "D https://docs.fourthwall.com/webhooks/signature-verification",
  header: "X-Fourthwall-Hmac-Apps-SHA256",
  encoding: BASE64,
})

/** Hookdeck Event Gateway. Proves Hookdeck, not the original provider, unless source verification is on there. */
export const hookdeck: Provider = /* @__PURE__ */ hmacProvider({
  name: "hookdeck",
  docs: "https://hookdeck.com/docs/authentication",
  source: "D hookdeck/webhook-skills@f8a4801 skills/hookdeck-event-gateway-webhooks/references/verification.md",
  header: "x-hookdeck-signature",
  encoding: BASE64,
  bodyFormat: "any",
})

/** Lago (HMAC). */
export const lagoHmac: Provider = /* @__PURE__ */ hmacProvider({
  name: "lagoHmac",
  docs: "https://getlago.com/docs/api-reference/webhooks/format---signature",
  source: "S lago webhook_spec.rb",
  header: "X-Lago-Signature",
  encoding: BASE64,
  deliveryHeader: "X-Lago-Unique-Key",
  event: { id: "header X-Lago-Unique-Key", type: "body.webhook_type" },
})

/** Leaf. */
export const leaf: Provider = /* @__PURE__ */ hmacProvider({
  name: "leaf",
  docs: "https://docs.withleaf.io/alerts/authentication",
  source: "D https://docs.withleaf.io/alerts/authentication",
  header: "X-Leaf-Signature",
  encoding: BASE64,
  event: { type: "body.type", created: "body.timestamp" },
})

/** LINE. */
export const line: Provider = /* @__PURE__ */ hmacProvider({
  name: "line",
  docs: "https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/",
  source: "S line/line-bot-sdk-nodejs@3c0a10c7 lib/validate-signature.ts",
  header: "x-line-signature",
  encoding: BASE64,
})
