// Providers that show a token whose header, or whose user and password, the operator chooses: `authenticated`, never `verified`.

import { OKTA_HANDSHAKE } from "./handshakes.ts"
import { basicToken, namedHeaderToken, tokenProvider, type TokenProvider } from "./token-provider.ts"

/** BigCommerce (custom header). The secret is the header and its value: `X-Api-Key: 2b7e151628aed2a6`. */
export const bigcommerceToken: TokenProvider = /* @__PURE__ */ tokenProvider(
  {
    name: "bigcommerceToken",
    docs: "https://developer.bigcommerce.com/docs/integrations/webhooks",
    source: "D bigcommerce/docs docs/integrations/webhooks/https-webhook-overview.mdx",
    event: { type: "body.scope", created: "body.created_at" },
  },
  namedHeaderToken,
)

/** Brevo. The secret is the header and its value: `X-Api-Key: 2b7e151628aed2a6`. */
export const brevo: TokenProvider = /* @__PURE__ */ tokenProvider(
  {
    name: "brevo",
    docs: "https://developers.brevo.com/docs/secured-webhooks",
    source: "C webhook-co/webhook@de3aa4e8 packages/webhooks-spec/src/adapters/bespoke/token-auth-providers.ts",
  },
  namedHeaderToken,
)

/** Chargebee. The secret is `user:password`. */
export const chargebee: TokenProvider = /* @__PURE__ */ tokenProvider(
  {
    name: "chargebee",
    docs: "https://www.chargebee.com/docs/2.0/webhook_settings.html",
    source: "C webhook-co/webhook@de3aa4e8 packages/webhooks-spec/src/adapters/bespoke/token-auth-providers.ts",
  },
  basicToken,
)

/** Datadog. The secret is the header and its value: `X-Api-Key: 2b7e151628aed2a6`. */
export const datadog: TokenProvider = /* @__PURE__ */ tokenProvider(
  {
    name: "datadog",
    docs: "https://docs.datadoghq.com/integrations/webhooks/",
    source: "C webhook-co/webhook@de3aa4e8 packages/webhooks-spec/src/adapters/bespoke/token-auth-providers.ts",
    bodyFormat: "any",
  },
  namedHeaderToken,
)

/** Fillout. The secret is the header and its value: `X-Api-Key: 2b7e151628aed2a6`. */
export const fillout: TokenProvider = /* @__PURE__ */ tokenProvider(
  {
    name: "fillout",
    docs: "https://www.fillout.com/help/webhook",
    source: "C webhook-co/webhook@de3aa4e8 packages/webhooks-spec/src/adapters/bespoke/token-auth-providers.ts",
  },
  namedHeaderToken,
)

/** Mixpanel cohort sync. The secret is `user:password`. */
export const mixpanel: TokenProvider = /* @__PURE__ */ tokenProvider(
  {
    name: "mixpanel",
    docs: "https://docs.mixpanel.com/docs/cohort-sync/webhooks",
    source: "C webhook-co/webhook@de3aa4e8 packages/webhooks-spec/src/adapters/bespoke/token-auth-providers.ts",
  },
  basicToken,
)

/** New Relic notifications. The secret is the header and its value: `X-Api-Key: 2b7e151628aed2a6`. */
export const newRelic: TokenProvider = /* @__PURE__ */ tokenProvider(
  {
    name: "newRelic",
    docs: "https://docs.newrelic.com/docs/alerts/get-notified/notification-integrations/#webhook",
    source: "C webhook-co/webhook@de3aa4e8 packages/webhooks-spec/src/adapters/bespoke/token-auth-providers.ts",
    bodyFormat: "any",
  },
  namedHeaderToken,
)

/** Okta event hooks. The secret is the header and its value: `X-Api-Key: 2b7e151628aed2a6`. */
export const okta: TokenProvider = /* @__PURE__ */ tokenProvider(
  {
    name: "okta",
    handshake: OKTA_HANDSHAKE,
    docs: "https://developer.okta.com/docs/concepts/event-hooks/",
    source: "D https://help.okta.com/en-us/Content/Topics/automation-hooks/add-event-hooks.htm",
  },
  namedHeaderToken,
)

/** Postmark. The secret is `user:password`. */
export const postmark: TokenProvider = /* @__PURE__ */ tokenProvider(
  {
    name: "postmark",
    docs: "https://postmarkapp.com/developer/webhooks/webhooks-overview",
    source: "C webhook-co/webhook@de3aa4e8 packages/webhooks-spec/src/adapters/bespoke/token-auth-providers.ts",
  },
  basicToken,
)

/** SparkPost. The secret is `user:password`. */
export const sparkPost: TokenProvider = /* @__PURE__ */ tokenProvider(
  {
    name: "sparkPost",
    docs: "https://developers.sparkpost.com/api/webhooks/",
    source: "C webhook-co/webhook@de3aa4e8 packages/webhooks-spec/src/adapters/bespoke/token-auth-providers.ts",
    event: { id: "header X-MessageSystems-Batch-ID" },
    deliveryHeader: "X-MessageSystems-Batch-ID",
  },
  basicToken,
)

/** VideoAsk. The secret is the header and its value: `X-Api-Key: 2b7e151628aed2a6`. */
export const videoAsk: TokenProvider = /* @__PURE__ */ tokenProvider(
  {
    name: "videoAsk",
    docs: "https://developers.videoask.com/reference/put_forms-form-id-webhooks-tag",
    source: "C NangoHQ/nango@2f4c0af videoask-webhook-routing.ts",
  },
  namedHeaderToken,
)

/** Zapier (webhooks out). The secret is the header and its value: `X-Api-Key: 2b7e151628aed2a6`. */
export const zapier: TokenProvider = /* @__PURE__ */ tokenProvider(
  {
    name: "zapier",
    docs: "https://help.zapier.com/hc/en-us/articles/8496326446989",
    source: "C webhook-co/webhook@de3aa4e8 packages/webhooks-spec/src/adapters/bespoke/token-auth-providers.ts",
    bodyFormat: "any",
  },
  namedHeaderToken,
)
