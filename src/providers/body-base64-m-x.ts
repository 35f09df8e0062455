// HMAC-SHA256 of the raw body, in base64.

import { X_HANDSHAKE } from "./handshakes.ts"
import { BASE64, BASE64_KEY } from "./encodings.ts"
import { hmacProvider } from "./hmac-provider.ts"
import type { Provider } from "./provider.ts"

/** Microsoft Teams outgoing webhook. */
export const microsoftTeams: Provider = /* @__PURE__ */ hmacProvider({
  name: "microsoftTeams",
  docs: "https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-outgoing-webhook",
  source: "S OfficeDev/msteams-samples-outgoing-webhook-nodejs@51eab0a app.js",
  header: "Authorization",
  encoding: BASE64,
  prefix: "HMAC ",
  key: BASE64_KEY,
})

/** Perry Weather. */
export const perryWeather: Provider = /* @__PURE__ */ hmacProvider({
  name: "perryWeather",
  docs: "https://developers.perryweather.com/apis/perry-weather-webhooks-1/docs",
  source: "D https://developers.perryweather.com/apis/perry-weather-webhooks-1/docs",
  header: "x-pw-signature",
  encoding: BASE64,
})

/** QuickBooks (Intuit). */
export const quickbooks: Provider = /* @__PURE__ */ hmacProvider({
  name: "quickbooks",
  docs: "https://developer.intuit.com/app/developer/qbo/docs/develop/webhooks",
  source: "S IntuitDeveloper/SampleApp-Webhooks-nodejs@692e9d0 util/util.js, routes/routes.js",
  header: "intuit-signature",
  encoding: BASE64,
})

/** Rivo. */
export const rivo: Provider = /* @__PURE__ */ hmacProvider({
  name: "rivo",
  docs: "https://developer-docs.rivo.io/reference/verifying-webhook-signatures",
  source: "D https://developer-docs.rivo.io/reference/verifying-webhook-signatures",
  header: "rivo-signature",
  encoding: BASE64,
})

/** Shopify. Topic, id and shop come in headers that are not signed. */
export const shopify: Provider = /* @__PURE__ */ hmacProvider({
  name: "shopify",
  docs: "https://shopify.dev/docs/apps/build/webhooks/subscribe/https",
  source: "S Shopify/shopify-api-ruby@4eca719",
  header: "X-Shopify-Hmac-Sha256",
  encoding: BASE64,
  deliveryHeader: "X-Shopify-Webhook-Id",
  event: { id: "header X-Shopify-Event-Id", type: "header X-Shopify-Topic", created: "header X-Shopify-Triggered-At" },
  typeSeparator: "/",
})

/** Signable. */
export const signable: Provider = /* @__PURE__ */ hmacProvider({
  name: "signable",
  docs: "https://developers.signable.app/early-access/ea-signed-webhooks",
  source: "D https://developers.signable.app/early-access/ea-signed-webhooks",
  header: "Signature",
  encoding: BASE64,
})

/** Todoist. */
export const todoist: Provider = /* @__PURE__ */ hmacProvider({
  name: "todoist",
  docs: "https://developer.todoist.com/api/v1/#tag/Webhooks",
  source: "S Doist/todoist-sdk-typescript@190cbda src/utils/webhook-parser.ts",
  header: "X-Todoist-Hmac-SHA256",
  encoding: BASE64,
  deliveryHeader: "X-Todoist-Delivery-ID",
  event: { id: "header X-Todoist-Delivery-ID", type: "body.event_name" },
})

/** Typeform. */
export const typeform: Provider = /* @__PURE__ */ hmacProvider({
  name: "typeform",
  docs: "https://www.typeform.com/developers/webhooks/secure-your-webhooks/",
  source: "D steering/notes/earlier notes",
  header: "Typeform-Signature",
  encoding: BASE64,
  prefix: "sha256=",
})

/** WooCommerce. */
export const wooCommerce: Provider = /* @__PURE__ */ hmacProvider({
  name: "wooCommerce",
  docs: "https://woocommerce.com/document/webhooks/",
  source: "S woocommerce class-wc-webhook.php",
  header: "X-WC-Webhook-Signature",
  encoding: BASE64,
  deliveryHeader: "X-WC-Webhook-Delivery-ID",
  event: { type: "header X-WC-Webhook-Topic" },
})

/**
 * Worldline Global Collect / Connect.
 *
 * The secret's id is the key that `X-GCS-KeyId` names: no other secret is tried.
 */
export const worldlineConnect: Provider = /* @__PURE__ */ hmacProvider({
  name: "worldlineConnect",
  docs: "https://docs.connect.worldline-solutions.com/documentation/webhooks/",
  source: "S Worldline-Global-Collect/connect-sdk-nodejs@acea45e src/webhooks/validation.ts",
  header: "X-GCS-Signature",
  encoding: BASE64,
  keyIdHeader: "X-GCS-KeyId",
})

/** X (Twitter) Account Activity. */
export const x: Provider = /* @__PURE__ */ hmacProvider({
  name: "x",
  handshake: X_HANDSHAKE,
  docs: "https://docs.x.com/x-api/webhooks/introduction",
  source: "S twitterdev/autohook@b872e84 index.js",
  header: "x-twitter-webhooks-signature",
  encoding: BASE64,
  prefix: "sha256=",
})

/** Xero. */
export const xero: Provider = /* @__PURE__ */ hmacProvider({
  name: "xero",
  refusalStatus: 401,
  acceptedAnswer: { status: 200, body: "" },
  docs: "https://developer.xero.com/documentation/guides/webhooks/configuring-your-server/",
  source: "D steering/notes/earlier notes",
  header: "x-xero-signature",
  encoding: BASE64,
})
