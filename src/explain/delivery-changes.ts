import { fromBase64, fromHex, toBase64, toHex } from "../core/bytes.ts"
import { MILLISECONDS, SECONDS } from "../core/time.ts"
import type { HeaderLookup } from "../http/headers.ts"
import { base64Key, HEX, hexKey, TEXT_KEY } from "../providers/encodings.ts"
import { SHA256 } from "../providers/hashes.ts"
import { compileHmac } from "../providers/hmac.ts"
import { headerOf, tokensOf, type HmacLayout } from "../providers/hmac-layout.ts"
import type { AnyProvider, DeliveryTarget } from "../providers/provider.ts"
import { MAX_SIGNATURE_HEADER_CHARS } from "../providers/signature-header.ts"
import type { CauseCode } from "./causes.ts"

/** A header as it was given. */
export type HeaderPair = readonly [name: string, value: string]

/** A single change to a delivery under which it may verify. What is absent stays as it is. */
export interface DeliveryChange {
  readonly code: CauseCode
  readonly evidence: string
  readonly lookup?: HeaderLookup
  readonly provider?: AnyProvider
  readonly target?: DeliveryTarget
}

/** Looks headers up in a list of pairs. */
export const lookupIn =
  (pairs: readonly HeaderPair[]): HeaderLookup =>
  (name) =>
    pairs
      .filter(([key]) => key.toLowerCase() === name)
      .map(([, value]) => value)
      .join(", ")

/** Headers that one explanation looks at. */
const MAX_HEADERS = 64

/** A header's name for people: printable, and too short to be a signature. */
export const shownName = (name: string): string => name.replace(/[^\w-]/g, "?").slice(0, 40)

/** Reduces what gateways, CGI and frameworks make of a header's name: `HTTP_X_SIGNATURE` and `x-signature` are one. */
const plainName = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[_\s]/g, "-")
    .replace(/^(?:http-)?(?:x-)?(?:original-|forwarded-)?/, "")

/** The headers that a provider's signature needs, as the provider writes them. */
export function neededHeaders({ signatureHeader, layout }: AnyProvider): readonly string[] {
  const { time = "", signed = "", idHeader = "" } = layout ?? ({} as Partial<HmacLayout>)
  const tokens = tokensOf(signed).filter((token) => /^id|^header:/.test(token))
  const names = [signatureHeader, time.endsWith("=") ? "" : time, ...tokens.map((token) => headerOf(token, idHeader))]
  return names.filter((name) => name !== "")
}

/** Puts renamed headers back: those of like names first, then, for the signature, any header that reads as one. */
export function headerNameChanges(provider: AnyProvider, pairs: readonly HeaderPair[]): readonly DeliveryChange[] {
  const lookup = lookupIn(pairs)
  const missing = neededHeaders(provider).filter((name) => lookup(name.toLowerCase()).trim() === "")
  if (missing.length === 0) return []
  const given = pairs.slice(0, MAX_HEADERS)
  const renamed = missing.flatMap((name) => {
    const found = given.find(([key, value]) => value !== "" && plainName(key) === plainName(name))
    return found ? [[name, found] as const] : []
  })
  if (renamed.length > 0) {
    const evidence = renamed.map(([name, [key]]) => `${name} arrived as ${shownName(key)}`).join(", ")
    const added = renamed.map(([name, [, value]]): HeaderPair => [name, value])
    return [{ code: "header_renamed", evidence, lookup: lookupIn([...pairs, ...added]) }]
  }
  const [signature] = missing
  if (signature !== provider.signatureHeader) return []
  return given.flatMap(([key, value]): readonly DeliveryChange[] => {
    const changed = lookupIn([...pairs, [signature, value]])
    if (value.length > MAX_SIGNATURE_HEADER_CHARS || !provider.parseHeaders(changed).ok) return []
    const evidence = `${signature} is missing, and ${shownName(key)} holds what it should`
    return [{ code: "header_renamed", evidence, lookup: changed }]
  })
}

/** Spells the signatures of the header in the encoding that the provider uses. */
export function spellingChanges(provider: AnyProvider, pairs: readonly HeaderPair[]): readonly DeliveryChange[] {
  const { layout, signatureHeader } = provider
  if (!layout) return []
  const { hash = SHA256, encoding = HEX, prefix = "" } = layout
  const bytes = hash.noble.outputLen
  const value = lookupIn(pairs)(signatureHeader.toLowerCase())
  if (value === "" || value.length > MAX_SIGNATURE_HEADER_CHARS) return []
  const hex = `[0-9a-fA-F]{${bytes * 2}}`
  const base64 = `[A-Za-z0-9+/_-]{${Math.ceil((bytes * 4) / 3)}}={0,2}`
  const items = new RegExp(`(?:(?:v1|sha1|sha256|sha512)[=,])?(${hex}|${base64})(?![A-Za-z0-9+/_=-])`, "g")
  let recased = true
  const respelled = value.replaceAll(items, (item, text: string) => {
    const raw = text.length === bytes * 2 ? fromHex(text) : fromBase64(text)
    if (raw?.length !== bytes) return item
    const canonical = encoding.base === "hex" ? toHex(raw) : toBase64(raw)
    const spelled = prefix + (encoding.spell ? encoding.spell(canonical) : canonical)
    if (spelled.toLowerCase() !== item.toLowerCase() || encoding.base !== "hex") recased = false
    return spelled
  })
  if (respelled === value) return []
  const lookup = lookupIn([
    ...pairs.filter(([name]) => name.toLowerCase() !== signatureHeader.toLowerCase()),
    [signatureHeader, respelled],
  ])
  const evidence = recased
    ? `${signatureHeader} is hex in the wrong case`
    : `${signatureHeader} is not ${encoding.name}${prefix && ` after ${prefix}`}`
  return [{ code: recased ? "header_case" : "header_encoding", evidence, lookup }]
}

