import { describe, expect, it } from "vitest"
import { github, payMongo, recurly, worldlineConnect } from "../../src/providers.ts"
import { hmacScheme } from "../../src/providers/hmac-scheme.ts"
import type { AnyProvider } from "../../src/providers/provider.ts"
import { signWebhook, type SignOptions } from "../../src/verify/sign.ts"
import { createVerifier } from "../../src/verify/verifier.ts"
import { NOW, sampleBody, SECRET, signatureHeader, v1 } from "../support/delivery.ts"
import { thrownBy } from "../support/thrown.ts"

const BODY = sampleBody()
const OLD = "whsec_old_0123456789abcdef"

const bodies: readonly { why: string; body: Uint8Array | string }[] = [
  { why: "an event", body: BODY },
  { why: "nothing", body: "" },
  { why: "letters of two to four bytes", body: "é€🔑" },
  { why: "bytes that are no UTF-8", body: Uint8Array.of(0xff, 0xfe, 0xc3, 0x28) },
  { why: "a byte order mark", body: "\ufeff{}" },
  { why: "line ends", body: "\r\n\n\r" },
  { why: "replacement patterns", body: "$& $1 $` $' $$" },
  { why: "points", body: "1.2.3." },
  { why: "100,000 bytes", body: new Uint8Array(100_000).fill(7) },
]

describe("signWebhook signs as the sender does (spec 1.2, 1.3, 1.4)", () => {
  it.each(bodies)("$why → as Web Crypto", async ({ body }) => {
    const headers = { "Credicorp-Signature": await signatureHeader(body) }
    expect(signWebhook(body, { secrets: [SECRET], now: NOW })).toEqual(headers)
  })

  it.each(bodies)("$why → verifies", ({ body }) => {
    const options = { secrets: [SECRET], now: NOW }
    expect(createVerifier(options).checkSignature(body, signWebhook(body, options)).ok).toBe(true)
  })

  const times = [
    { why: "a number", now: NOW, want: NOW },
    { why: "a function", now: () => NOW + 5, want: NOW + 5 },
    { why: "0", now: 0, want: 0 },
    { why: "the largest", now: 999_999_999_998, want: 999_999_999_998 },
  ]

  it.each(times)("now is $why → t=$want", async ({ now, want }) => {
    expect(signWebhook(BODY, { secrets: [SECRET], now })).toEqual({
      "Credicorp-Signature": await signatureHeader(BODY, want),
    })
  })

  it("the system clock unless now is given", () => {
    const { "Credicorp-Signature": header } = signWebhook(BODY, { secrets: [SECRET] })
    const seconds = Date.now() / 1000
    expect(Math.abs(Number(/^t=(\d+),/.exec(header!)?.[1]) - seconds)).toBeLessThan(60)
  })
})

const sign = (secrets: SignOptions["secrets"]): unknown =>
  signWebhook(BODY, { secrets, now: NOW })["Credicorp-Signature"]

describe("one v1 for each secret that is valid now, in order (spec 5.6, 1.12)", () => {
  const cases: readonly { why: string; secrets: SignOptions["secrets"]; want: readonly string[] }[] = [
    { why: "two", secrets: [SECRET, OLD], want: [SECRET, OLD] },
    { why: "two, the other way round", secrets: [OLD, SECRET], want: [OLD, SECRET] },
    { why: "one is over", secrets: [{ id: "a", secret: OLD, notAfter: NOW }, SECRET], want: [SECRET] },
    {
      why: "one ends in the next second",
      secrets: [{ id: "a", secret: OLD, notAfter: NOW + 1 }, SECRET],
      want: [OLD, SECRET],
    },
    { why: "one begins this second", secrets: [{ id: "a", secret: OLD, notBefore: NOW }, SECRET], want: [OLD, SECRET] },
    {
      why: "one begins in the next second",
      secrets: [{ id: "a", secret: OLD, notBefore: NOW + 1 }, SECRET],
      want: [SECRET],
    },
    {
      why: "16",
      secrets: Array.from({ length: 16 }, (_, i) => `whsec_n${i}`),
      want: Array.from({ length: 16 }, (_, i) => `whsec_n${i}`),
    },
  ]

  it.each(cases)("$why → in the header", async ({ secrets, want }) => {
    const signatures = await Promise.all(want.map((secret) => v1(BODY, NOW, secret)))
    expect(sign(secrets)).toBe([`t=${NOW}`, ...signatures.map((hex) => `v1=${hex}`)].join(","))
  })

  it.each(cases)("$why → each of the secrets verifies it", ({ secrets, want }) => {
    const headers = signWebhook(BODY, { secrets, now: NOW })
    for (const secret of want) {
      expect(createVerifier({ secrets: [secret], now: NOW }).check(BODY, headers).ok).toBe(true)
    }
  })
})

