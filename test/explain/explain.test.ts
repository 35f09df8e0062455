// Catches an explanation that names the wrong cause first, claims one that is not there, or shows what it must not.

import { describe, expect, it } from "vitest"
import type { CauseCode } from "../../src/explain/causes.ts"
import { explain } from "../../src/explain/explain.ts"
import type { Explanation } from "../../src/explain/time.ts"
import type { ExplainedSecret, ExplainOptions, OtherSource } from "../../src/explain/subject.ts"
import { SIGNATURE_HEADERS } from "../../src/explain/shapes.ts"
import { createVerifier } from "../../src/index.ts"
import { hmacScheme } from "../../src/providers/hmac-scheme.ts"
import { linear } from "../../src/providers.ts"
import { hmacHex, NOW, SECRET, v1 } from "../support/delivery.ts"

const utf8 = new TextEncoder()

/** Compact JSON with characters that serialisers write in different ways. */
const BODY = `{"id":"evt_1","type":"decision.completed","livemode":false,"data":{"object":{"name":"Zoë & Søn","url":"https://x.example/a"}}}`

/** Not what JSON.stringify prints. */
const SPACED = `{ "id": "evt_1" }`

const OTHER = "whsec_other_0123456789abcdef"

const toBase64 = (hex: string): string =>
  btoa(String.fromCharCode(...hex.match(/../g)!.map((pair) => Number.parseInt(pair, 16))))

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0))

async function gzip(text: string): Promise<Uint8Array> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

/** A delivery: genuine unless a part is changed. */
interface Case {
  readonly name: string
  /** What the sender signed. */
  readonly signed?: string
  readonly signedWith?: string
  /** What arrived. */
  readonly body?: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
  readonly secrets?: readonly ExplainedSecret[]
  readonly time?: number | string
  readonly options?: Partial<ExplainOptions>
  /** The first cause. */
  readonly first: CauseCode
  readonly confidence?: "certain" | "likely" | "possible"
  /** Codes that stand somewhere in the list. */
  readonly also?: readonly CauseCode[]
  readonly never?: readonly CauseCode[]
}

const genuine = async ({ signed = BODY, signedWith = SECRET, time = NOW }: Partial<Case>): Promise<string> =>
  `t=${time},v1=${await v1(signed, time, signedWith)}`

async function ask(one: Case): Promise<Explanation> {
  const headers = one.headers ?? { "Credicorp-Signature": await genuine(one) }
  return await explain(one.body ?? one.signed ?? BODY, headers, {
    secrets: one.secrets ?? [SECRET],
    now: NOW,
    ...one.options,
  })
}

const header = async (time: string, signed: string): Promise<Record<string, string>> => ({
  "credicorp-signature": `${time}v1=${await hmacHex(SECRET, signed)}`,
})

const acme = hmacScheme({ name: "acme", header: "Acme-Signature" })
const signsUrl = hmacScheme({ name: "urls", header: "X-Sig", signed: "{method}{url}{body}" })
const signsId = hmacScheme({
  name: "ids",
  header: "X-Sig",
  signed: "{id}.{time}.{body}",
  time: "X-Time",
  idHeader: "X-Id",
  key: "base64",
  keyPrefix: "whsec_",
})
const KEY = "c2VjcmV0LW9mLXRoaXJ0eS10d28tYnl0ZXMtbG9uZyE="
const inMs = hmacScheme({ name: "ms", header: "X-Sig", signed: "{time}.{body}", time: "X-Time", timeUnit: "ms" })

const source = (provider: OtherSource["provider"], ...secrets: string[]): OtherSource[] => [
  { id: "other", provider, secrets },
]

const stripped = SECRET.slice("whsec_".length)

