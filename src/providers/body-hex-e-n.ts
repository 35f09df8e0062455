// HMAC-SHA256 of the raw body, in hex.

import { META_HANDSHAKE, queryChallenge } from "./handshakes.ts"
import { MILLISECONDS } from "../core/time.ts"
import { hmacProvider } from "./hmac-provider.ts"
import type { Provider } from "./provider.ts"

/** Editframe. */
export const editframe: Provider = /* @__PURE__ */ hmacProvider({
  name: "editframe",
  docs: "https://editframe.com/skills/editframe-webhooks/security",
  source: "D https://editframe.com/skills/editframe-webhooks/security",
  header: "X-Webhook-Signature",
})

/** Fizzy. */
export const fizzy: Provider = /* @__PURE__ */ hmacProvider({
  name: "fizzy",
  docs: "https://docs.rs/fizzy-sdk/0.2.4/fizzy_sdk/webhooks/",
  source: "S docs.rs fizzy-sdk 0.2.4 webhooks",
  header: "X-Webhook-Signature",
})

/** Stream (GetStream). */
export const getStream: Provider = /* @__PURE__ */ hmacProvider({
  name: "getStream",
  docs: "https://getstream.io/chat/docs/node/webhooks_overview/",
  source: "S GetStream/stream-node@7288528 src/utils/webhook.ts, src/StreamClient.ts",
  header: "X-Signature",
})

/** Gitea. JSON mode only: in form mode the signature covers a field and not the body. */
export const gitea: Provider = /* @__PURE__ */ hmacProvider({
  name: "gitea",
  docs: "https://docs.gitea.com/usage/repository/webhooks",
  source: "S go-gitea/gitea@05a2257a services/webhook/deliver.go",
  header: "X-Gitea-Signature",
  deliveryHeader: "X-Gitea-Delivery",
  event: { id: "header X-Gitea-Delivery", type: "header X-Gitea-Event" },
  bodyFormat: "any",
})

/** GitHub. Id and type come in headers that are not signed. */
export const github: Provider = /* @__PURE__ */ hmacProvider({
  name: "github",
  docs: "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
  source: "S octokit/webhooks-methods.js@da0cc1c src/node/verify.ts",
  header: "X-Hub-Signature-256",
  prefix: "sha256=",
  deliveryHeader: "X-GitHub-Delivery",
  event: { id: "header X-GitHub-Delivery", type: "header X-GitHub-Event" },
  bodyFormat: "any",
  formField: "payload",
  typeSeparator: "",
})

/** GoCardless. */
export const gocardless: Provider = /* @__PURE__ */ hmacProvider({
  name: "gocardless",
  docs: "https://developer.gocardless.com/getting-started/staying-up-to-date-with-webhooks",
  source: "S gocardless/gocardless-nodejs@d15252a src/webhooks.ts",
  header: "Webhook-Signature",
})

/**
 * Grafana Alerting, webhooks with an HMAC signature and no timestamp header.
 *
 * Where a timestamp header is configured, `hmacScheme` describes it: `{time}:{body}`, and that header as `time`.
 */
export const grafana: Provider = /* @__PURE__ */ hmacProvider({
  name: "grafana",
  docs: "https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/",
  source: "S grafana/alerting@783ce04 http/hmac.go",
  header: "X-Grafana-Alerting-Signature",
})

/** LaunchDarkly. */
export const launchdarkly: Provider = /* @__PURE__ */ hmacProvider({
  name: "launchdarkly",
  docs: "https://launchdarkly.com/docs/home/infrastructure/webhooks",
  source: "D launchdarkly/LaunchDarkly-Docs@079f5b2 src/content/topics/integrations/webhooks.mdx",
  header: "X-LD-Signature",
})

/** Lemon Squeezy. */
export const lemonSqueezy: Provider = /* @__PURE__ */ hmacProvider({
  name: "lemonSqueezy",
  docs: "https://docs.lemonsqueezy.com/help/webhooks/signing-requests",
  source: "S lmsqueezy/laravel src/Http/Middleware/VerifyWebhookSignature.php",
  header: "X-Signature",
})

