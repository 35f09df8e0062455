import { hmacHex, NOW } from "../support/delivery.ts"

/** Ways in which receivers are known to break a promise of spec 1 to 3. */
export type Flaw =
  | "unsigned"
  | "noSignatureCheck"
  | "noTimeCheck"
  | "noFutureBound"
  | "exclusiveEdges"
  | "oneTooMany"
  | "parseInt"
  | "numberTime"
  | "lastTime"
  | "trimItems"
  | "onlyCommas"
  | "orderedItems"
  | "onlyFirst"
  | "onlyLast"
  | "anyCase"
  | "prefixMatch"
  | "spoiled"
  | "anyVersion"
  | "noLimits"
  | "strippedKey"
  | "eitherKey"
  | "decodedBody"
  | "trimmedBody"
  | "reserialised"
  | "replacement"
  | "parsedFirst"
  | "bodyOnly"
  | "anyPath"
  | "anyMethod"
  | "noAllow"
  | "anyContentType"
  | "exactContentType"
  | "anyEncoding"
  | "typePrefix"
  | "signatureFirst"
  | "noCap"
  | "lengthOnly"
  | "smallCap"
  | "sizeFirst"
  | "lenientUtf8"
  | "lenientBom"
  | "noEnvelope"
  | "strictFields"
  | "looseDates"
  | "looseIds"
  | "shortIds"
  | "looseTypes"
  | "looseVersions"
  | "wrongParam"
  | "anyMode"
  | "runsUnknown"
  | "rejectsUnknown"
  | "noDedupe"
  | "dedupeByDelivery"
  | "notesFirst"
  | "notesLate"
  | "inOrder"
  | "handlesFirst"
  | "losesEvents"
  | "leaksReason"
  | "leaksSecret"
  | "leaksInHeader"
  | "tellsStale"
  | "vagueStatus"
  | "throws"

type Flaws = Readonly<Partial<Record<Flaw, boolean>>>

export const MAX_BODY_BYTES = 4_000

interface Details {
  readonly param?: string
  readonly reason?: string
  readonly headers?: Readonly<Record<string, string>>
}

class Refusal extends Error {
  readonly status: number
  readonly details: Details

  constructor(status: number, code: string, details: Details = {}) {
    super(code)
    this.status = status
    this.details = details
  }
}

const forged = (reason: string): Refusal => new Refusal(400, "webhook_signature_invalid", { reason })

const isText = (value: unknown, pattern: RegExp): boolean => typeof value === "string" && pattern.test(value)

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value)

const idIn = (text: string): string => /"id":"(evt_[^"]*)"/.exec(text)?.[1] ?? ""

const HEX = /^[0-9a-f]{64}$/

interface SloppyReceiver {
  /** The ids of all events that it acted on. */
  readonly handled: readonly string[]
  readonly fetch: (request: Request) => Promise<Response>
}

