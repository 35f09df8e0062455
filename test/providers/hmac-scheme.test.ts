import { createHmac } from "node:crypto"
import { describe, expect, it } from "vitest"
import { hmacScheme, type HmacSchemeOptions } from "../../src/providers/hmac-scheme.ts"
import { createVerifier } from "../../src/verify/verifier.ts"
import { NOW } from "../support/delivery.ts"

const NAMED = { name: "acme", header: "X-Acme-Signature" }

const invalid: readonly { readonly why: string; readonly options: unknown; readonly names: RegExp }[] = [
  { why: "no options", options: undefined, names: /options/ },
  { why: "no name", options: { header: "X-A" }, names: /^name/ },
  { why: "a name with a space", options: { ...NAMED, name: "a b" }, names: /^name/ },
  { why: "no header", options: { name: "acme" }, names: /^header/ },
  { why: "a header with a colon", options: { ...NAMED, header: "X-A:" }, names: /^header/ },
  { why: "an option that is not known", options: { ...NAMED, algoritm: "sha1" }, names: /algoritm/ },
  { why: "MD5", options: { ...NAMED, algorithm: "md5" }, names: /^algorithm/ },
  { why: "an algorithm in upper case", options: { ...NAMED, algorithm: "SHA256" }, names: /^algorithm/ },
  { why: "another encoding", options: { ...NAMED, encoding: "base32" }, names: /^encoding/ },
  { why: "another key format", options: { ...NAMED, key: "utf8" }, names: /^key / },
  {
    why: "a prefix for a text key, which is the whole secret",
    options: { ...NAMED, keyPrefix: "whsec_" },
    names: /^keyPrefix/,
  },
  { why: "a token that is not known", options: { ...NAMED, signed: "{timestamp}.{body}" }, names: /^signed/ },
  { why: "no token", options: { ...NAMED, signed: "body" }, names: /^signed/ },
  { why: "the body twice", options: { ...NAMED, signed: "{body}{body}" }, names: /^signed/ },
  { why: "a time that is nowhere", options: { ...NAMED, signed: "{time}.{body}" }, names: /time/ },
  { why: "a time that is not signed", options: { ...NAMED, time: "X-Time" }, names: /^time/ },
  {
    why: "a time in a header that is one signature",
    options: { ...NAMED, signed: "{time}{body}", time: "t=" },
    names: /^separators/,
  },
  { why: "an id that is nowhere", options: { ...NAMED, signed: "{id}.{body}" }, names: /idHeader/ },
  { why: "a unit without a time", options: { ...NAMED, timeUnit: "ms" }, names: /^timeUnit/ },
  { why: "a tolerance without a time", options: { ...NAMED, toleranceSeconds: 60 }, names: /^toleranceSeconds/ },
  {
    why: "a tolerance of 0",
    options: { ...NAMED, signed: "{time}{body}", time: "X-T", toleranceSeconds: 0 },
    names: /^toleranceSeconds/,
  },
  {
    why: "a tolerance of two days",
    options: { ...NAMED, signed: "{time}{body}", time: "X-T", toleranceSeconds: 172_800 },
    names: /^toleranceSeconds/,
  },
  {
    why: "a tolerance that is NaN",
    options: { ...NAMED, signed: "{time}{body}", time: "X-T", toleranceSeconds: Number.NaN },
    names: /^toleranceSeconds/,
  },
  { why: "a path that is none", options: { ...NAMED, id: "data.id" }, names: /^id/ },
  { why: "a path into nowhere", options: { ...NAMED, type: "body." }, names: /^type/ },
  {
    why: "a prefix that may be missing and is not there",
    options: { ...NAMED, prefixOptional: true },
    names: /^prefixOptional/,
  },
  { why: "a prefix that is a number", options: { ...NAMED, prefix: 1 }, names: /^prefix/ },
]

describe("hmacScheme checks at construction, and names the option", () => {
  it.each(invalid)("$why → TypeError", ({ options, names }) => {
    const create = (): unknown => hmacScheme(options as HmacSchemeOptions)
    expect(create).toThrow(TypeError)
    expect(create).toThrow(names)
  })
})

