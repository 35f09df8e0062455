import type { HmacEngine } from "./hmac.ts"

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
