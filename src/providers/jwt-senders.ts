// Providers that send a JWT, by jose: only the asynchronous methods verify them (spec 7.9).

import { MONDAY_HANDSHAKE } from "./handshakes.ts"
import { toUtf8 } from "../core/bytes.ts"
import { join } from "./asymmetric.ts"
import { textOf } from "./form.ts"
import { toPath } from "./hmac.ts"
import { SHA256 } from "./hashes.ts"
import { detachedJwsProvider, jwtProvider } from "./jwt.ts"
import type { Provider, ProviderEvent } from "./provider.ts"

/** FusionAuth, webhooks signed with an RSA key. A secret is that key's public half, its id the `kid`. It signs no time. */
export const fusionauth: Provider = /* @__PURE__ */ jwtProvider(
  {
    name: "fusionauth",
    docs: "https://fusionauth.io/docs/extend/events-and-webhooks/signing",
    source: "D FusionAuth/fusionauth-site@020c018 astro/src/content/docs/extend/events-and-webhooks/signing.mdx",
    event: { id: "body.event.id", type: "body.event.type", created: "body.event.createInstant" },
  },
  {
    header: "X-FusionAuth-Signature-JWT",
    algorithm: "RS256",
    time: "none",
    covers: ({ request_body_sha256: hash }, { body, engine }) => hash === engine.digest([body], SHA256, "base64"),
    covered: { body: true, url: false },
    summary: "claim request_body_sha256 is the hash of {body}",
    assurance: "verified",
  },
)

/** LiveKit. The secret is the API secret; an access token of yours has no hash of a body and is refused. */
export const livekit: Provider = /* @__PURE__ */ jwtProvider(
  {
    name: "livekit",
    docs: "https://docs.livekit.io/home/server/webhooks/",
    source: "S livekit/node-sdks@716859a packages/livekit-server-sdk/src/WebhookReceiver.ts",
  },
  {
    header: "Authorization",
    algorithm: "HS256",
    time: "exp",
    leewaySeconds: 10,
    covers: ({ sha256 }, { body, engine }) => sha256 === engine.digest([body], SHA256, "base64"),
    covered: { body: true, url: false },
    summary: "claim sha256 is the hash of {body}",
    assurance: "verified",
  },
)

/** MessageBird. */
export const messageBird: Provider = /* @__PURE__ */ jwtProvider(
  {
    name: "messageBird",
    docs: "https://developers.messagebird.com/api/#verifying-http-requests",
    source: "S messagebird/go-rest-api@e0a41ed signature_jwt",
    bodyFormat: "any",
  },
  {
    header: "MessageBird-Signature-JWT",
    algorithm: "HS256",
    issuer: "MessageBird",
    time: "exp",
    leewaySeconds: 1,
    covers: ({ url_hash: url, payload_hash: payload }, { body, target, engine }) =>
      url === engine.digest([toUtf8(target!.url)]) && payload === (body.length > 0 ? engine.digest([body]) : undefined),
    covered: { body: true, url: true },
    summary: "claims url_hash and payload_hash are the hashes of {url} and {body}",
    assurance: "verified",
    idFromToken: true,
  },
)

/** monday.com apps: the token proves origin and destination, not the body. */
export const monday: Provider<ProviderEvent, "authenticated"> = /* @__PURE__ */ jwtProvider(
  {
    name: "monday",
    handshake: MONDAY_HANDSHAKE,
    docs: "https://developer.monday.com/apps/docs/authorization-header",
    source: "D https://developer.monday.com/apps/docs/authorization-header",
  },
  {
    header: "Authorization",
    algorithm: "HS256",
    time: "exp",
    covers: ({ aud }, { target }) => aud === target!.url,
    covered: { body: false, url: true },
    summary: "claim aud is {url}",
    assurance: "authenticated",
  },
)

const unpadded = (text: unknown): string => String(text).replaceAll("=", "")

