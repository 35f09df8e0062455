// Providers that sign the URL, its query or form fields beside or instead of the body.

import { assertOption } from "../core/assert.ts"
import { equalText, toAscii, toUtf8 } from "../core/bytes.ts"
import { SECONDS_OR_MILLISECONDS } from "../core/time.ts"
import { BASE64 } from "./encodings.ts"
import { byText, formPairs } from "./form.ts"
import { hmacKey } from "./hmac-key.ts"
import { hmacProvider, type HmacRow } from "./hmac-provider.ts"
import { SHA1, SHA256 } from "./hashes.ts"
import type { Assurance, Provider, ProviderEvent } from "./provider.ts"

/** A row whose message is built by code. */
function messageProvider<Level extends Assurance = "verified">(
  row: HmacRow,
  { assurance = "verified" as Level, ...rest }: Partial<Provider<ProviderEvent, Level>>,
): Provider<ProviderEvent, Level> {
  return { ...hmacProvider<Level>(row, assurance), ...rest }
}

const pairsOf = (query: string): readonly (readonly [string, string])[] => [...new URLSearchParams(query)]

const sorted = (pairs: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] =>
  pairs.toSorted(([a, x], [b, y]) => byText(a, b) || byText(x, y))

/** Mailchimp Transactional (Mandrill): the URL as it was configured, then the form fields, sorted by name. It signs no time. */
export const mandrill: Provider = /* @__PURE__ */ messageProvider(
  {
    name: "mandrill",
    docs: "https://mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks/#authenticating-webhook-requests",
    source: "D https://mandrill.zendesk.com/hc/en-us/articles/205583257-How-to-Authenticate-Webhook-Requests",
    header: "X-Mandrill-Signature",
    signed: "{url}{body}",
    hash: SHA1,
    encoding: BASE64,
    bodyFormat: "form",
    formField: "mandrill_events",
  },
  {
    summary: "sha1 base64 HMAC of {url} and sorted form fields",
    prepareKey: /* @__PURE__ */ hmacKey({
      name: "mandrill",
      hash: SHA1,
      encoding: BASE64,
      toMessage(_, body, target) {
        const fields = formPairs(body)
        return fields && [target!.url, ...sorted(fields).map(([name, value]) => name + value)]
      },
    }),
  },
)

const NONCE = "x-plivo-signature-v3-nonce"

const PLIVO_ROW: HmacRow = {
  name: "plivo",
  docs: "https://www.plivo.com/docs/voice/concepts/signature-validation",
  source: "S plivo/plivo-node@4889b05 lib/utils/v3Security.js",
  header: "X-Plivo-Signature-V3",
  signed: "{url}{body}.{header:X-Plivo-Signature-V3-Nonce}",
  encoding: BASE64,
  separators: ", ",
  bodyFormat: "form",
}

