// Providers that change the body or name the parts of the message before they sign.

import { TEBEX_HANDSHAKE } from "./handshakes.ts"
import { md5 } from "@noble/hashes/legacy.js"
import { toAscii, toBase64, toUtf8 } from "../core/bytes.ts"
import { fail, ok } from "../core/result.ts"
import { MILLISECONDS, RFC3339, SECONDS } from "../core/time.ts"
import { BASE64, BASE64_KEY } from "./encodings.ts"
import { byText } from "./form.ts"
import { hmacKey } from "./hmac-key.ts"
import { hmacProvider, toProvider } from "./hmac-provider.ts"
import { toPath } from "./hmac.ts"
import type { Provider } from "./provider.ts"

const isBreak = (byte: number | undefined): boolean => byte === 10 || byte === 13

/** Replaces every run of CR and LF by CRLF, byte by byte. */
function toCrlf(body: Uint8Array): Uint8Array {
  if (!body.some(isBreak)) return body
  const changed = new Uint8Array(body.length * 2)
  let length = 0
  for (let i = 0; i < body.length; i++) {
    if (!isBreak(body[i])) changed[length++] = body[i]!
    else if (!isBreak(body[i + 1])) {
      changed[length++] = 13
      changed[length++] = 10
    }
  }
  return changed.subarray(0, length)
}

/** Kontent.ai: signs the body with its line ends changed, so that bodies which differ in line ends alone have one signature. */
export const kontentAi: Provider = /* @__PURE__ */ hmacProvider({
  name: "kontentAi",
  docs: "https://kontent.ai/learn/docs/webhooks/webhooks/javascript",
  source: "S kontent-ai/webhook-helper-js@7a7a316 lib/signatures/signature-helper.ts",
  header: "X-Kontent-ai-Signature",
  encoding: BASE64,
  toSignedBody: toCrlf,
})

/** Tebex: signs the hex SHA-256 of the body. */
export const tebex: Provider = /* @__PURE__ */ hmacProvider({
  name: "tebex",
  handshake: TEBEX_HANDSHAKE,
  docs: "https://docs.tebex.io/developers/webhooks/overview",
  source: "D https://docs.tebex.io/creators/tebex-control-panel/engagement/webhooks",
  header: "X-Signature",
  event: { id: "body.id", type: "body.type", created: "body.date" },
  toSignedBody: (body, engine) => toAscii(engine.digest([body])),
})

/** Sinch Voice, application keys: method, MD5 of the body, content type, time and path. A secret's id is the key. */
export const sinchVoice: Provider = /* @__PURE__ */ toProvider(
  {
    name: "sinchVoice",
    docs: "https://developers.sinch.com/docs/voice/api-reference/authentication/callback-signed-request",
    source: "S sinch/sinch-sdk-node@affb35e authorization.helper.ts",
  },
  {
    scheme: {
      parseHeaders(lookup) {
        const header = lookup("authorization")
        if (!header.trim()) return fail("header_missing")
        if (header.length > 4_096) return fail("header_too_long")
        const [, signature] = /^application [\w-]{1,128}:([A-Za-z0-9+/]{43}=)$/i.exec(header) ?? []
        const timeText = lookup("x-timestamp")
        const signedAt = RFC3339.parse(timeText)
        if (!signature || signedAt === undefined) return fail("header_malformed")
        return ok({ signatures: [signature], timeText, signedAt, signed: [lookup("content-type")] })
      },
      prepareKey: /* @__PURE__ */ hmacKey({
        name: "sinchVoice",
        encoding: BASE64,
        key: BASE64_KEY,
        toMessage({ timeText, signed: [contentType = ""] = [] }, body, target) {
          const hash = body.length > 0 ? toBase64(md5(body)) : ""
          const path = toPath(target!.url)
          return [[target!.method.toUpperCase(), hash, contentType, `x-timestamp:${timeText}`, path].join("\n")]
        },
      }),
    },
    header: "Authorization",
    summary: "sha256 base64 HMAC of {method}, the MD5 of {body}, content type, {time} and {path}",
    assurance: "verified",
    covers: { body: true, time: true, method: true, url: true },
  },
)

/** Bounds the header lists that a delivery names. */
const MAX_SIGNED_HEADERS = 32

const CONTENTFUL_REQUIRED = ["x-contentful-signed-headers", "x-contentful-timestamp"]

const encodeOnce = (text: string): string => encodeURI(text).replaceAll(/%25([0-9A-F]{2})/gi, "%$1")

