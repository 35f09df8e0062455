import { fromBase64, fromHex, toUtf8 } from "../core/bytes.ts"
import type { BytesEncoding } from "./hashes.ts"

/** How a signature is written. There is one spelling of each: another spelling of the same bytes is refused (spec 7.5). */
export interface Encoding {
  readonly name: "hex" | "HEX" | "base64" | "base64url"
  /** What the platform's engine writes. */
  readonly base: BytesEncoding
  /** The source of a regular expression for that many bytes, of exact length. */
  readonly pattern: (bytes: number) => string
  /** Makes the canonical text of what the engine writes. */
  readonly spell?: (text: string) => string
}

export const HEX: Encoding = { name: "hex", base: "hex", pattern: (bytes) => `[0-9a-f]{${bytes * 2}}` }

export const UPPER_HEX: Encoding = {
  name: "HEX",
  base: "hex",
  pattern: (bytes) => `[0-9A-F]{${bytes * 2}}`,
  spell: (text) => text.toUpperCase(),
}

const base64Length = (bytes: number): number => Math.ceil((bytes * 4) / 3)

/** Standard base64 with padding. */
export const BASE64: Encoding = {
  name: "base64",
  base: "base64",
  pattern: (bytes) => `[A-Za-z0-9+/]{${base64Length(bytes)}}${"=".repeat((3 - (bytes % 3)) % 3)}`,
}

/** URL-safe base64 without padding. */
export const BASE64URL: Encoding = {
  name: "base64url",
  base: "base64",
  pattern: (bytes) => `[\\w-]{${base64Length(bytes)}}`,
  spell: (text) => text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""),
}

/** What the text of a secret stands for. */
export interface KeyFormat {
  /** For error messages and docs, as `base64 after whsec_`. */
  readonly name: string
  /** The bytes of the key; undefined if the text is not in the format. */
  readonly decode: (secret: string) => Uint8Array | undefined
}

/** The UTF-8 bytes of the whole secret, prefix included. */
export const TEXT_KEY: KeyFormat = { name: "text", decode: toUtf8 }

const encodedKey = (name: string, prefix: string, decode: KeyFormat["decode"]): KeyFormat => ({
  name: prefix ? `${name} after ${prefix}` : name,
  decode(secret) {
    const bytes = decode(secret.startsWith(prefix) ? secret.slice(prefix.length) : secret)
    return bytes && bytes.length > 0 ? bytes : undefined
  },
})

/** Base64, after a prefix that may be missing. */
export const base64Key = (prefix = ""): KeyFormat => encodedKey("base64", prefix, fromBase64)

/** Hex, after a prefix that may be missing. */
export const hexKey = (prefix = ""): KeyFormat => encodedKey("hex", prefix, fromHex)

/** Hex without a prefix. */
export const HEX_KEY: KeyFormat = /* @__PURE__ */ hexKey()

/** Base64 without a prefix. */
export const BASE64_KEY: KeyFormat = /* @__PURE__ */ base64Key()

/** Base64 after `whsec_`, which may be missing, as Standard Webhooks has it. */
export const WHSEC_KEY: KeyFormat = /* @__PURE__ */ base64Key("whsec_")
