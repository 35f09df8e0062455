import { toUtf8 } from "../core/bytes.ts"
import { fail, ok } from "../core/result.ts"
import { RFC3339 } from "../core/time.ts"
import { refuse } from "../errors/webhook-error.ts"
import { jsonOf, textAt } from "./body-text.ts"
import { createEventReader, readField } from "./event-paths.ts"
import { hmacKey } from "./hmac-key.ts"
import { toProvider } from "./hmac-provider.ts"
import type { Provider } from "./provider.ts"

/** Zettle: signs a time and the text `payload` in the body. The event is that payload; the rest of the body is dropped. */
export const zettle: Provider = /* @__PURE__ */ withInnerPayload()

function withInnerPayload(): Provider {
  const read = createEventReader({}, "json")
  const provider = toProvider(
    {
      name: "zettle",
      docs: "https://developer.zettle.com/docs/api/pusher/user-guides/create-subscriptions",
      source: "D iZettle/api-documentation@333074c pusher-api/user-guides/create-subscriptions.md",
    },
    {
      scheme: {
        parseHeaders: (lookup) => {
          const signature = lookup("x-izettle-signature")
          if (!signature.trim()) return fail("header_missing")
          return /^[0-9a-f]{64}$/.test(signature)
            ? ok({ signatures: [signature], timeText: "", signedAt: undefined })
            : fail("header_malformed")
        },
        parseBody(claim, body) {
          const timeText = textAt(jsonOf(body), "timestamp") ?? ""
          return ok({ ...claim, timeText, signedAt: RFC3339.parse(timeText) })
        },
        prepareKey: hmacKey({
          name: "zettle",
          toMessage({ timeText }, body) {
            const payload = readField(jsonOf(body), ["payload"])
            return typeof payload === "string" && timeText ? [timeText, ".", payload] : undefined
          },
        }),
      },
      header: "X-iZettle-Signature",
      summary: "sha256 hex HMAC of the body's timestamp and payload",
      assurance: "verified",
      covers: { body: false, time: true, method: false, url: false },
    },
  )
  return {
    ...provider,
    readEvent({ body, header }) {
      const payload = readField(jsonOf(body), ["payload"])
      const event = typeof payload === "string" ? read({ body: toUtf8(payload), header }) : refuse("invalid_json", 400)
      return event.ok ? ok({ ...event.value, created: textAt(jsonOf(body), "timestamp") }) : event
    },
  }
}
