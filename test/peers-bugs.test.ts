import { describe, expect, it } from "vitest"
import { toUtf8 } from "../src/core/bytes.ts"
import type { HeadersInput } from "../src/http/headers.ts"
import { signWebhook } from "../src/verify/sign.ts"
import { checkWebhook, createVerifier, type CheckResult } from "../src/verify/verifier.ts"
import type { VerifyOptions } from "../src/verify/options.ts"
import { ENGINES } from "./support/engines.ts"
import { createKeyring } from "../src/verify/keyring.ts"
import { credicorp } from "../src/providers/credicorp.ts"
import { checkSecrets } from "../src/verify/secrets.ts"
import { prove } from "../src/verify/verify.ts"
import { NOW, sampleBody, SECRET, signatureHeader, v1 } from "./support/delivery.ts"

const BODY = sampleBody()

const verifier = createVerifier({ secrets: [SECRET], now: NOW })

const ofResult = (result: CheckResult<unknown>): string =>
  result.ok ? "ok" : (result.error.reason ?? result.error.code)

const check = (header: string, body: Uint8Array | string = BODY): string =>
  ofResult(verifier.check(body, { "credicorp-signature": header }))

// parseInt reads the digits it likes and drops the rest, so that what is judged as the time is not what was signed.
describe("timestamps read with parseInt (spec 1.7)", () => {
  it.each([`${NOW}abc`, `${NOW}.9`, `${NOW}e3`, `+${NOW}`, `0${NOW}`, `0x6ab13780`])(
    "t=%s → header_malformed, whichever reading of it was signed",
    async (text) => {
      expect(check(`t=${text},v1=${await v1(BODY, text)}`)).toBe("header_malformed")
      expect(check(`t=${text},v1=${await v1(BODY, Number.parseInt(text, 10))}`)).toBe("header_malformed")
      expect(check(`t=${text},v1=${await v1(BODY, NOW)}`)).toBe("header_malformed")
    },
  )
})

// `now - t > tolerance` alone is false for every time to come, so that a captured delivery dated ahead works for years.
describe("no future bound (spec 1.5)", () => {
  it.each([301, 3600, 86_400, 315_576_000])("%i s ahead → timestamp_ahead", async (seconds) => {
    expect(check(await signatureHeader(BODY, NOW + seconds))).toBe("timestamp_ahead")
  })
})

const quoted = (...middle: readonly number[]): Uint8Array => Uint8Array.of(0x22, ...middle, 0x22)

// A lenient decoder makes U+FFFD of every bad byte and drops a byte order mark, so that different bytes become one text.
describe("body decoded to text before signing (spec 1.3)", () => {
  const twins = [
    { why: "a bad byte and U+FFFD", signed: quoted(0xef, 0xbf, 0xbd), sent: quoted(0xff) },
    { why: "U+FFFD and a bad byte", signed: quoted(0xff), sent: quoted(0xef, 0xbf, 0xbd) },
    { why: "two bad bytes", signed: quoted(0xfe), sent: quoted(0xff) },
    { why: "half a surrogate pair and another", signed: quoted(0xed, 0xa0, 0x80), sent: quoted(0xed, 0xa0, 0x81) },
    { why: "a byte order mark and none", signed: quoted(), sent: Uint8Array.of(0xef, 0xbb, 0xbf, 0x22, 0x22) },
    { why: "composed and decomposed", signed: quoted(0xc3, 0xa9), sent: quoted(0x65, 0xcc, 0x81) },
    { why: "LF and CRLF", signed: quoted(0x0a), sent: quoted(0x0d, 0x0a) },
  ]

  it.each(twins)("$why → signature_mismatch", async ({ signed, sent }) => {
    expect(check(await signatureHeader(signed), sent)).toBe("signature_mismatch")
    // The signature is good: it is the bytes that differ.
    expect(check(await signatureHeader(signed), signed)).not.toBe("signature_mismatch")
  })
})

// Items read into a map by key leave the last `v1` alone, so that every delivery fails while a secret is being rotated.
describe("only the last v1 kept (spec 1.2)", () => {
  it("the good one first, in the middle, last → ok", async () => {
    const [good, other] = [await v1(BODY), await v1(BODY, NOW, "whsec_other")]
    expect(check(`t=${NOW},v1=${good},v1=${other},v1=${other}`)).toBe("ok")
    expect(check(`t=${NOW},v1=${other},v1=${good},v1=${other}`)).toBe("ok")
    expect(check(`t=${NOW},v1=${other},v1=${other},v1=${good}`)).toBe("ok")
    expect(check(`t=${NOW},v1=${other},v1=${other},v1=${other}`)).toBe("signature_mismatch")
  })
})

// `template.replace("{body}", body)` expands `$&` and its like in the body, so that other bytes are signed than were sent.
describe("body used as a replacement string (spec 1.3)", () => {
  it.each(["$&", "$$", "$`", "$'", "$1", "$<t>", "%s %d", "{body}", "\\n\\1"])(
    "%s in the body → ok",
    async (pattern) => {
      const body = sampleBody({ note: pattern })
      const header = await signatureHeader(body)
      expect(check(header, body)).toBe("ok")
      expect(signWebhook(body, { secrets: [SECRET], now: NOW })).toEqual({ "Credicorp-Signature": header })
    },
  )

  it("$$ sent where $ was signed → signature_mismatch", async () => {
    expect(check(await signatureHeader(sampleBody({ note: "$" })), sampleBody({ note: "$$" }))).toBe(
      "signature_mismatch",
    )
  })
})

