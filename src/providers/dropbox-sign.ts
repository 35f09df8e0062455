import { toUtf8 } from "../core/bytes.ts"
import { SECONDS } from "../core/time.ts"
import type { HeaderLookup } from "../http/headers.ts"
import { bodyProvider, type Authenticated } from "./body-signatures.ts"
import { jsonOf, textAt } from "./body-text.ts"
import { createEventReader } from "./event-paths.ts"
import { formOf, multipartField } from "./form.ts"

/** The event in a form of one field, multipart or not. */
const eventOf = (body: Uint8Array, header: HeaderLookup): Uint8Array => {
  const field = multipartField(body, header("content-type"), "json") ?? formOf(body)?.["json"]
  return field === undefined ? body : toUtf8(field)
}

/** Dropbox Sign: signs time and type of the event. */
export const dropboxSign: Authenticated = /* @__PURE__ */ withDropboxBody()

function withDropboxBody(): Authenticated {
  const event = { id: "body.event.event_hash", type: "body.event.event_type", created: "body.event.event_time" }
  const read = createEventReader(event, "json")
  const provider = bodyProvider(
    {
      name: "dropboxSign",
      docs: "https://developers.hellosign.com/docs/events/walkthrough/",
      source: "S hellosign/dropbox-sign-node@2708c62 model/eventCallbackHelper.ts",
      event,
      acceptedAnswer: { status: 200, body: "Hello API Event Received" },
    },
    {
      find(body, header) {
        const payload = jsonOf(eventOf(body, header))
        const time = textAt(payload, "event.event_time")
        const type = textAt(payload, "event.event_type")
        return { signature: textAt(payload, "event.event_hash"), signed: [time, type], timeText: time }
      },
      unit: SECONDS,
      type: true,
      summary: "sha256 hex HMAC of the event's time and type",
    },
  )
  return {
    ...provider,
    bodyFormat: "form",
    eventHeaders: ["content-type"],
    readEvent: ({ body, header }) => read({ body: eventOf(body, header), header }),
  }
}
