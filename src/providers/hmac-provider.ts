import { parseJsonBytes } from "../core/json.ts"
import { SECONDS, type TimeUnit } from "../core/time.ts"
import { createEventReader, headersOf, isProviderEventType, readField, type EventPaths } from "./event-paths.ts"
import type { HandshakeRule } from "./handshake.ts"
import { compileHmac } from "./hmac.ts"
import { signedHeadersOf, type HmacLayout } from "./hmac-layout.ts"
import type { Assurance, Provider, ProviderEvent, Scheme, SecretFormat } from "./provider.ts"

/** What every provider's row says beside its scheme. */
export interface ProviderFacts extends SecretFormat {
  readonly name: string
  readonly docs: string
  /** `S` the provider's SDK, `D` its documentation, then the place where the scheme was read. */
  readonly source: string
  readonly event?: EventPaths
  readonly bodyFormat?: Provider["bodyFormat"]
  /** The form field that holds the event as JSON. */
  readonly formField?: string
  readonly toleranceSeconds?: number
  /** `false`: genuine bodies may repeat, so the unsigned id counts too, and a replay under another id passes (spec 7.3). */
  readonly bodyIsUnique?: false
  readonly deliveryHeader?: string
  readonly handshake?: HandshakeRule
  readonly refusalStatus?: number
  readonly acceptedAnswer?: Provider["acceptedAnswer"]
  readonly typeSeparator?: Provider["typeSeparator"]
}

/** One provider whose deliveries carry an HMAC, as data. */
export interface HmacRow extends HmacLayout, ProviderFacts {}

/** A scheme, and what it says about a provider. */
export interface SchemeFacts<Level extends Assurance> {
  readonly scheme: Scheme
  /** The header with the signature; empty where it is in the body. */
  readonly header: string
  readonly summary: string
  readonly assurance: Level
  readonly covers: Pick<Provider["covers"], "body" | "time" | "method" | "url">
  /** The headers whose values are signed. */
  readonly signedHeaders?: readonly string[]
}

/** Joins a scheme and the facts of a row: events are read by their paths, and are covered where their path is. */
export function toProvider<Level extends Assurance>(
  facts: ProviderFacts,
  { scheme, header, covers, summary, assurance, signedHeaders = [] }: SchemeFacts<Level>,
): Provider<ProviderEvent, Level> {
  const { name, docs, source, event = {}, bodyFormat = "json", formField, deliveryHeader = "" } = facts
  const { secretPrefix, parseKey, toleranceSeconds, handshake, refusalStatus, acceptedAnswer, typeSeparator } = facts
  const isCovered = (path: EventPaths["id"]): boolean =>
    path !== undefined &&
    [path].flat().every((each) =>
      each.split("+").every((one) => {
        const [start, field = ""] = one.split(/ |\./)
        return start === "body"
          ? covers.body
          : signedHeaders.some((signed) => signed.toLowerCase() === field.toLowerCase())
      }),
    )
  const coversId = isCovered(event.id)
  return {
    ...scheme,
    name,
    secretPrefix,
    parseKey,
    docs,
    source,
    summary,
    assurance,
    toleranceSeconds,
    handshake,
    refusalStatus,
    acceptedAnswer,
    typeSeparator,
    covers: { ...covers, id: coversId, type: isCovered(event.type) },
    signatureHeader: header,
    deliveryHeader: deliveryHeader.toLowerCase(),
    eventHeaders: headersOf(event),
    bodyFormat,
    payloadPath: "payload",
    isType: isProviderEventType,
    readEvent: createEventReader(event, bodyFormat, formField),
    dedupeKey({ id }, hashBody) {
      // Spec 7.3: an id that is not signed can be changed by anyone, so the body counts.
      if (coversId && id !== undefined) return id
      const hash = `sha256:${hashBody()}`
      return facts.bodyIsUnique === false && id !== undefined ? `${hash}:${id}` : hash
    },
  }
}

/** Makes a provider of a row. Rows are checked by a test; `hmacScheme` checks what a user wrote. */
export function hmacProvider<Level extends Assurance = "verified">(
  row: HmacRow,
  assurance: Level = "verified" as Level,
): Provider<ProviderEvent, Level> {
  const { idHeader, signed = "{body}", hash, encoding, header, event } = row
  const { bodyTime, unit = SECONDS } = row
  const has = (token: string): boolean => signed.includes(`{${token}}`)
  return toProvider<Level>(
    { deliveryHeader: idHeader ?? "", ...row, event: { ...(idHeader && { id: `header ${idHeader}` }), ...event } },
    {
      scheme: { ...compileHmac(row), ...(bodyTime && { readTime: timeReader(bodyTime, unit) }) },
      header,
      assurance,
      summary: `${hash?.name ?? "sha256"} ${encoding?.name ?? "hex"} HMAC of ${signed}`,
      covers: {
        body: has("body"),
        time: has("time") || !!bodyTime,
        method: has("method"),
        url: has("url") || has("path"),
      },
      signedHeaders: signedHeadersOf(row),
    },
  )
}

/** Reads a time that the signed body holds. */
const timeReader =
  (path: string, unit: TimeUnit): NonNullable<Scheme["readTime"]> =>
  (_, body) => {
    const parsed = parseJsonBytes(body)
    const value = parsed.ok ? readField(parsed.value, path.split(".")) : undefined
    return typeof value === "string" || typeof value === "number" ? unit.parse(String(value)) : undefined
  }
