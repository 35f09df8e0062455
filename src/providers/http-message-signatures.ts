// RFC 9421 in a narrow profile: one signature, an exact set of covered components, every parameter required or known.

import { equalText, fromBase64, toBase64, toUtf8 } from "../core/bytes.ts"
import { fail, ok, type Result } from "../core/result.ts"
import { SECONDS } from "../core/time.ts"
import type { SignatureReason } from "../errors/webhook-error.ts"
import { ECDSA_P256, ED25519, publicKey, readPublicKey, toKeyText } from "./asymmetric.ts"
import { BASE64 } from "./encodings.ts"
import { toProvider, type ProviderFacts } from "./hmac-provider.ts"
import { SHA256 } from "./hashes.ts"
import { toPath } from "./hmac.ts"
import type { Claim, DeliveryTarget, Provider } from "./provider.ts"
import { MAX_SIGNATURE_HEADER_CHARS } from "./signature-header.ts"

/** What a sender must cover and say. */
interface Profile {
  /** Exactly these components, in any order. */
  readonly components: readonly string[]
  /** Parameters that must be there, beside `created`. */
  readonly parameters: readonly string[]
  readonly tag?: string
  /** Longest time from `created` to `expires`, in seconds. */
  readonly maxLifeSeconds: number
}

/** Names of algorithms in RFC 9421, section 3.3, by the kind of key. */
const ALGORITHMS: Readonly<Record<string, typeof ED25519>> = { ed25519: ED25519, "ecdsa-p256-sha256": ECDSA_P256 }

const PARAMETER = /;(created|expires)=(\d{1,12})|;(nonce|keyid|alg|tag)="([^"\\]{0,256})"/y

interface Input {
  readonly label: string
  readonly components: readonly string[]
  readonly parameters: ReadonlyMap<string, string>
  /** The value as it is signed: `@signature-params`. */
  readonly text: string
}

/** Reads `label=("@method" …);created=…;keyid="…"` in one form: no escapes, no parameters of components, none twice. */
function parseInput(header: string): Input | undefined {
  const [, label, text = "", list = ""] =
    /^([a-z][\w.*-]{0,63})=(\(("[a-z@][a-z0-9-]*"(?: "[a-z@][a-z0-9-]*")*)\)(?:;.*)?)$/.exec(header) ?? []
  if (label === undefined) return undefined
  const components = list.split(" ").map((each) => each.slice(1, -1))
  const parameters = new Map<string, string>()
  PARAMETER.lastIndex = text.indexOf(")") + 1
  while (PARAMETER.lastIndex < text.length) {
    const match = PARAMETER.exec(text)
    if (!match) return undefined
    const name = match[1] ?? match[3]!
    if (parameters.has(name)) return undefined
    parameters.set(name, match[2] ?? match[4]!)
  }
  return new Set(components).size === components.length ? { label, components, parameters, text } : undefined
}

/** The bytes of `name=:base64:`, padded or not, in either alphabet, canonical in it. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = fromBase64(text)
  if (!bytes) return undefined
  const standard = toBase64(bytes)
  const spellings = [
    standard,
    standard.replaceAll("=", ""),
    standard.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""),
  ]
  return spellings.includes(text) ? bytes : undefined
}

interface MessageClaim extends Claim {
  readonly input: Input
  readonly digest: string
  readonly contentType: string
}

const parseHeaders =
  (profile: Profile): Provider["parseHeaders"] =>
  (lookup): Result<MessageClaim, SignatureReason> => {
    const [inputText, signatureText, digestText] = ["signature-input", "signature", "content-digest"].map(lookup)
    if (!inputText?.trim() || !signatureText?.trim() || !digestText?.trim()) return fail("header_missing")
    if ([inputText, signatureText, digestText].some((each) => each.length > MAX_SIGNATURE_HEADER_CHARS))
      return fail("header_too_long")
    const input = parseInput(inputText)
    const [, label, encoded = ""] = /^([a-z][\w.*-]{0,63})=:([^:]{1,1024}):$/.exec(signatureText) ?? []
    const signature = bytesOf(encoded)
    if (!input || label !== input.label || !signature) return fail("header_malformed")
    const { components, parameters } = input
    const created = SECONDS.parse(parameters.get("created") ?? "")
    const expires = parameters.get("expires")
    const until = expires === undefined ? undefined : SECONDS.parse(expires)
    const isExact =
      components.length === profile.components.length && profile.components.every((each) => components.includes(each))
    const isWhole =
      isExact &&
      profile.parameters.every((name) => parameters.has(name)) &&
      (profile.tag === undefined || parameters.get("tag") === profile.tag) &&
      (expires === undefined ||
        (until !== undefined && created !== undefined && until > created && until - created <= profile.maxLifeSeconds))
    if (!isWhole || created === undefined) return fail("header_malformed")
    return ok({
      signatures: [toBase64(signature)],
      timeText: String(created),
      signedAt: created,
      keyId: parameters.get("keyid"),
      input,
      digest: digestText,
      contentType: lookup("content-type"),
    })
  }

/** Whether `Content-Digest` (RFC 9530) is one SHA-256, and that of the body. */
function matchesDigest(header: string, digest: string): boolean {
  const [, encoded = ""] = /^sha-256=:([^:]{1,64}):$/.exec(header) ?? []
  const bytes = encoded ? bytesOf(encoded) : undefined
  return bytes !== undefined && equalText(toBase64(bytes), digest)
}