const CASES: readonly Case[] = [
  // Secrets
  { name: "double quotes", secrets: [`"${SECRET}"`], first: "secret_quoted" },
  { name: "backticks and a comma", secrets: [`\`${SECRET}\`,`], first: "secret_quoted" },
  {
    name: "quotes and a body that lost its line break",
    secrets: [`'${SECRET}'`],
    signed: `${BODY}\n`,
    body: BODY,
    first: "secret_quoted",
    confidence: "likely",
    also: ["body_newline"],
  },
  { name: "a line break behind", secrets: [`${SECRET}\n`], first: "secret_whitespace" },
  { name: "a literal backslash-n", secrets: [`${SECRET}\\n`], first: "secret_whitespace" },
  { name: "a zero-width space", secrets: [`\u200B${SECRET}`], first: "secret_whitespace" },
  { name: "a comment behind", secrets: [`${SECRET} # live, rotated`], first: "secret_whitespace" },
  {
    name: "white space and upper-case hex",
    secrets: [` ${SECRET}`],
    headers: { "credicorp-signature": `t=${NOW},v1=${(await v1(BODY)).toUpperCase()}` },
    first: "secret_whitespace",
    confidence: "likely",
    also: ["header_case"],
  },
  { name: "the prefix twice", secrets: [`whsec_${SECRET}`], first: "secret_prefix" },
  { name: "no prefix", secrets: [stripped], first: "secret_prefix" },
  { name: "signed without the prefix", signedWith: stripped, first: "secret_prefix" },
  { name: "NAME= in front", secrets: [`WEBHOOK_SECRET=${SECRET}`], first: "secret_prefix" },
  { name: "Bearer in front", secrets: [`Bearer ${SECRET}`], first: "secret_prefix" },
  {
    name: "no prefix and a trimmed body",
    secrets: [stripped],
    signed: `${BODY}\n`,
    body: BODY,
    first: "secret_prefix",
    confidence: "likely",
    also: ["body_newline"],
  },
  { name: "undefined", secrets: [undefined], first: "secret_missing", confidence: "likely" },
  { name: "empty", secrets: [{ id: "main", secret: "" }], first: "secret_missing", confidence: "likely" },
  {
    name: "one missing, the other wrong",
    secrets: [null, OTHER],
    first: "secret_missing",
    confidence: "likely",
    also: ["secret_wrong"],
  },
  { name: "an ellipsis", secrets: ["whsec_te…cdef"], first: "secret_truncated", confidence: "likely" },
  {
    name: "the beginning of another",
    secrets: [SECRET.slice(0, 20), OTHER],
    signedWith: SECRET,
    options: { others: [{ id: "b", provider: acme, secrets: [SECRET] }] },
    first: "other_secret",
    also: [],
  },
  {
    name: "dots, and an empty body",
    secrets: ["whsec_test_0123..."],
    body: "",
    first: "body_empty",
    confidence: "likely",
    also: ["secret_truncated"],
  },
  { name: "short", secrets: ["whsec_abc"], first: "secret_truncated", confidence: "likely" },
  {
    name: "another text",
    secrets: [OTHER],
    signed: SPACED,
    signedWith: SECRET,
    first: "secret_wrong",
    confidence: "possible",
    never: ["secret_quoted", "secret_whitespace", "secret_prefix", "secret_truncated", "body_reencoded"],
  },
  {
    name: "base64 of the key where the text signs",
    secrets: [KEY],
    headers: { "credicorp-signature": `t=${NOW},v1=${await v1(BODY, NOW, atob(KEY))}` },
    first: "secret_encoding",
  },
  {
    name: "the secret of another source",
    signedWith: OTHER,
    options: { others: [{ id: "eu", provider: acme, secrets: [OTHER] }] },
    first: "other_secret",
  },
  {
    name: "a secret that has ended",
    secrets: [OTHER, { id: "old", secret: SECRET, notAfter: NOW }],
    first: "other_secret",
  },
  { name: "a secret that has not begun", secrets: [{ secret: SECRET, notBefore: NOW + 1 }], first: "other_secret" },
  {
    name: "a live secret for a test event",
    secrets: ["whsec_live_0123456789abcdef"],
    first: "test_live_swapped",
    confidence: "likely",
    also: ["secret_wrong"],
  },
  {
    name: "a test secret for a live event",
    signed: BODY.replace("false", "true"),
    signedWith: OTHER,
    first: "test_live_swapped",
    confidence: "likely",
  },
  {
    name: "a live secret with quotes for a test event",
    secrets: [`"whsec_live_0123456789abcdef"`],
    first: "secret_quoted",
    confidence: "likely",
    also: ["test_live_swapped"],
  },

  // Bodies
  {
    name: "JSON.stringify of an indented body",
    signed: JSON.stringify(JSON.parse(BODY), undefined, 2),
    body: BODY,
    first: "body_reserialized",
  },
  {
    name: "JSON.stringify of Python's form",
    signed: `{"id": "evt_1", "n": [1, 2]}`,
    body: `{"id":"evt_1","n":[1,2]}`,
    first: "body_reserialized",
  },
  {
    name: "an indented form of a compact body",
    body: JSON.stringify(JSON.parse(BODY), undefined, 2),
    signed: BODY,
    first: "body_reserialized",
  },
  {
    name: "numbers that JSON.stringify writes in another way",
    signed: `{"amount":1.00}`,
    body: `{"amount":1}`,
    first: "body_reserialized",
    confidence: "possible",
    also: ["secret_wrong"],
  },
  {
    name: "an object as text",
    body: "[object Object]",
    signed: BODY,
    first: "body_reserialized",
    confidence: "likely",
  },
  {
    name: "unicode escapes",
    signed: BODY.replaceAll(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`),
    body: BODY,
    first: "body_reencoded",
  },
  { name: "slashes as PHP writes them", signed: BODY.replaceAll("/", "\\/"), body: BODY, first: "body_reencoded" },
  { name: "a byte order mark that was dropped", signed: `\uFEFF${BODY}`, body: BODY, first: "body_reencoded" },
  { name: "a byte order mark that was added", body: `\uFEFF${BODY}`, signed: BODY, first: "body_reencoded" },
  {
    name: "decoded as Latin-1",
    body: utf8.encode(String.fromCharCode(...utf8.encode(BODY))),
    signed: BODY,
    first: "body_reencoded",
  },
  { name: "converted to Latin-1", body: latin1(BODY), signed: BODY, first: "body_reencoded" },
  {
    name: "replacement characters",
    body: BODY.replace("ë", "\uFFFD"),
    signed: BODY,
    first: "body_reencoded",
    confidence: "likely",
  },
  { name: "a line break was cut", signed: `${BODY}\n`, body: BODY, first: "body_newline" },
  { name: "a line break was added", body: `${BODY}\r\n`, signed: BODY, first: "body_newline" },
  { name: "CRLF became LF", signed: "{\r\n}\r\n", body: "{\n}\n", first: "body_newline" },
  {
    name: "white space was added",
    body: `  ${BODY}`,
    signed: BODY,
    first: "body_newline",
    never: ["body_reserialized"],
  },
  {
    name: "base64, as Lambda gives it",
    body: btoa(String.fromCharCode(...utf8.encode(BODY))),
    signed: BODY,
    first: "body_base64",
  },
  { name: "signed as base64", signed: btoa("{}"), body: "{}", first: "body_base64" },
  { name: "base64url without padding", body: "eyJhIjoxfQ", signed: `{"a":1}`, first: "body_base64" },
  { name: "gzip", body: await gzip(BODY), signed: BODY, first: "body_compressed" },
  {
    name: "gzip of another body",
    body: await gzip("{}"),
    signed: BODY,
    first: "body_compressed",
    confidence: "likely",
  },
  {
    name: "gzip and a secret with quotes",
    body: await gzip(BODY),
    signed: BODY,
    secrets: [`"${SECRET}"`],
    first: "secret_quoted",
    confidence: "likely",
    also: ["body_compressed"],
  },
  { name: "empty", body: "", signed: BODY, first: "body_empty", confidence: "likely" },
  { name: "no bytes", body: new Uint8Array(), signed: "{}", first: "body_empty", confidence: "likely" },
  {
    name: "empty, and the secret is missing",
    body: "",
    signed: BODY,
    secrets: [undefined],
    first: "body_empty",
    confidence: "likely",
    also: ["secret_missing"],
  },
  { name: "cut in the middle", body: BODY.slice(0, 60), signed: BODY, first: "body_truncated", confidence: "likely" },
  {
    name: "shorter than announced",
    body: "{}",
    headers: { "credicorp-signature": await genuine({}), "content-length": "1000" },
    first: "body_truncated",
    confidence: "likely",
  },
  {
    name: "cut, and a secret with quotes",
    body: BODY.slice(0, 60),
    signed: BODY,
    secrets: [`"${SECRET}"`],
    first: "body_truncated",
    confidence: "likely",
    also: ["secret_quoted"],
  },

  // Headers
  { name: "an X- in front", headers: { "X-Credicorp-Signature": await genuine({}) }, first: "header_renamed" },
  { name: "as CGI has it", headers: { HTTP_CREDICORP_SIGNATURE: await genuine({}) }, first: "header_renamed" },
  { name: "another name", headers: { "X-Sig": await genuine({}) }, first: "header_renamed" },
  {
    name: "renamed, and a line break was cut",
    headers: { "X-Credicorp-Signature": await genuine({ signed: `${BODY}\n` }) },
    body: BODY,
    first: "header_renamed",
    confidence: "likely",
    also: ["body_newline"],
  },
  {
    name: "upper case",
    headers: { "credicorp-signature": `t=${NOW},v1=${(await v1(BODY)).toUpperCase()}` },
    first: "header_case",
  },
  {
    name: "mixed case",
    headers: {
      "credicorp-signature": `t=${NOW},v1=${(await v1(BODY)).replace(/[a-f]/, (char) => char.toUpperCase())}`,
    },
    first: "header_case",
  },
  {
    name: "upper case and a line break",
    headers: { "credicorp-signature": `t=${NOW},v1=${(await v1(BODY)).toUpperCase()}` },
    body: `${BODY}\n`,
    first: "header_case",
    confidence: "likely",
    also: ["body_newline"],
  },
  {
    name: "base64",
    headers: { "credicorp-signature": `t=${NOW},v1=${toBase64(await v1(BODY))}` },
    first: "header_encoding",
  },
  { name: "without v1=", headers: { "credicorp-signature": `t=${NOW},${await v1(BODY)}` }, first: "header_encoding" },
  {
    name: "base64 and a line break",
    headers: { "credicorp-signature": `t=${NOW},v1=${toBase64(await v1(BODY))}` },
    body: `${BODY}\n`,
    first: "header_encoding",
    confidence: "likely",
    also: ["body_newline"],
  },
  {
    name: "of Stripe",
    headers: { "Stripe-Signature": `t=${NOW},v1=${"0".repeat(64)}` },
    first: "header_other_provider",
    confidence: "likely",
  },
  {
    name: "of GitHub",
    headers: { "x-hub-signature-256": `sha256=${"0".repeat(64)}` },
    first: "header_other_provider",
    confidence: "likely",
  },
  {
    name: "of Slack, and the secret is missing",
    headers: { "X-Slack-Signature": "v0=00" },
    secrets: [undefined],
    first: "header_other_provider",
    confidence: "likely",
    also: ["secret_missing"],
  },
  {
    name: "none at all",
    signed: SPACED,
    headers: {},
    first: "secret_wrong",
    confidence: "possible",
    never: ["header_renamed", "header_other_provider"],
  },

  // Time
  { name: "t in milliseconds", headers: await header(`t=${NOW}123,`, `${NOW}123.${BODY}`), first: "time_milliseconds" },
  { name: "now in milliseconds", options: { now: NOW * 1000 }, first: "time_milliseconds" },
  {
    name: "seconds where milliseconds are signed",
    options: { provider: inMs },
    headers: { "x-sig": await hmacHex(SECRET, `${NOW}.${BODY}`), "x-time": String(NOW) },
    first: "time_milliseconds",
  },
  {
    name: "t in milliseconds and a line break",
    headers: await header(`t=${NOW}123,`, `${NOW}123.${BODY}`),
    body: `${BODY}\n`,
    first: "time_milliseconds",
    confidence: "likely",
    also: ["body_newline"],
  },
  { name: "ahead", time: NOW + 301, first: "clock_skew", never: ["stale_delivery"] },
  { name: "far ahead", time: NOW + 90_000, first: "clock_skew" },
  { name: "an hour behind", time: NOW - 3_600, first: "stale_delivery", also: ["clock_skew"] },
  { name: "stale", time: NOW - 301, first: "stale_delivery", never: ["clock_skew", "secret_wrong"] },
  {
    name: "one hour behind, by the Date header, too",
    headers: {
      date: new Date((NOW - 3_600) * 1000).toUTCString(),
      "credicorp-signature": await genuine({ time: NOW - 3_600 }),
    },
    first: "stale_delivery",
    also: ["clock_skew"],
  },
  { name: "very stale", time: NOW - 999_999, first: "stale_delivery", never: ["clock_skew"] },
  { name: "body alone", headers: await header(`t=${NOW},`, BODY), first: "signed_body_only" },
  {
    name: "body alone, and a line break",
    headers: await header(`t=${NOW},`, BODY),
    body: `${BODY}\n`,
    first: "signed_body_only",
    confidence: "likely",
    also: ["body_newline"],
  },
  {
    name: "body alone where id and time are signed",
    options: { provider: signsId },
    secrets: [KEY],
    headers: { "x-sig": await hmacHex(atob(KEY), BODY), "x-time": String(NOW), "x-id": "msg_1" },
    first: "signed_body_only",
  },
  { name: "no time in the header", headers: await header("", BODY), first: "signed_without_time" },
  {
    name: "id without time",
    options: { provider: signsId },
    secrets: [KEY],
    headers: { "x-sig": await hmacHex(atob(KEY), `msg_1.${BODY}`), "x-time": String(NOW), "x-id": "msg_1" },
    first: "signed_without_time",
    never: ["signed_body_only"],
  },
  {
    name: "no time, and a line break",
    headers: await header("", BODY),
    body: `${BODY}\n`,
    first: "signed_without_time",
    confidence: "likely",
    also: ["body_newline"],
  },
  {
    name: "the text of a base64 key",
    options: { provider: signsId },
    secrets: [KEY],
    headers: { "x-sig": await hmacHex(KEY, `msg_1.${NOW}.${BODY}`), "x-time": String(NOW), "x-id": "msg_1" },
    first: "secret_encoding",
  },
  {
    name: "the text of a base64 key, and a line break",
    options: { provider: signsId },
    secrets: [KEY],
    body: `${BODY}\n`,
    headers: { "x-sig": await hmacHex(KEY, `msg_1.${NOW}.${BODY}`), "x-time": String(NOW), "x-id": "msg_1" },
    first: "secret_encoding",
    confidence: "likely",
    also: ["body_newline"],
  },

  // URL and provider
  {
    name: "http behind a proxy",
    options: { provider: signsUrl, url: "http://x.example/hook?a=1" },
    headers: { "x-sig": await hmacHex(SECRET, `POSThttps://x.example/hook?a=1${BODY}`) },
    first: "url_differs",
  },
  {
    name: "a slash at the end",
    options: { provider: signsUrl, url: "https://x.example/hook/" },
    headers: { "x-sig": await hmacHex(SECRET, `POSThttps://x.example/hook${BODY}`) },
    first: "url_differs",
  },
  {
    name: "the host before the proxy",
    options: { provider: signsUrl, url: "http://10.0.0.1/hook" },
    headers: { "x-forwarded-host": "x.example", "x-sig": await hmacHex(SECRET, `POSThttps://x.example/hook${BODY}`) },
    first: "url_differs",
  },
  {
    name: "the query was cut off by the sender",
    options: { provider: signsUrl, url: "https://x.example/hook?a=1" },
    headers: { "x-sig": await hmacHex(SECRET, `POSThttps://x.example/hook${BODY}`) },
    first: "url_differs",
  },
  {
    name: "another provider, its secret",
    options: { others: source(acme, OTHER) },
    headers: { "acme-signature": await hmacHex(OTHER, BODY) },
    first: "wrong_provider",
    also: ["other_secret"],
  },
  {
    name: "another provider, our secret",
    options: { others: source(acme, OTHER) },
    headers: { "acme-signature": await hmacHex(SECRET, BODY) },
    first: "wrong_provider",
  },
  {
    name: "another provider, and one of our secrets is missing",
    secrets: [undefined, OTHER],
    options: { others: source(acme, SECRET) },
    headers: { "acme-signature": await hmacHex(SECRET, BODY) },
    first: "wrong_provider",
    also: ["secret_missing"],
  },
  {
    name: "another provider, and one of our secrets is missing",
    secrets: [undefined, OTHER],
    options: { others: source(acme, SECRET) },
    headers: { "acme-signature": await hmacHex(SECRET, BODY) },
    first: "wrong_provider",
    also: ["secret_missing"],
  },
  {
    name: "another provider, none of its secrets",
    signed: SPACED,
    options: { others: source(acme, OTHER) },
    headers: { "acme-signature": "0".repeat(64) },
    first: "secret_wrong",
    confidence: "possible",
    never: ["wrong_provider"],
  },
]

describe("explain", () => {
  it.each(CASES)("$first: $name", async (one) => {
    const result = await ask(one)
    if (result.ok) throw new Error("the delivery verifies")
    const codes = result.causes.map(({ code }) => code)
    expect(result.causes[0]).toMatchObject({ code: one.first, confidence: one.confidence ?? "certain" })
    expect(codes).toEqual(expect.arrayContaining([...(one.also ?? [])]))
    expect(codes.filter((code) => one.never?.includes(code))).toEqual([])
    expect(new Set(codes).size).toBe(codes.length)
  })

  it("has three cases of each code", () => {
    const counts = new Map<CauseCode, number>()
    for (const { first, also = [] } of CASES) {
      for (const code of [first, ...also]) counts.set(code, (counts.get(code) ?? 0) + 1)
    }
    expect([...counts].filter(([, count]) => count < 3)).toEqual([])
    expect(counts.size).toBe(27)
  })

  it("a genuine delivery has no cause", async () => {
    expect(await ask({ name: "", first: "secret_wrong" })).toEqual({ ok: true })
  })

  it("agrees with the verifier: a signed time that cannot be read is refused", async () => {
    const body = `{"action":"create"}`
    const headers = { "linear-signature": await hmacHex(SECRET, body) }
    const result = await explain(body, headers, { provider: linear, secrets: [SECRET], now: NOW })
    expect(result).toMatchObject({ ok: false, error: { reason: "header_malformed" } })
    expect(createVerifier({ provider: linear, secrets: [SECRET], now: NOW }).check(body, headers).ok).toBe(false)
  })

  it("agrees with the verifier: of two entries with one text the valid one counts", async () => {
    const secrets = [
      { id: "old", secret: SECRET, notAfter: NOW },
      { id: "new", secret: SECRET },
    ]
    expect(await ask({ name: "", first: "secret_wrong", secrets })).toEqual({ ok: true })
  })

  it("costs a bounded time where each guess parses the body", async () => {
    let parsed = 0
    const provider = {
      ...acme,
      parseHeaders: () => ({ ok: true as const, value: { signatures: [], timeText: "", signedAt: undefined } }),
      parseBody: () => {
        parsed += 1
        return { ok: false as const, error: "header_missing" as const }
      },
    }
    await explain(new Uint8Array(900_000).fill(32), {}, { provider, secrets: Array(100).fill(SECRET), now: NOW })
    expect(parsed).toBeGreaterThan(0)
    expect(parsed).toBeLessThanOrEqual(16)
  })

  it("a body over 1 MiB is explained from its length", async () => {
    const body = new Uint8Array(1_048_577).fill(32)
    const result = await explain(body, { "content-length": "2000000" }, { secrets: [SECRET], now: NOW })
    expect(result).toMatchObject({ ok: false, causes: [{ code: "body_truncated" }, { code: "secret_wrong" }] })
  })

  it.each<readonly [name: string, args: readonly unknown[], message: RegExp]>([
    ["no secrets", ["{}", {}, { secrets: [] }], /secrets must list at least one secret/],
    ["no options", ["{}", {}, undefined], /third argument/],
    ["a parsed body", [{}, {}, { secrets: ["x"] }], /rawBody/],
    ["a name of a provider", ["{}", {}, { secrets: ["x"], provider: "stripe" }], /provider/],
    ["no headers", ["{}", null, { secrets: ["x"] }], /headers/],
    ["a date", ["{}", {}, { secrets: ["x"], now: new Date() }], /now/],
  ])("%s → a TypeError that names it", async (_, args, message) => {
    await expect(explain(...(args as Parameters<typeof explain>))).rejects.toThrow(message)
  })
})

// A signature that leaves would sign whatever the caller put into the body.
describe("what an explanation shows", () => {
  it.each(CASES)("$first, $name: no secret and no signature of the body", async (one) => {
    const shown = JSON.stringify(await ask(one))
    for (const secret of [SECRET, OTHER, KEY, stripped]) expect(shown).not.toContain(secret)
    expect(shown).not.toMatch(/[0-9a-fA-F]{32}|[A-Za-z0-9+/]{43}=/)
  })
})

it("foreign headers are lower case and each has one owner", () => {
  expect(Object.keys(SIGNATURE_HEADERS)).toEqual(Object.keys(SIGNATURE_HEADERS).map((name) => name.toLowerCase()))
})
