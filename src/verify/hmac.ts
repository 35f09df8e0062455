import { hmac } from "@noble/hashes/hmac.js"
import { toBase64, toHex } from "../core/bytes.ts"
import { SHA256, type BytesEncoding, type Hash, type HashEngine } from "../providers/hashes.ts"

const encode = (bytes: Uint8Array, encoding: BytesEncoding): string =>
  encoding === "hex" ? toHex(bytes) : toBase64(bytes)

/** HMAC (RFC 2104) and hashes of @noble/hashes: audited JavaScript that runs everywhere and needs nothing. */
export const nobleEngine: HashEngine = {
  hmac(key, hash = SHA256) {
    const keyed = hmac.create(hash.noble, key)
    return (chunks, encoding = "hex") => {
      const state = keyed.clone()
      for (const chunk of chunks) state.update(chunk)
      return encode(state.digest(), encoding)
    }
  },
  digest(chunks, hash = SHA256, encoding = "hex") {
    const state = hash.noble.create()
    for (const chunk of chunks) state.update(chunk)
    return encode(state.digest(), encoding)
  },
}

const chosen = new Map<string, HashEngine>()

/** Returns the platform's own engine if it is there and computes this hash correctly, else @noble/hashes. Kept per hash. */
export function chooseEngine(hash: Hash = SHA256): HashEngine {
  let engine = chosen.get(hash.name)
  if (!engine) chosen.set(hash.name, (engine = findNativeEngine(nobleEngine, hash) ?? nobleEngine))
  return engine
}

/** Chooses at each key and digest, because one platform may have one hash and lack another. */
export const platformEngine: HashEngine = {
  hmac: (key, hash) => chooseEngine(hash).hmac(key, hash),
  digest: (chunks, hash, encoding) => chooseEngine(hash).digest(chunks, hash, encoding),
}

/** The part of `node:crypto` that is used; its types would tie the library to Node. */
interface NodeCrypto {
  createSecretKey(key: Uint8Array): object
  createHmac(algorithm: string, key: object): NodeState
  createHash(algorithm: string): NodeState
}

interface NodeState {
  update(bytes: Uint8Array): unknown
  digest(encoding: BytesEncoding): string
}

interface NodeGlobal {
  process: { getBuiltinModule(id: "node:crypto"): NodeCrypto }
}

/**
 * Returns OpenSSL's or BoringSSL's HMAC where the runtime has `node:crypto` (Node, Deno, Bun, Workers with
 * `nodejs_compat`), if it computes what `trusted` does. Undefined where it is missing, throws or differs.
 *
 * Reached at run time, because a static `node:` import would keep the library out of browsers.
 */
export function findNativeEngine(trusted: HashEngine, hash: Hash = SHA256): HashEngine | undefined {
  try {
    const engine = createNativeEngine((globalThis as unknown as NodeGlobal).process.getBuiltinModule("node:crypto"))
    if (probe(engine, hash) === probe(trusted, hash)) return engine
  } catch {
    // Missing or broken: the trusted engine is used instead.
  }
  return undefined
}

const createNativeEngine = (crypto: NodeCrypto): HashEngine => ({
  hmac(key, { name } = SHA256) {
    // Hashing with a KeyObject costs a fifth of hashing with raw key bytes.
    const keyObject = crypto.createSecretKey(key)
    return (chunks, encoding = "hex") => {
      const state = crypto.createHmac(name, keyObject)
      for (const chunk of chunks) state.update(chunk)
      return state.digest(encoding)
    }
  },
  digest(chunks, { name } = SHA256, encoding = "hex") {
    const state = crypto.createHash(name)
    for (const chunk of chunks) state.update(chunk)
    return state.digest(encoding)
  },
})

/** What an engine makes of a probe: a key longer than any block, over two chunks. */
function probe(engine: HashEngine, hash: Hash): string {
  const bytes = new Uint8Array(129).fill(1)
  return engine.hmac(bytes, hash)([bytes, bytes]) + engine.digest([bytes, bytes], hash)
}
