import type { Result } from "../core/result.ts"
import type { Refusal, SignatureReason } from "../errors/webhook-error.ts"
import type { WebhookEvent } from "../events/event.ts"
import type { HeaderLookup } from "../http/headers.ts"
import type { HandshakeRule } from "./handshake.ts"
import type { HashEngine } from "./hashes.ts"
import type { HmacLayout } from "./hmac-layout.ts"

/** What a delivery claims. Nothing in it is proven. */
export interface Claim {
  /** Well-formed signatures as they were written, at most `MAX_SIGNATURES`. */
  readonly signatures: readonly string[]
  /** The time exactly as it was written: it is part of what was signed. Empty where the scheme signs none. */
  readonly timeText: string
  /** The same, in whole seconds since 1970. Undefined where the scheme signs none, or where it is in the body. */
  readonly signedAt: number | undefined
  /** The id of the secret that made the signature, where the provider sends it: no other secret is tried. */
  readonly keyId?: string | undefined
  /** Other signed texts, in the order of the template's tokens. */
  readonly signed?: readonly string[] | undefined
}

/** Method and URL of a delivery, for schemes that sign them. */
export interface DeliveryTarget {
  readonly method: string
  readonly url: string
}

/** Which parts of a delivery a signature covers (spec 7.2). What it does not cover, anyone who sees one can change. */
export interface Covers {
  readonly body: boolean
  readonly id: boolean
  readonly type: boolean
  readonly time: boolean
  readonly method: boolean
  readonly url: boolean
}

/**
 * `verified`: a signature covers the payload. `authenticated`: the sender showed a shared token, or a signature that does
 * not cover the payload. Anyone who sees one such delivery can forge others.
 */
export type Assurance = "verified" | "authenticated"

/** A secret, prepared for a scheme. Either `sign` or `verify` is there. */
export interface PreparedKey {
  /** The signature that this secret makes of a delivery, in its one canonical spelling; undefined if it makes none. */
  readonly sign?: (claim: Claim, body: Uint8Array, target: DeliveryTarget | undefined) => string | undefined
  /** Whether this key made one of the claim's signatures. A promise only where the scheme is asymmetric or a JWT. */
  readonly verify?: (
    claim: Claim,
    body: Uint8Array,
    target: DeliveryTarget | undefined,
    now: number,
  ) => boolean | Promise<boolean>
  /** Set where `verify` gives a promise: only the asynchronous methods can use this key (spec 7.9). */
  readonly asynchronous?: true
  /** Which of the claim's signatures this key may match; all of them unless given. */
  readonly select?: (claim: Claim) => readonly string[]
}

/** A secret as a scheme prepares it. */
export interface KeyMaterial {
  readonly id: string
  readonly secret: string
  /** Its position in the list of secrets: some providers have a first and a second key. */
  readonly index: number
}

/** What the secrets of a provider look like: the rules of spec 1.11 that depend on the provider. */
export interface SecretFormat {
  /** What every secret begins with, as `whsec_`. Undefined where the provider's secrets have no common prefix. */
  readonly secretPrefix?: string | undefined
  /**
   * Parses a key that is not a shared secret: PEM, JWK. It replaces the rules for shared secrets, and gets the `secret` of an
   * entry as it was given. Returns the text that `prepareKey` gets.
   *
   * @throws {TypeError} The key is not valid. The message shows none of it.
   */
  readonly parseKey?: ((secret: unknown) => string) | undefined
}

/** How one provider lays out headers, signed bytes, key and time. */
export interface Scheme {
  /** Reads the untrusted headers within the limits of spec 1.7, before the body is read (spec 3.4). */
  readonly parseHeaders: (header: HeaderLookup) => Result<Claim, SignatureReason>
  /** Completes the claim from the unproven body, for providers that put the signature there. */
  readonly parseBody?: (claim: Claim, body: Uint8Array, header: HeaderLookup) => Result<Claim, SignatureReason>
  /** Reads the signed time from the proven body, in seconds since 1970, for providers that put it there. */
  readonly readTime?: (claim: Claim, body: Uint8Array) => number | undefined
  /** @throws {TypeError} The secret is not a key of this scheme. The message shows no secret. */
  readonly prepareKey: (secret: KeyMaterial, engine: HashEngine) => PreparedKey
  /** Its HMAC as data, where it is one. `signWebhook` signs by it. */
  readonly layout?: HmacLayout | undefined
  /** How to sign, where it is not by `layout` but a receiver's secret can. */
  readonly signer?: Signer
}

