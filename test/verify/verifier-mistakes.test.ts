// The first check that failed was not the cause: `{ secrets: [undefined] }` said that an id must be unique, and headers that were
// not awaited counted as a delivery without a signature.

import { describe, expect, it } from "vitest"
import { credicorp, type Provider, type WebhookEvent } from "../../src/index.ts"
import { parseSecrets } from "../../src/verify/parse-secrets.ts"
import { signWebhook } from "../../src/verify/sign.ts"
import { checkSignature, checkWebhook, createVerifier, verifyWebhook } from "../../src/verify/verifier.ts"
import { NOW, sampleBody, SECRET, signatureHeader, signedRequest } from "../support/delivery.ts"
import { thrownBy } from "../support/thrown.ts"

const BODY = sampleBody()
const genuine = async (): Promise<Record<string, string>> => ({ "credicorp-signature": await signatureHeader(BODY) })

/** Public functions as JavaScript calls them, without types to stop a mistake. */
const create = createVerifier as (options?: unknown) => ReturnType<typeof createVerifier>
const sign = signWebhook as (body: unknown, options?: unknown) => unknown
const parse = parseSecrets as (text?: unknown, options?: unknown) => unknown
const env: Record<string, string | undefined> = {}

/** Part of some rows, so that a message that quotes a value is seen. */
const PRIVATE = "whsec_do-not-show-me-01"

const options: readonly { why: string; make: () => unknown; says: string }[] = [
  {
    why: "a variable that is not set, in the list",
    make: () => create({ secrets: [env["WEBHOOK_SECRET"]] }),
    says: "secrets[0] is undefined: is the variable set?",
  },
  {
    why: "a variable that is not set",
    make: () => create({ secrets: env["WEBHOOK_SECRET"] }),
    says: "secrets must be a list, not undefined",
  },
  {
    why: "text for the list",
    make: () => create({ secrets: PRIVATE }),
    says: "secrets must be a list, not a string: use [secret], or parseSecrets(text)",
  },
  {
    why: "parseSecrets of an empty variable",
    make: () => parse(""),
    says: "parseSecrets was given an empty text: is the variable set?",
  },
  {
    why: "parseSecrets of a variable that is not set",
    make: () => parse(env["WEBHOOK_SECRETS"]),
    says: "parseSecrets takes text, not undefined: is the variable set?",
  },
  { why: "parseSecrets of a list", make: () => parse([PRIVATE]), says: "parseSecrets takes text, not an Array" },
  {
    why: "now in milliseconds",
    make: () => create({ secrets: [SECRET], now: Date.now() }),
    says: "now must be a whole number of seconds from 0 to 999999999999, not a larger number (divide milliseconds by 1000)",
  },
  {
    why: "now with a fraction",
    make: () => create({ secrets: [SECRET], now: Date.now() / 1000 + 0.5 }),
    says: "now must be a whole number of seconds",
  },
  {
    why: "now as a Date",
    make: () => create({ secrets: [SECRET], now: new Date() }),
    says: "now must be a whole number of seconds from 0 to 999999999999, not a Date",
  },
  {
    why: "the tolerance in milliseconds",
    make: () => create({ secrets: [SECRET], toleranceSeconds: 300_000 }),
    says: "toleranceSeconds must be a whole number of seconds from 1 to 86400, not a larger number (divide milliseconds by 1000)",
  },
  {
    why: "no tolerance, to switch it off",
    make: () => create({ secrets: [SECRET], toleranceSeconds: 0 }),
    says: "toleranceSeconds must be a whole number of seconds from 1 to 86400, not a smaller number",
  },
  {
    why: "the tolerance as text",
    make: () => create({ secrets: [SECRET], toleranceSeconds: "300" }),
    says: "toleranceSeconds must be a whole number of seconds from 1 to 86400, not a string",
  },
  {
    why: "the tolerance NaN",
    make: () => create({ secrets: [SECRET], toleranceSeconds: Number.NaN }),
    says: "not NaN",
  },
  {
    why: "the cap as text",
    make: () => create({ secrets: [SECRET], maxBodyBytes: "1mb" }),
    says: "maxBodyBytes must be a whole number of bytes, at least 1, not a string",
  },
  {
    why: "an option of another library",
    make: () => create({ secrets: [SECRET], tolerance: 300 }),
    says: "options.tolerance is not an option; the options are secrets, provider, toleranceSeconds",
  },
  { why: "secret for secrets", make: () => create({ secret: PRIVATE }), says: "options.secret is not an option" },
  {
    why: "the name that provider had",
    make: () => create({ secrets: [SECRET], scheme: credicorp }),
    says: "options.scheme is not an option",
  },
  {
    why: "a provider by its name",
    make: () => create({ secrets: [SECRET], provider: "stripe" }),
    says: "provider must be one of countersign/providers, or made by hmacScheme(), not a string",
  },
  { why: "no options", make: () => create(), says: "options must be an object of options (secrets, " },
  {
    why: "the secret for the options",
    make: () => create(PRIVATE),
    says: "options must be an object of options (secrets, provider, toleranceSeconds, now, maxBodyBytes, events), not a string",
  },
  { why: "the list for the options", make: () => create([PRIVATE]), says: "not an Array" },
  { why: "a promise of the options", make: () => create(Promise.resolve({})), says: "await" },
  { why: "signWebhook without options", make: () => sign(BODY), says: "options must be an object of options" },
  { why: "signWebhook with a list", make: () => sign(BODY, [PRIVATE]), says: "not an Array" },
  {
    why: "signWebhook with a misspelt option",
    make: () => sign(BODY, { secrets: [SECRET], at: NOW }),
    says: "options.at is not an option",
  },
  {
    why: "signWebhook of an object",
    make: () => sign({ id: PRIVATE }, { secrets: [SECRET] }),
    says: "rawBody must be the body's bytes or text",
  },
]

