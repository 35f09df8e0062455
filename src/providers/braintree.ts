import { fromBase64, fromHex, toUtf8 } from "../core/bytes.ts"
import { fail, ok } from "../core/result.ts"
import { refuse } from "../errors/webhook-error.ts"
import { readField } from "./event-paths.ts"
import { formOf, textOf } from "./form.ts"
import { SHA1 } from "./hashes.ts"
import { hmacKey, noHeaders } from "./hmac-key.ts"
import { toProvider } from "./hmac-provider.ts"
import type { Provider } from "./provider.ts"

/** Braintree: `bt_payload` of a form, signed. A secret is the private key and its id the public key. */
export const braintree: Provider = /* @__PURE__ */ withSignedPayload()

function withSignedPayload(): Provider {
  const provider = toProvider(
    {
      name: "braintree",
      docs: "https://developer.paypal.com/braintree/docs/guides/webhooks/parse/node",
      source: "S braintree/braintree_node@7a9270a lib/braintree/webhook_notification_gateway.js",
      bodyFormat: "form",
    },
    {
      scheme: {
        parseHeaders: noHeaders,
        parseBody(_, body) {
          const { bt_signature: pairs = "", bt_payload: payload } = formOf(body) ?? {}
          if (!pairs) return fail("header_missing")
          // Braintree's challenge is an HMAC of 20 to 32 hex digits under the same key: such a text is no payload.
          if (payload === undefined || /^[0-9a-f]{20,32}$/.test(payload) || !/^[A-Za-z0-9+/=\n]+$/.test(payload))
            return fail("header_malformed")
          const signatures = pairs.split("&", 17)
          return signatures.length > 16
            ? fail("too_many_signatures")
            : ok({ signatures, timeText: "", signedAt: undefined, signed: [payload] })
        },
        prepareKey(key, engine) {
          const secret = fromHex(engine.digest([toUtf8(key.secret)], SHA1))!
          const prepare = hmacKey({
            name: "braintree",
            hash: SHA1,
            key: { name: "text", decode: () => secret },
            toMessage: ({ signed = [] }) => signed,
          })
          const start = `${key.id}|`
          return {
            ...prepare(key, engine),
            select: ({ signatures }) =>
              signatures.filter((pair) => pair.startsWith(start)).map((pair) => pair.slice(start.length)),
          }
        },
      },
      header: "",
      summary: "sha1 hex HMAC of bt_payload, under the SHA-1 of the private key",
      assurance: "verified",
      covers: { body: true, time: false, method: false, url: false },
    },
  )
  const read = provider.readEvent
  return {
    ...provider,
    // Only the payload is signed: other fields of the form are dropped.
    readEvent(from) {
      const event = read(from)
      if (!event.ok) return event
      const text = String(readField(event.value.payload, ["bt_payload"]))
      const bytes = fromBase64(text.replaceAll("\n", ""))
      return bytes ? ok({ ...event.value, payload: textOf(bytes) }) : refuse("invalid_json", 400)
    },
  }
}
