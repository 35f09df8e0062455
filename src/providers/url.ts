// HMAC of URL and body.

import { TRELLO_HANDSHAKE } from "./handshakes.ts"
import { SHA1 } from "./hashes.ts"
import { BASE64 } from "./encodings.ts"
import { MILLISECONDS } from "../core/time.ts"
import { decodeUrl } from "./url-text.ts"
import { hmacProvider } from "./hmac-provider.ts"
import type { Provider } from "./provider.ts"

/** Appwrite. */
export const appwrite: Provider = /* @__PURE__ */ hmacProvider({
  name: "appwrite",
  docs: "https://appwrite.io/docs/advanced/platform/webhooks",
  source: "S appwrite/appwrite@004a38ed src/Appwrite/Platform/Workers/Webhooks.php",
  header: "X-Appwrite-Webhook-Signature",
  signed: "{url}{body}",
  hash: SHA1,
  encoding: BASE64,
  deliveryHeader: "X-Appwrite-Webhook-Id",
  event: { type: "header X-Appwrite-Webhook-Events" },
  toSignedUrl: decodeUrl,
})

/** HubSpot (v3). */
export const hubspot: Provider = /* @__PURE__ */ hmacProvider({
  name: "hubspot",
  docs: "https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation",
  source: "S HubSpot/hubspot-api-nodejs@395cd9bf src/utils/signature.ts",
  header: "X-HubSpot-Signature-v3",
  signed: "{method}{url}{body}{time}",
  encoding: BASE64,
  time: "X-HubSpot-Request-Timestamp",
  unit: MILLISECONDS,
})

/** Square. */
export const square: Provider = /* @__PURE__ */ hmacProvider({
  name: "square",
  docs: "https://developer.squareup.com/docs/webhooks/step3validate",
  source: "S square/square-nodejs-sdk@c58c6e0 WebhooksHelper",
  header: "x-square-hmacsha256-signature",
  signed: "{url}{body}",
  encoding: BASE64,
})

/** Trello. */
export const trello: Provider = /* @__PURE__ */ hmacProvider({
  name: "trello",
  handshake: TRELLO_HANDSHAKE,
  docs: "https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks",
  source: "D https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks",
  header: "X-Trello-Webhook",
  signed: "{body}{url}",
  hash: SHA1,
  encoding: BASE64,
  event: { type: "body.action.type" },
})

/** UPayments. */
export const uPayments: Provider = /* @__PURE__ */ hmacProvider({
  name: "uPayments",
  docs: "https://developers.upayments.com/reference/validating-incoming-webhook-signatures",
  source: "D https://developers.upayments.com/reference/validating-incoming-webhook-signatures",
  header: "X-Signature",
  signed: "{time}{method}{url}{body}",
  encoding: BASE64,
  time: "X-Timestamp",
})
