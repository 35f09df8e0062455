import { toAscii } from "../core/bytes.ts"
import { SHA256, type BytesEncoding, type Hash, type HashEngine, type Mac } from "../providers/hashes.ts"

/** The part of `node:crypto` that is used; its types would tie the library to Node. */
export interface NodeCrypto {
  readonly createSecretKey: (key: Uint8Array) => object
  readonly createHmac: (algorithm: string, key: object) => NodeState
  readonly createHash: (algorithm: string) => NodeState
  /** Node 20.12 and later. */
  readonly hash?: (algorithm: string, bytes: Uint8Array, encoding: BytesEncoding | "latin1") => string
}

interface NodeState {
  update(bytes: Uint8Array): unknown
  digest(encoding: BytesEncoding): string
}

/** HMAC of one message in one piece. */
type MacOfBytes = (bytes: Uint8Array, encoding: BytesEncoding) => string

/**
 * Creates the engine of a platform with `node:crypto`. Each runtime has its own fastest way for a short message:
 *
 * - Node: two plain hashes by `crypto.hash`, which cost 0.7 of an HMAC object.
 * - workerd: one update of an HMAC object. Every further call into the runtime costs a tenth.
 *
 * Longer messages, and runtimes that have neither, update an HMAC object with each chunk: joining would cost as much as hashing.
 */
export function createNativeEngine(crypto: NodeCrypto, isWorkerd: boolean): HashEngine {
  return {
    hmac(key, hash = SHA256) {
      // Hashing with a KeyObject costs a fifth of hashing with raw key bytes.
      const keyObject = crypto.createSecretKey(key)
      const inChunks: Mac = (chunks, encoding = "hex") => {
        const state = crypto.createHmac(hash.name, keyObject)
        for (const chunk of chunks) state.update(chunk)
        return state.digest(encoding)
      }
      if (isWorkerd) {
        return joined(NO_BYTES, MAX_ONE_UPDATE_BYTES, inChunks, (bytes, encoding) => inChunks([bytes], encoding))
      }
      return crypto.hash ? byTwoHashes(key, hash, crypto.hash, inChunks) : inChunks
    },
    digest(chunks, { name } = SHA256, encoding = "hex") {
      const state = crypto.createHash(name)
      for (const chunk of chunks) state.update(chunk)
      return state.digest(encoding)
    },
  }
}

/** HMAC as RFC 2104 defines it: H(key ⊕ opad, H(key ⊕ ipad, message)). */
function byTwoHashes(
  key: Uint8Array,
  { name, noble }: Hash,
  hash: NonNullable<NodeCrypto["hash"]>,
  inChunks: Mac,
): Mac {
  const { blockLen, outputLen } = noble
  const block = new Uint8Array(blockLen)
  block.set(key.length > blockLen ? toAscii(hash(name, key, "latin1")) : key)
  const outer = new Uint8Array(blockLen + outputLen)
  outer.set(block.map((byte) => byte ^ 0x5c))
  return joined(
    block.map((byte) => byte ^ 0x36),
    MAX_JOINED_BYTES,
    inChunks,
    (bytes, encoding) => {
      // One character a byte. A Buffer would cost more than the hash of a small message.
      const inner = hash(name, bytes, "latin1")
      for (let i = 0; i < outputLen; i++) outer[blockLen + i] = inner.charCodeAt(i)
      return hash(name, outer, encoding)
    },
  )
}

const NO_BYTES = new Uint8Array()

/** With the key's block. Up to here two hashes are cheaper in Node than an HMAC object, and the buffer stays small. */
export const MAX_JOINED_BYTES = 8_448

/** In workerd a copy of 4 KiB costs as much as the call that it saves. */
const MAX_ONE_UPDATE_BYTES = 2_048

/** One buffer for all keys and messages: a new one for each delivery would cost as much as its hash. */
let scratch: Uint8Array | undefined

/** Set while `scratch` holds a message: a `length` of the caller's that verifies again must not write into it. */
let isTaken = false

/** Joins `head` and the chunks of a message of up to `maxBytes` for `mac`; leaves every other message to `inChunks`. */
const joined =
  (head: Uint8Array, maxBytes: number, inChunks: Mac, mac: MacOfBytes): Mac =>
  (chunks, encoding = "hex") => {
    let end = head.length
    for (const chunk of chunks) end += chunk.length
    if (isTaken || end > maxBytes) return inChunks(chunks, encoding)
    scratch ??= new Uint8Array(MAX_JOINED_BYTES)
    isTaken = true
    try {
      scratch.set(head)
      let at = head.length
      for (const chunk of chunks) {
        scratch.set(chunk, at)
        at += chunk.length
      }
      return mac(scratch.subarray(0, end), encoding)
    } finally {
      // The head is made from a key, which must not stay in a buffer that others share.
      scratch.fill(0, 0, head.length)
      isTaken = false
    }
  }
