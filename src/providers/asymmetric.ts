import { assertOption, kindOf, OptionError } from "../core/assert.ts"
import { isFields } from "../core/is.ts"
import { fromBase64, fromHex, toBase64, toHex } from "../core/bytes.ts"
import type { Encoding } from "./encodings.ts"
import type { PreparedKey, SecretFormat } from "./provider.ts"

/** An algorithm of Web Crypto whose signatures are proven with a public key (spec 7.9). */
export interface PublicKeyAlgorithm {
  readonly name: string
  readonly importing: SubtleCryptoImportKeyAlgorithm
  readonly verifying: SubtleCryptoSignAlgorithm
  /** Bytes of a signature; undefined where they follow from the key. */
  readonly signatureBytes?: number
  /** Makes of a signature what Web Crypto takes; undefined if it is not in the one canonical form. */
  readonly toRaw?: (signature: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer> | undefined
}

export const ED25519: PublicKeyAlgorithm = {
  name: "ed25519",
  importing: { name: "Ed25519" },
  verifying: { name: "Ed25519" },
  signatureBytes: 64,
}

const rsa = (hash: "SHA-1" | "SHA-256" | "SHA-512"): PublicKeyAlgorithm => ({
  name: `rsa-${hash.toLowerCase().replace("-", "")}`,
  importing: { name: "RSASSA-PKCS1-v1_5", hash },
  verifying: { name: "RSASSA-PKCS1-v1_5" },
})

export const RSA_SHA256: PublicKeyAlgorithm = /* @__PURE__ */ rsa("SHA-256")

export const RSA_SHA512: PublicKeyAlgorithm = /* @__PURE__ */ rsa("SHA-512")

/** SHA-1 signatures can be forged by a signer of two documents. Only for products that sign with nothing better. */
export const RSA_SHA1: PublicKeyAlgorithm = /* @__PURE__ */ rsa("SHA-1")

/** ECDSA on P-256, the signature in DER (RFC 3279). */
export const ecdsaDer = (hash: "SHA-1" | "SHA-256"): PublicKeyAlgorithm => ({
  name: `ecdsa-p256-${hash.toLowerCase().replace("-", "")}`,
  importing: { name: "ECDSA", namedCurve: "P-256" },
  verifying: { name: "ECDSA", hash },
  toRaw: (signature) => derToRaw(signature, 32),
})

/** ECDSA on P-256, the signature as r and s (IEEE P1363). */
export const ECDSA_P256: PublicKeyAlgorithm = {
  name: "ecdsa-p256-sha256",
  importing: { name: "ECDSA", namedCurve: "P-256" },
  verifying: { name: "ECDSA", hash: "SHA-256" },
  signatureBytes: 64,
}

/**
 * Reads `SEQUENCE { INTEGER r, INTEGER s }` in DER's one form: short lengths, no needless zeros, nothing behind it. Any other
 * form of the same numbers is refused, because it would be a second spelling of one signature (spec 7.5).
 */
export function derToRaw(der: Uint8Array, size: number): Uint8Array<ArrayBuffer> | undefined {
  if (der[0] !== 0x30 || der[1] !== der.length - 2 || der.length > 127) return undefined
  const raw = new Uint8Array(size * 2)
  let at = 2
  for (const end of [size, size * 2]) {
    const length = der[at + 1] ?? 0
    const integer = der.subarray(at + 2, at + 2 + length)
    if (der[at] !== 0x02 || length === 0 || integer.length !== length || integer[0]! > 127) return undefined
    const padded = integer[0] === 0 && length > 1
    if (padded && integer[1]! < 128) return undefined
    const digits = padded ? integer.subarray(1) : integer
    if (digits.length > size) return undefined
    raw.set(digits, end - digits.length)
    at += 2 + length
  }
  return at === der.length ? raw : undefined
}

/** A public key as Web Crypto imports it. */
export type PublicKeyData =
  | { readonly format: "raw" | "spki"; readonly data: Uint8Array<ArrayBuffer> }
  | { readonly format: "jwk"; readonly data: JsonWebKey }

/**
 * Reads a public key: PEM (`BEGIN PUBLIC KEY`), JWK, or the provider's own text of 32 raw bytes or of SPKI.
 *
 * @param decode Reads the provider's own text.
 * @throws {TypeError} The key has another form, or is a certificate or a private key. The message shows nothing of it.
 */
export function readPublicKey(
  secret: string,
  decode: (text: string) => Uint8Array<ArrayBuffer> | undefined = fromBase64,
): PublicKeyData {
  const text = secret.trim()
  assertOption(!/PRIVATE KEY/.test(text), "a public key is needed to verify, and this is a private one: revoke it")
  assertOption(
    !/BEGIN CERTIFICATE/.test(text),
    "a certificate is not a public key: openssl x509 -pubkey -noout prints the key in it",
  )
  if (text.startsWith("{")) return { format: "jwk", data: readJwk(text) }
  const pem = /^-----BEGIN PUBLIC KEY-----([\sA-Za-z0-9+/=]+)-----END PUBLIC KEY-----$/.exec(text)
  const data = pem ? fromBase64(pem[1]!.replaceAll(/\s/g, "")) : decode(text)
  assertOption(data && data.length >= 32, "a public key must be PEM, JWK or the text that the provider shows")
  return { format: data.length === 32 ? "raw" : "spki", data }
}

/**
 * Makes the `parseKey` of a provider whose keys are public ones: a JWK may be an object, everything else is text.
 *
 * @param read Refuses what is not such a key.
 */
export const toKeyText =
  (read: (text: string) => unknown): NonNullable<SecretFormat["parseKey"]> =>
  (secret) => {
    const text = isFields(secret) ? JSON.stringify(secret) : secret
    assertOption(typeof text === "string", `a public key must be text or a JWK, not ${kindOf(secret)}`)
    read(text)
    return text
  }

function readJwk(text: string): JsonWebKey {
  let jwk: JsonWebKey & { readonly d?: unknown; readonly kty?: unknown }
  try {
    jwk = Object(JSON.parse(text)) as typeof jwk
  } catch {
    throw new OptionError("a key that begins with { must be a JWK, and this is not JSON")
  }
  assertOption(
    jwk.d === undefined && jwk.kty !== "oct",
    "a JWK must be a public key, and this is a secret one: revoke it",
  )
  const { kty, crv, x, y, n, e } = jwk
  // Only what makes the key: `use`, `key_ops` and `alg` would be held against the import.
  return Object.fromEntries(
    Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value !== undefined),
  ) as unknown as JsonWebKey
}