/** Path and query as Contentful's SDK encodes them: what is encoded already stays as it is. */
function encodePath(url: string): string {
  const [path = "", query] = toPath(url).split(/\?(.*)/s)
  return query === undefined ? encodeOnce(path) : `${encodeOnce(path)}?${encodeOnce(query)}`
}

/** Contentful: method, path, the headers that the delivery names and body. Its list must have the time and itself in it. */
export const contentful: Provider = /* @__PURE__ */ toProvider(
  {
    name: "contentful",
    docs: "https://www.contentful.com/developers/docs/extensibility/webhooks/request-verification/",
    source: "S contentful/node-apps-toolkit@42bf35e src/requests/sign-request.ts",
    toleranceSeconds: 30,
  },
  {
    scheme: {
      parseHeaders(lookup) {
        const signature = lookup("x-contentful-signature")
        const timeText = lookup("x-contentful-timestamp")
        const list = lookup("x-contentful-signed-headers")
        if (!signature.trim() || !timeText || !list) return fail("header_missing")
        if (list.length > 4_096) return fail("header_too_long")
        const names = list.split(",", MAX_SIGNED_HEADERS + 1).map((name) => name.trim().toLowerCase())
        const signedAt = MILLISECONDS.parse(timeText)
        const isWhole =
          names.length <= MAX_SIGNED_HEADERS &&
          new Set(names).size === names.length &&
          CONTENTFUL_REQUIRED.every((name) => names.includes(name)) &&
          names.every((name) => /^[\w-]+$/.test(name) && lookup(name) !== "")
        if (!/^[0-9a-f]{64}$/.test(signature) || signedAt === undefined || !isWhole) return fail("header_malformed")
        const headers = names.toSorted(byText).map((name) => `${name}:${lookup(name).trim()}`)
        return ok({ signatures: [signature], timeText, signedAt, signed: [headers.join(";")] })
      },
      prepareKey: /* @__PURE__ */ hmacKey({
        name: "contentful",
        toMessage: ({ signed: [headers = ""] = [] }, body, target) => [
          `${target!.method.toUpperCase()}\n${encodePath(target!.url)}\n${headers}\n`,
          body,
        ],
      }),
    },
    header: "x-contentful-signature",
    summary: "sha256 hex HMAC of {method}, {path}, the headers that x-contentful-signed-headers names, and {body}",
    assurance: "verified",
    covers: { body: true, time: true, method: true, url: true },
    signedHeaders: CONTENTFUL_REQUIRED,
  },
)

/** Hook0: time, the names of headers, their values and body. The names are signed with the values. */
export const hook0: Provider = /* @__PURE__ */ toProvider(
  {
    name: "hook0",
    docs: "https://documentation.hook0.com/",
    source: "D hook0/hook0 documentation/tutorials/webhook-authentication.md",
  },
  {
    scheme: {
      parseHeaders(lookup) {
        const header = lookup("x-hook0-signature")
        if (!header.trim()) return fail("header_missing")
        if (header.length > 4_096) return fail("header_too_long")
        const [, timeText = "", list = "", signature] =
          /^t=(\d{1,12}),(?:v0=[0-9a-f]{64},)?h=([\w -]*),v1=([0-9a-f]{64})$/.exec(header) ?? []
        const names = list.split(" ", MAX_SIGNED_HEADERS + 1).filter(Boolean)
        const values = names.map((name) => lookup(name.toLowerCase()))
        const signedAt = SECONDS.parse(timeText)
        if (!signature || signedAt === undefined || names.length > MAX_SIGNED_HEADERS || values.includes(""))
          return fail("header_malformed")
        return ok({ signatures: [signature], timeText, signedAt, signed: [list, values.join(".")] })
      },
      prepareKey: /* @__PURE__ */ hmacKey({
        name: "hook0",
        toMessage: ({ timeText, signed: [list = "", values = ""] = [] }, body) => [
          toUtf8(`${timeText}.${list}.${values}.`),
          body,
        ],
      }),
      signer: {
        toClaim: (signedAt) => ({ signatures: [], timeText: String(signedAt), signedAt, signed: ["", ""] }),
        toHeaders: ({ timeText }, [signature = ""]) => ({ "X-Hook0-Signature": `t=${timeText},h=,v1=${signature}` }),
      },
    },
    header: "X-Hook0-Signature",
    summary: "sha256 hex HMAC of {time}, the names and values of the headers in h, and {body}",
    assurance: "verified",
    covers: { body: true, time: true, method: false, url: false },
  },
)
