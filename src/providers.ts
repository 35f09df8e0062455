export { adyen } from "./providers/adyen.ts"
export {
  adyenPlatform,
  aftership,
  aftershipReturns,
  aftershipShipping,
  castle,
  cronofy,
  hookdeck,
  lagoHmac,
  leaf,
  line,
  microsoftTeams,
  perryWeather,
  quickbooks,
  rivo,
  shopify,
  signable,
  todoist,
  typeform,
  wooCommerce,
  worldlineConnect,
  x,
  xero,
} from "./providers/body-base64.ts"
export {
  alchemy,
  ashby,
  autosend,
  bland,
  calCom,
  checkoutCom,
  checkr,
  clickup,
  cloudconvert,
  coinbaseCommerce,
  coinify,
  datasaur,
  discourse,
  dub,
  easypost,
} from "./providers/body-hex-a-e.ts"
export {
  editframe,
  fizzy,
  getStream,
  gitea,
  github,
  gocardless,
  lemonSqueezy,
  linear,
  logto,
  meta,
  modernTreasury,
  mollie,
  nango,
  notion,
  nylas,
} from "./providers/body-hex-e-n.ts"
export {
  outpost,
  pagerduty,
  plain,
  pusher,
  razorpay,
  rewardful,
  sendbird,
  sentry,
  shopware,
  snyk,
  squarespace,
  strike,
  uploadcare,
  viber,
  yousign,
} from "./providers/body-hex-o-y.ts"
export { d4sign, mailgun, openNode, signWell, smileId } from "./providers/body-signatures.ts"
export { braintree } from "./providers/braintree.ts"
export { contentful, hook0, kontentAi, sinchVoice, tebex } from "./providers/changed-messages.ts"
export { credicorp } from "./providers/credicorp.ts"
export { dropboxSign } from "./providers/dropbox-sign.ts"
export { amazonSns, ebay, paypal } from "./providers/fetched-keys.ts"
export { adcp, httpMessageSignatures } from "./providers/http-message-signatures.ts"
export { lago, livekit, messageBird, monday, plaid, qstash, trueLayer, vonage } from "./providers/jwt-senders.ts"
export {
  frontRule,
  githubSha1,
  intercom,
  onfleet,
  oracleCommerce,
  paystack,
  segment,
  sinchNumbers,
  unit,
  webex,
  webSub,
} from "./providers/other-hashes.ts"
export { cloudinary, hubspotV1, hubspotV2 } from "./providers/plain-hashes.ts"
export {
  chip,
  discord,
  dyte,
  fireblocksLegacy,
  integratedFinance,
  sendgrid,
  telnyx,
  wechatPay,
  wise,
} from "./providers/public-keys.ts"
export { box, docusign } from "./providers/several-keys.ts"
export { payMongo, quoLegacy, recurly, ticketTailor, tolgee } from "./providers/shaped.ts"
export {
  anthropic,
  bigcommerce,
  clerk,
  finch,
  increase,
  lithic,
  openai,
  polar,
  postSyncer,
  quo,
  replicate,
  resend,
  rupt,
  signatureApi,
  supabase,
  whop,
} from "./providers/standard-senders.ts"
export { standardWebhooks, standardWebhooksAsymmetric, svix } from "./providers/standard-webhooks.ts"
export {
  airwallex,
  cashfree,
  configcat,
  iron,
  lusha,
  orb,
  prolific,
  revolut,
  sinch,
  slack,
  talkJs,
  twitch,
  webflow,
  xaman,
  xobni,
  zendesk,
  zoom,
} from "./providers/timed-header.ts"
export {
  blockfrost,
  boxyhq,
  buildkite,
  duffel,
  elevenLabs,
  ghost,
  gitbook,
  knock,
  moneybird,
  mux,
  paddle,
} from "./providers/timed-list-b-p.ts"
export {
  readme,
  retell,
  sanity,
  shippo,
  stripe,
  surge,
  terra,
  tiktok,
  workos,
  zavu,
  zohoPayments,
} from "./providers/timed-list-r-z.ts"
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
export { mercadoPago, messageBirdClassic, pandadoc, plivo, plivoV2 } from "./providers/urls-and-forms.ts"
export { zettle } from "./providers/zettle.ts"
export { hmacScheme, type HmacSchemeOptions } from "./providers/hmac-scheme.ts"
