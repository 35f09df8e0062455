import { OptionError } from "../core/assert.ts"
import { compactVerify, decodeJwt, decodeProtectedHeader, flattenedVerify } from "jose"
import { fromBase64, toBase64, toUtf8 } from "../core/bytes.ts"
import { isFields, isTimeSeconds } from "../core/is.ts"
import { fail, ok } from "../core/result.ts"
import type { HeaderLookup } from "../http/headers.ts"
import { readPublicKey, toKeyText } from "./asymmetric.ts"
import { toProvider, type ProviderFacts } from "./hmac-provider.ts"
import type { HashEngine } from "./hashes.ts"
import type { Assurance, DeliveryTarget, Provider, ProviderEvent } from "./provider.ts"
import { MAX_SIGNATURE_HEADER_CHARS } from "./signature-header.ts"

/** The algorithms of RFC 7518 that providers here use. The configured one counts; the token chooses nothing. */
export type JwtAlgorithm = "HS256" | "RS256" | "ES256" | "ES512"

/** Claims of a token whose signature has passed. */
export type JwtClaims = Readonly<Record<string, unknown>>

/** One delivery that a token is held against. */
export interface JwtDelivery {
  readonly body: Uint8Array
  readonly target: DeliveryTarget | undefined
  readonly engine: HashEngine
}

/** How a provider's token is read. */
export interface JwtRule<Level extends Assurance> {
  readonly header: string
  readonly prefix?: string
  readonly algorithm: JwtAlgorithm
  readonly issuer?: string
  /** Seconds of clock skew for `exp` and `nbf`. */
  readonly leewaySeconds?: number
  /** `exp`: the token must have one. `iat`: its age is held against the tolerance. `none`: it has no time. */
  readonly time: "exp" | "iat" | "none"
  /** Whether the claims fit the delivery: this is what ties the token to body or URL. */
  readonly covers: (claims: JwtClaims, delivery: JwtDelivery) => boolean
  readonly covered: { readonly body: boolean; readonly url: boolean }
  readonly summary: string
  readonly assurance: Level
  /** Whether `jti` is the event's id. */
  readonly idFromToken?: true
}

const IMPORTING: Readonly<Record<Exclude<JwtAlgorithm, "HS256">, SubtleCryptoImportKeyAlgorithm>> = {
  RS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
  ES256: { name: "ECDSA", namedCurve: "P-256" },
  ES512: { name: "ECDSA", namedCurve: "P-521" },
}

/** The key in the form that jose takes. The imported key is kept, never the promise of it. */
function keyLoader(secret: string, algorithm: JwtAlgorithm, name: string): () => Promise<CryptoKey | Uint8Array> {
  if (algorithm === "HS256") return () => Promise.resolve(toUtf8(secret))
  const { format, data } = readPublicKey(secret)
  let imported: CryptoKey | undefined
  return async () => {
    try {
      return (imported ??= await crypto.subtle.importKey(format, data, IMPORTING[algorithm], false, ["verify"]))
    } catch {
      throw new OptionError(`a secret of ${name} must be a public key for ${algorithm}`)
    }
  }
}

/** The token of the header, without its prefix; empty if it has another one. */
const tokenOf = (
  { header, prefix = "" }: Pick<JwtRule<Assurance>, "header" | "prefix">,
  lookup: HeaderLookup,
): string => {
  const text = lookup(header.toLowerCase())
  return text.startsWith(prefix) ? text.slice(prefix.length) : ""
}

const toBase64Url = (bytes: Uint8Array): string =>
  toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")

/**
 * Whether a compact JWS is in its one spelling: jose's decoder skips white space and the spare bits of the last digit, so that
 * one signature would have several texts (spec 7.5).
 */
const isCanonical = (token: string): boolean =>
  token.split(".").length === 3 &&
  token.split(".").every((part) => {
    const bytes = /^[\w-]*$/.test(part) ? fromBase64(part) : undefined
    return bytes !== undefined && toBase64Url(bytes) === part
  })

const decode = <Value>(read: () => Value): Value | undefined => {
  try {
    return read()
  } catch {
    return undefined
  }
}

/** Whether a token is valid now: `exp` and `nbf` within the leeway. */
function isCurrent({ exp, nbf }: JwtClaims, now: number, { time, leewaySeconds = 0 }: JwtRule<Assurance>): boolean {
  if (time === "exp" && !isTimeSeconds(exp)) return false
  if (exp !== undefined && !(isTimeSeconds(exp) && now < exp + leewaySeconds)) return false
  return nbf === undefined || (isTimeSeconds(nbf) && nbf - leewaySeconds <= now)
}

