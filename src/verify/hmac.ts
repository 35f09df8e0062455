import { _SHA256 } from "@noble/hashes/sha2.js"
import { toHex } from "../core/bytes.ts"

/**
 * HMAC-SHA256 with a prepared key, over chunks that need not be joined. Synchronous; may be called any number of times.
 *
 * In lower-case hex, because that is what the platforms' engines give for less than it costs them to give the bytes.
 */
export type Mac = (chunks: readonly Uint8Array[]) => string

/** Prepares a key: the part of the work that does not depend on the message is done once per secret. */
export type HmacEngine = (key: Uint8Array) => Mac

const BLOCK_BYTES = 64

/**
 * HMAC (RFC 2104) on the SHA-256 of @noble/hashes: audited JavaScript that runs everywhere and needs nothing.
 *
 * The class is used as it is, not through `sha256` and `hmac`, whose general option checks are a tenth of what a page
 * would load for a verifier. A key takes two states, one behind each padded block; a message clones them.
 */
export const nobleEngine: HmacEngine = (key) => {
  const block = new Uint8Array(BLOCK_BYTES)
  block.set(key.length > BLOCK_BYTES ? new _SHA256().update(key).digest() : key)
  const [inner, outer] = [0x36, 0x5c].map((pad) => new _SHA256().update(block.map((byte) => byte ^ pad)))
  return (chunks) => {
    const state = inner!.clone()
    for (const chunk of chunks) state.update(chunk)
    return toHex(outer!.clone().update(state.digest()).digest())
  }
}
