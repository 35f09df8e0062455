import { assertOption } from "../core/assert.ts"
import { toAscii, toUtf8 } from "../core/bytes.ts"
import { fail, ok } from "../core/result.ts"
import { SECONDS } from "../core/time.ts"
import { HEX, TEXT_KEY } from "./encodings.ts"
import { SHA256, type HashEngine } from "./hashes.ts"
import type { HeaderLookup } from "../http/headers.ts"
import type { Claim, DeliveryTarget, Scheme } from "./provider.ts"
import { compileHeader } from "./signature-header.ts"
import { headerOf, signedHeadersOf, TOKEN, type HmacLayout } from "./hmac-layout.ts"

/** Header values that are signed must be printable ASCII: other text would not survive `toAscii` unchanged. */
const PRINTABLE = /^[ -~]+$/

type Text = (claim: Claim, target: DeliveryTarget) => string

/** Compiles one side of a template. `headers` lists the headers whose values a claim holds, in order. */
function compileText(template: string, headers: readonly string[], idHeader: string): Text {
  const [first = "", ...rest] = template.split(TOKEN)
  const getters = rest.map((part, i): Text => {
    if (i % 2 === 1) return () => part
    if (part === "time") return (claim) => claim.timeText
    if (part === "method") return (_, target) => target.method.toUpperCase()
    if (part === "url") return (_, target) => target.url
    if (part === "path") return (_, target) => toPath(target.url)
    const index = headers.indexOf(headerOf(part, idHeader).toLowerCase())
    return ({ signed = [] }) => signed[index]!
  })
  return (claim, target) => {
    let text = first
    for (const get of getters) text += get(claim, target)
    return text
  }
}

