import { isEventType, parseEvent } from "../events/envelope.ts"
import type { WebhookEvent } from "../events/event.ts"
import { compileHmac } from "./hmac.ts"
import type { Provider } from "./provider.ts"

/** `Credicorp-Signature: t=<seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">` (spec 1.1 to 1.7). */
export const credicorp: Provider<WebhookEvent> = /* @__PURE__ */ Object.freeze<Provider<WebhookEvent>>({
  // Spec 1.4: the whole text is the key, `whsec_` included, not decoded.
  .../* @__PURE__ */ compileHmac({
    name: "credicorp",
    header: "Credicorp-Signature",
    signed: "{time}.{body}",
    time: "t=",
    prefix: "v1=",
    separators: ", \t",
  }),
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
  dedupeKey: ({ id }) => id!,
})
