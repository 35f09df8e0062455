export type { BodyInput } from "./core/body-input.ts"
export type { HeaderLookup, HeadersInput } from "./core/headers-input.ts"
export { CATALOGUE, type CatalogueEntry, type ErrorCode, type ErrorType, type StatusOf } from "./errors/catalogue.ts"
export { classifyError, type ErrorClass } from "./errors/classify.ts"
export type { Refused } from "./errors/refuse.ts"
export { WebhookError, type Refusal, type SignatureReason } from "./errors/webhook-error.ts"
export type { EventPayloads, OtherEvent, PayloadOf, Undeclared, WebhookEvent } from "./events/event.ts"
export type { AnyEvent, EventSchemas, StandardSchema } from "./events/schema.ts"
export { signWebhook, type SignOptions } from "./sign.ts"
export type { VerifyOptions } from "./verifier-options.ts"
export {
  checkSignature,
  checkWebhook,
  createVerifier,
  verifyWebhook,
  type CheckResult,
  type Proven,
  type SignatureResult,
  type Verifier,
} from "./verifier.ts"
export { parseSecrets } from "./verify/parse-secrets.ts"
export type { DeliveryTarget, Scheme, SignedParts, VerifyingScheme } from "./verify/scheme.ts"
export { credicorp } from "./verify/schemes/credicorp.ts"
export type { CheckedSecret, Secret, SecretsInput } from "./verify/secrets.ts"
export type { Verified } from "./verify/verify.ts"