/** Linear. The time is signed because it is in the body. The header `Linear-Timestamp` is not, and is not read. */
export const linear: Provider = /* @__PURE__ */ hmacProvider({
  name: "linear",
  docs: "https://linear.app/developers/webhooks",
  source: "S linear/linear@8335e09a packages/sdk/src/webhooks/client.ts",
  header: "Linear-Signature",
  bodyTime: "webhookTimestamp",
  unit: MILLISECONDS,
  toleranceSeconds: 60,
})

/** Logto. */
export const logto: Provider = /* @__PURE__ */ hmacProvider({
  name: "logto",
  docs: "https://docs.logto.io/developers/webhooks/secure-webhooks",
  source: "S logto-io/logto@08f6155f packages/core/src/libraries/hook/utils.ts",
  header: "logto-signature-sha-256",
  event: { type: "body.event", created: "body.createdAt" },
})

/** Meta (Facebook, Instagram, WhatsApp, Messenger). */
export const meta: Provider = /* @__PURE__ */ hmacProvider({
  name: "meta",
  handshake: META_HANDSHAKE,
  docs: "https://developers.facebook.com/docs/graph-api/webhooks/getting-started",
  source: "S WhatsApp/WhatsApp-Nodejs-SDK@58ca3d5 src/api/webhooks.ts, src/utils.ts",
  header: "X-Hub-Signature-256",
  prefix: "sha256=",
})

/** Modern Treasury. */
export const modernTreasury: Provider = /* @__PURE__ */ hmacProvider({
  name: "modernTreasury",
  docs: "https://docs.moderntreasury.com/platform/docs/signature-verification",
  source: "S Modern-Treasury/modern-treasury-node@6dea66e src/resources/webhooks.ts",
  header: "X-Signature",
})

/** Mollie (next-gen webhooks). */
export const mollie: Provider = /* @__PURE__ */ hmacProvider({
  name: "mollie",
  docs: "https://docs.mollie.com/reference/best-practices",
  source: "S mollie/mollie-api-php@53e49e7 src/Webhooks/SignatureValidator.php",
  header: "X-Mollie-Signature",
  prefix: "sha256=",
  separators: ", ",
  prefixOptional: true,
})

/** Nango. */
export const nango: Provider = /* @__PURE__ */ hmacProvider({
  name: "nango",
  docs: "https://nango.dev/docs/guides/platform/webhooks-from-nango",
  source: "S NangoHQ/nango@2f4c0af packages/node-client/lib/index.ts",
  header: "X-Nango-Hmac-Sha256",
  event: { type: "body.type" },
})

/** Notion. */
export const notion: Provider = /* @__PURE__ */ hmacProvider({
  name: "notion",
  docs: "https://developers.notion.com/reference/webhooks",
  source: "S makenotion/notion-sdk-js@9060802 src/webhooks.ts, README.md",
  header: "X-Notion-Signature",
  prefix: "sha256=",
  event: { created: "body.timestamp" },
})

/** npm registry hooks. */
export const npm: Provider = /* @__PURE__ */ hmacProvider({
  name: "npm",
  docs: "https://docs.npmjs.com/cli/v7/commands/npm-hook",
  source: "S npm/npm-hook-receiver@9482172 index.js",
  header: "X-Npm-Signature",
  prefix: "sha256=",
  event: { type: "body.event" },
})

/** Nuvemshop and Tiendanube. The secret is the app's client secret. */
export const nuvemshop: Provider = /* @__PURE__ */ hmacProvider({
  name: "nuvemshop",
  docs: "https://tiendanube.github.io/api-documentation/resources/webhook",
  source: "D TiendaNube/api-docs@4058823 resources/webhook.md",
  header: "X-Linkedstore-HMAC-SHA256",
  event: { type: "body.event" },
})

/** Nylas v3. */
export const nylas: Provider = /* @__PURE__ */ hmacProvider({
  name: "nylas",
  handshake: /* @__PURE__ */ queryChallenge("challenge"),
  docs: "https://developer.nylas.com/docs/v3/notifications/",
  source: "S nylas/nylas-nodejs@d5a47c6 src/models/webhooks.ts",
  header: "X-Nylas-Signature",
})
