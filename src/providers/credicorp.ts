import { assertOption } from "../core/assert.ts"
import { toAscii, toUtf8 } from "../core/bytes.ts"
import { fail, ok } from "../core/result.ts"
import { SECONDS } from "../core/time.ts"
import { isEventType, parseEvent } from "../events/envelope.ts"
import type { WebhookEvent } from "../events/event.ts"
import type { Provider } from "./provider.ts"
import { createHeaderReader, type HeaderExpressions } from "./signature-header.ts"

/** The grammar of the header (spec 1.7). */
export const GRAMMAR: HeaderExpressions = {
  common: /^t=([^, \t]*),v1=([0-9a-f]{64}(?:,v1=[0-9a-f]{64}){0,15})$/,
  joint: ",v1=",
  items: /(?:^|[, \t])(?:t=([^, \t]*)|v1=([0-9a-f]{64}(?![^, \t]))?)/g,
  needsTime: true,
}

const readHeader = /* @__PURE__ */ createHeaderReader(GRAMMAR)

/**
 * `Credicorp-Signature: t=<seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">` (spec 1.1 to 1.7).
 *
 * Its scheme is written out, so that the default verifier does not carry the compiler of the other providers' schemes. A test
 * holds it to what the compiler makes of `layout`.
 */
export const credicorp: Provider<WebhookEvent> = /* @__PURE__ */ Object.freeze<Provider<WebhookEvent>>({
  layout: {
    name: "credicorp",
    header: "Credicorp-Signature",
    signed: "{time}.{body}",
    time: "t=",
    prefix: "v1=",
    separators: ", \t",
  },
  parseHeaders(lookup) {
    const items = readHeader(lookup("credicorp-signature"))
    if (!items.ok) return items
    const { timeText, signatures } = items.value
    const signedAt = SECONDS.parse(timeText)
    return signedAt === undefined ? fail("header_malformed") : ok({ signatures, timeText, signedAt })
  },
  prepareKey({ secret }, engine) {
    // Anyone can sign with an empty key.
    assertOption(secret !== "", "a secret of credicorp must not be empty")
    // Spec 1.4: the whole text is the key, `whsec_` included, not decoded.
    const mac = engine.hmac(toUtf8(secret))
    // Spec 1.3.
    return { sign: ({ timeText }, body) => mac([toAscii(`${timeText}.`), body]) }
  },
  name: "credicorp",
  secretPrefix: "whsec_",
  docs: "docs/spec.md",
  source: "D docs/spec.md section 1",
  assurance: "verified",
  summary: "sha256 hex HMAC of {time}.{body}",
  covers: { body: true, id: true, type: true, time: true, method: false, url: false },
  signatureHeader: "Credicorp-Signature",
  // Not signed: log it, trust it for nothing (spec 2.4).
  deliveryHeader: "credicorp-delivery",
  eventHeaders: [],
  bodyFormat: "json",
  payloadPath: "data.object",
  isType: isEventType,
  readEvent: ({ body }) => parseEvent(body),
  // Spec 7.3. An event without an id has been refused by then (spec 2.7).
  dedupeKey: ({ id }, hashBody) => id ?? `sha256:${hashBody()}`,
})
