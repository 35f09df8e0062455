import type { TimeUnit } from "../core/time.ts"
import type { Result } from "../core/result.ts"
import type { SignatureReason } from "../errors/webhook-error.ts"
import type { HeaderItems } from "./signature-header.ts"
import type { Encoding, KeyFormat } from "./encodings.ts"
import type { Hash, HashEngine } from "./hashes.ts"

/** A scheme whose deliveries carry an HMAC, as data. */
export interface HmacLayout {
  readonly name: string
  /** The header with the signature, as the provider writes it. */
  readonly header: string
  /** What is signed: `{body}` unless given. Tokens: see `TOKEN`. */
  readonly signed?: string
  readonly hash?: Hash
  /** `HEX` unless given. */
  readonly encoding?: Encoding
  /** What stands before a signature, as `v1=`. */
  readonly prefix?: string
  /** Set where a signature may come without its prefix. */
  readonly prefixOptional?: boolean
  /** Reads and writes a signature header that is no list of items. */
  readonly shape?: HeaderShape
  /** Characters between the items of the signature header; without them the header is one signature. */
  readonly separators?: string
  /** Where the signed time is: a header's name, or the key of an item in the signature header, as `t=`. */
  readonly time?: string
  /** `SECONDS` unless given. */
  readonly unit?: TimeUnit
  readonly toleranceSeconds?: number
  /** Where the signed body holds the time, as `webhookTimestamp`, for a template without `{time}`. */
  readonly bodyTime?: string
  /** The header behind `{id}`. */
  readonly idHeader?: string
  /** `TEXT_KEY` unless given. */
  readonly key?: KeyFormat
  /** The header that names the secret's id. */
  readonly keyIdHeader?: string
  /** What is hashed in place of the body, for the few providers that change it first. */
  readonly toSignedBody?: (body: Uint8Array, engine: HashEngine) => Uint8Array
  /** What is hashed in place of the URL. */
  readonly toSignedUrl?: (url: string) => string
}

/** A signature header with a form of its own. */
export interface HeaderShape {
  readonly read: (text: string) => Result<HeaderItems, SignatureReason>
  readonly write: (timeText: string, signatures: readonly string[]) => string
}

/** A token of a template: `{body}`, `{time}`, `{id}`, `{method}`, `{url}`, `{path}` (with the query), `{header:X-Nonce}`. */
export const TOKEN: RegExp = /\{(body|time|id|method|url|path|header:[\w-]+)\}/

/** The header behind a token. */
export const headerOf = (token: string, idHeader: string): string =>
  token === "id" ? idHeader : token.slice("header:".length)

/** The tokens of a template, as `time` or `header:X-Nonce`. */
export const tokensOf = (signed: string): readonly string[] =>
  [...signed.matchAll(new RegExp(TOKEN, "g"))].map(([, token]) => token!)

/** The headers whose values are signed, as the provider writes them, in the order of the template. */
export const signedHeadersOf = ({
  signed = "",
  idHeader = "",
}: Pick<HmacLayout, "signed" | "idHeader">): readonly string[] =>
  tokensOf(signed)
    .filter((token) => /^id|:/.test(token))
    .map((token) => headerOf(token, idHeader))
