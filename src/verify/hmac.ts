import { hmac } from "@noble/hashes/hmac.js"
import { toAscii, toBase64, toHex } from "../core/bytes.ts"
import { createNativeEngine, MAX_JOINED_BYTES, type NodeCrypto } from "./native-hmac.ts"
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
  if (!engine) chosen.set(hash.name, (engine = findNativeEngine(hash) ?? nobleEngine))
  return engine
}

/** Chooses at each key and digest, because one platform may have one hash and lack another. */
export const platformEngine: HashEngine = {
  hmac: (key, hash) => chooseEngine(hash).hmac(key, hash),
  digest: (chunks, hash, encoding) => chooseEngine(hash).digest(chunks, hash, encoding),
}

interface NodeGlobal {
  process: { getBuiltinModule(id: "node:crypto"): NodeCrypto }
  navigator?: { userAgent?: string }
}

/**
 * Returns OpenSSL's or BoringSSL's HMAC where the runtime has `node:crypto` (Node, Deno, Bun, Workers with
 * `nodejs_compat`), if it gives a known answer. Undefined where it is missing, throws or differs.
 *
 * Reached at run time, because a static `node:` import would keep the library out of browsers.
 */
export function findNativeEngine(hash: Hash = SHA256): HashEngine | undefined {
  try {
    const { process, navigator } = globalThis as unknown as NodeGlobal
    const isWorkerd = navigator?.userAgent === "Cloudflare-Workers"
    const engine = createNativeEngine(process.getBuiltinModule("node:crypto"), isWorkerd)
    if (probe(engine, hash) === hash.knownAnswer) return engine
  } catch {
    // Missing or broken: the trusted engine is used instead.
  }
  return undefined
}

/** Returns what an engine makes of a key longer than any block, a message that is joined, one that is not, and their MACs. */
export function probe(engine: HashEngine, hash: Hash): string {
  const bytes = new Uint8Array(129).fill(1)
  const mac = engine.hmac(bytes, hash)
  const macs = [new Uint8Array(1), new Uint8Array(MAX_JOINED_BYTES + 1)].map((last) => toAscii(mac([bytes, last])))
  return engine.digest(macs, hash)
}
