import { equalText, toUtf8 } from "../core/bytes.ts"
import { byText, formPairs } from "./form.ts"
import { BASE64 } from "./encodings.ts"
import { hmacProvider } from "./hmac-provider.ts"
import { SHA1, SHA256, type HashEngine } from "./hashes.ts"
import type { DeliveryTarget, Provider } from "./provider.ts"

/**
 * The text that Twilio signs: the URL, and behind it the fields of a form, sorted, each value once. Where the URL has
 * `bodySHA256` the fields are none, and the body is covered by that hash; an empty body is taken, as Twilio's libraries do.
 */
function signedText(url: string, body: Uint8Array, engine: HashEngine): string | undefined {
  const bodyHash = /[?&]bodySHA256=([0-9a-f]{64})(?:&|#|$)/.exec(url)?.[1]
  if (bodyHash !== undefined) {
    return body.length === 0 || equalText(bodyHash, engine.digest([body], SHA256)) ? "" : undefined
  }
  const pairs = formPairs(body)
  if (!pairs) return undefined
  const fields = new Map<string, Set<string>>()
  for (const [name, value] of pairs) fields.set(name, (fields.get(name) ?? new Set()).add(value))
  return [...fields]
    .toSorted(([a], [b]) => byText(a, b))
    .flatMap(([name, values]) => [...values].toSorted(byText).map((value) => name + value))
    .join("")
}

/** The spellings of one URL that Twilio signs: with and without the default port, with `'` and with `%27`. */
function spellings(url: string): readonly string[] {
  const [, start = "", host = "", port, rest = ""] = /^(https?:\/\/)([^/?#]*?)(:\d+)?([/?#].*)?$/i.exec(url) ?? []
  if (!start) return [url]
  const standard = /^https/i.test(start) ? ":443" : ":80"
  const ports = port === undefined || port === standard ? [port ?? "", port === undefined ? standard : ""] : [port, ""]
  const rests = [rest, rest.replaceAll("%27", "'"), rest.replaceAll("'", "%27")]
  return [...new Set(ports.flatMap((each) => rests.map((tail) => start + host + each + tail)))]
}

const provider: Provider = /* @__PURE__ */ hmacProvider({
  name: "twilio",
  docs: "https://www.twilio.com/docs/usage/webhooks/webhooks-security",
  source: "S twilio/twilio-node@45d3d65 src/webhooks/webhooks.ts",
  header: "X-Twilio-Signature",
  signed: "{url}{body}",
  hash: SHA1,
  encoding: BASE64,
  bodyFormat: "any",
})

/** Twilio: forms, and JSON bodies with `bodySHA256` in the URL. */
export const twilio: Provider = /* @__PURE__ */ withUrlAndForm()

function withUrlAndForm(): Provider {
  return {
    ...provider,
    summary: "sha1 base64 HMAC of URL and sorted form fields, or of the URL with the hash of the body in it",
    prepareKey({ secret }, engine) {
      const mac = engine.hmac(toUtf8(secret), SHA1)
      const sign = (url: string, fields: string): string => mac([toUtf8(url + fields)], "base64")
      return {
        sign(_, body, target) {
          const fields = signedText(target!.url, body, engine)
          return fields === undefined ? undefined : sign(target!.url, fields)
        },
        verify({ signatures: [signature = ""] }, body, target) {
          const { url } = target as DeliveryTarget
          const fields = signedText(url, body, engine)
          if (fields === undefined) return false
          // All of them, whichever matches.
          return spellings(url).filter((each) => equalText(sign(each, fields), signature)).length > 0
        },
      }
    },
  }
}