describe("a wrong option is a TypeError that names the cause, and shows no value", () => {
  it.each(options)("$why → $says", ({ make, says }) => {
    const thrown = thrownBy(make)
    expect(thrown).toBeInstanceOf(TypeError)
    expect(String(thrown)).toContain(says)
    expect(String(thrown)).not.toContain("do-not-show-me")
  })

  const clocks = [
    { why: "Date.now itself", now: Date.now, says: "now must be a whole number of seconds" },
    { why: "a clock that is asynchronous", now: async () => NOW, says: "await" },
  ]
  it.each(clocks)("$why → TypeError with the first delivery", async ({ now, says }) => {
    const verifier = create({ secrets: [SECRET], now })
    const headers = await genuine()
    expect(() => verifier.check(BODY, headers)).toThrow(TypeError)
    expect(() => verifier.check(BODY, headers)).toThrow(says)
  })
})

const verifier = createVerifier({ secrets: [SECRET], now: NOW })

type Call = (body: unknown, headers: unknown) => unknown

/** Every function that takes a body and headers. */
const functions: readonly { name: string; call: Call }[] = [
  { name: "verify", call: (b, h) => verifier.verify(b as string, h as Headers) },
  { name: "check", call: (b, h) => verifier.check(b as string, h as Headers) },
  { name: "checkSignature", call: (b, h) => verifier.checkSignature(b as string, h as Headers) },
  { name: "checkAsync", call: (b, h) => verifier.checkAsync(b as string, h as Headers) },
  { name: "checkSignatureAsync", call: (b, h) => verifier.checkSignatureAsync(b as string, h as Headers) },
  { name: "verifyWebhook", call: (b, h) => verifyWebhook(b as string, h as Headers, { secrets: [SECRET] }) },
  { name: "checkWebhook", call: (b, h) => checkWebhook(b as string, h as Headers, { secrets: [SECRET] }) },
  {
    name: "checkSignature, the function",
    call: (b, h) => checkSignature(b as string, h as Headers, { secrets: [SECRET] }),
  },
]

const deliveries: readonly { why: string; body?: unknown; headers?: () => unknown; says: string }[] = [
  { why: "Next's headers() without await", headers: () => Promise.resolve(new Headers()), says: "headers must be" },
  { why: "the request for its headers", headers: () => new Request("https://a.example/"), says: "pass its .headers" },
  {
    why: "no headers",
    headers: () => undefined,
    says: "headers must be a Headers object, a record of names and values, or pairs, not undefined",
  },
  { why: "the header's value for the headers", headers: () => "t=1,v1=aa", says: "not a string: pass request.headers" },
  { why: "a parsed body", body: { id: "evt_1" }, says: "pass the raw body" },
  { why: "no body", body: undefined, says: "rawBody must be the body's bytes or text as they arrived, not undefined" },
  { why: "request.text() without await", body: Promise.resolve(BODY), says: "await it" },
  { why: "request.text without ()", body: () => BODY, says: "call it" },
  { why: "a Buffer that went through JSON", body: { type: "Buffer", data: [1] }, says: "Buffer.from(rawBody.data)" },
  { why: "the request for its body", body: new Request("https://a.example/"), says: "checkRequest for a Request" },
  { why: "body and headers the wrong way round", body: new Headers(), says: "the arguments are rawBody, headers" },
]

describe.each(functions)("$name: a wrong argument is a TypeError, never a refusal of the sender", ({ call }) => {
  it.each(deliveries)("$why → $says", async ({ says, ...row }) => {
    const body = "body" in row ? row.body : BODY
    const headers = row.headers ? row.headers() : await genuine()
    const run = async (): Promise<unknown> => await call(body, headers)
    await expect(run()).rejects.toThrow(TypeError)
    await expect(run()).rejects.toThrow(says)
  })
})