interface Layout {
  readonly why: string
  readonly options: Omit<HmacSchemeOptions, "name" | "header">
  readonly secret?: string
  readonly key?: Buffer
  readonly message: string
  readonly encoding?: "hex" | "base64" | "base64url"
  readonly hash?: string
  readonly headers: (signature: string) => Readonly<Record<string, string>>
}

const BODY = '{"data":{"id":7},"kind":"a.b"}'
const URL_HERE = "https://receiver.example/hook?a=1"
const iso = new Date(NOW * 1000).toISOString()
const only = (s: string): Readonly<Record<string, string>> => ({ "x-acme-signature": s })

const layouts: readonly Layout[] = [
  { why: "the body alone", options: {}, message: BODY, headers: only },
  {
    why: "SHA-512 in base64",
    options: { algorithm: "sha512", encoding: "base64" },
    hash: "sha512",
    encoding: "base64",
    message: BODY,
    headers: only,
  },
  {
    why: "SHA-1 in URL-safe base64",
    options: { algorithm: "sha1", encoding: "base64url" },
    hash: "sha1",
    encoding: "base64url",
    message: BODY,
    headers: only,
  },
  {
    why: "a time in the header",
    options: { signed: "{time}.{body}", time: "t=", prefix: "v1=", separators: "," },
    message: `${NOW}.${BODY}`,
    headers: (s) => only(`t=${NOW},v1=${s}`),
  },
  {
    why: "a time in milliseconds in another header",
    options: { signed: "{body}{time}", time: "X-Time", timeUnit: "ms" },
    message: `${BODY}${NOW}000`,
    headers: (s) => ({ ...only(s), "x-time": `${NOW}000` }),
  },
  {
    why: "a time of RFC 3339",
    options: { signed: "{time}{body}", time: "X-Time", timeUnit: "rfc3339" },
    message: iso + BODY,
    headers: (s) => ({ ...only(s), "x-time": iso }),
  },
  {
    why: "method, URL, body, time",
    options: { signed: "{method}{url}{body}{time}", time: "X-Time" },
    message: `POST${URL_HERE}${BODY}${NOW}`,
    headers: (s) => ({ ...only(s), "x-time": String(NOW) }),
  },
  { why: "the path", options: { signed: "{path}\n{body}" }, message: `/hook?a=1\n${BODY}`, headers: only },
  {
    why: "an id and another header",
    options: { signed: "{id}:{header:X-Nonce}:{body}", idHeader: "X-Id" },
    message: `evt_1:n:${BODY}`,
    headers: (s) => ({ ...only(s), "x-id": "evt_1", "x-nonce": "n" }),
  },
  {
    why: "a base64 key behind a prefix",
    options: { key: "base64", keyPrefix: "whsec_" },
    secret: `whsec_${Buffer.from("0123456789abcdef").toString("base64")}`,
    key: Buffer.from("0123456789abcdef"),
    message: BODY,
    headers: only,
  },
  {
    why: "a hex key",
    options: { key: "hex" },
    secret: "00ff".repeat(8),
    key: Buffer.from("00ff".repeat(8), "hex"),
    message: BODY,
    headers: only,
  },
  {
    why: "letters that are not ASCII in the template",
    options: { signed: "é{body}" },
    message: `é${BODY}`,
    headers: only,
  },
]

describe("hmacScheme describes", () => {
  it.each(layouts)(
    "$why",
    ({ options, secret = "sk_0123456789abcdef", key, message, encoding = "hex", hash = "sha256", headers }) => {
      const provider = hmacScheme({ ...NAMED, id: "body.data.id", type: "body.kind", ...options })
      const verifier = createVerifier({ provider, secrets: [secret], now: NOW })
      const signature = createHmac(hash, key ?? secret)
        .update(message)
        .digest(encoding)
      const target = { method: "POST", url: URL_HERE }
      const result = verifier.check(BODY, headers(signature), target)
      expect(result.ok && result.event).toMatchObject({ id: "7", type: "a.b", payload: { data: { id: 7 } } })
      expect(verifier.check(`${BODY} `, headers(signature), target).ok).toBe(false)
    },
  )
})