/** How one key's signatures are checked. */
export interface PublicKeyUse {
  readonly algorithm: PublicKeyAlgorithm
  readonly key: PublicKeyData
  readonly encoding: Encoding
  /** The provider's name, for errors. */
  readonly name: string
  readonly toMessage: (
    ...delivery: Parameters<NonNullable<PreparedKey["verify"]>>
  ) => Uint8Array<ArrayBuffer> | undefined
  readonly select?: PreparedKey["select"]
}

/** The bytes of a signature in its one canonical spelling (spec 7.5). */
export function decodeSignature(text: string, { base }: Encoding): Uint8Array<ArrayBuffer> | undefined {
  const bytes = base === "hex" ? fromHex(text) : fromBase64(text)
  return bytes && (base === "hex" ? toHex(bytes) : toBase64(bytes)) === text ? bytes : undefined
}

/** Prepares a public key. It is imported with the first delivery; the key is kept, never the promise of it. */
export function publicKey({ algorithm, key, encoding, name, toMessage, select }: PublicKeyUse): PreparedKey {
  const { importing, verifying, signatureBytes, toRaw } = algorithm
  let imported: CryptoKey | undefined
  const load = async (): Promise<CryptoKey> => {
    try {
      return await crypto.subtle.importKey(key.format, key.data, importing, false, ["verify"])
    } catch {
      throw new OptionError(`a secret of ${name} must be a public key for ${algorithm.name}`)
    }
  }
  return {
    asynchronous: true,
    ...(select && { select }),
    async verify(claim, body, target, now) {
      const message = toMessage(claim, body, target, now)
      if (!message) return false
      imported ??= await load()
      let matched = false
      for (const text of select ? select(claim) : claim.signatures) {
        const bytes = decodeSignature(text, encoding)
        const signature = bytes && toRaw ? toRaw(bytes) : bytes
        if (!signature || (signatureBytes !== undefined && signature.length !== signatureBytes)) continue
        if (await crypto.subtle.verify(verifying, imported, signature, message)) matched = true
      }
      return matched
    },
  }
}

/** Joins chunks, because Web Crypto takes a message in one piece. */
export function join(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0))
  let at = 0
  for (const chunk of chunks) {
    joined.set(chunk, at)
    at += chunk.length
  }
  return joined
}
