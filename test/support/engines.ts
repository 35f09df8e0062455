// Every engine that a runtime uses, each built in the runtime of the test.

import type { HashEngine } from "../../src/providers/hashes.ts"
import { nobleEngine } from "../../src/verify/hmac.ts"
import { createNativeEngine, type NodeCrypto } from "../../src/verify/native-hmac.ts"

/** The `node:crypto` of this runtime, its members as properties of their own. */
export function nodeCrypto(): NodeCrypto {
  const { process } = globalThis as unknown as { process: { getBuiltinModule: (id: string) => NodeCrypto } }
  const { createSecretKey, createHmac, createHash, hash } = process.getBuiltinModule("node:crypto")
  return { createSecretKey, createHmac, createHash, ...(hash && { hash }) }
}

const { hash: _, ...withoutHash } = nodeCrypto()

export const ENGINES: readonly { name: string; engine: HashEngine }[] = [
  { name: "noble", engine: nobleEngine },
  { name: "native, by two hashes, as in Node", engine: createNativeEngine(nodeCrypto(), false) },
  { name: "native, in one update, as in workerd", engine: createNativeEngine(nodeCrypto(), true) },
  { name: "native, in chunks, as in Node 20.0", engine: createNativeEngine(withoutHash, false) },
]