/** Upstash QStash. Give the current and the next signing key. */
export const qstash: Provider = /* @__PURE__ */ jwtProvider(
  {
    name: "qstash",
    docs: "https://upstash.com/docs/qstash/howto/signature",
    source: "S upstash/qstash-js@81d951b src/receiver.ts",
    bodyFormat: "any",
  },
  {
    header: "Upstash-Signature",
    algorithm: "HS256",
    issuer: "Upstash",
    time: "exp",
    covers: ({ sub, body: hash }, { body, target, engine }) =>
      sub === target!.url &&
      unpadded(hash) === unpadded(engine.digest([body], SHA256, "base64").replaceAll("+", "-").replaceAll("/", "_")),
    covered: { body: true, url: true },
    summary: "claims sub and body are {url} and the hash of {body}",
    assurance: "verified",
    idFromToken: true,
  },
)

/** Vonage. The secret is the signature secret. */
export const vonage: Provider = /* @__PURE__ */ jwtProvider(
  {
    name: "vonage",
    docs: "https://developer.vonage.com/en/getting-started/concepts/webhooks#decoding-signed-webhooks",
    source: "S Vonage/vonage-node-sdk@babd2d8 packages/jwt/lib/verifySignature.ts",
  },
  {
    header: "Authorization",
    prefix: "Bearer ",
    algorithm: "HS256",
    issuer: "Vonage",
    time: "iat",
    covers: ({ payload_hash: hash }, { body, engine }) => hash === engine.digest([body]),
    covered: { body: true, url: false },
    summary: "claim payload_hash is the hash of {body}",
    assurance: "verified",
    idFromToken: true,
  },
)

/** Lago with JWTs. The key is one per installation: on Lago's cloud it proves Lago, not the organisation. It signs no time. */
export const lago: Provider = /* @__PURE__ */ jwtProvider(
  {
    name: "lago",
    docs: "https://getlago.com/docs/api-reference/webhooks/format---signature",
    source: "S getlago/lago-api webhook_spec.rb",
    deliveryHeader: "X-Lago-Unique-Key",
    event: { id: "header X-Lago-Unique-Key", type: "body.webhook_type" },
  },
  {
    header: "X-Lago-Signature",
    algorithm: "RS256",
    time: "none",
    covers: ({ data }, { body }) => typeof data === "string" && data === textOf(body),
    covered: { body: true, url: false },
    summary: "claim data is {body}",
    assurance: "verified",
  },
)

/** Plaid. A secret is the key of `/webhook_verification_key/get` as a JWK, its id the `kid`. */
export const plaid: Provider = /* @__PURE__ */ jwtProvider(
  {
    name: "plaid",
    docs: "https://plaid.com/docs/api/webhooks/webhook-verification/",
    source: "D https://plaid.com/docs/api/webhooks/webhook-verification/",
  },
  {
    header: "Plaid-Verification",
    algorithm: "ES256",
    time: "iat",
    covers: ({ request_body_sha256: hash }, { body, engine }) => hash === engine.digest([body]),
    covered: { body: true, url: false },
    summary: "claim request_body_sha256 is the hash of {body}",
    assurance: "verified",
  },
)

/** Bounds the header list of a delivery. */
const MAX_SIGNED_HEADERS = 32

const trueLayerHeaders = ({
  tl_headers: list = "",
}: Readonly<Record<string, unknown>>): readonly string[] | undefined => {
  const names = typeof list === "string" ? list.split(",", MAX_SIGNED_HEADERS + 1).filter(Boolean) : [""]
  return names.length <= MAX_SIGNED_HEADERS && names.every((name) => /^[\w-]+$/.test(name)) ? names : undefined
}

/** TrueLayer. A secret is a key of its JWKS, its id the `kid`; the key set's address in the delivery is not followed. */
export const trueLayer: Provider = /* @__PURE__ */ detachedJwsProvider(
  {
    name: "trueLayer",
    docs: "https://docs.truelayer.com/docs/webhooks",
    source: "S TrueLayer/truelayer-signing@95fdf17 request-signing-v2.md",
  },
  {
    header: "Tl-Signature",
    algorithm: "ES512",
    headersOf: trueLayerHeaders,
    toPayload(protectedHeader, { body, target, values }) {
      const names = trueLayerHeaders(protectedHeader)
      if (!names || protectedHeader["tl_version"] !== "2") return undefined
      const lines = names.map((name, i) => `${name}: ${values[i]}\n`).join("")
      return join([toUtf8(`${target.method.toUpperCase()} ${toPath(target.url).replace(/\?.*$/, "")}\n${lines}`), body])
    },
  },
)
