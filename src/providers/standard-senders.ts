// Providers that sign as Standard Webhooks says, or all but.

import { BASE64_KEY, TEXT_KEY, base64Key } from "./encodings.ts"
import type { Provider } from "./provider.ts"
import { standard } from "./standard-webhooks.ts"

/** Anthropic. */
export const anthropic: Provider = /* @__PURE__ */ standard({
  name: "anthropic",
  docs: "https://docs.claude.com/en/api/webhooks",
  source: "S anthropics/anthropic-sdk-typescript@bfa9197f src/resources/beta/webhooks.ts",
})

/** BigCommerce. */
export const bigcommerce: Provider = /* @__PURE__ */ standard({
  name: "bigcommerce",
  docs: "https://developer.bigcommerce.com/docs/integrations/webhooks",
  source: "D bigcommerce/docs docs/integrations/webhooks/https-webhook-overview.mdx",
  key: TEXT_KEY,
  event: { type: "body.scope", created: "body.created_at" },
})

/** Clerk. */
export const clerk: Provider = /* @__PURE__ */ standard({
  name: "clerk",
  docs: "https://clerk.com/docs/guides/development/webhooks/overview",
  source: "S earlier notes",
  headers: "svix",
})

/** Dodo Payments. */
export const dodoPayments: Provider = /* @__PURE__ */ standard({
  name: "dodoPayments",
  docs: "https://docs.dodopayments.com/developer-resources/webhooks",
  source: "S dodopayments/dodopayments-typescript@3d8d895 src/resources/webhooks/webhooks.ts",
  event: { type: "body.type" },
})

/** Finch. */
export const finch: Provider = /* @__PURE__ */ standard({
  name: "finch",
  docs: "https://developer.tryfinch.com/developer-resources/Webhooks",
  source: "S Finch-API/finch-api-node@9ebd48f src/resources/webhooks.ts",
  headers: "Finch",
  idHeader: "Finch-Event-Id",
  key: BASE64_KEY,
})

/** Google Gemini, webhooks with a signing secret. */
export const gemini: Provider = /* @__PURE__ */ standard({
  name: "gemini",
  docs: "https://ai.google.dev/gemini-api/docs/webhooks",
  source: "S google-gemini/cookbook@f1e7e3d quickstarts/Webhooks.ipynb",
  event: { type: "body.type" },
})

/** Increase. */
export const increase: Provider = /* @__PURE__ */ standard({
  name: "increase",
  docs: "https://increase.com/documentation/webhooks",
  source: "S Increase/increase-typescript@aac4760e src/resources/events.ts",
})

/** Lithic. */
export const lithic: Provider = /* @__PURE__ */ standard({
  name: "lithic",
  docs: "https://docs.lithic.com/docs/events-api",
  source: "S lithic-com/lithic-node@22be597 src/resources/webhooks.ts",
  event: { type: "body.event_type" },
})

/** OpenAI. */
export const openai: Provider = /* @__PURE__ */ standard({
  name: "openai",
  docs: "https://platform.openai.com/docs/guides/webhooks",
  source: "S openai/openai-node@7b7d6ca src/lib/webhook-signature, src/resources/webhooks",
})

/** Polar. */
export const polar: Provider = /* @__PURE__ */ standard({
  name: "polar",
  docs: "https://polar.sh/docs/integrate/webhooks/endpoints",
  source: "S polarsource/polar-js@7b70884 src/webhooks.ts:140",
  key: TEXT_KEY,
  secretPrefix: "polar_whs_",
})

/** PostSyncer. */
export const postSyncer: Provider = /* @__PURE__ */ standard({
  name: "postSyncer",
  docs: "https://docs.postsyncer.com/guides/verify-webhooks",
  source: "D https://docs.postsyncer.com/guides/verify-webhooks",
})

/** Quo (webhooks 2026-03-30). */
export const quo: Provider = /* @__PURE__ */ standard({
  name: "quo",
  docs: "https://www.quo.com/docs/2026-03-30/webhooks-signature-validation.md",
  source: "D https://www.quo.com/docs/mdx/beta/webhooks-signature-validation.md",
  event: { type: "body.type", created: "body.createdAt" },
})

/** Render. */
export const render: Provider = /* @__PURE__ */ standard({
  name: "render",
  docs: "https://render.com/docs/webhooks",
  source: "S render-examples/webhook-github-action@167c81b app.ts",
  event: { type: "body.type" },
})

/** Replicate. */
export const replicate: Provider = /* @__PURE__ */ standard({
  name: "replicate",
  docs: "https://replicate.com/docs/topics/webhooks/verify-webhook",
  source: "S replicate/replicate-javascript@2fd6f39 lib/util.js validateWebhook",
})

/** Resend. */
export const resend: Provider = /* @__PURE__ */ standard({
  name: "resend",
  docs: "https://resend.com/docs/dashboard/webhooks/verify-webhooks-requests",
  source: "S resend/resend-node@3f67459 src/webhooks/webhooks.ts:93",
  headers: "svix",
})

/** Rupt. */
export const rupt: Provider = /* @__PURE__ */ standard({
  name: "rupt",
  docs: "https://rupt.dev/docs/advanced/handle-webhook-events",
  source: "D https://rupt.dev/docs/advanced/handle-webhook-events",
})

/** SignatureAPI. */
export const signatureApi: Provider = /* @__PURE__ */ standard({
  name: "signatureApi",
  docs: "https://signatureapi.com/docs/api/guides/how-to/verify-webhooks",
  source: "D https://signatureapi.com/docs/api/guides/how-to/verify-webhooks",
})

/** Supabase Auth Hooks. */
export const supabase: Provider = /* @__PURE__ */ standard({
  name: "supabase",
  docs: "https://supabase.com/docs/guides/auth/auth-hooks",
  source: "S supabase/auth@bc32168 internal/conf/configuration.go, internal/hooks/hookshttp/hookshttp.go",
  key: /* @__PURE__ */ base64Key("v1,whsec_"),
})

/** Whop. */
export const whop: Provider = /* @__PURE__ */ standard({
  name: "whop",
  docs: "https://docs.whop.com/developer/guides/webhooks",
  source: "S whopio/whopsdk-typescript@7fc61d2 src/resources/webhooks.ts",
})
