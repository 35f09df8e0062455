import { assertOption, assertSeconds } from "../core/assert.ts"
import { isText } from "../core/is.ts"
import {
  BASE64,
  BASE64URL,
  base64Key,
  HEX,
  hexKey,
  TEXT_KEY,
  UPPER_HEX,
  type Encoding,
  type KeyFormat,
} from "./encodings.ts"
import { TOKEN } from "./hmac-layout.ts"
import { hmacProvider } from "./hmac-provider.ts"
import { SHA1, SHA256, SHA512, type Hash } from "./hashes.ts"
import type { EventPath } from "./event-paths.ts"
import { MILLISECONDS, RFC3339, RFC3339_UTC, SECONDS, type TimeUnit } from "../core/time.ts"
import type { Assurance, Provider, ProviderEvent } from "./provider.ts"

const HASHES: Readonly<Record<string, Hash>> = { sha1: SHA1, sha256: SHA256, sha512: SHA512 }

const ENCODINGS: Readonly<Record<string, Encoding>> = { hex: HEX, HEX: UPPER_HEX, base64: BASE64, base64url: BASE64URL }

const KEYS: Readonly<Record<string, (prefix?: string) => KeyFormat>> = {
  text: () => TEXT_KEY,
  base64: base64Key,
  hex: hexKey,
}

const UNITS: Readonly<Record<string, TimeUnit>> = {
  s: SECONDS,
  ms: MILLISECONDS,
  rfc3339: RFC3339,
  "rfc3339-utc": RFC3339_UTC,
}

const FORMATS: readonly string[] = ["json", "form", "ndjson", "any"]

/** How a provider that is not on the list signs with HMAC. */
export interface HmacSchemeOptions {
  /** 1 to 64 letters, digits, `_` and `-`: the provider's name in results and logs. */
  readonly name: string
  /** The header with the signature. */
  readonly header: string
  /**
   * What is signed: `{body}` unless given. Tokens are `{body}`, `{time}`, `{id}`, `{method}`, `{url}`, `{path}` (with the
   * query) and `{header:X-Name}`; everything else stands for itself.
   */
  readonly signed?: string | undefined
  /** `sha256` unless given. */
  readonly algorithm?: "sha1" | "sha256" | "sha512" | undefined
  /** `hex` unless given. `HEX` is upper case, `base64url` has no padding. One spelling is accepted, no other. */
  readonly encoding?: Encoding["name"] | undefined
  /** What stands before each signature, as `v1=` or `sha256=`. */
  readonly prefix?: string | undefined
  /** Takes a signature without its prefix too. */
  readonly prefixOptional?: boolean | undefined
  /** Characters that separate several items in the header, as `,`. Without them the header is one signature. */
  readonly separators?: string | undefined
  /** Where the signed time is: the name of a header, or a key in the signature header with its `=`, as `t=`. */
  readonly time?: string | undefined
  /** `s` unless given. */
  readonly timeUnit?: TimeUnit["name"] | undefined
  /** Seconds, 1 to 86,400; 300 unless given. */
  readonly toleranceSeconds?: number | undefined
  /** The header behind `{id}`. */
  readonly idHeader?: string | undefined
  /** What a secret's text stands for; `text` (its UTF-8 bytes, prefix included) unless given. */
  readonly key?: "text" | "base64" | "hex" | undefined
  /** Taken off a `base64` or `hex` secret where it is there, as `whsec_`. */
  readonly keyPrefix?: string | undefined
  /** The header that names the id of the secret, where the provider has several keys. */
  readonly keyIdHeader?: string | undefined
  /** Where the event's id is: `body.data.id` or `header X-Event-Id`. A list holds alternatives. */
  readonly id?: EventPath | undefined
  /** Where the event's type is. */
  readonly type?: EventPath | undefined
  /** Where the event's time is. */
  readonly created?: EventPath | undefined
  /** `json` unless given; `any` is JSON or a form. */
  readonly bodyFormat?: "json" | "form" | "ndjson" | "any" | undefined
  /** Its documentation. */
  readonly docs?: string | undefined
}

const OPTIONS: readonly string[] = [
  "name",
  "header",
  "signed",
  "algorithm",
  "encoding",
  "prefix",
  "prefixOptional",
  "separators",
  "time",
  "timeUnit",
  "toleranceSeconds",
  "idHeader",
  "key",
  "keyPrefix",
  "keyIdHeader",
  "id",
  "type",
  "created",
  "bodyFormat",
  "docs",
]

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/

/**
 * Describes a provider that is not on the list and signs with HMAC.
 *
 * @returns A provider. Its `assurance` is `authenticated` where the template has no `{body}`: the payload is not signed.
 * @throws {TypeError} An option is missing, unknown or contradicts another; the message names it.
 * @example
 * ```ts
 * const acme = hmacScheme({
 *   name: "acme",
 *   header: "Acme-Signature",
 *   signed: "{time}.{body}",
 *   time: "t=",
 *   prefix: "v1=",
 *   separators: ",",
 *   type: "body.type",
 * })
 * const verifier = createVerifier({ provider: acme, secrets: [env.WEBHOOK_SECRET] })
 * ```
 */