/** Returns path and query of an absolute URL, as they were written: the target that HTTP sends, so an empty path is `/`. */
export const toPath = (url: string): string =>
  url
    .replace(/^[a-z]+:\/\/[^/?#]*/i, "")
    .replace(/#.*$/, "")
    .replace(/^(?!\/)/, "/")

/** A layout, compiled. */
export interface CompiledLayout extends Pick<Scheme, "parseHeaders"> {
  /** The signed bytes in order, the body among them as it is: joining them would copy it. */
  readonly toChunks: (
    claim: Claim,
    body: Uint8Array,
    target: DeliveryTarget | undefined,
    engine: HashEngine,
  ) => Uint8Array[]
}

/**
 * Compiles a layout: its regular expressions and its template are worked out once, for any number of deliveries.
 *
 * @param signature The source of a regular expression for one signature.
 */
export function compileLayout(layout: HmacLayout, signature: string): CompiledLayout {
  const { header, signed = "{body}", prefix = "", separators = "", time = "", unit = SECONDS, idHeader = "" } = layout
  const { keyIdHeader, toSignedBody, toSignedUrl, prefixOptional, shape } = layout
  const timeKey = time.endsWith("=") ? time : ""
  const timeHeader = timeKey ? "" : time.toLowerCase()
  const readItems = shape?.read ?? compileHeader({ separators, timeKey, prefix, prefixOptional, signature })
  const signedHeaders = signedHeadersOf(layout).map((name) => name.toLowerCase())
  const [before = "", after] = signed.split("{body}")
  const textBefore = compileText(before, signedHeaders, idHeader)
  const textAfter = compileText(after ?? "", signedHeaders, idHeader)
  // Method and URL are the caller's and may hold any text; time and header values have been checked to be ASCII.
  const toBytes = /\{(?:method|url|path)|[^\n -~]/.test(signed) ? toUtf8 : toAscii

  return {
    parseHeaders(lookup) {
      const items = readItems(lookup(header.toLowerCase()))
      if (!items.ok) return items
      const { signatures } = items.value
      const timeText = timeHeader ? lookup(timeHeader) : items.value.timeText
      const values = signedHeaders.map(lookup)
      const keyId = keyIdHeader && lookup(keyIdHeader.toLowerCase())
      if ((timeHeader && !timeText) || values.includes("") || keyId === "") return fail("header_missing")
      const signedAt = time ? unit.parse(timeText) : undefined
      if ((time && signedAt === undefined) || !values.every((value) => PRINTABLE.test(value)))
        return fail("header_malformed")
      return ok({
        signatures,
        timeText,
        signedAt,
        signed: values.length > 0 ? values : undefined,
        keyId,
      })
    },

    toChunks(claim, body, given, engine) {
      const target = given && toSignedUrl ? { ...given, url: toSignedUrl(given.url) } : given!
      const chunks: Uint8Array[] = []
      if (before) chunks.push(toBytes(textBefore(claim, target)))
      if (after !== undefined) chunks.push(toSignedBody ? toSignedBody(body, engine) : body)
      if (after) chunks.push(toBytes(textAfter(claim, target)))
      return chunks
    },
  }
}

/** Compiles a layout whose signatures are HMACs. */
export function compileHmac(layout: HmacLayout): Scheme {
  const { name, hash = SHA256, encoding = HEX, key = TEXT_KEY } = layout
  const { parseHeaders, toChunks } = compileLayout(layout, encoding.pattern(hash.noble.outputLen))
  return {
    layout,
    parseHeaders,
    prepareKey({ secret }, engine) {
      const bytes = key.decode(secret)
      // Anyone can sign with an empty key.
      assertOption(bytes && bytes.length > 0, `a secret of ${name} must be ${key.name}, and not empty`)
      const mac = engine.hmac(bytes, hash)
      return {
        sign(claim, body, target) {
          const text = mac(toChunks(claim, body, target, engine), encoding.base)
          return encoding.spell ? encoding.spell(text) : text
        },
      }
    },
  }
}

/**
 * Returns the claim that a sender signs.
 *
 * @param keyId The id of the secret. It is signed too where the template has the header that names it.
 * @throws {TypeError} A signed header is missing, or its value is not printable ASCII: `parseHeaders` would refuse it.
 */
export function toClaim(layout: HmacLayout, signedAt: number, lookup: HeaderLookup, keyId: string): Claim {
  const { name: provider, time, unit = SECONDS, keyIdHeader } = layout
  const signed = signedHeadersOf(layout).map((name) => {
    const value = name.toLowerCase() === keyIdHeader?.toLowerCase() ? keyId : lookup(name.toLowerCase())
    assertOption(PRINTABLE.test(value), `headers must have ${name} in printable ASCII: ${provider} signs it`)
    return value
  })
  return {
    signatures: [],
    timeText: time ? unit.format(signedAt) : "",
    signedAt,
    keyId: keyIdHeader && keyId,
    signed,
  }
}

/**
 * Returns the headers of a delivery that carries these signatures: what `parseHeaders` reads. A header without separators
 * holds one signature, and a delivery that names its secret is compared with that secret alone: both carry only the first.
 */
export function toHeaders(layout: HmacLayout, claim: Claim, signatures: readonly string[]): Record<string, string> {
  const { header, time = "", prefix = "", separators = "", keyIdHeader } = layout
  const { timeText, keyId, signed = [] } = claim
  const isSigned = signedHeadersOf(layout).some((name) => name.toLowerCase() === keyIdHeader?.toLowerCase())
  const named = keyIdHeader && keyId && !isSigned ? { [keyIdHeader]: keyId } : {}
  const inHeader = time.endsWith("=")
  const sent = keyIdHeader || !(separators || layout.shape) ? signatures.slice(0, 1) : signatures
  const items = sent.map((signature) => prefix + signature)
  return {
    [header]: layout.shape
      ? layout.shape.write(timeText, sent)
      : (inHeader ? [time + timeText, ...items] : items).join(separators.slice(0, 1)),
    ...(time && !inHeader && !layout.shape && { [time]: timeText }),
    ...Object.fromEntries(signedHeadersOf(layout).map((name, i) => [name, signed[i]!])),
    ...named,
  }
}
