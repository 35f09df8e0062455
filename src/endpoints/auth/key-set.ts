import { createLocalJWKSet, type CompactVerifyGetKey } from "jose"
import * as v from "valibot"
import { isFields } from "../../core/is.ts"

/** An issuer publishes two or three keys of 500 bytes each; the largest ones, with certificates, 20 of 3 KB. */
export const MAX_KEY_SET_KEYS = 64

/** The public keys of an issuer. Finds the key that the header of a token names. */
export type KeySet = CompactVerifyGetKey

/** The algorithm of each curve. */
const CURVES = { "P-256": "ES256", "P-384": "ES384", "P-521": "ES512", Ed25519: "Ed25519" } as const
const RSA_ALGORITHMS = ["PS256", "PS384", "PS512", "RS256", "RS384", "RS512"]

/**
 * Algorithms with a public key. A shared-key algorithm would let anyone who has the issuer's public key sign as the issuer.
 * `EdDSA` is the older name of `Ed25519`.
 */
export const ALGORITHMS: string[] = [...Object.values(CURVES), "EdDSA", ...RSA_ALGORITHMS]

const toShared = (algorithms: readonly string[]) => ({
  kid: v.exactOptional(v.string()),
  alg: v.exactOptional(v.picklist(algorithms)),
  use: v.exactOptional(v.literal("sig")),
  key_ops: v.exactOptional(
    v.pipe(
      v.array(v.string()),
      v.check((ops) => ops.includes("verify")),
    ),
  ),
})

/** Base64url of exactly the length that the curve requires (RFC 7518, section 6.2.1.2). */
const toCoordinate = (chars: number) => v.pipe(v.string(), v.regex(new RegExp(`^[\\w-]{${chars}}$`)))

const toCurve = (crv: "P-256" | "P-384" | "P-521", chars: number) =>
  v.object({
    ...toShared([CURVES[crv]]),
    kty: v.literal("EC"),
    crv: v.literal(crv),
    x: toCoordinate(chars),
    y: toCoordinate(chars),
  })

/** A public key whose private half alone can sign. */
const PublicKey = v.variant("kty", [
  toCurve("P-256", 43),
  toCurve("P-384", 64),
  toCurve("P-521", 88),
  v.object({
    ...toShared(["Ed25519", "EdDSA"]),
    kty: v.literal("OKP"),
    crv: v.literal("Ed25519"),
    x: toCoordinate(43),
  }),
  // 2,048 to 8,192 bits: fewer can be factored, more are slow to verify. Every issuer uses 65537; with 1, anyone can forge.
  v.object({
    ...toShared(RSA_ALGORITHMS),
    kty: v.literal("RSA"),
    n: v.pipe(v.string(), v.regex(/^[\w-]{342,1366}$/)),
    e: v.literal("AQAB"),
  }),
])

/** Members of a key that only its owner may have. */
const PRIVATE_PARTS = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"]

type PublicKey = v.InferOutput<typeof PublicKey>

/**
 * Reads a JSON Web Key Set. Keys for another use, as encryption, are left out.
 *
 * @throws {TypeError} Not a JWK Set, contains no usable public signing key, or contains a symmetric or private key: a
 *   symmetric key would let everyone who verifies tokens make them, and a private one has been published. The message shows
 *   no value.
 */
export const parseKeySet = (text: string): KeySet => toKeySet(readPublicKeys(text))

/** Reads a set as `parseKeySet`, and leaves out keys that the platform cannot import, as a point that is not on its curve. */
export async function importKeySet(text: string): Promise<KeySet> {
  const keys = readPublicKeys(text)
  const tried = keys.map(async (key) => await toKeySet([key])({ alg: algorithmOf(key) }, NO_TOKEN))
  const imported = await Promise.allSettled(tried)
  return toKeySet(keys.filter((_, i) => imported[i]?.status === "fulfilled"))
}

/** A set imports a key when it is asked for the key of a token. It reads nothing but the header. */
const NO_TOKEN = { payload: "", signature: "" }

const algorithmOf = (key: PublicKey): string => key.alg ?? (key.kty === "RSA" ? "RS256" : CURVES[key.crv])

function toKeySet(keys: readonly PublicKey[]): KeySet {
  if (keys.length === 0) throw new TypeError("has no public key for signatures: EC, Ed25519, or RSA from 2048 bits")
  return createLocalJWKSet({ keys: [...keys] })
}

function readPublicKeys(text: string): readonly PublicKey[] {
  const keys = parseKeys(text)
  if (keys.length > MAX_KEY_SET_KEYS) throw new TypeError(`has more than ${MAX_KEY_SET_KEYS} keys`)
  if (keys.some(isSecret)) throw new TypeError("holds a secret or a private key: a set has public keys only")
  return keys.flatMap((key) => {
    const { success, output } = v.safeParse(PublicKey, key)
    return success ? [output] : []
  })
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
