import { formatsOf, jsonOf, textOf } from "./body-changes.ts"
import { cause, type Cause } from "./causes.ts"
import { neededHeaders, shownName } from "./delivery-changes.ts"
import { findTruncation, secretChanges } from "./secret-changes.ts"
import type { Subject } from "./subject.ts"

/** Bytes of a body that are looked at: a larger one is explained from its first part and its length. */
export const MAX_EXPLAINED_BYTES = 1_048_576

/** Finds causes that the shape of the input gives away, without a signature to prove them. */
export function shapeCauses(subject: Subject): readonly Cause[] {
  return [...headerShapes(subject), ...bodyShapes(subject), ...secretShapes(subject)]
}

function headerShapes({ pairs, lookup, provider }: Subject): readonly Cause[] {
  const missing = neededHeaders(provider).filter((name) => lookup(name.toLowerCase()).trim() === "")
  const foreign = pairs.find(([name]) => {
    const owner = SIGNATURE_HEADERS[name.toLowerCase()]
    return owner !== undefined && name.toLowerCase() !== provider.signatureHeader.toLowerCase()
  })
  if (missing.length === 0 || !foreign) return []
  const owner = SIGNATURE_HEADERS[foreign[0].toLowerCase()]!
  const evidence = `${missing.join(", ")} is missing, and ${shownName(foreign[0])} is a header of ${owner}`
  return [cause("header_other_provider", "likely", evidence)]
}

function bodyShapes({ body, lookup }: Subject): readonly Cause[] {
  if (body.length === 0) return [cause("body_empty", "likely", "the body has 0 bytes")]
  const causes: Cause[] = []
  const announced = lookup("content-length")
  if (/^\d{1,15}$/.test(announced) && Number(announced) > body.length) {
    const evidence = `Content-Length is ${announced} and the body has ${body.length} bytes`
    causes.push(cause("body_truncated", "likely", evidence))
  }
  for (const format of formatsOf(body)) {
    causes.push(cause("body_compressed", "likely", `the body begins as ${format} does`))
  }
  const text = textOf(body.subarray(0, MAX_EXPLAINED_BYTES))
  if (text === undefined) {
    // A cut in the middle of a character is not a matter of encoding.
    if (causes.length === 0 && body.length <= MAX_EXPLAINED_BYTES)
      causes.push(cause("body_reencoded", "likely", "the body is not valid UTF-8"))
    return causes
  }
  const lost = text.indexOf("\uFFFD")
  if (lost >= 0) {
    const evidence = `the body has the replacement character U+FFFD at position ${lost}: bytes were lost in decoding`
    causes.push(cause("body_reencoded", "likely", evidence))
  }
  if (/^\[object \w+\]$/.test(text)) {
    causes.push(cause("body_reserialized", "likely", "the body is the text of a JavaScript object, not what arrived"))
  }
  if (body.length > MAX_EXPLAINED_BYTES) return causes
  const json = jsonOf(text)
  if (json && typeof json.value === "object" && JSON.stringify(json.value) === text) {
    causes.push(cause("body_reserialized", "possible", "the body is exactly what JSON.stringify prints"))
  }
  if (!json && /^\s*[{[]/.test(text) && !/[}\]]\s*$/.test(text)) {
    const evidence = `the body begins as JSON and breaks off after ${body.length} bytes`
    causes.push(cause("body_truncated", "likely", evidence))
  }
  return causes
}

function secretShapes({ secrets, others, body, provider }: Subject): readonly Cause[] {
  const texts = [...secrets, ...others.flatMap((other) => other.secrets)].flatMap(({ text }) => text ?? [])
  return secrets.flatMap(({ id, text }) => {
    if (text === undefined) return [cause("secret_missing", "likely", `${id} is missing or empty`)]
    if (/-----BEGIN |^\s*\{/.test(text)) return []
    const shaped = secretChanges(text).find(({ shape }) => shape)
    const cut = findTruncation(text, texts)
    const mode = findMode(text)
    const livemode = livemodeOf(body)
    return [
      ...(shaped ? [cause(shaped.code, "likely", `${id} ${shaped.evidence}`)] : []),
      ...(cut ? [cause("secret_truncated", "likely", `${id} ${cut}`)] : []),
      ...(mode !== undefined && livemode !== undefined && mode !== livemode
        ? [
            cause(
              "test_live_swapped",
              "likely",
              `the event of ${provider.name} says livemode ${livemode}, and ${id} is a ${mode ? "live" : "test"} secret`,
            ),
          ]
        : []),
    ]
  })
}

/** The mode in a secret's text: true for live, false for test. */
const findMode = (text: string): boolean | undefined => {
  const [, mode] = /(?:^|_)(test|live)(?=_)/.exec(text) ?? []
  return mode === undefined ? undefined : mode === "live"
}

const livemodeOf = (body: Uint8Array): boolean | undefined => {
  if (body.length > MAX_EXPLAINED_BYTES) return undefined
  const value = jsonOf(textOf(body))?.value
  const livemode = typeof value === "object" && value !== null ? (value as { livemode?: unknown }).livemode : undefined
  return typeof livemode === "boolean" ? livemode : undefined
}

/**
 * Lower-case header → the provider that signs with it, for headers that only one provider sends. A small table, so that
 * explaining one provider's delivery loads no other.
 */
export const SIGNATURE_HEADERS: Readonly<Record<string, string>> = {
  "credicorp-signature": "credicorp",
  "stripe-signature": "stripe",
  "x-hub-signature-256": "github",
  "x-slack-signature": "slack",
  "x-shopify-hmac-sha256": "shopify",
  "webhook-signature": "standardWebhooks",
  "svix-signature": "svix",
  "x-twilio-signature": "twilio",
  "x-signature-ed25519": "discord",
  "paddle-signature": "paddle",
  "x-square-hmacsha256-signature": "square",
  "linear-signature": "linear",
  "x-zm-signature": "zoom",
  "x-line-signature": "line",
}
