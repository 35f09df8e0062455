import { assertOption } from "../core/assert.ts"
import { ED25519, join, publicKey, readPublicKey } from "./asymmetric.ts"
import { BASE64, type KeyFormat, WHSEC_KEY } from "./encodings.ts"
import { hmacProvider, type ProviderFacts } from "./hmac-provider.ts"
import { compileHmac, compileLayout } from "./hmac.ts"
import type { HmacLayout } from "./hmac-layout.ts"
import type { Provider } from "./provider.ts"

/** A provider that signs as Standard Webhooks says, or all but: other header names, another key. */
export interface StandardRow extends ProviderFacts {
  /** What its three headers begin with: `webhook` unless given. */
  readonly headers?: string
  readonly idHeader?: string
  /** `WHSEC_KEY` unless given. */
  readonly key?: KeyFormat
}

const layoutOf = ({
  name,
  headers = "webhook",
  idHeader = `${headers}-id`,
  key = WHSEC_KEY,
}: StandardRow): HmacLayout => ({
  name,
  header: `${headers}-signature`,
  signed: "{id}.{time}.{body}",
  encoding: BASE64,
  prefix: "v1,",
  separators: " ",
  time: `${headers}-timestamp`,
  idHeader,
  key,
})

/** Makes a provider of a row: `v1,<base64 HMAC-SHA256 of "<id>.<time>.<body>">`, several separated by a space. */
export const standard = (row: StandardRow): Provider =>
  hmacProvider({
    ...(!row.key && { secretPrefix: "whsec_" }),
    ...row,
    ...layoutOf(row),
  })

/** The versions of one header: `v1` is an HMAC, `v1a` an Ed25519 signature. The key decides which of them counts. */
const EITHER_VERSION = "(?:v1,[A-Za-z0-9+/]{43}=|v1a,[A-Za-z0-9+/]{86}==)"

/** As `standard`, for keys of both kinds: a public key `whpk_…` proves `v1a` alone, a secret `v1` alone. */
function standardOfBothKinds(row: StandardRow, isPublicOnly: boolean): Provider {
  // The version is part of a signature here, so that none of one kind equals one of the other.
  const layout = { ...layoutOf(row), prefix: "" }
  const { parseHeaders, toChunks } = compileLayout(layout, EITHER_VERSION)
  const symmetric = compileHmac(layout)
  return {
    ...standard(row),
    layout,
    // Two kinds of key have two prefixes.
    secretPrefix: isPublicOnly ? "whpk_" : undefined,
    parseHeaders,
    prepareKey(material, engine) {
      const { secret } = material
      assertOption(
        !secret.startsWith("whsk_"),
        `a secret of ${row.name} begins with whsk_: that is the sender's private key`,
      )
      if (!isPublicOnly && !secret.startsWith("whpk_")) {
        const { sign } = symmetric.prepareKey(material, engine)
        return { sign: (claim, body, target) => `v1,${sign!(claim, body, target)}` }
      }
      assertOption(secret.startsWith("whpk_"), `a secret of ${row.name} must begin with whpk_`)
      return publicKey({
        name: row.name,
        algorithm: ED25519,
        encoding: BASE64,
        key: readPublicKey(secret.slice("whpk_".length)),
        toMessage: (claim, body, target) => join(toChunks(claim, body, target, engine)),
        select: ({ signatures }) =>
          signatures.filter((each) => each.startsWith("v1a,")).map((each) => each.slice("v1a,".length)),
      })
    },
  }
}

const SPEC = "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md"

/** Every sender that follows Standard Webhooks. `whsec_…` secrets verify with every method, `whpk_…` keys asynchronously. */
export const standardWebhooks: Provider = /* @__PURE__ */ standardOfBothKinds(
  {
    name: "standardWebhooks",
    docs: SPEC,
    source: "S standard-webhooks/standard-webhooks@b2fa7b8 libraries/javascript/src/webhook.ts",
    event: { type: "body.type", created: "body.timestamp" },
  },
  false,
)

/** Standard Webhooks with public keys alone: a shared secret is refused. */
export const standardWebhooksAsymmetric: Provider = /* @__PURE__ */ standardOfBothKinds(
  {
    name: "standardWebhooksAsymmetric",
    docs: SPEC,
    source: "D standard-webhooks/standard-webhooks@b2fa7b8 spec/standard-webhooks.md",
    event: { type: "body.type", created: "body.timestamp" },
  },
  true,
)

/** Senders that deliver with Svix under its own header names. */
export const svix: Provider = /* @__PURE__ */ standard({
  name: "svix",
  docs: "https://docs.svix.com/receiving/verifying-payloads/how-manual",
  source: "S svix/svix-webhooks@4fc0cfb javascript/src/webhook.ts",
  headers: "svix",
})