// `timingSafeEqual` throws where the lengths differ, so that a stranger's short signature becomes a 500 and not a "no".
describe("timingSafeEqual throwing on unequal length (spec 1.8)", () => {
  it.each([0, 1, 2, 31, 32, 63, 65, 66, 128, 2000])(
    "a signature of %i characters → refused, nothing thrown",
    (length) => {
      expect(check(`t=${NOW},v1=${"a".repeat(length)}`)).toBe("header_malformed")
      expect(check(`t=${NOW},v1=${"a".repeat(64)},v1=${"a".repeat(length)}`)).toBe("signature_mismatch")
    },
  )

  it("64 characters that are more than 64 bytes → refused, nothing thrown", () => {
    expect(check(`t=${NOW},v1=${"é".repeat(64)}`)).toBe("header_malformed")
  })
})

// `headers["credicorp-signature"]` on a Headers object is undefined, so that every delivery looks unsigned.
describe("Headers not accepted where a record is (spec 1.2)", () => {
  it("Headers, record and pairs → ok", async () => {
    const value = await signatureHeader(BODY)
    const forms: readonly HeadersInput[] = [
      new Headers({ "Credicorp-Signature": value }),
      new Request("https://receiver.example/", { headers: { "Credicorp-Signature": value } }).headers,
      { "Credicorp-Signature": value },
      { "credicorp-signature": [value] },
      [["Credicorp-Signature", value]],
    ]
    expect(forms.map((headers) => ofResult(verifier.check(BODY, headers)))).toEqual(["ok", "ok", "ok", "ok", "ok"])
  })
})

// A build for Node and one for the edge drift apart, so that one of them takes what the other refuses.
describe("two builds that disagree (spec 1.2)", () => {
  it("both engines judge every delivery alike", async () => {
    const hex = await v1(BODY)
    const deliveries = [
      { time: NOW, signature: hex, want: "ok" },
      { time: NOW, signature: hex.toUpperCase(), want: "signature_mismatch" },
      { time: NOW, signature: `${hex.slice(0, 63)}${hex.endsWith("0") ? "1" : "0"}`, want: "signature_mismatch" },
      { time: NOW, signature: hex.slice(0, 32), want: "signature_mismatch" },
      { time: NOW - 1, signature: hex, want: "signature_mismatch" },
      { time: NOW - 301, signature: await v1(BODY, NOW - 301), want: "timestamp_stale" },
      { time: NOW + 301, signature: await v1(BODY, NOW + 301), want: "timestamp_ahead" },
    ]
    for (const { engine } of ENGINES) {
      const keys = createKeyring(checkSecrets([{ id: "a", secret: SECRET }]), credicorp, engine)
      const judge = { provider: credicorp, keys, toleranceSeconds: 300, maxBodyBytes: 1000, now: () => NOW }
      const outcomes = deliveries.map(({ time, signature }) => {
        const claim = { timeText: String(time), signedAt: time, signatures: [signature] }
        const body = toUtf8(BODY)
        const result = prove({ claim, body, header: () => "", target: undefined }, judge)
        return result.ok ? "ok" : result.error.reason
      })
      expect(outcomes).toEqual(deliveries.map(({ want }) => want))
    }
  })
})

// A name that is looked up and not found leaves the default in its place, so that a mistake verifies by rules nobody chose.
describe("a mistyped provider that falls back and verifies", () => {
  const mistyped: readonly { why: string; provider: unknown }[] = [
    { why: "a name with a slip", provider: "credicrop" },
    { why: "the right name, where a provider is wanted", provider: "credicorp" },
    { why: "empty text", provider: "" },
    { why: "null", provider: null },
    { why: "false", provider: false },
    { why: "0", provider: 0 },
    { why: "an empty object", provider: {} },
    { why: "a list of a provider", provider: [credicorp] },
    { why: "a module that holds a provider", provider: { credicorp } },
    { why: "a function that gives a provider", provider: () => credicorp },
    { why: "a provider without prepareKey", provider: { ...credicorp, prepareKey: undefined } },
    { why: "prepareKey and nothing else", provider: { prepareKey: () => ({ sign: () => "" }) } },
    { why: "a provider without parseHeaders", provider: { ...credicorp, parseHeaders: undefined } },
    { why: "a provider without readEvent", provider: { ...credicorp, readEvent: undefined } },
  ]

  it.each(mistyped)("$why → TypeError for a genuine delivery", async ({ provider }) => {
    const headers = { "credicorp-signature": await signatureHeader(BODY) }
    const options = { secrets: [SECRET], now: NOW, provider } as VerifyOptions
    expect(() => checkWebhook(BODY, headers, options)).toThrow(TypeError)
  })

  it.each(["v2", "v0", "V1", "v", "v1 ", "sha256", "v1,"])("the signature under %j → header_malformed", async (key) => {
    expect(check(`t=${NOW},${key}=${await v1(BODY)}`)).toBe("header_malformed")
  })
})
