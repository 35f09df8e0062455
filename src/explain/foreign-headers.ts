/**
 * Lower-case header → the provider that signs with it, for headers that only one provider sends. A small table, so that
 * explaining one provider's delivery loads no other.
 */
export const SIGNATURE_HEADERS: Readonly<Record<string, string>> = {
  "credicorp-signature": "credicorp",
  "stripe-signature": "stripe",
  "x-hub-signature-256": "github",
  "x-slack-signature": "slack",
  "x-shopify-hmac-sha256": "shopify",
  "webhook-signature": "standardWebhooks",
  "svix-signature": "svix",
  "x-twilio-signature": "twilio",
  "x-signature-ed25519": "discord",
  "paddle-signature": "paddle",
  "x-square-hmacsha256-signature": "square",
  "linear-signature": "linear",
  "x-zm-signature": "zoom",
  "x-line-signature": "line",
}
