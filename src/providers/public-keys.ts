// Providers that sign with a private key, by Web Crypto: only the asynchronous methods verify them (spec 7.9).

import { DISCORD_HANDSHAKE } from "./handshakes.ts"
import { toUtf8 } from "../core/bytes.ts"
import { RFC3339 } from "../core/time.ts"
import { ED25519, ecdsaDer, RSA_SHA256, RSA_SHA512 } from "./asymmetric.ts"
import { BASE64, HEX } from "./encodings.ts"
import { SHA512 } from "./hashes.ts"
import type { Provider } from "./provider.ts"
import { publicKeyProvider } from "./public-key-provider.ts"

/** CHIP Collect. */
export const chip: Provider = /* @__PURE__ */ publicKeyProvider({
  name: "chip",
  docs: "https://docs.chip-in.asia/chip-collect/overview/authentication",
  source: "D https://docs.chip-in.asia/chip-collect/overview/authentication",
  header: "X-Signature",
  algorithm: RSA_SHA256,
  encoding: BASE64,
})

/** Discord interactions and webhook events. The secret is the application's public key. */
export const discord: Provider = /* @__PURE__ */ publicKeyProvider({
  name: "discord",
  handshake: DISCORD_HANDSHAKE,
  docs: "https://discord.com/developers/docs/events/webhook-events",
  source: "S discord/discord-interactions-js@ed17947",
  header: "X-Signature-Ed25519",
  signed: "{time}{body}",
  time: "X-Signature-Timestamp",
  algorithm: ED25519,
  encoding: HEX,
  keyText: "hex",
  // Interactions have a number for a type, which says less than the type of an event.
  event: { type: ["body.event.type", "body.type"] },
  refusalStatus: 401,
})

/** Dyte. One key signs for every customer: a signature proves Dyte, not the account. */
export const dyte: Provider = /* @__PURE__ */ publicKeyProvider({
  name: "dyte",
  docs: "https://docs.dyte.io/guides/capabilities/webhooks/signatures",
  source: "D https://docs.dyte.io/guides/capabilities/webhooks/signatures",
  header: "dyte-signature",
  algorithm: RSA_SHA256,
  encoding: BASE64,
})

/** Fireblocks, version 1. One key signs for every customer: a signature proves Fireblocks, not the account. */
export const fireblocksLegacy: Provider = /* @__PURE__ */ publicKeyProvider({
  name: "fireblocksLegacy",
  docs: "https://developers.fireblocks.com/reference/validate-requests-v2",
  source: "D https://developers.fireblocks.com/reference/validate-requests-v2",
  header: "Fireblocks-Signature",
  algorithm: RSA_SHA512,
  encoding: BASE64,
})

/** Integrated Finance. A secret's id is the version of the key, which `X-Webhook-Key-Version` names. */
export const integratedFinance: Provider = /* @__PURE__ */ publicKeyProvider({
  name: "integratedFinance",
  docs: "https://developer.integrated.finance/docs/webhook-authentication",
  source: "D https://developer.integrated.finance/docs/webhook-authentication",
  header: "X-Webhook-Signature",
  signed:
    "{body}|{id}|{header:X-Webhook-Event-Timestamp}|{header:X-Webhook-Request-Id}|{time}|{header:X-Webhook-Key-Version}",
  time: "X-Webhook-Request-Timestamp",
  unit: RFC3339,
  idHeader: "X-Webhook-Event-Id",
  keyIdHeader: "X-Webhook-Key-Version",
  event: { created: "header X-Webhook-Event-Timestamp" },
  toSignedBody: (body, engine) => toUtf8(engine.digest([body], SHA512, "base64")),
  algorithm: ED25519,
  encoding: BASE64,
})

/**
 * Kick. The secret is Kick's public key.
 *
 * It is the same for all apps: it proves Kick, not the app.
 */
export const kick: Provider = /* @__PURE__ */ publicKeyProvider({
  name: "kick",
  docs: "https://docs.kick.com/events/webhook-security",
  source: "D KickEngineering/KickDevDocs@c8a086c events/webhook-security.md",
  header: "Kick-Event-Signature",
  signed: "{id}.{time}.{body}",
  time: "Kick-Event-Message-Timestamp",
  unit: RFC3339,
  idHeader: "Kick-Event-Message-Id",
  algorithm: RSA_SHA256,
  encoding: BASE64,
  event: { type: "header Kick-Event-Type" },
})

/**
 * SendGrid's event webhook. The secret is the verification key.
 *
 * SendGrid compares its time with no clock, in SDK and samples: give `toleranceSeconds` to refuse what is old.
 */
export const sendgrid: Provider = /* @__PURE__ */ publicKeyProvider({
  name: "sendgrid",
  docs: "https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features",
  source: "S sendgrid/sendgrid-nodejs@498e232 packages/eventwebhook",
  header: "X-Twilio-Email-Event-Webhook-Signature",
  signed: "{time}{body}",
  time: "X-Twilio-Email-Event-Webhook-Timestamp",
  toleranceSeconds: Number.POSITIVE_INFINITY,
  algorithm: /* @__PURE__ */ ecdsaDer("SHA-256"),
  encoding: BASE64,
})

/** Telnyx. The secret is the account's public key. */
export const telnyx: Provider = /* @__PURE__ */ publicKeyProvider({
  name: "telnyx",
  docs: "https://developers.telnyx.com/docs/development/api-fundamentals/webhooks",
  source: "S team-telnyx/telnyx-node@b9b12ca src/lib/webhooks.ts",
  header: "telnyx-signature-ed25519",
  signed: "{time}|{body}",
  time: "telnyx-timestamp",
  algorithm: ED25519,
  encoding: BASE64,
})

/** WeChat Pay. A secret's id is the serial number of the key, which `Wechatpay-Serial` names. */
export const wechatPay: Provider = /* @__PURE__ */ publicKeyProvider({
  name: "wechatPay",
  docs: "https://pay.weixin.qq.com/doc/v3/merchant/4012791861",
  source: "S wechatpay-apiv3/wechatpay-go@6dbd7ce core/auth/validators/wechat_pay_validator.go",
  header: "Wechatpay-Signature",
  signed: "{time}\n{header:Wechatpay-Nonce}\n{body}\n",
  time: "Wechatpay-Timestamp",
  keyIdHeader: "Wechatpay-Serial",
  algorithm: RSA_SHA256,
  encoding: BASE64,
})

/** Wise. One key signs for every customer: a signature proves Wise, not the account. The id is not signed. */
export const wise: Provider = /* @__PURE__ */ publicKeyProvider({
  name: "wise",
  docs: "https://docs.wise.com/api-docs/features/webhooks-notifications/event-handling",
  source: "S transferwise/digital-signatures-examples@c29c362 verify-webhook-signature",
  header: "X-Signature-SHA256",
  algorithm: RSA_SHA256,
  encoding: BASE64,
  deliveryHeader: "X-Delivery-Id",
  event: { id: "header X-Delivery-Id" },
})