/** How a sender signs, for schemes that are not an HMAC by layout. */
export interface Signer {
  /** @param keyId The id of the secret that makes the first signature. */
  readonly toClaim: (signedAt: number, header: HeaderLookup, keyId: string) => Claim
  /** Everything beside the body that a delivery with these signatures carries. */
  readonly toHeaders: (claim: Claim, signatures: readonly string[]) => Record<string, string>
}

/** An event of a provider whose bodies are not Credicorp's envelope. */
export interface ProviderEvent<Type extends string = string, Payload = unknown> {
  /** The provider's id of the event. Undefined where it sends none. Signed only if `covers.id`. */
  readonly id: string | undefined
  /** 1 to 128 printable ASCII characters without spaces (spec 7.7). Signed only if `covers.type`. */
  readonly type: Type | undefined
  /** When it happened, as the provider writes it. */
  readonly created: string | undefined
  /** The whole body, decoded: JSON, form fields as a record, or a list of NDJSON lines. */
  readonly payload: Payload
}

/** What a provider's event is read from, after the signature has passed. */
export interface EventSource {
  readonly body: Uint8Array
  readonly header: HeaderLookup
}

/**
 * Who signs deliveries, and how (spec 7.1): data and a few pure functions. Verifier, receiver and inbox know no provider
 * by name.
 */
export interface Provider<
  Event extends WebhookEvent | ProviderEvent = ProviderEvent,
  Level extends Assurance = "verified",
>
  extends Scheme, SecretFormat {
  /** Equal to the name of its export. */
  readonly name: string
  /** Its documentation of signatures. */
  readonly docs: string
  /** Where the scheme was read: `S` the provider's SDK, `D` its documentation, then the place. */
  readonly source: string
  readonly covers: Covers
  readonly assurance: Level
  /** One line for people: header, what is signed, how. */
  readonly summary: string
  /** Header with the signature, as the provider writes it; empty where the signature is in the body. */
  readonly signatureHeader: string
  /**
   * Widest accepted distance between signing and now, in seconds; 300 unless given (spec 7.4). Infinity where another rule
   * bounds the time, as the `exp` of a JWT, or where the provider's own samples are compared with no clock.
   */
  readonly toleranceSeconds?: number | undefined
  /** Header with the sender's id of a delivery, lower case; empty if there is none. Log it; trust it only if `covers.id`. */
  readonly deliveryHeader: string
  /** Headers that a stored delivery keeps, lower case, so that a handler sees the same event each time (spec 7.10). */
  readonly eventHeaders: readonly string[]
  /** Media types of its bodies beyond JSON (spec 3.0): `form` or `any`. */
  readonly bodyFormat: "json" | "form" | "ndjson" | "any"
  /** Where the payload is that a schema is held against. */
  readonly payloadPath: "data.object" | "payload"
  /** Whether a text can be a type of this provider's events (spec 2.6, 7.7). */
  readonly isType: (type: unknown) => boolean
  /** What stands between the words of a type, for patterns (spec 7.7); `.` unless given, empty where types have no families. */
  readonly typeSeparator?: "." | "/" | "_" | "" | undefined
  /** Reads the event from a proven delivery (spec 3.7, 3.8). */
  readonly readEvent: (from: EventSource) => Result<Event, Refusal>
  /**
   * What identifies an event within this provider: two deliveries with one key are one event (spec 7.3).
   *
   * @param hashBody Hex SHA-256 of the body; called only where the signature covers no id.
   */
  readonly dedupeKey: (event: { readonly id: string | undefined }, hashBody: () => string) => string
  /** How the provider checks a URL before it sends there (spec 8). */
  readonly handshake?: HandshakeRule | undefined
  /** Status for a bad signature, where the provider demands another than 400 (spec 7.8). */
  readonly refusalStatus?: number | undefined
  /** The answer to an accepted delivery, if the provider requires more than a 2xx. */
  readonly acceptedAnswer?: { readonly status: number; readonly body: string } | undefined
}

/** A provider of any kind. */
export type AnyProvider = Provider<WebhookEvent | ProviderEvent, Assurance>
