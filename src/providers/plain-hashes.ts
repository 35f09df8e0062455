// Providers that hash the secret together with the message, without HMAC.

import { toUtf8 } from "../core/bytes.ts"
import { toProvider, type ProviderFacts } from "./hmac-provider.ts"
import { compileLayout } from "./hmac.ts"
import { signedHeadersOf, type HmacLayout } from "./hmac-layout.ts"
import { HEX } from "./encodings.ts"
import { SHA1, SHA256, type Hash } from "./hashes.ts"
import type { Provider } from "./provider.ts"

interface PlainRow extends ProviderFacts, Omit<HmacLayout, "key" | "encoding"> {
  readonly hash: Hash
  /** Where the secret stands in what is hashed. */
  readonly secret: "first" | "last"
}

function plainHashProvider(row: PlainRow): Provider {
  const { hash, header, signed = "{body}" } = row
  const { parseHeaders, toChunks } = compileLayout(row, HEX.pattern(hash.noble.outputLen))
  const has = (token: string): boolean => signed.includes(`{${token}}`)
  return toProvider(row, {
    scheme: {
      parseHeaders,
      prepareKey({ secret }, engine) {
        const key = toUtf8(secret)
        return {
          sign(claim, body, target) {
            const chunks = toChunks(claim, body, target, engine)
            return engine.digest(row.secret === "first" ? [key, ...chunks] : [...chunks, key], hash)
          },
        }
      },
      layout: row,
    },
    header,
    summary: `${hash.name} hex of ${row.secret === "first" ? "the secret and " : ""}${signed}${row.secret === "last" ? " and the secret" : ""}`,
    assurance: "verified",
    covers: { body: has("body"), time: has("time"), method: has("method"), url: has("url") },
    signedHeaders: signedHeadersOf(row),
  })
}

/** HubSpot, version 1. Text can be appended to a signed body without the secret, which is then no JSON: prefer `hubspot`. */
export const hubspotV1: Provider = /* @__PURE__ */ plainHashProvider({
  name: "hubspotV1",
  docs: "https://developers.hubspot.com/docs/faq/v1-request-validation",
  source: "S HubSpot/hubspot-api-nodejs@395cd9bf src/utils/signature.ts",
  header: "X-HubSpot-Signature",
  hash: SHA256,
  secret: "first",
})

/** HubSpot, version 2. Prefer `hubspot`, which is an HMAC and has a time. */
export const hubspotV2: Provider = /* @__PURE__ */ plainHashProvider({
  name: "hubspotV2",
  docs: "https://developers.hubspot.com/docs/faq/v2-request-validation",
  source: "S HubSpot/hubspot-api-nodejs@395cd9bf src/utils/signature.ts",
  header: "X-HubSpot-Signature",
  signed: "{method}{url}{body}",
  hash: SHA256,
  secret: "first",
})

/** Cloudinary, for accounts with the default SHA-1. */
export const cloudinary: Provider = /* @__PURE__ */ plainHashProvider({
  name: "cloudinary",
  docs: "https://cloudinary.com/documentation/notification_signatures",
  source: "S cloudinary/cloudinary_npm@f75fb55 lib/utils/index.js",
  header: "X-Cld-Signature",
  signed: "{body}{time}",
  time: "X-Cld-Timestamp",
  toleranceSeconds: 7_200,
  hash: SHA1,
  secret: "last",
})