/** The value of one component (RFC 9421, section 2). */
function componentOf(name: string, claim: MessageClaim, target: DeliveryTarget): string | undefined {
  const url = new URL(target.url)
  switch (name) {
    case "@method":
      return target.method.toUpperCase()
    case "@target-uri":
      return target.url
    case "@authority":
      return url.host
    case "@path":
      return toPath(target.url).replace(/\?.*$/, "")
    case "content-type":
      return claim.contentType || undefined
    case "content-digest":
      return claim.digest
    default:
      return undefined
  }
}

function toMessage(claim: MessageClaim, target: DeliveryTarget): Uint8Array<ArrayBuffer> | undefined {
  const lines = claim.input.components.map((name) => {
    const value = componentOf(name, claim, target)
    return value === undefined ? undefined : `"${name}": ${value}`
  })
  if (lines.includes(undefined)) return undefined
  return new Uint8Array(toUtf8([...lines, `"@signature-params": ${claim.input.text}`].join("\n")))
}

function messageProvider(facts: ProviderFacts, profile: Profile): Provider {
  const { components } = profile
  return toProvider(
    { parseKey: toKeyText(readPublicKey), ...facts },
    {
      scheme: {
        parseHeaders: parseHeaders(profile),
        prepareKey({ secret }, engine) {
          const key = readPublicKey(secret)
          const isCurve = key.format === "jwk" ? key.data.kty === "EC" : key.format === "spki" && key.data.length > 50
          // The key decides; an `alg` that is sent must be the key's.
          const name = isCurve ? "ecdsa-p256-sha256" : "ed25519"
          const prepared = publicKey({
            name: facts.name,
            algorithm: ALGORITHMS[name]!,
            encoding: BASE64,
            key,
            toMessage: (claim, _, target) => toMessage(claim as MessageClaim, target!),
          })
          return {
            ...prepared,
            async verify(claim, body, target, now) {
              const { input, digest } = claim as MessageClaim
              const { alg = name, expires } = Object.fromEntries(input.parameters)
              const isFresh = expires === undefined || now < Number(expires)
              const isWhole = matchesDigest(digest, engine.digest([body], SHA256, "base64"))
              return alg === name && isFresh && isWhole && (await prepared.verify!(claim, body, target, now))
            },
          }
        },
      },
      header: "Signature",
      summary: `RFC 9421 over ${components.join(", ")}`,
      assurance: "verified",
      covers: { body: true, time: true, method: true, url: true },
    },
  )
}

/**
 * RFC 9421, HTTP Message Signatures: exactly `@method`, `@target-uri` and `content-digest`, with `created` and `keyid`. A
 * secret is a public key, Ed25519 or ECDSA on P-256, and its id the `keyid`.
 */
export const httpMessageSignatures: Provider = /* @__PURE__ */ messageProvider(
  {
    name: "httpMessageSignatures",
    docs: "https://www.rfc-editor.org/rfc/rfc9421",
    source: "D RFC 9421",
    bodyFormat: "any",
  },
  { components: ["@method", "@target-uri", "content-digest"], parameters: ["keyid"], maxLifeSeconds: 3_600 },
)

/** Ad Context Protocol. A secret is the sender's JWK, its id the `kid`. A nonce that was seen before is for the inbox to refuse. */
export const adcp: Provider = /* @__PURE__ */ messageProvider(
  {
    name: "adcp",
    docs: "https://adcontextprotocol.org/docs/building/implementation/security#webhook-callbacks",
    source: "S adcontextprotocol/adcp@cdf9082 static/compliance/source/test-vectors/webhook-signing",
    event: { id: "body.idempotency_key" },
  },
  {
    components: ["@method", "@target-uri", "@authority", "content-type", "content-digest"],
    parameters: ["expires", "nonce", "keyid", "alg", "tag"],
    tag: "adcp/webhook-signing/v1",
    maxLifeSeconds: 300,
  },
)