const requests: readonly { why: string; make: () => unknown }[] = [
  { why: "undefined", make: () => undefined },
  { why: "null", make: () => null },
  { why: "text", make: () => BODY },
  { why: "Node's IncomingMessage", make: () => ({ headers: { "credicorp-signature": "t=1" }, on: () => {} }) },
  {
    why: "Hono's c.req",
    make: () => ({ raw: new Request("https://a.example/"), header: () => {}, arrayBuffer: () => {} }),
  },
  { why: "Hono's c", make: () => ({ req: new Request("https://a.example/") }) },
  { why: "a promise", make: () => Promise.resolve(new Request("https://a.example/")) },
  { why: "headers", make: () => new Headers() },
]

describe.each(["checkRequest", "verifyRequest"] as const)("%s takes a fetch Request", (name) => {
  it.each(requests)("$why → TypeError that says so", async ({ make }) => {
    const run = async (): Promise<unknown> => await verifier[name](make() as Request)
    await expect(run()).rejects.toThrow(TypeError)
    await expect(run()).rejects.toThrow("request must be a fetch Request (in Hono c.req.raw), not ")
    await expect(run()).rejects.toThrow("otherwise call check(rawBody, headers)")
  })

  it("a Response's like with the same parts is one: frameworks have classes of their own", async () => {
    const { headers, url, method } = await signedRequest()
    const body = new TextEncoder().encode(BODY)
    const request = { headers, url, method, body: null, bodyUsed: false, arrayBuffer: async () => body.buffer }
    await expect(verifier.verifyRequest(request as unknown as Request)).resolves.toMatchObject({ id: "evt_1" })
  })
})

/** A provider that needs two headers beside its own. */
const parseTwoHeaders: Provider<WebhookEvent>["parseHeaders"] = (header) =>
  header("x-signature") && header("x-timestamp")
    ? credicorp.parseHeaders(header)
    : { ok: false, error: "header_missing" }

describe("a refusal says what an operator needs, and only once the signature has passed (spec 1.9)", () => {
  it.each([
    { time: NOW - 412, reason: "timestamp_stale", ageSeconds: 412, says: "Signed 412 s ago; the tolerance is 300 s." },
    { time: NOW + 301, reason: "timestamp_ahead", ageSeconds: -301, says: "Signed 301 s ahead of this clock" },
  ])("$reason carries age and tolerance", async ({ time, reason, ageSeconds, says }) => {
    const headers = { "credicorp-signature": await signatureHeader(BODY, time) }
    const facts = { reason, ageSeconds, toleranceSeconds: 300 }
    expect(verifier.check(BODY, headers)).toMatchObject({ ok: false, error: facts })
    expect(await verifier.checkAsync(BODY, headers)).toMatchObject({ ok: false, error: facts })
    const thrown = thrownBy(() => verifier.verify(BODY, headers))
    expect(thrown).toMatchObject(facts)
    expect((thrown as Error).message).toBe(
      `webhook_signature_invalid: ${reason}. ${says}${ageSeconds < 0 ? "; the tolerance is 300 s." : ""}`,
    )
  })

  it("a forged delivery of long ago tells no age", async () => {
    const headers = { "credicorp-signature": await signatureHeader(BODY, NOW - 412, "whsec_another") }
    const result = verifier.check(BODY, headers)
    expect(!result.ok && result.error).toEqual({
      code: "webhook_signature_invalid",
      status: 400,
      reason: "signature_mismatch",
    })
  })

  it("header_missing says which header", () => {
    expect(verifier.check(BODY, {})).toMatchObject({
      error: { reason: "header_missing", header: "credicorp-signature" },
    })
    expect(() => verifier.verify(BODY, {})).toThrow("The credicorp-signature header is absent or empty.")
  })

  it("header_missing says which header where a provider has several", () => {
    const two = createVerifier({ secrets: [SECRET], provider: { ...credicorp, parseHeaders: parseTwoHeaders } })
    expect(two.check(BODY, { "X-Signature": "1" })).toMatchObject({ error: { header: "x-timestamp" } })
    expect(two.check(BODY, { "X-Timestamp": "1" })).toMatchObject({ error: { header: "x-signature" } })
  })
})

// NaN passed the comparison with the tolerance, so a provider that returned it switched the tolerance off.
describe("a provider's time that is no time is never within the tolerance", () => {
  const times: readonly unknown[] = [
    Number.NaN,
    undefined,
    null,
    Number.POSITIVE_INFINITY,
    -1,
    NOW + 0.5,
    String(NOW),
    NOW * 1000,
    new Date(NOW * 1000),
  ]

  it.each(times)("%s", async (signedAt) => {
    const parseHeaders: Provider<WebhookEvent>["parseHeaders"] = (header) => {
      const claim = credicorp.parseHeaders(header)
      return claim.ok ? { ok: true, value: { ...claim.value, signedAt: signedAt as number } } : claim
    }
    const readTime = (): number => signedAt as number
    for (const change of [{ parseHeaders }, { readTime }]) {
      const odd = createVerifier({ secrets: [SECRET], now: NOW, provider: { ...credicorp, ...change } })
      const headers = await genuine()
      expect(odd.check(BODY, headers).ok).toBe(false)
      expect((await odd.checkRequest(await signedRequest())).ok).toBe(false)
    }
  })
})