/** The same provider with another layout of its HMAC. */
const withLayout = (provider: AnyProvider, layout: HmacLayout): AnyProvider => ({ ...provider, ...compileHmac(layout) })

/** Signed contents that senders make by mistake, and keys that were decoded or not. */
export function layoutChanges(provider: AnyProvider): readonly DeliveryChange[] {
  const { layout } = provider
  if (!layout) return []
  const { signed = "{body}", time, unit = SECONDS, key = TEXT_KEY } = layout
  const changes: DeliveryChange[] = []
  if (time && (unit === SECONDS || unit === MILLISECONDS)) {
    const other = unit === SECONDS ? MILLISECONDS : SECONDS
    const evidence = `the time is in ${unit === SECONDS ? "milliseconds" : "seconds"}`
    changes.push({ code: "time_milliseconds", evidence, provider: withLayout(provider, { ...layout, unit: other }) })
  }
  if (signed.includes("{time}")) {
    const rest = signed.replace(/\{time\}[^{}]*(?=\{)|[^{}]*\{time\}[^{}]*$/, "") || "{body}"
    const onlyBody = withLayout(provider, { ...layout, signed: "{body}" })
    changes.push({ code: "signed_body_only", evidence: "the signature is of the body alone", provider: onlyBody })
    const evidence = "the signature is of a text without the time"
    changes.push({ code: "signed_without_time", evidence, provider: withLayout(provider, { ...layout, signed: rest }) })
    if (time!.endsWith("=")) {
      const { time: _, ...timeless } = layout
      const changed = withLayout(provider, { ...timeless, signed: rest })
      changes.push({
        code: "signed_without_time",
        evidence: "the header has no time, and none was signed",
        provider: changed,
      })
    }
  }
  const formats = [
    [TEXT_KEY, "its text"],
    [base64Key("whsec_"), "the bytes that it is the base64 of"],
    [hexKey("whsec_"), "the bytes that it is the hex of"],
  ] as const
  for (const [format, what] of formats) {
    if (format.name === key.name) continue
    const evidence = `the signature was made with ${what}, and ${provider.name} signs with ${key.name}`
    changes.push({ code: "secret_encoding", evidence, provider: withLayout(provider, { ...layout, key: format }) })
  }
  return changes
}

/** URLs that the sender may have called, where a proxy shows another one. */
export function urlChanges(
  { covers }: AnyProvider,
  pairs: readonly HeaderPair[],
  target: DeliveryTarget | undefined,
): readonly DeliveryChange[] {
  if (!covers.url || !target || !URL.canParse(target.url)) return []
  const lookup = lookupIn(pairs)
  const url = new URL(target.url)
  const hosts = [url.host, lookup("x-forwarded-host"), lookup("x-original-host"), lookup("host")]
  const candidates = new Map<string, string>()
  const add = (text: string, evidence: string): void => {
    if (text !== target.url && !candidates.has(text)) candidates.set(text, evidence)
  }
  for (const host of new Set(hosts.filter((name) => /^[\w.:[\]-]+$/.test(name)))) {
    for (const scheme of ["https:", "http:"]) {
      const path = target.url.replace(/^[a-z]+:\/\/[^/?#]*/i, "")
      const [bare = "", query] = path.replace(/#.*$/, "").split(/\?(.*)/s)
      const tail = query === undefined ? "" : `?${query}`
      const differs = `${scheme === url.protocol ? "" : "its scheme "}${host === url.host ? "" : "its host "}`.trim()
      const origin = `${scheme}//${host}`
      add(`${origin}${bare}${tail}`, differs || "its port or fragment")
      add(`${origin}${bare.replace(/\/+$/, "")}${tail}`, "a slash at the end of its path")
      add(`${origin}${bare}/${tail}`, "a slash at the end of its path")
      if (tail) add(`${origin}${bare}`, "its query")
      if (!url.port) add(`${scheme}//${url.hostname}:${scheme === "https:" ? 443 : 80}${bare}${tail}`, "its port")
      if (url.port) add(`${scheme}//${url.hostname}${bare}${tail}`, "its port")
    }
  }
  return [...candidates].slice(0, 24).map(([text, differs]) => ({
    code: "url_differs",
    evidence: `the signed URL differs in ${differs}`,
    target: { ...target, url: text },
  }))
}
