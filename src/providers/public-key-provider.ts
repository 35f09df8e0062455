import { fromBase64, fromHex } from "../core/bytes.ts"
import { join, publicKey, readPublicKey, toKeyText, type PublicKeyAlgorithm, type PublicKeyData } from "./asymmetric.ts"
import type { Encoding } from "./encodings.ts"
import { toProvider, type ProviderFacts } from "./hmac-provider.ts"
import { compileLayout } from "./hmac.ts"
import { signedHeadersOf, type HmacLayout } from "./hmac-layout.ts"
import type { Provider } from "./provider.ts"

/** One provider that signs with a private key, as data. The layout is that of an HMAC but for key and hash. */
export interface PublicKeyRow extends ProviderFacts, Omit<HmacLayout, "hash" | "key"> {
  readonly algorithm: PublicKeyAlgorithm
  readonly encoding: Encoding
  /** How the provider writes a public key that is neither PEM nor JWK; base64 unless given. */
  readonly keyText?: "hex" | "base64"
  /** Taken off the key's text. */
  readonly keyPrefix?: string
}

/** Makes a provider of a row. */
export function publicKeyProvider(row: PublicKeyRow): Provider {
  const { name, algorithm, encoding, keyText = "base64", keyPrefix = "", signed = "{body}", event, idHeader } = row
  const { signatureBytes } = algorithm
  const pattern = encoding.pattern(signatureBytes ?? 0)
  const { parseHeaders, toChunks } = compileLayout(row, signatureBytes ? pattern : "[A-Za-z0-9+/]{64,1024}={0,2}")
  const readKey = (secret: string): PublicKeyData =>
    readPublicKey(
      secret.startsWith(keyPrefix) ? secret.slice(keyPrefix.length) : secret,
      keyText === "hex" ? fromHex : fromBase64,
    )
  const has = (token: string): boolean => signed.includes(`{${token}}`)
  return toProvider(
    {
      deliveryHeader: idHeader ?? "",
      parseKey: toKeyText(readKey),
      ...row,
      event: { ...(idHeader && { id: `header ${idHeader}` }), ...event },
    },
    {
      scheme: {
        parseHeaders,
        prepareKey: ({ secret }, engine) =>
          publicKey({
            name,
            algorithm,
            encoding,
            key: readKey(secret),
            toMessage: (claim, body, target) => join(toChunks(claim, body, target, engine)),
          }),
      },
      header: row.header,
      assurance: "verified",
      summary: `${algorithm.name} ${encoding.name} signature of ${signed}`,
      covers: { body: has("body"), time: has("time"), method: has("method"), url: has("url") || has("path") },
      signedHeaders: signedHeadersOf(row),
    },
  )
}
