// HMAC of the body and of a time in the signature header.

import { BASE64 } from "./encodings.ts"
import { MILLISECONDS } from "../core/time.ts"
import { hmacProvider } from "./hmac-provider.ts"
import type { Provider } from "./provider.ts"

/** Blockfrost. */
export const blockfrost: Provider = /* @__PURE__ */ hmacProvider({
  name: "blockfrost",
  docs: "https://blockfrost.dev/start-building/webhooks/webhooks-signatures",
  source: "S find_string id 33173709795",
  header: "Blockfrost-Signature",
  signed: "{time}.{body}",
  prefix: "v1=",
  separators: ", ",
  time: "t=",
  toleranceSeconds: 600,
  event: { id: "body.id", type: "body.type", created: "body.created" },
})

/** BoxyHQ (SAML Jackson directory sync). */
export const boxyhq: Provider = /* @__PURE__ */ hmacProvider({
  name: "boxyhq",
  docs: "https://boxyhq.com/docs/directory-sync/webhooks",
  source: "S boxyhq/jackson npm/src/event/webhook.ts",
  header: "BoxyHQ-Signature",
  signed: "{time}.{body}",
  prefix: "s=",
  separators: ", ",
  time: "t=",
  unit: MILLISECONDS,
})

/** Buildkite. */
export const buildkite: Provider = /* @__PURE__ */ hmacProvider({
  name: "buildkite",
  docs: "https://buildkite.com/docs/apis/webhooks",
  source: "D buildkite/docs@35cf0294c pages/apis/webhooks/_verifying_hmac_signatures.md, _webhook_signature.md",
  header: "X-Buildkite-Signature",
  signed: "{time}.{body}",
  prefix: "signature=",
  separators: ", ",
  time: "timestamp=",
})

/** Duffel. */
export const duffel: Provider = /* @__PURE__ */ hmacProvider({
  name: "duffel",
  docs: "https://duffel.com/docs/guides/receiving-webhooks",
  source: "S duffelhq/duffel-api-ruby@332aeb53 lib/duffel_api/webhook_event.rb",
  header: "X-Duffel-Signature",
  signed: "{time}.{body}",
  prefix: "v1=",
  separators: ", ",
  time: "t=",
  event: { id: "body.id", type: "body.type", created: "body.created_at" },
})

/** ElevenLabs. */
export const elevenLabs: Provider = /* @__PURE__ */ hmacProvider({
  name: "elevenLabs",
  docs: "https://elevenlabs.io/docs/product-guides/administration/webhooks",
  source: "S elevenlabs/elevenlabs-js@87100890 src/wrapper/webhooks.ts",
  header: "ElevenLabs-Signature",
  signed: "{time}.{body}",
  prefix: "v0=",
  separators: ", ",
  time: "t=",
  toleranceSeconds: 1800,
  event: { type: "body.type" },
})

/** Ghost. Older versions of Ghost sign the body alone. */
export const ghost: Provider = /* @__PURE__ */ hmacProvider({
  name: "ghost",
  docs: "https://docs.ghost.org/webhooks",
  source: "S TryGhost/Ghost@2cd588cc ghost/core/core/server/services/webhooks/WebhookTrigger.js",
  header: "X-Ghost-Signature",
  signed: "{body}{time}",
  prefix: "sha256=",
  separators: ", ",
  time: "t=",
  unit: MILLISECONDS,
  event: { type: "body.event" },
})

/** GitBook (webhook integration). */
export const gitbook: Provider = /* @__PURE__ */ hmacProvider({
  name: "gitbook",
  docs: "https://gitbook.com/docs/developers/integrations/guides/webhook",
  source: "D GitbookIO/public-docs@3d5c46e developers/integrations/guides/webhook.md",
  header: "X-GitBook-Signature",
  signed: "{time}.{body}",
  prefix: "v1=",
  separators: ", ",
  time: "t=",
  event: { id: "body.eventId", type: "body.type" },
})

/** Knock. */
export const knock: Provider = /* @__PURE__ */ hmacProvider({
  name: "knock",
  docs: "https://docs.knock.app/developer-tools/outbound-webhooks/overview",
  source: "D knocklabs/docs@bb6e66b6 content/developer-tools/outbound-webhooks/overview.mdx",
  header: "x-knock-signature",
  signed: "{time}.{body}",
  encoding: BASE64,
  prefix: "s=",
  separators: ", ",
  time: "t=",
  unit: MILLISECONDS,
  event: { type: "body.type" },
})

/** Moneybird. */
export const moneybird: Provider = /* @__PURE__ */ hmacProvider({
  name: "moneybird",
  docs: "https://developer.moneybird.com/webhooks/verifying-signatures.md",
  source: "D https://developer.moneybird.com/webhooks/verifying-signatures.md",
  header: "Moneybird-Signature",
  signed: "{time}.{body}",
  prefix: "v1=",
  separators: ", ",
  time: "t=",
})

/** Mux. */
export const mux: Provider = /* @__PURE__ */ hmacProvider({
  name: "mux",
  docs: "https://www.mux.com/docs/core/verify-webhook-signatures",
  source: "S muxinc/mux-node-sdk@89eff08 src/resources/webhooks/webhooks.ts",
  header: "Mux-Signature",
  signed: "{time}.{body}",
  prefix: "v1=",
  separators: ", ",
  time: "t=",
})

/** Paddle Billing. */
export const paddle: Provider = /* @__PURE__ */ hmacProvider({
  name: "paddle",
  docs: "https://developer.paddle.com/webhooks/signature-verification",
  source: "S PaddleHQ/paddle-node-sdk@b8ee4b1 src/notifications/helpers/webhooks-validator.ts",
  header: "Paddle-Signature",
  signed: "{time}:{body}",
  prefix: "h1=",
  separators: ";",
  time: "ts=",
  toleranceSeconds: 5,
  secretPrefix: "pdl_ntfset_",
  event: { id: "body.event_id" },
})

/**
 * Persona.
 *
 * While two secrets are active, Persona is said to send a time with each signature: such a header is refused.
 */
export const persona: Provider = /* @__PURE__ */ hmacProvider({
  name: "persona",
  docs: "https://docs.withpersona.com/webhooks-best-practices",
  source: "D https://docs.withpersona.com/v2022-09-01/docs/best-practices",
  header: "Persona-Signature",
  signed: "{time}.{body}",
  prefix: "v1=",
  separators: ", ",
  time: "t=",
})