/** Plivo, version 3: URL with its query sorted, form fields sorted, nonce. It signs no time. */
export const plivo: Provider = /* @__PURE__ */ messageProvider(PLIVO_ROW, {
  summary: `sha256 base64 HMAC of URL, sorted query, sorted form fields and ${NONCE}`,
  prepareKey: /* @__PURE__ */ hmacKey({
    name: "plivo",
    encoding: BASE64,
    toMessage({ signed: [nonce = ""] = [] }, body, target) {
      const fields = formPairs(body)
      const [, base = "", query = ""] = /^([^?#]*)(?:\?([^#]*))?/.exec(target!.url) ?? []
      if (!fields) return undefined
      const search = sorted(pairsOf(query))
        .map(([name, value]) => `${name}=${value}`)
        .join("&")
      const form = sorted(fields)
        .map(([name, value]) => name + value)
        .join("")
      const glue = form ? `?${search}${search && "."}` : search && `?${search}`
      return [base + glue + form, ".", nonce]
    },
  }),
})

/** Plivo, version 2: signs the URL and a nonce, not the body. */
export const plivoV2: Provider<ProviderEvent, "authenticated"> = /* @__PURE__ */ messageProvider(
  {
    name: "plivoV2",
    docs: "https://www.plivo.com/docs/voice/concepts/signature-validation",
    source: "S plivo/plivo-node@4889b05 lib/utils/security.js",
    header: "X-Plivo-Signature-V2",
    signed: "{url}{header:X-Plivo-Signature-V2-Nonce}",
    encoding: BASE64,
    toSignedUrl: (url) => url.replace(/[?#].*$/, ""),
    bodyFormat: "form",
  },
  { assurance: "authenticated" },
)

/** MessageBird's signatures before its JWTs: time, sorted query, SHA-256 of the body. */
export const messageBirdClassic: Provider = /* @__PURE__ */ messageProvider(
  {
    name: "messageBirdClassic",
    docs: "https://developers.messagebird.com/api/#verifying-http-requests",
    source: "S messagebird/go-rest-api@147c3c0 signature/signature.go",
    header: "MessageBird-Signature",
    signed: "{time}\n{path}\n{body}",
    time: "MessageBird-Request-Timestamp",
    encoding: BASE64,
    bodyFormat: "any",
  },
  {
    summary: "sha256 base64 HMAC of {time}, the sorted query and the SHA-256 of {body}",
    prepareKey: /* @__PURE__ */ hmacKey({
      name: "messageBirdClassic",
      encoding: BASE64,
      toMessage({ timeText }, body, target, engine) {
        const query = new URLSearchParams(/\?([^#]*)/.exec(target!.url)?.[1])
        query.sort()
        const hash = atob(engine.digest([body], SHA256, "base64"))
        return [`${timeText}\n${String(query)}\n`, toAscii(hash)]
      },
    }),
  },
)

/** Mercado Pago: signs an id of the URL, an id of the request and a time, not the body. Fetch the resource. */
export const mercadoPago: Provider<ProviderEvent, "authenticated"> = /* @__PURE__ */ withManifest()

function withManifest(): Provider<ProviderEvent, "authenticated"> {
  const provider = hmacProvider(
    {
      name: "mercadoPago",
      docs: "https://www.mercadopago.com.ar/developers/en/docs/your-integrations/notifications/webhooks",
      source: "S mercadopago/sdk-nodejs@4339894 src/utils/webhook/index.ts",
      header: "x-signature",
      signed: "{url}{time}",
      time: "ts=",
      unit: SECONDS_OR_MILLISECONDS,
      prefix: "v1=",
      separators: ", ",
      deliveryHeader: "x-request-id",
    },
    "authenticated",
  )
  return {
    ...provider,
    summary: "sha256 hex HMAC of the query's data.id, x-request-id and time",
    // Of the URL one parameter is signed.
    covers: { ...provider.covers, url: false },
    layout: undefined,
    parseHeaders(lookup) {
      const claim = provider.parseHeaders(lookup)
      return claim.ok ? { ok: true, value: { ...claim.value, signed: [lookup("x-request-id")] } } : claim
    },
    prepareKey({ secret }, engine) {
      const mac = engine.hmac(toUtf8(secret))
      return {
        verify({ timeText, signed: [requestId = ""] = [], signatures }, _, target) {
          assertOption(target, "mercadoPago signs a parameter of the URL: pass { method, url } as the third argument")
          const id = new URL(target.url).searchParams.get("data.id") ?? ""
          // A pair is left out where its value is absent. The documentation lower-cases the id, the SDK does not.
          const expected = [id, id.toLowerCase()].map((each) =>
            mac([toUtf8(`${each && `id:${each};`}${requestId && `request-id:${requestId};`}ts:${timeText};`)]),
          )
          return expected.filter((text) => signatures.some((each) => equalText(text, each))).length > 0
        },
      }
    },
  }
}

/** PandaDoc: the signature is the parameter `signature` of the URL. */
export const pandadoc: Provider = /* @__PURE__ */ messageProvider(
  {
    name: "pandadoc",
    docs: "https://developers.pandadoc.com/docs/webhook-verification",
    source: "D https://developers.pandadoc.com/docs/webhook-verification.md",
    header: "",
  },
  {
    summary: "sha256 hex HMAC of {body}, in the URL's parameter signature",
    layout: undefined,
    parseHeaders: () => ({ ok: true, value: { signatures: [], timeText: "", signedAt: undefined } }),
    prepareKey({ secret }, engine) {
      const mac = engine.hmac(toUtf8(secret))
      return {
        verify(_, body, target) {
          assertOption(target, "pandadoc signs in the URL: pass { method, url } as the third argument")
          return equalText(mac([body]), new URL(target.url).searchParams.get("signature") ?? "")
        },
      }
    },
  },
)
