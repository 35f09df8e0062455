export type { BodyInput } from "./http/body-input.ts"
export type { HeaderLookup, HeadersInput } from "./http/headers.ts"
export { CATALOGUE, type CatalogueEntry, type ErrorCode, type ErrorType, type StatusOf } from "./errors/catalogue.ts"
export { classifyError, type ErrorClass } from "./errors/classify.ts"
export type { Refused } from "./errors/webhook-error.ts"
export { WebhookError, type Refusal, type SignatureReason } from "./errors/webhook-error.ts"
export type { EventPayloads, OtherEvent, PayloadOf, Undeclared, WebhookEvent } from "./events/event.ts"
export type { AnyEvent, EventSchemas, StandardSchema } from "./events/schema.ts"
export { signWebhook, type SignOptions } from "./verify/sign.ts"
export type { Credicorp, VerifyOptions } from "./verify/options.ts"
export {
  checkSignature,
  checkWebhook,
  createVerifier,
  verifyWebhook,
  type CheckResult,
  type DeliveryArguments,
  type Proven,
  type SignatureResult,
  type Verifier,
} from "./verify/verifier.ts"
export { parseSecrets, type ParseSecretsOptions } from "./verify/parse-secrets.ts"
export type {
  AnyProvider,
  Assurance,
  Claim,
  Covers,
  DeliveryTarget,
  EventSource,
  KeyMaterial,
  PreparedKey,
  Provider,
  ProviderEvent,
  Scheme,
  SecretFormat,
  Signer,
} from "./providers/provider.ts"
export type { HashEngine } from "./providers/hashes.ts"
export type { HmacLayout } from "./providers/hmac-layout.ts"
export type { HandshakeAnswer, HandshakeRequest, HandshakeRule, HandshakeTools } from "./providers/handshake.ts"
export type { AnyProviderEvent, AssuranceOf, EventFrom } from "./verify/event-types.ts"
export { credicorp } from "./providers/credicorp.ts"
export type { CheckedSecret, Secret, SecretsInput } from "./verify/secrets.ts"
export type { Verified } from "./verify/verify.ts"