export function hmacScheme(options: HmacSchemeOptions): Provider<ProviderEvent, Assurance> {
  checkHmacScheme(options)
  const { algorithm = "sha256", encoding = "hex", timeUnit = "s", key = "text", keyPrefix } = options
  const { id, type, created, docs = "", signed = "{body}", name, header, ...rest } = options
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
  const event = Object.fromEntries(Object.entries({ id, type, created }).filter(([, path]) => path !== undefined))
  return hmacProvider<Assurance>(
    {
      ...given,
      name,
      header,
      docs,
      source: "hmacScheme",
      signed,
      hash: HASHES[algorithm]!,
      encoding: ENCODINGS[encoding]!,
      unit: UNITS[timeUnit]!,
      key: KEYS[key]!(keyPrefix),
      event,
    },
    signed.includes("{body}") ? "verified" : "authenticated",
  )
}

const oneOf = (option: string, value: unknown, choices: readonly string[]): void =>
  assertOption(
    value === undefined || choices.some((choice) => choice === value),
    `${option} must be ${choices.join(" or ")}`,
  )

/** Holds options against each other, field by field. */
function checkHmacScheme(options: HmacSchemeOptions): void {
  assertOption(typeof options === "object" && options !== null, "hmacScheme takes an object of options")
  for (const name of Object.keys(options)) {
    assertOption(
      OPTIONS.includes(name),
      `hmacScheme has no option ${name.slice(0, 64)}; it takes ${OPTIONS.join(", ")}`,
    )
  }
  const { name, header, signed = "{body}", algorithm, encoding, time, timeUnit, toleranceSeconds } = options
  const { idHeader, key, keyPrefix, bodyFormat, separators, prefix, keyIdHeader, id, type, created, docs } = options
  assertOption(isText(name, /^[\w-]{1,64}$/), "name must be 1 to 64 letters, digits, _ or -")
  for (const [option, value] of Object.entries({ header, idHeader, keyIdHeader })) {
    assertOption(
      (value === undefined && option !== "header") || HEADER_NAME.test(value ?? ""),
      `${option} must be the name of a header`,
    )
  }
  for (const [option, value] of Object.entries({ signed, prefix, separators, keyPrefix, docs })) {
    assertOption(value === undefined || typeof value === "string", `${option} must be text`)
  }
  assertOption([undefined, true, false].includes(options.prefixOptional), "prefixOptional must be a boolean")
  assertOption(!options.prefixOptional || !!prefix, "prefixOptional needs prefix")
  oneOf("algorithm", algorithm, Object.keys(HASHES))
  oneOf("encoding", encoding, Object.keys(ENCODINGS))
  oneOf("key", key, Object.keys(KEYS))
  oneOf("timeUnit", timeUnit, Object.keys(UNITS))
  oneOf("bodyFormat", bodyFormat, FORMATS)
  for (const [option, path] of Object.entries({ id, type, created })) {
    assertOption(
      path === undefined ||
        [path].flat().every((each) => /^(?:(?:body(?:\.[\w-]+)+|header [\w-]+)(?:\+|$))+$/.test(each)),
      `${option} must be a path such as body.data.id or header X-Event-Id`,
    )
  }

  const tokens = [...signed.matchAll(/\{([^}]*)\}/g)].map(([token]) => token)
  const unknown = tokens.find((token) => !new RegExp(`^${TOKEN.source}$`).test(token))
  assertOption(unknown === undefined, `signed has the unknown token ${unknown?.slice(0, 64)}`)
  const count = (token: string): number => tokens.filter((each) => each === token).length
  assertOption(tokens.length > 0, "signed must have a token, as {body}")
  assertOption(count("{body}") <= 1, "signed may have {body} once")
  assertOption(count("{time}") === 0 || time !== undefined, "signed has {time}: time must say where it is")
  assertOption(
    time === undefined || count("{time}") > 0,
    "time is not signed: put {time} into signed, or leave time out",
  )
  assertOption(
    time === undefined || HEADER_NAME.test(time.replace(/=$/, "")),
    "time must be a header, or a key with its =",
  )
  assertOption(
    !time?.endsWith("=") || !!separators,
    "separators must be given, because time is an item of the signature header",
  )
  assertOption(count("{id}") === 0 || idHeader !== undefined, "signed has {id}: idHeader must name its header")
  assertOption(timeUnit === undefined || time !== undefined, "timeUnit needs time")
  assertOption(
    toleranceSeconds === undefined || time !== undefined,
    "toleranceSeconds needs time: there is none to compare",
  )
  if (toleranceSeconds !== undefined) {
    assertSeconds("toleranceSeconds", toleranceSeconds, 1, 86_400)
  }
  assertOption(
    keyPrefix === undefined || (key !== undefined && key !== "text"),
    "keyPrefix needs key base64 or hex: a text key is the whole secret",
  )
}