describe("signWebhook refuses a caller's mistake", () => {
  const cases: readonly { why: string; body?: unknown; options: unknown }[] = [
    {
      why: "no secret is valid any more",
      options: { secrets: [{ id: "a", secret: SECRET, notAfter: NOW }], now: NOW },
    },
    {
      why: "no secret is valid yet",
      options: { secrets: [{ id: "a", secret: SECRET, notBefore: NOW + 1 }], now: NOW },
    },
    { why: "no options", options: undefined },
    { why: "no secrets", options: { now: NOW } },
    { why: "an empty list", options: { secrets: [], now: NOW } },
    { why: "an empty secret", options: { secrets: [""], now: NOW } },
    { why: "a string for a list", options: { secrets: SECRET, now: NOW } },
    { why: "now in milliseconds", options: { secrets: [SECRET], now: NOW * 1000 } },
    { why: "now with a fraction", options: { secrets: [SECRET], now: NOW + 0.5 } },
    { why: "now NaN", options: { secrets: [SECRET], now: Number.NaN } },
    { why: "a body that is an object", body: JSON.parse(BODY), options: { secrets: [SECRET], now: NOW } },
    { why: "a body that is null", body: null, options: { secrets: [SECRET], now: NOW } },
    { why: "a provider by its name", options: { secrets: [SECRET], now: NOW, provider: "credicorp" } },
    { why: "a provider that is null", options: { secrets: [SECRET], now: NOW, provider: null } },
  ]

  it.each(cases)("$why → TypeError that shows no secret", ({ body = BODY, options }) => {
    const thrown = thrownBy(() => signWebhook(body as string, options as SignOptions))
    expect(thrown).toBeInstanceOf(TypeError)
    expect(String(thrown)).not.toContain(SECRET)
  })
})

// A header that holds one signature got those of all secrets, with nothing between them; and the header that names the
// secret was not written. The verifier refused both.
describe("verifyWebhook accepts what signWebhook signs with two secrets", () => {
  const now = NOW
  const texts = ["secret-of-the-old-key-01", "secret-of-the-new-key-02"]
  const pair = texts.map((secret, i) => ({ id: `key-${i + 1}`, secret }))
  const one = { name: "acme", header: "Acme-Signature" }
  const list = { ...one, signed: "{time}.{body}", time: "t=", prefix: "v1=", separators: "," }
  const cases: readonly { why: string; provider: AnyProvider; verifiedBy: readonly string[] }[] = [
    { why: "one signature in the header (github)", provider: github, verifiedBy: ["key-1"] },
    { why: "one signature, without a prefix", provider: hmacScheme(one), verifiedBy: ["key-1"] },
    {
      why: "one signature, and a time of its own",
      provider: hmacScheme({ ...one, signed: "{time}{body}", time: "Acme-Time" }),
      verifiedBy: ["key-1"],
    },
    { why: "a list", provider: hmacScheme(list), verifiedBy: ["key-1", "key-2"] },
    {
      why: "a header of another form, with every signature (recurly)",
      provider: recurly,
      verifiedBy: ["key-1", "key-2"],
    },
    { why: "a header of another form, with one (payMongo)", provider: payMongo, verifiedBy: ["key-1"] },
    { why: "one signature and the secret's id (worldlineConnect)", provider: worldlineConnect, verifiedBy: ["key-1"] },
    {
      why: "a list and the secret's id",
      provider: hmacScheme({ ...list, keyIdHeader: "Acme-Key-Id" }),
      verifiedBy: ["key-1"],
    },
    {
      why: "the secret's id is signed",
      provider: hmacScheme({ ...one, signed: "{header:Acme-Key}.{body}", keyIdHeader: "acme-key" }),
      verifiedBy: ["key-1"],
    },
  ]

  it.each(cases)("$why → $verifiedBy", ({ provider, verifiedBy }) => {
    const headers = signWebhook(BODY, { provider, secrets: pair, now })
    const withBoth = createVerifier({ provider, secrets: pair, now }).checkSignature(BODY, headers)
    expect(withBoth).toMatchObject({ ok: true, secretId: "key-1" })
    const verifies = ({ id, secret }: (typeof pair)[number]): boolean =>
      createVerifier({ provider, secrets: [{ id, secret }], now }).checkSignature(BODY, headers).ok
    expect(pair.filter(verifies).map(({ id }) => id)).toEqual(verifiedBy)
  })

  it.each(cases)("$why, the first secret is over → signed by the second", ({ provider }) => {
    const secrets = [{ ...pair[0]!, notAfter: NOW }, pair[1]!]
    const headers = signWebhook(BODY, { provider, secrets, now })
    expect(createVerifier({ provider, secrets, now }).checkSignature(BODY, headers)).toMatchObject({
      secretId: "key-2",
    })
  })

  it.each(["", "é", "\u0141", "a\nb"])("a signed header that is %j → TypeError: it would be refused", (value) => {
    const provider = hmacScheme({ ...one, signed: "{id}.{body}", idHeader: "Acme-Id" })
    const headers = { "Acme-Id": value }
    const thrown = thrownBy(() => signWebhook(BODY, { provider, secrets: pair, now, headers }))
    expect(thrown).toBeInstanceOf(TypeError)
    expect(String(thrown)).toContain("Acme-Id")
  })
})

it("a retry has another t and v1, and is the same event: each verifies at its own time (spec 1.6)", () => {
  const [first, retry] = [NOW, NOW + 3600].map((now) => {
    const headers = signWebhook(BODY, { secrets: [SECRET], now })
    return { headers, event: createVerifier({ secrets: [SECRET], now }).verify(BODY, headers) }
  })
  expect(retry!.event).toEqual(first!.event)
  const parts = [first, retry].flatMap((attempt) => attempt!.headers["Credicorp-Signature"]!.split(","))
  expect(new Set(parts).size).toBe(4)
})
