// Providers whose public keys are to be fetched: the receiver fetches them by itself and gives them as secrets. No address in a
// delivery is followed.

import { toUtf8 } from "../core/bytes.ts"
import { fail, ok } from "../core/result.ts"
import { RFC3339 } from "../core/time.ts"
import {
  decodeSignature,
  ecdsaDer,
  publicKey,
  readPublicKey,
  RSA_SHA256,
  toKeyText,
  type PublicKeyAlgorithm,
} from "./asymmetric.ts"
import { jsonOf, textAt } from "./body-text.ts"
import { BASE64 } from "./encodings.ts"
import { noHeaders } from "./hmac-key.ts"
import { toProvider, type ProviderFacts, type SchemeFacts } from "./hmac-provider.ts"
import type { Assurance, PreparedKey, Provider, ProviderEvent, Scheme } from "./provider.ts"
import { MAX_SIGNATURE_HEADER_CHARS } from "./signature-header.ts"

interface FetchedRule<Level extends Assurance> extends Omit<SchemeFacts<Level>, "scheme">, Omit<Scheme, "prepareKey"> {
  readonly algorithm: PublicKeyAlgorithm
  readonly toMessage: (
    keyId: string,
    ...delivery: Parameters<NonNullable<PreparedKey["verify"]>>
  ) => Uint8Array<ArrayBuffer> | undefined
}

function fetchedKeyProvider<Level extends Assurance>(
  facts: ProviderFacts,
  { algorithm, toMessage, parseHeaders, parseBody, ...rest }: FetchedRule<Level>,
): Provider<ProviderEvent, Level> {
  return toProvider<Level>(
    { parseKey: toKeyText(readPublicKey), ...facts },
    {
      ...rest,
      scheme: {
        parseHeaders,
        ...(parseBody && { parseBody }),
        prepareKey: ({ id, secret }) =>
          publicKey({
            name: facts.name,
            algorithm,
            encoding: BASE64,
            key: readPublicKey(secret),
            toMessage: (...delivery) => toMessage(id, ...delivery),
          }),
      },
    },
  )
}

/** eBay. A secret is the key of `/commerce/notification/v1/public_key/{kid}`, its id the `kid`. It signs with SHA-1. */
export const ebay: Provider = /* @__PURE__ */ fetchedKeyProvider(
  {
    name: "ebay",
    docs: "https://developer.ebay.com/api-docs/commerce/notification/overview.html",
    source: "S eBay/event-notification-nodejs-sdk@feaf337 lib/validator.js",
  },
  {
    header: "X-EBAY-SIGNATURE",
    summary: "ecdsa-p256-sha1 base64 signature of {body}",
    assurance: "verified",
    covers: { body: true, time: false, method: false, url: false },
    algorithm: /* @__PURE__ */ ecdsaDer("SHA-1"),
    parseHeaders(lookup) {
      const header = lookup("x-ebay-signature")
      if (!header.trim()) return fail("header_missing")
      if (header.length > MAX_SIGNATURE_HEADER_CHARS) return fail("header_too_long")
      const bytes = decodeSignature(header, BASE64)
      const claimed = bytes && jsonOf(bytes)
      const [signature, keyId] = [textAt(claimed, "signature"), textAt(claimed, "kid")]
      return signature !== undefined && keyId !== undefined
        ? ok({ signatures: [signature], timeText: "", signedAt: undefined, keyId })
        : fail("header_malformed")
    },
    toMessage: (_, __, body) => new Uint8Array(body),
  },
)

/** CRC-32 (IEEE 802.3) of a body. */
function crc32(body: Uint8Array): number {
  let crc = 0xff_ff_ff_ff
  for (const byte of body) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xed_b8_83_20 : 0)
  }
  return (crc ^ 0xff_ff_ff_ff) >>> 0
}

/**
 * PayPal. A secret is the public key of its certificate, and its id the webhook's id, which is signed too.
 *
 * The body is bound by a CRC-32 alone, and whoever has seen one delivery can make another body with the same sum: that is
 * `authenticated`. PayPal's postback API verifies the body.
 */