/** A receiver written anew and by hand, on Web Crypto, that keeps every promise but those its flaws break. */
export function createSloppyReceiver(secret: string, flaws: Flaws = {}): SloppyReceiver {
  const handled: string[] = []
  const seen = new Set<string>()
  let newest = ""

  async function receive(request: Request): Promise<Response> {
    checkRoute(request)
    if (flaws.signatureFirst) readHeader(request.headers.get("credicorp-signature"))
    checkType(request.headers)
    if (flaws.sizeFirst) await readBytes(request.clone())
    const taken = new Set(seen)
    // The id of whatever comes, proven or not.
    if (flaws.notesFirst) seen.add(idIn(await request.clone().text()))
    const parts = readHeader(request.headers.get("credicorp-signature"))
    const body = await readBytes(request)
    if (flaws.parsedFirst) parse(body)
    if (parts) await checkSignature(parts, body)
    const event = parse(body)
    if (flaws.handlesFirst) handled.push(String(event["id"]))
    checkEvent(event)
    const known = event["type"] === "decision.completed" || flaws.runsUnknown
    if (!known && flaws.rejectsUnknown) throw new Refusal(422, "webhook_event_unknown")
    const key = flaws.dedupeByDelivery ? request.headers.get("credicorp-delivery")! : String(event["id"])
    const late = flaws.inOrder && String(event["created"]) < newest
    newest = String(event["created"])
    if (late) throw new Refusal(409, "idempotency_key_reused")
    if (
      known &&
      !flaws.losesEvents &&
      !flaws.handlesFirst &&
      (flaws.noDedupe || !(flaws.notesFirst ? taken : seen).has(key))
    )
      handled.push(String(event["id"]))
    // The work takes a moment, and the note is made after it.
    if (flaws.notesLate) await new Promise((resolve) => setTimeout(resolve, 1))
    seen.add(key)
    return Response.json({ received: true, ...(flaws.leaksSecret && { secret }) })
  }

  function checkRoute(request: Request): void {
    if (!flaws.anyPath && !request.url.endsWith("/webhooks/credicorp")) throw new Refusal(404, "route_not_found")
    const headers: Readonly<Record<string, string>> = flaws.noAllow ? {} : { Allow: "POST" }
    if (!flaws.anyMethod && request.method !== "POST") throw new Refusal(405, "method_not_allowed", { headers })
  }

  function checkType(headers: Headers): void {
    const type = headers.get("content-type")
    if (flaws.anyContentType) return
    if (!type) throw new Refusal(400, "missing_content_type")
    const sound = /^application\/([\w.]+\+)?json(; charset=utf-8)?$/i
    const pattern = flaws.typePrefix ? /^application\/.*json/i : flaws.exactContentType ? /^application\/json$/ : sound
    const encoded = headers.has("content-encoding") && !flaws.anyEncoding
    if (!pattern.test(type) || encoded) throw new Refusal(415, "unsupported_media_type")
  }

  function readHeader(header: string | null): { times: string[]; signatures: string[] } | undefined {
    if (!header?.trim() && flaws.unsigned) return undefined
    if (!header?.trim()) throw new Refusal(400, "webhook_signature_missing", { reason: "header_missing" })
    if (header.length > 4_096 && !flaws.noLimits) throw forged("header_too_long")
    const text = flaws.trimItems ? header.replaceAll(/ ?= ?/g, "=") : header
    const items = text.split(flaws.onlyCommas ? "," : flaws.trimItems ? /[,; \t]+/ : /[, \t]+/)
    const valuesOf = (key: string): string[] =>
      items.filter((item) => item.startsWith(key)).map((item) => item.slice(key.length))
    const times = valuesOf("t=")
    const all = flaws.anyVersion
      ? items.filter((item) => !item.startsWith("t=")).map((item) => item.replace(/^\w*=/, ""))
      : valuesOf("v1=")
    if (all.length > 16 && !flaws.noLimits) throw forged("too_many_signatures")
    const tidy = flaws.anyCase ? all.map((hex) => hex.toLowerCase()) : all
    const signatures = flaws.prefixMatch ? tidy : tidy.filter((hex) => HEX.test(hex))
    if (signatures.length === 0 || (flaws.spoiled && signatures.length < all.length)) throw forged("header_malformed")
    if (flaws.orderedItems && !text.startsWith("t=")) throw forged("header_malformed")
    return { times, signatures }
  }

  async function checkSignature(parts: { times: string[]; signatures: string[] }, body: Uint8Array): Promise<void> {
    const text = (flaws.lastTime ? parts.times.at(-1) : parts.times.join()) ?? ""
    const time = flaws.parseInt ? Number.parseInt(text, 10) : Number(text)
    const lenient = flaws.parseInt || flaws.numberTime
    if (lenient ? Number.isNaN(time) : !/^(0|[1-9]\d{0,11})$/.test(text)) throw forged("header_malformed")
    const keys = flaws.eitherKey ? [secret, secret.slice(6)] : [flaws.strippedKey ? secret.slice(6) : secret]
    const given = flaws.onlyFirst
      ? parts.signatures.slice(0, 1)
      : flaws.onlyLast
        ? parts.signatures.slice(-1)
        : parts.signatures
    let matches = flaws.noSignatureCheck ?? false
    for (const key of keys) {
      const expected = await hmacHex(key, signedBytes(text, body))
      matches ||= given.some((hex) =>
        flaws.prefixMatch ? hex !== "" && (expected.startsWith(hex) || hex.startsWith(expected)) : hex === expected,
      )
    }
    if (!matches) throw forged("signature_mismatch")
    const age = NOW - time
    const bound = flaws.oneTooMany ? 301 : flaws.exclusiveEdges ? 299 : 300
    if (flaws.noTimeCheck || Number.isNaN(age)) return
    const stale = age > bound
    if (stale && flaws.tellsStale)
      throw new Refusal(400, "webhook_signature_invalid", { headers: { "x-why": "old" }, param: "t" })
    if (stale) throw forged("timestamp_stale")
    if (age < -bound && !flaws.noFutureBound) throw forged("timestamp_ahead")
  }

  function signedBytes(time: string, body: Uint8Array): Uint8Array | string {
    const text = new TextDecoder().decode(body)
    if (flaws.replacement) return "T.BODY".replace("T", time).replace("BODY", text)
    if (flaws.trimmedBody) return `${time}.${text.trim()}`
    if (flaws.decodedBody) return `${time}.${text}`
    if (flaws.reserialised) return `${time}.${JSON.stringify(JSON.parse(text))}`
    const prefix = new TextEncoder().encode(flaws.bodyOnly ? "" : `${time}.`)
    return Uint8Array.of(...prefix, ...body)
  }

  async function readBytes(request: Request): Promise<Uint8Array> {
    const body = new Uint8Array(await request.arrayBuffer())
    const length = flaws.lengthOnly ? Number(request.headers.get("content-length")) : body.length
    if (!flaws.noCap && length > (flaws.smallCap ? MAX_BODY_BYTES - 1 : MAX_BODY_BYTES)) {
      throw new Refusal(422, "request_body_too_large")
    }
    return body
  }

  function parse(body: Uint8Array): Record<string, unknown> {
    try {
      const decoder = new TextDecoder("utf-8", { fatal: !flaws.lenientUtf8, ignoreBOM: !flaws.lenientBom })
      return JSON.parse(decoder.decode(body)) as Record<string, unknown>
    } catch {
      throw new Refusal(400, "invalid_json")
    }
  }

  function checkEvent(event: Record<string, unknown>): void {
    if (flaws.noEnvelope) return
    if (Array.isArray(event)) throw new Refusal(422, "invalid_value_type")
    const isDate = (value: unknown): boolean =>
      typeof value === "string" &&
      (flaws.looseDates
        ? !Number.isNaN(Date.parse(value))
        : value.endsWith("Z") && new Date(value).toJSON()?.slice(0, 19) === value.slice(0, 19))
    const { data } = event as { data?: { object?: unknown; previous?: unknown } }
    const checks: [string, boolean][] = [
      [
        "id",
        isText(event["id"], flaws.looseIds ? /^evt_/ : flaws.shortIds ? /^evt_[\w-]{1,64}$/ : /^evt_[\w-]{1,124}$/),
      ],
      ["type", isText(event["type"], flaws.looseTypes ? /^[a-z0-9_.]+$/ : /^(?=.{3,128}$)[a-z0-9_]+(\.[a-z0-9_]+)+$/)],
      ["created", isDate(event["created"])],
      ["livemode", typeof event["livemode"] === "boolean"],
      ["api_version", isText(event["api_version"], flaws.looseVersions ? /^/ : /^.{1,32}$/)],
      ["data", isObject(data)],
      ["data.object", isObject(data?.object)],
      ["data.previous", data?.previous === undefined || isObject(data.previous)],
    ]
    const failed = checks.find(([, holds]) => !holds)
    if (failed) throw new Refusal(422, "invalid_value_type", { param: flaws.wrongParam ? "body" : failed[0] })
    if (flaws.strictFields && Object.keys(event).length > 6) throw new Refusal(400, "unknown_field")
    if (event["livemode"] !== false && !flaws.anyMode)
      throw new Refusal(422, "invalid_value_type", { param: "livemode" })
  }

  return {
    handled,
    fetch: async (request: Request): Promise<Response> => {
      try {
        return await receive(request)
      } catch (error) {
        if (!(error instanceof Refusal) || flaws.throws) throw error
        const { status, message: code, details } = error
        const { param, reason } = details
        const headers = flaws.leaksInHeader && reason ? { "X-Reason": reason } : details.headers
        const body = { code, request_id: crypto.randomUUID(), param, ...(flaws.leaksReason && { reason }) }
        return Response.json({ error: body }, { status: flaws.vagueStatus ? 400 : status, ...(headers && { headers }) })
      }
    },
  }
}