/** Makes a provider whose deliveries carry a JWT. `kid`, where the token has one, must be the secret's id. */
export function jwtProvider<Level extends Assurance>(
  facts: ProviderFacts,
  rule: JwtRule<Level>,
): Provider<ProviderEvent, Level> {
  const { algorithm, issuer, time, covers } = rule
  const { name } = facts
  const provider = toProvider<Level>(
    {
      ...(algorithm !== "HS256" && { parseKey: toKeyText(readPublicKey) }),
      ...(time !== "iat" && { toleranceSeconds: Number.POSITIVE_INFINITY }),
      ...facts,
    },
    {
      scheme: {
        parseHeaders(lookup) {
          const header = lookup(rule.header.toLowerCase())
          if (!header.trim()) return fail("header_missing")
          if (header.length > MAX_SIGNATURE_HEADER_CHARS * 4) return fail("header_too_long")
          const token = tokenOf(rule, lookup)
          const { alg, kid } = decode(() => decodeProtectedHeader(token)) ?? {}
          // Unproven until the signature has passed: the same token is verified then.
          const claims = decode(() => decodeJwt(token))
          if (!claims || alg !== algorithm || !isCanonical(token)) return fail("header_malformed")
          const signedAt = claims.iat ?? claims.nbf ?? claims.exp
          return ok({
            signatures: [token],
            timeText: "",
            signedAt,
            ...(algorithm !== "HS256" && kid !== undefined && { keyId: kid }),
          })
        },
        prepareKey({ secret }, engine) {
          const load = keyLoader(secret, algorithm, name)
          return {
            asynchronous: true,
            async verify({ signatures: [token = ""] }, body, target, now) {
              const key = await load()
              try {
                await compactVerify(token, key, { algorithms: [algorithm] })
              } catch {
                return false
              }
              const claims = decodeJwt(token)
              return (
                (issuer === undefined || claims.iss === issuer) &&
                isCurrent(claims, now, rule) &&
                covers(claims, { body, target, engine })
              )
            },
          }
        },
      },
      header: rule.header,
      summary: `${algorithm} JWT: ${rule.summary}`,
      assurance: rule.assurance,
      covers: { body: rule.covered.body, time: time !== "none", method: false, url: rule.covered.url },
    },
  )
  if (!rule.idFromToken) return provider
  return {
    ...provider,
    covers: { ...provider.covers, id: true },
    eventHeaders: [rule.header.toLowerCase()],
    readEvent(from) {
      const event = provider.readEvent(from)
      const id = decode(() => decodeJwt(tokenOf(rule, from.header)))?.jti
      return event.ok ? ok({ ...event.value, id: typeof id === "string" && id !== "" ? id : undefined }) : event
    },
    dedupeKey: ({ id }, hashBody) => id ?? `sha256:${hashBody()}`,
  }
}

/** How a detached JWS (RFC 7515, appendix F) is read. */
export interface DetachedRule {
  readonly header: string
  readonly algorithm: "ES512"
  /** Checks the protected header, and builds the payload that was signed; undefined if the delivery has none. */
  readonly toPayload: (
    protectedHeader: Readonly<Record<string, unknown>>,
    delivery: { readonly body: Uint8Array; readonly target: DeliveryTarget; readonly values: readonly string[] },
  ) => Uint8Array | undefined
  /** Names the headers whose values are signed, in order. */
  readonly headersOf: (protectedHeader: Readonly<Record<string, unknown>>) => readonly string[] | undefined
}

/** Makes a provider whose deliveries carry a detached JWS over method, path, headers and body. */
export function detachedJwsProvider(facts: ProviderFacts, rule: DetachedRule): Provider {
  const { algorithm, header } = rule
  return toProvider(
    { parseKey: toKeyText(readPublicKey), ...facts },
    {
      scheme: {
        parseHeaders(lookup) {
          const token = lookup(header.toLowerCase())
          if (!token.trim()) return fail("header_missing")
          if (token.length > MAX_SIGNATURE_HEADER_CHARS) return fail("header_too_long")
          const protectedHeader = decode(() => decodeProtectedHeader(token))
          const isDetached = /^[\w-]+\.\.[\w-]+$/.test(token) && isCanonical(token)
          if (!isDetached || !isFields(protectedHeader) || protectedHeader.alg !== algorithm)
            return fail("header_malformed")
          const names = rule.headersOf(protectedHeader)
          const { kid } = protectedHeader
          const values = names?.map((name) => lookup(name.toLowerCase()))
          if (!values || values.includes("")) return fail("header_malformed")
          return ok({ signatures: [token], timeText: "", signedAt: undefined, signed: values, keyId: kid })
        },
        prepareKey({ secret }) {
          const load = keyLoader(secret, algorithm, facts.name)
          return {
            asynchronous: true,
            async verify({ signatures: [token = ""], signed: values = [] }, body, target) {
              const [head = "", , signature = ""] = token.split(".")
              const payload = rule.toPayload(decodeProtectedHeader(token) as JwtClaims, {
                body,
                target: target!,
                values,
              })
              if (!payload) return false
              const key = await load()
              try {
                await flattenedVerify({ protected: head, payload: toBase64Url(payload), signature }, key, {
                  algorithms: [algorithm],
                })
                return true
              } catch {
                return false
              }
            },
          }
        },
      },
      header,
      summary: `${algorithm} detached JWS of {method}, {path}, the headers that it names, and {body}`,
      assurance: "verified",
      covers: { body: true, time: false, method: true, url: true },
    },
  )
}
