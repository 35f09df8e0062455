export { adyen } from "./providers/adyen.ts"
export * from "./providers/body-base64-a-l.ts"
export * from "./providers/body-base64-m-x.ts"
export * from "./providers/body-hex-a-e.ts"
export * from "./providers/body-hex-e-n.ts"
export * from "./providers/body-hex-o-y.ts"
export { d4sign, mailgun, openNode, signWell, smileId } from "./providers/body-signatures.ts"
export { braintree } from "./providers/braintree.ts"
export { contentful, hook0, kontentAi, sinchVoice, tebex } from "./providers/changed-messages.ts"
export { credicorp } from "./providers/credicorp.ts"
export { dropboxSign } from "./providers/dropbox-sign.ts"
export { amazonSns, ebay, paypal } from "./providers/fetched-keys.ts"
export { adcp, httpMessageSignatures } from "./providers/http-message-signatures.ts"
export * from "./providers/jwt-senders.ts"
export * from "./providers/other-hashes.ts"
export { cloudinary, hubspotV1, hubspotV2 } from "./providers/plain-hashes.ts"
export * from "./providers/public-keys.ts"
export { box, docusign } from "./providers/several-keys.ts"
export { payMongo, quoLegacy, recurly, ticketTailor, tolgee } from "./providers/shaped.ts"
export * from "./providers/standard-senders.ts"
export { standardWebhooks, standardWebhooksAsymmetric, svix } from "./providers/standard-webhooks.ts"
export * from "./providers/timed-header.ts"
export * from "./providers/timed-list-b-p.ts"
export * from "./providers/timed-list-r-z.ts"
export {
  bigcommerceToken,
  brevo,
  chargebee,
  datadog,
  fillout,
  mixpanel,
  newRelic,
  okta,
  postmark,
  sparkPost,
  videoAsk,
  zapier,
} from "./providers/tokens-configured.ts"
export {
  buildkiteToken,
  cloudEventsWebhook,
  deepgram,
  figma,
  gitlab,
  huggingFace,
  microsoftGraph,
  preludeSession,
  revenueCat,
  strava,
  streak,
  telegram,
  xendit,
} from "./providers/tokens.ts"
export { twilio } from "./providers/twilio.ts"
export { appwrite, hubspot, square, trello, uPayments } from "./providers/url.ts"
export { mandrill, mercadoPago, messageBirdClassic, pandadoc, plivo, plivoV2 } from "./providers/urls-and-forms.ts"
export { zettle } from "./providers/zettle.ts"
export { hmacScheme, type HmacSchemeOptions } from "./providers/hmac-scheme.ts"