export const paypal: Provider<ProviderEvent, "authenticated"> = /* @__PURE__ */ fetchedKeyProvider(
  {
    name: "paypal",
    docs: "https://developer.paypal.com/api/rest/webhooks/rest/",
    source: "S paypal/PayPal-Java-SDK@2a34212 Event.java",
    deliveryHeader: "PAYPAL-TRANSMISSION-ID",
  },
  {
    header: "PAYPAL-TRANSMISSION-SIG",
    summary: "rsa-sha256 base64 signature of the transmission's id, {time}, the webhook's id and the CRC-32 of {body}",
    assurance: "authenticated",
    covers: { body: true, time: true, method: false, url: false },
    algorithm: RSA_SHA256,
    parseHeaders(lookup) {
      const signature = lookup("paypal-transmission-sig")
      const timeText = lookup("paypal-transmission-time")
      const id = lookup("paypal-transmission-id")
      if (!signature.trim() || !timeText || !id) return fail("header_missing")
      if (signature.length > MAX_SIGNATURE_HEADER_CHARS) return fail("header_too_long")
      const signedAt = RFC3339.parse(timeText)
      // The algorithm must be the one that is verified here; it chooses nothing.
      const isKnown = lookup("paypal-auth-algo") === "SHA256withRSA"
      if (signedAt === undefined || !isKnown || !/^[\w-]{1,128}$/.test(id)) return fail("header_malformed")
      return ok({ signatures: [signature], timeText, signedAt, signed: [id] })
    },
    toMessage: (webhookId, { timeText, signed: [id = ""] = [] }, body) =>
      new Uint8Array(toUtf8(`${id}|${timeText}|${webhookId}|${crc32(body)}`)),
  },
)

const SNS_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Notification: ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
  SubscriptionConfirmation: ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
  UnsubscribeConfirmation: ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
}

/** The longest message of SNS, 256 KiB. */
const MAX_SNS_CHARS = 262_144

/**
 * Amazon SNS, `SignatureVersion` 2. A secret is the public key of the region's signing certificate. Compare `TopicArn` with
 * yours: the certificate signs for every account. Nothing confirms a subscription by itself.
 */
export const amazonSns: Provider = /* @__PURE__ */ fetchedKeyProvider(
  {
    name: "amazonSns",
    docs: "https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html",
    source: "S aws/aws-js-sns-message-validator@a6ba4d6 index.js",
    event: { id: "body.MessageId", type: "body.Type", created: "body.Timestamp" },
  },
  {
    header: "",
    summary: "rsa-sha256 base64 signature of the body's message, id, subject, time, topic and type",
    assurance: "verified",
    covers: { body: false, time: true, method: false, url: false },
    algorithm: RSA_SHA256,
    parseHeaders: noHeaders,
    parseBody(_, body) {
      const payload = jsonOf(body) as Readonly<Record<string, unknown>>
      const signature = textAt(payload, "Signature")
      const type = textAt(payload, "Type") ?? ""
      const fields = Object.hasOwn(SNS_FIELDS, type) ? SNS_FIELDS[type] : undefined
      if (signature === undefined) return fail("header_missing")
      // Version 1 is SHA-1: the version is configured, and the message's must equal it.
      if (!fields || textAt(payload, "SignatureVersion") !== "2") return fail("header_malformed")
      const lines = fields.flatMap((name) => {
        const value = payload[name]
        return typeof value === "string" && value.length <= MAX_SNS_CHARS ? [`${name}\n${value}\n`] : []
      })
      const isWhole = lines.length >= fields.length - (fields.includes("Subject") ? 1 : 0)
      const timeText = textAt(payload, "Timestamp") ?? ""
      const signedAt = RFC3339.parse(timeText)
      return isWhole && signedAt !== undefined
        ? ok({ signatures: [signature], timeText, signedAt, signed: [lines.join("")] })
        : fail("header_malformed")
    },
    toMessage: (_, { signed: [text = ""] = [] }) => new Uint8Array(toUtf8(text)),
  },
)
