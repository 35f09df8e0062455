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

let chosen: HmacEngine | undefined

/** The platform's own HMAC if there is one and it is right, else @noble/hashes. Chosen with the first verifier, and kept. */
export const chooseEngine = (): HmacEngine => (chosen ??= findNativeEngine(nobleEngine) ?? nobleEngine)

/** The part of `node:crypto` that is used; its types would tie the library to Node. */
interface NodeCrypto {
  createSecretKey(key: Uint8Array): object
  createHmac(algorithm: "sha256", key: object): { update(bytes: Uint8Array): unknown; digest(encoding: "hex"): string }
}

interface NodeGlobal {
  process: { getBuiltinModule(id: "node:crypto"): NodeCrypto }
}

/**
 * OpenSSL's or BoringSSL's HMAC where the runtime has `node:crypto` (Node, Deno, Bun, Workers with `nodejs_compat`), if
 * it computes what `trusted` does. Undefined where it is missing, throws or differs: such an engine verifies nothing.
 *
 * Reached at run time, because a static `node:` import would keep the library out of browsers.
 */
export function findNativeEngine(trusted: HmacEngine): HmacEngine | undefined {
  try {
    const engine = createNativeEngine((globalThis as unknown as NodeGlobal).process.getBuiltinModule("node:crypto"))
    if (probe(engine) === probe(trusted)) return engine
  } catch {
    // Missing, or broken: that is as good as missing.
  }
  return undefined
}

const createNativeEngine =
  (crypto: NodeCrypto): HmacEngine =>
  (key) => {
    // Hashing with a KeyObject costs a fifth of hashing with raw key bytes.
    const keyObject = crypto.createSecretKey(key)
    return (chunks) => {
      const state = crypto.createHmac("sha256", keyObject)
      for (const chunk of chunks) state.update(chunk)
      return state.digest("hex")
    }
  }

/** What an engine makes of a probe: a key longer than a block, over two chunks. */
function probe(engine: HmacEngine): string {
  const bytes = new Uint8Array(65).fill(1)
  return engine(bytes)([bytes, bytes])
}
