import { createLocalJWKSet, type CompactVerifyGetKey } from "jose"
import * as v from "valibot"
import { isFields } from "../core/is.ts"
import { MAX_KEY_SET_KEYS } from "../core/limits.ts"

/** The public keys of an issuer: finds the one that a token's header names. */
export type KeySet = CompactVerifyGetKey

const Base64Url = v.pipe(v.string(), v.regex(/^[\w-]+$/))

const shared = {
  kid: v.exactOptional(v.string()),
  alg: v.exactOptional(v.string()),
  use: v.exactOptional(v.literal("sig")),
}

/** The kinds of key that make signatures which their holder alone can make. */
const PublicKey = v.variant("kty", [
  v.object({
    ...shared,
    kty: v.literal("EC"),
    crv: v.picklist(["P-256", "P-384", "P-521"]),
    x: Base64Url,
    y: Base64Url,
  }),
  v.object({ ...shared, kty: v.literal("OKP"), crv: v.literal("Ed25519"), x: Base64Url }),
  // 2,048 to 8,192 bits: fewer can be factored, more cost a caller's time. 65537 is what every issuer uses; 1 forges all.
  v.object({
    ...shared,
    kty: v.literal("RSA"),
    n: v.pipe(v.string(), v.regex(/^[\w-]{342,1366}$/)),
    e: v.literal("AQAB"),
  }),
])

/** Parts of a key that are no one's but its owner's. */
const PRIVATE_PARTS = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"]

/**
 * Reads a JSON Web Key Set. Keys that are for something else, as encryption, are left out.
 *
 * @throws {TypeError} It is none, has no key that could prove a token, or one that is secret: a shared key would let whoever
 *   can check tokens make them, and a private one has been published. The message shows no value.
 */
export function parseKeySet(text: string): KeySet {
  const keys = parseKeys(text)
  if (keys.length > MAX_KEY_SET_KEYS) throw new TypeError(`has more than ${MAX_KEY_SET_KEYS} keys`)
  if (keys.some(isSecret)) throw new TypeError("holds a secret or a private key: a set has public keys only")
  const usable = keys.flatMap((key) => {
    const { success, output } = v.safeParse(PublicKey, key)
    return success ? [output] : []
  })
  if (usable.length === 0) throw new TypeError("has no public key for signatures: EC, Ed25519, or RSA from 2048 bits")
  return createLocalJWKSet({ keys: usable })
}

function parseKeys(text: string): readonly unknown[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new TypeError("must be a JSON Web Key Set, or the https URL of one")
  }
  if (!isFields(value) || !Array.isArray(value["keys"])) throw new TypeError("has no list of keys")
  return value["keys"]
}

const isSecret = (key: unknown): boolean =>
  isFields(key) && (key["kty"] === "oct" || PRIVATE_PARTS.some((part) => Object.hasOwn(key, part)))
