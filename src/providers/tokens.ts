// Providers that show a shared token and sign nothing: `authenticated`, never `verified`.

import { CLOUDEVENTS_HANDSHAKE, GRAPH_HANDSHAKE, STRAVA_HANDSHAKE } from "./handshakes.ts"
import { bearerToken, bodyToken, headerToken, queryToken, tokenProvider, type TokenProvider } from "./token-provider.ts"

/** Buildkite (token). */
export const buildkiteToken: TokenProvider = /* @__PURE__ */ tokenProvider(
  {
    name: "buildkiteToken",
    docs: "https://buildkite.com/docs/apis/webhooks",
    source: "D buildkite/docs@35cf0294c pages/apis/webhooks/_http_headers_token_or_signature.md",
  },
  /* @__PURE__ */ headerToken("X-Buildkite-Token"),
)

/** CloudEvents HTTP Web Hook. The token comes as `Authorization: Bearer` or as the query parameter `access_token`. */
export const cloudEventsWebhook: TokenProvider = /* @__PURE__ */ tokenProvider(
  {
    name: "cloudEventsWebhook",
    handshake: CLOUDEVENTS_HANDSHAKE,
    docs: "https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md",
    source: "D cloudevents/spec@c2845a4 cloudevents/http-webhook.md sections 2-4",
  },
  /* @__PURE__ */ bearerToken("access_token"),
)

/** Deepgram. The token is an identifier of the API key, hardly a secret. */
export const deepgram: TokenProvider = /* @__PURE__ */ tokenProvider(
  {
    name: "deepgram",
    docs: "https://developers.deepgram.com/docs/callback",
    source: "C hookdeck/webhook-skills@f8a4801 skills/deepgram-webhooks/references/verification.md",
  },
  /* @__PURE__ */ headerToken("dg-token"),
)

/** Figma. The token is `passcode` in the body. */
export const figma: TokenProvider = /* @__PURE__ */ tokenProvider(
  {
    name: "figma",
    docs: "https://developers.figma.com/docs/rest-api/webhooks-security/",
    source: "C webhook-co/webhook@de3aa4e8 packages/webhooks-spec/src/adapters/contributed-raw-body-hmac.test.ts",
  },
  /* @__PURE__ */ bodyToken(["passcode"]),
)

/** GitLab (token). */
export const gitlab: TokenProvider = /* @__PURE__ */ tokenProvider(
  {
    name: "gitlab",
    docs: "https://docs.gitlab.com/user/project/integrations/webhooks/",
    source: "D https://gitlab.com/gitlab-org/gitlab/-/issues/19367",
    event: { id: "header Idempotency-Key" },
    deliveryHeader: "Idempotency-Key",
  },
  /* @__PURE__ */ headerToken("X-Gitlab-Token"),
)

/** Hugging Face. */
export const huggingFace: TokenProvider = /* @__PURE__ */ tokenProvider(
  {
    name: "huggingFace",
    docs: "https://huggingface.co/docs/hub/webhooks",
    source: "D huggingface/hub-docs docs/hub/webhooks.md",
  },
  /* @__PURE__ */ headerToken("X-Webhook-Secret"),
)

/** Microsoft Graph. The token is `clientState` of every element of the body. */
export const microsoftGraph: TokenProvider = /* @__PURE__ */ tokenProvider(
  {
    name: "microsoftGraph",
    handshake: GRAPH_HANDSHAKE,
    docs: "https://learn.microsoft.com/graph/change-notifications-delivery-webhooks",
    source: "S microsoftgraph/nodejs-webhooks-sample@eab34b1 routes/*.js, helpers/certHelper.js",
  },
  /* @__PURE__ */ bodyToken(["value", "*", "clientState"]),
)

/** Prelude Session webhooks. Deliveries carry nothing secret: register a URL that ends in `?token=<secret>`. */
export const preludeSession: TokenProvider = /* @__PURE__ */ tokenProvider(
  {
    name: "preludeSession",
    docs: "https://docs.prelude.so/session/documentation/webhooks/verification-event",
    source: "D https://docs.prelude.so/session/documentation/webhooks/verification-event",
  },
  /* @__PURE__ */ queryToken("token"),
)

/** RevenueCat. The secret is the whole value of the header. */
export const revenueCat: TokenProvider = /* @__PURE__ */ tokenProvider(
  {
    name: "revenueCat",
    docs: "https://www.revenuecat.com/docs/integrations/webhooks",
    source: "C simstudioai/sim@0b232eb876 apps/sim/lib/webhooks/providers/revenuecat.ts",
    event: { created: "body.event.event_timestamp_ms" },
  },
  /* @__PURE__ */ headerToken("Authorization"),
)

/**
 * Strava.
 *
 * Deliveries carry nothing secret: register a URL that ends in `?token=<secret>`, and fetch the object again.
 */
export const strava: TokenProvider = /* @__PURE__ */ tokenProvider(
  {
    name: "strava",
    handshake: STRAVA_HANDSHAKE,
    docs: "https://developers.strava.com/docs/webhooks/",
    source: "C https://www.skills.sh/hookdeck/webhook-skills/strava-webhooks",
  },
  /* @__PURE__ */ queryToken("token"),
)

/** Streak. */
export const streak: TokenProvider = /* @__PURE__ */ tokenProvider(
  {
    name: "streak",
    docs: "https://streak.readme.io/reference/create-a-webhook",
    source: "C NangoHQ/nango@2f4c0af streak-webhook-routing.ts",
  },
  /* @__PURE__ */ headerToken("x-streak-webhook-token"),
)

/** Telegram Bot API. */
export const telegram: TokenProvider = /* @__PURE__ */ tokenProvider(
  {
    name: "telegram",
    docs: "https://core.telegram.org/bots/api#setwebhook",
    source: "C grammyjs/grammY@99c780f src/convenience/frameworks.ts",
  },
  /* @__PURE__ */ headerToken("X-Telegram-Bot-Api-Secret-Token"),
)

/** Xendit. */
export const xendit: TokenProvider = /* @__PURE__ */ tokenProvider(
  {
    name: "xendit",
    docs: "https://docs.xendit.co/docs/handling-webhooks",
    source: "C find_string over public repositories",
  },
  /* @__PURE__ */ headerToken("x-callback-token"),
)