// A character that is cut to its low byte would let a delivery claim another id than the one that was signed.
it("a signed header that is not printable ASCII is malformed", () => {
  const provider = hmacScheme({ ...NAMED, signed: "{id}.{body}", idHeader: "X-Id" })
  const verifier = createVerifier({ provider, secrets: ["sk_0123456789abcdef"] })
  const signature = createHmac("sha256", "sk_0123456789abcdef").update(`H.${BODY}`).digest("hex")
  const reasons = ["H", "\u0148", "H\u0000", "é"].map((id) => {
    const result = verifier.checkSignature(BODY, { "x-acme-signature": signature, "x-id": id })
    return result.ok ? "ok" : result.error.reason
  })
  expect(reasons).toEqual(["ok", "header_malformed", "header_malformed", "header_malformed"])
})

// The path of a URL that has none began at its query, and a method was cut to the low bytes of its characters.
describe("method and path are signed as HTTP sends them", () => {
  const cases: readonly { url: string; method?: string; want: string }[] = [
    { url: "https://x.example", want: "POST /" },
    { url: "https://x.example/", want: "POST /" },
    { url: "https://x.example?q=1", want: "POST /?q=1" },
    { url: "https://x.example/?q=1", want: "POST /?q=1" },
    { url: "https://x.example#f", want: "POST /" },
    { url: "https://x.example?q=/a#f", want: "POST /?q=/a" },
    { url: "https://x.example/a?q", method: "put", want: "PUT /a?q" },
    { url: "https://x.example/é", want: "POST /é" },
    { url: "https://x.example/", method: "Ő", want: "Ő /" },
  ]
  it.each(cases)("$method $url → $want", ({ url, method = "POST", want }) => {
    const provider = hmacScheme({ ...NAMED, signed: "{method} {path}\n{body}" })
    const secret = "sk_0123456789abcdef"
    const verifier = createVerifier({ provider, secrets: [secret] })
    const headers = { "x-acme-signature": createHmac("sha256", secret).update(`${want}\n${BODY}`).digest("hex") }
    expect(verifier.checkSignature(BODY, headers, { method, url }).ok).toBe(true)
  })

  it("a method beyond ASCII is no other method", () => {
    const provider = hmacScheme({ ...NAMED, signed: "{method}{body}" })
    const secret = "sk_0123456789abcdef"
    const headers = { "x-acme-signature": createHmac("sha256", secret).update(`P${BODY}`).digest("hex") }
    const verifier = createVerifier({ provider, secrets: [secret] })
    const accepts = (method: string): boolean => verifier.checkSignature(BODY, headers, { method, url: URL_HERE }).ok
    // U+0150 ends in the byte of P.
    expect(["P", "\u0150"].map(accepts)).toEqual([true, false])
  })
})

it("no header that names the secret → header_missing", () => {
  const provider = hmacScheme({ ...NAMED, keyIdHeader: "X-Key" })
  const verifier = createVerifier({ provider, secrets: [{ id: "k", secret: "sk_0123456789abcdef" }] })
  const signature = createHmac("sha256", "sk_0123456789abcdef").update(BODY).digest("hex")
  const reasons = [{}, { "x-key": "" }, { "x-key": "other" }, { "x-key": "k" }].map((headers) => {
    const result = verifier.checkSignature(BODY, { "x-acme-signature": signature, ...headers })
    return result.ok ? "ok" : `${result.error.reason} ${result.error.header ?? ""}`
  })
  expect(reasons).toEqual(["header_missing x-key", "header_missing x-key", "signature_mismatch ", "ok"])
})

it("method or URL that are signed and not given are the caller's mistake", () => {
  const verifier = createVerifier({
    provider: hmacScheme({ ...NAMED, signed: "{url}{body}" }),
    secrets: ["sk_0123456789abcdef"],
  })
  expect(() => verifier.checkSignature(BODY, { "x-acme-signature": "0".repeat(64) })).toThrow(/third argument/)
})

it("a template without the body is authenticated, not verified", () => {
  expect(hmacScheme({ ...NAMED, signed: "{id}", idHeader: "X-Id" }).assurance).toBe("authenticated")
})
