import { sha1 } from "@noble/hashes/legacy.js"
import { sha256, sha512 } from "@noble/hashes/sha2.js"
import type { CHash } from "@noble/hashes/utils.js"

/** A hash function, by its name in `node:crypto` and as audited JavaScript. A scheme imports the one it uses. */
export interface Hash {
  readonly name: "sha1" | "sha256" | "sha512"
  readonly noble: CHash
  /** What `probe` of a right engine returns. A test computes it by @noble/hashes. */
  readonly knownAnswer: string
}

export const SHA256: Hash = {
  name: "sha256",
  noble: sha256,
  knownAnswer: "7a88ea59c8a7353fcdf1879b89d0e39a3088ced0d7be9444dd6d5e0a41afe33d",
}

export const SHA512: Hash = {
  name: "sha512",
  noble: sha512,
  knownAnswer:
    "21bb5248fa22485cf4c46f85b43d2a1e1401bf191075d0f5adb200d9dd829cc7f52dc0baf1a04fd3f3285fd75937c792986d996614bae46f20d38fb731a9ce4a",
}

/** SHA-1 is broken for collisions, not for HMAC (RFC 6194). Only for providers that sign with nothing better. */
export const SHA1: Hash = {
  name: "sha1",
  noble: sha1,
  knownAnswer: "6b11c6c084a6dcd48da044b179cc10eeb4ff7ed9",
}

/** How bytes are written: lower-case hex, or base64 with padding (RFC 4648). */
export type BytesEncoding = "hex" | "base64"

/** HMAC with a prepared key, over chunks that need not be joined. Synchronous; may be called any number of times. */
export type Mac = (chunks: readonly Uint8Array[], encoding?: BytesEncoding) => string

/** HMAC and plain hash of one platform. A key is prepared once, so that a delivery pays for its message alone. */
export interface HashEngine {
  readonly hmac: (key: Uint8Array, hash?: Hash) => Mac
  readonly digest: (chunks: readonly Uint8Array[], hash?: Hash, encoding?: BytesEncoding) => string
}
