import { describe, expect, it } from "vitest"
import type { BodyInput } from "../../src/http/body-input.ts"
import type { HeadersInput } from "../../src/http/headers.ts"
import { WebhookError, type Refusal } from "../../src/errors/webhook-error.ts"
import {
  checkSignature,
  checkWebhook,
  createVerifier,
  verifyWebhook,
  type CheckResult,
} from "../../src/verify/verifier.ts"
import type { VerifyOptions } from "../../src/verify/options.ts"
import { NOW, sampleBody, sampleEvent, SECRET, signatureHeader, signedRequest, v1 } from "../support/delivery.ts"

const OLD = "whsec_old_0123456789abcdef"
const CAP = 2000

const OPTIONS = {
  secrets: [
    { id: "new", secret: SECRET },
    { id: "old", secret: OLD },
    { id: "over", secret: "whsec_over_0123456789abcdef", notAfter: NOW },
  ],
  now: NOW,
  maxBodyBytes: CAP,
} satisfies VerifyOptions

const utf8 = new TextEncoder()

interface Row {
  readonly why: string
  readonly body?: Uint8Array | string
  /** What was signed, where it is not the body. */
  readonly signed?: Uint8Array | string
  readonly time?: number | string
  readonly secret?: string
  /** The header's text, where it is not the genuine one; undefined is for absent. */
  readonly header?: (genuine: string) => string | undefined
  /** `ok`, or the code. */
  readonly want: string
  readonly status?: number
  readonly reason?: string
  readonly param?: string
}

const INVALID = { want: "webhook_signature_invalid", status: 400 } as const
const MISSING = { want: "webhook_signature_missing", status: 400, reason: "header_missing" } as const
const WRONG_FIELD = { want: "invalid_value_type", status: 422 } as const

/** A body of exactly `length` bytes that is an event. */
const eventOfLength = (length: number): string => sampleBody().padEnd(length, " ")

const good: readonly Row[] = [
  { why: "signed now", want: "ok" },
  { why: "signed by the old secret", secret: OLD, want: "ok" },
  { why: "300 s old", time: NOW - 300, want: "ok" },
  { why: "300 s ahead", time: NOW + 300, want: "ok" },
  { why: "exactly the cap", body: eventOfLength(CAP), want: "ok" },
  { why: "another signature beside the good one", header: (genuine) => `v1=${"0".repeat(64)},${genuine}`, want: "ok" },
  { why: "letters of two to four bytes", body: sampleBody({ note: "é €🔑" }), want: "ok" },
  { why: "a field that is not known", body: sampleBody({ new_field: [1] }), want: "ok" },
  { why: "replacement patterns in the body", body: sampleBody({ note: "$& $1 $` $' $$" }), want: "ok" },
]

const bad: readonly Row[] = [
  // Spec 1.8, 3.4
  { why: "no header", header: () => undefined, ...MISSING },
  { why: "empty header", header: () => "", ...MISSING },
  { why: "header of white space", header: () => " \t ", ...MISSING },
  // Spec 1.7, 1.9
  { why: "no time", header: (genuine) => genuine.replace(/t=\d+,/, ""), ...INVALID, reason: "header_malformed" },
  { why: "no signature", header: () => `t=${NOW}`, ...INVALID, reason: "header_malformed" },
  { why: "two times", header: (genuine) => `t=${NOW},${genuine}`, ...INVALID, reason: "header_malformed" },
  {
    why: "signature in upper case",
    header: (genuine) => genuine.replace(/[a-f\d]{64}/, (hex) => hex.toUpperCase()),
    ...INVALID,
    reason: "header_malformed",
  },
  {
    why: "signature under v0",
    header: (genuine) => genuine.replace("v1", "v0"),
    ...INVALID,
    reason: "header_malformed",
  },
  { why: "time that parseInt would take", time: `${NOW}abc`, ...INVALID, reason: "header_malformed" },
  { why: "time with a leading zero, signed so", time: `0${NOW}`, ...INVALID, reason: "header_malformed" },
  { why: "time in milliseconds, signed so", time: NOW * 1000, ...INVALID, reason: "header_malformed" },
  {
    why: "17 signatures, one of them good",
    header: (genuine) => `${genuine}${",v1=0".repeat(16)}`,
    ...INVALID,
    reason: "too_many_signatures",
  },
  {
    why: "4,097 characters with a good signature",
    header: (genuine) => `${genuine},x=`.padEnd(4097, "x"),
    ...INVALID,
    reason: "header_too_long",
  },
  // Spec 3.5
  { why: "one byte over the cap", body: eventOfLength(CAP + 1), want: "request_body_too_large", status: 422 },
  // Spec 1.3, 3.6
  { why: "another body", signed: sampleBody({ id: "evt_2" }), ...INVALID, reason: "signature_mismatch" },
  {
    why: "a space more than was signed",
    body: `${sampleBody()} `,
    signed: sampleBody(),
    ...INVALID,
    reason: "signature_mismatch",
  },
  {
    why: "the same JSON in another order",
    signed: JSON.stringify(Object.fromEntries(Object.entries(sampleEvent()).toReversed())),
    ...INVALID,
    reason: "signature_mismatch",
  },
  {
    why: "a byte order mark more than was signed",
    body: `\ufeff${sampleBody()}`,
    signed: sampleBody(),
    ...INVALID,
    reason: "signature_mismatch",
  },
  { why: "no body, where one was signed", body: "", signed: sampleBody(), ...INVALID, reason: "signature_mismatch" },
  {
    why: "another time than was signed",
    header: (genuine) => genuine.replace(`t=${NOW}`, `t=${NOW + 1}`),
    ...INVALID,
    reason: "signature_mismatch",
  },
  {
    why: "a secret that is not known",
    secret: "whsec_other_0123456789abcdef",
    ...INVALID,
    reason: "signature_mismatch",
  },
  { why: "a secret that is over", secret: "whsec_over_0123456789abcdef", ...INVALID, reason: "signature_mismatch" },
  {
    why: "the secret without its prefix",
    secret: SECRET.slice("whsec_".length),
    ...INVALID,
    reason: "signature_mismatch",
  },
  {
    why: "a signature of zeros",
    header: () => `t=${NOW},v1=${"0".repeat(64)}`,
    ...INVALID,
    reason: "signature_mismatch",
  },
  // Spec 1.5
  { why: "301 s old", time: NOW - 301, ...INVALID, reason: "timestamp_stale" },
  { why: "301 s ahead", time: NOW + 301, ...INVALID, reason: "timestamp_ahead" },
  { why: "from 1970", time: 0, ...INVALID, reason: "timestamp_stale" },
  // Spec 3.7
  { why: "no JSON", body: "{", want: "invalid_json", status: 400 },
  { why: "empty, signed so", body: "", want: "invalid_json", status: 400 },
  { why: "no UTF-8, signed so", body: Uint8Array.of(0x22, 0xff, 0x22), want: "invalid_json", status: 400 },
  { why: "a byte order mark, signed so", body: `\ufeff${sampleBody()}`, want: "invalid_json", status: 400 },
  // Spec 3.8
  { why: "no object", body: "[]", ...WRONG_FIELD },
  { why: "an id that is not an event's", body: sampleBody({ id: "dec_1" }), ...WRONG_FIELD, param: "id" },
  { why: "no livemode", body: sampleBody({ livemode: undefined }), ...WRONG_FIELD, param: "livemode" },
  { why: "an object that is null", body: sampleBody({ data: { object: null } }), ...WRONG_FIELD, param: "data.object" },
]

interface Delivery {
  readonly body: Uint8Array
  readonly header: string | undefined
}

async function deliver({
  body = sampleBody(),
  signed = body,
  time,
  secret,
  header = (text) => text,
}: Row): Promise<Delivery> {
  const bytes = typeof body === "string" ? utf8.encode(body) : body
  return { body: bytes, header: header(await signatureHeader(signed, time, secret)) }
}

const headersOf = ({ header }: Delivery): Record<string, string | undefined> => ({ "credicorp-signature": header })

const requestOf = (delivery: Delivery): Promise<Request> =>
  signedRequest({ body: delivery.body, headers: { "Credicorp-Signature": delivery.header } })

/** What an entry point made of a delivery, in one form for all of them. */
type Outcome =
  | { readonly event: unknown }
  | { readonly want: string; readonly status: number; readonly reason?: string; readonly param?: string }

const refusal = ({ code, status, reason, param }: Refusal): Outcome => ({
  want: code,
  status,
  ...(reason && { reason }),
  ...(param && { param }),
})

const ofResult = (result: CheckResult<unknown>): Outcome =>
  result.ok ? { event: result.event } : refusal(result.error)

async function ofThrowing(run: () => unknown): Promise<Outcome> {
  try {
    return { event: await run() }
  } catch (error) {
    if (error instanceof WebhookError) return refusal(error)
    throw error
  }
}

const verifier = createVerifier(OPTIONS)

const entryPoints: readonly { name: string; run: (delivery: Delivery) => Outcome | Promise<Outcome> }[] = [
  { name: "verifier.check", run: (d) => ofResult(verifier.check(d.body, headersOf(d))) },
  { name: "verifier.verify", run: (d) => ofThrowing(() => verifier.verify(d.body, headersOf(d))) },
  { name: "verifier.checkRequest", run: async (d) => ofResult(await verifier.checkRequest(await requestOf(d))) },
  { name: "verifier.verifyRequest", run: (d) => ofThrowing(async () => verifier.verifyRequest(await requestOf(d))) },
  { name: "checkWebhook", run: (d) => ofResult(checkWebhook(d.body, headersOf(d), OPTIONS)) },
  { name: "verifyWebhook", run: (d) => ofThrowing(() => verifyWebhook(d.body, headersOf(d), OPTIONS)) },
]

describe.each(entryPoints)("$name", ({ run }) => {
  it.each(good)("$why → the event", async (row) => {
    const delivery = await deliver(row)
    expect(await run(delivery)).toEqual({ event: JSON.parse(new TextDecoder().decode(delivery.body)) })
  })

  it.each(bad)("$why → $want $reason $param", async ({ want, status, reason, param, ...row }) => {
    const expected = { want, status, ...(reason && { reason }), ...(param && { param }) }
    expect(await run(await deliver({ ...row, want }))).toEqual(expected)
  })
})

/** What only concerns the event (spec 3.7, 3.8): the signature of these rows holds. */
const isAboutEvent = ({ want }: Row): boolean => want === "invalid_json" || want === "invalid_value_type"

describe("checkSignature stops after signature and time", () => {
  const passing = [...good, ...bad.filter(isAboutEvent)]

  it.each(passing)("$why → ok", async (row) => {
    const { body, header } = await deliver(row)
    const secretId = row.secret === OLD ? "old" : "new"
    const covers = { body: true, id: true, type: true, time: true, method: false, url: false }
    const want = { ok: true, body, secretId, signedAt: row.time ?? NOW, covers, assurance: "verified" }
    expect(checkSignature(body, { "credicorp-signature": header }, OPTIONS)).toEqual(want)
    expect(verifier.checkSignature(body, { "credicorp-signature": header })).toEqual(want)
  })

  it.each(bad.filter((row) => !isAboutEvent(row)))("$why → $want $reason", async (row) => {
    const { body, header } = await deliver(row)
    const result = checkSignature(body, { "credicorp-signature": header }, OPTIONS)
    const { want, status, reason } = row
    expect(!result.ok && refusal(result.error)).toEqual({ want, status, ...(reason && { reason }) })
  })
})

describe("a result says what was proven (spec 1.10)", () => {
  const cases = [
    { why: "by the new secret", secret: SECRET, want: "new" },
    { why: "by the old secret", secret: OLD, want: "old" },
  ]

  it.each(cases)("$why → $want", async ({ secret, want }) => {
    const body = sampleBody()
    const result = verifier.check(body, { "credicorp-signature": await signatureHeader(body, NOW - 5, secret) })
    expect(result).toMatchObject({ ok: true, secretId: want, signedAt: NOW - 5, event: sampleEvent() })
    expect(result.ok && result.body).toEqual(utf8.encode(body))
  })
})

const BODY = sampleBody({ note: "é" })
const bytesOf = (): Uint8Array => utf8.encode(BODY)

describe("the body in every form (spec 1.3)", () => {
  const inLarger = new Uint8Array(bytesOf().length + 20).fill(32)
  inLarger.set(bytesOf(), 10)

  const forms: readonly { why: string; body: BodyInput }[] = [
    { why: "Uint8Array", body: bytesOf() },
    { why: "ArrayBuffer", body: bytesOf().buffer as ArrayBuffer },
    { why: "text", body: BODY },
    { why: "part of a larger buffer", body: inLarger.subarray(10, inLarger.length - 10) },
    { why: "a subclass, as Node's Buffer is one", body: new (class extends Uint8Array {})(bytesOf()) },
  ]

  it.each(forms)("$why → verified", async ({ body }) => {
    expect(verifier.verify(body, { "credicorp-signature": await signatureHeader(BODY) }).id).toBe("evt_1")
  })

  const parsed: readonly { why: string; body: unknown }[] = [
    { why: "parsed", body: JSON.parse(BODY) },
    { why: "a promise of it", body: Promise.resolve(BODY) },
    { why: "undefined", body: undefined },
    { why: "null", body: null },
  ]

  it.each(parsed)("$why → TypeError, and no WebhookError, whatever the header", async ({ body }) => {
    for (const header of [await signatureHeader(BODY), "", undefined]) {
      const headers = { "credicorp-signature": header }
      expect(() => verifier.verify(body as string, headers)).toThrow(TypeError)
      expect(() => verifier.check(body as string, headers)).toThrow(TypeError)
      expect(() => verifier.checkSignature(body as string, headers)).toThrow(TypeError)
    }
  })
})

describe("headers in every form (spec 1.2, 1.7)", () => {
  const forms: readonly { why: string; make: (value: string) => HeadersInput }[] = [
    { why: "Headers", make: (value) => new Headers({ "Credicorp-Signature": value }) },
    { why: "record as documented", make: (value) => ({ "Credicorp-Signature": value }) },
    { why: "record in lower case", make: (value) => ({ "credicorp-signature": value }) },
    { why: "record in upper case", make: (value) => ({ "CREDICORP-SIGNATURE": value }) },
    { why: "record of lists", make: (value) => ({ "credicorp-signature": [value] }) },
    { why: "record with t and v1 in two lines", make: (value) => ({ "credicorp-signature": value.split(",") }) },
    { why: "pairs", make: (value) => [["Credicorp-Signature", value]] },
    {
      why: "pairs in two lines",
      make: (value) => value.split(",").map((item) => ["credicorp-signature", item] as const),
    },
    { why: "Map", make: (value) => new Map([["credicorp-signature", value]]) },
    { why: "entries", make: (value) => new Headers({ "credicorp-signature": value }).entries() },
  ]

  it.each(forms)("$why → verified", async ({ make }) => {
    expect(verifier.verify(BODY, make(await signatureHeader(BODY))).id).toBe("evt_1")
  })

  it.each([undefined, null, "t=1,v1=a", 1, true])("%j → TypeError", (headers) => {
    expect(() => verifier.verify(BODY, headers as unknown as HeadersInput)).toThrow(TypeError)
    expect(() => verifier.check(BODY, headers as unknown as HeadersInput)).toThrow(TypeError)
  })
})

describe("order: of two faults the first in the list of spec 3 is the answer", () => {
  const forged = { secret: "whsec_other_0123456789abcdef" }
  const tooLarge = { body: "x".repeat(CAP + 1) }

  const rows: readonly Row[] = [
    { why: "no header, body too large", header: () => undefined, ...tooLarge, ...MISSING },
    { why: "header malformed, body too large", header: () => "x", ...tooLarge, ...INVALID, reason: "header_malformed" },
    { why: "header malformed, no JSON", header: () => "x", body: "{", ...INVALID, reason: "header_malformed" },
    {
      why: "header too long, too many signatures",
      header: () => "v1=,".repeat(1100),
      ...INVALID,
      reason: "header_too_long",
    },
    { why: "too many signatures, no time", header: () => "v1=,".repeat(17), ...INVALID, reason: "too_many_signatures" },
    { why: "body too large, forged", ...tooLarge, ...forged, want: "request_body_too_large", status: 422 },
    { why: "body too large, stale", ...tooLarge, time: NOW - 301, want: "request_body_too_large", status: 422 },
    { why: "body too large, no JSON", ...tooLarge, want: "request_body_too_large", status: 422 },
    { why: "forged, stale", ...forged, time: NOW - 301, ...INVALID, reason: "signature_mismatch" },
    { why: "forged, ahead", ...forged, time: NOW + 301, ...INVALID, reason: "signature_mismatch" },
    { why: "forged, no JSON", ...forged, body: "{", ...INVALID, reason: "signature_mismatch" },
    { why: "forged, no event", ...forged, body: "{}", ...INVALID, reason: "signature_mismatch" },
    { why: "stale, no JSON", time: NOW - 301, body: "{", ...INVALID, reason: "timestamp_stale" },
    { why: "ahead, no event", time: NOW + 301, body: "{}", ...INVALID, reason: "timestamp_ahead" },
    { why: "no UTF-8, no JSON", body: Uint8Array.of(0xff), want: "invalid_json", status: 400 },
    { why: "two wrong fields", body: sampleBody({ id: 1, type: 1 }), ...WRONG_FIELD, param: "id" },
  ]

  describe.each(entryPoints)("$name", ({ run }) => {
    it.each(rows)("$why → $want $reason", async ({ want, status, reason, param, ...row }) => {
      const expected = { want, status, ...(reason && { reason }), ...(param && { param }) }
      expect(await run(await deliver({ ...row, want }))).toEqual(expected)
    })
  })
})

describe("requests", () => {
  it("already read → TypeError that names cause and cure, not a refusal of the sender", async () => {
    const request = await signedRequest()
    await request.json()
    const failure: unknown = await verifier.verifyRequest(request).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(TypeError)
    expect(String(failure)).toMatch(/read.*clone/)
  })

  it("its clone was read → verified", async () => {
    const request = await signedRequest()
    await request.clone().text()
    expect((await verifier.verifyRequest(request)).id).toBe("evt_1")
  })

  it("verified twice, the first time by a clone → verified", async () => {
    const request = await signedRequest()
    const clone = request.clone()
    expect((await verifier.verifyRequest(clone)).id).toBe("evt_1")
    expect((await verifier.verifyRequest(request)).id).toBe("evt_1")
  })

  it("verified twice without a clone → TypeError: the bytes are gone", async () => {
    const request = await signedRequest()
    await verifier.verifyRequest(request)
    await expect(verifier.checkRequest(request)).rejects.toThrow(TypeError)
  })

  const hopeless = [
    { why: "no header", header: undefined },
    { why: "malformed header", header: "t=1" },
    { why: "header too long", header: "x".repeat(4097) },
  ]

  // Spec 3.4: decided before the body is read.
  it.each(hopeless)("$why → refused, the body untouched", async ({ header }) => {
    const request = await signedRequest({ headers: { "Credicorp-Signature": header } })
    expect((await verifier.checkRequest(request)).ok).toBe(false)
    expect(request.bodyUsed).toBe(false)
    expect(await request.text()).toBe(sampleBody())
  })

  it("announces more than the cap → request_body_too_large, the body untouched", async () => {
    const request = await signedRequest({ headers: { "Content-Length": String(CAP + 1) } })
    expect(await verifier.checkRequest(request)).toMatchObject({ ok: false, error: { code: "request_body_too_large" } })
    expect(request.bodyUsed).toBe(false)
  })

  // Catches a broken stream that is told from a caller's mistake by the class of its error: undici's is a TypeError.
  it.each([
    { why: "an Error", error: new Error("gone") },
    { why: "a TypeError", error: new TypeError("terminated") },
    { why: "a DOMException", error: new DOMException("aborted", "AbortError") },
    { why: "text", error: "gone" },
    { why: "nothing", error: undefined },
  ])("breaks off half way with $why → body_incomplete, and no event of the half (spec 1.9)", async ({ error }) => {
    const whole = await signedRequest()
    let pulls = 0
    const body = new ReadableStream({
      pull: (controller) =>
        pulls++ === 0 ? controller.enqueue(utf8.encode(sampleBody().slice(0, 50))) : controller.error(error),
    })
    const init = { method: "POST", headers: whole.headers, body, duplex: "half" }
    expect(await verifier.checkRequest(new Request(whole.url, init))).toEqual({
      ok: false,
      error: { code: "webhook_signature_invalid", status: 400, reason: "body_incomplete" },
    })
  })

  it("method and URL are not signed: another path and method → verified", async () => {
    const request = await signedRequest({ url: "https://other.example/x?y=1", method: "PUT" })
    expect((await verifier.verifyRequest(request)).id).toBe("evt_1")
  })

  it("two header lines, one signature each → verified", async () => {
    const { url, headers } = await signedRequest()
    headers.set("Credicorp-Signature", `t=${NOW},v1=${await v1(BODY, NOW, "whsec_x")}`)
    headers.append("Credicorp-Signature", `v1=${await v1(BODY)}`)
    expect((await verifier.verifyRequest(new Request(url, { method: "POST", headers, body: BODY }))).id).toBe("evt_1")
  })
})

describe("one verifier, many deliveries", () => {
  it("100 in turn, every third forged → each judged by itself", async () => {
    for (let i = 0; i < 100; i++) {
      const body = sampleBody({ id: `evt_${i}` })
      const isForged = i % 3 === 2
      const header = await signatureHeader(body, NOW, isForged ? "whsec_x" : i % 2 ? OLD : SECRET)
      const result = verifier.check(body, { "credicorp-signature": header })
      expect(result.ok ? result.event.id : result.error.reason).toBe(isForged ? "signature_mismatch" : `evt_${i}`)
    }
  })

  it("100 requests at once → none sees another's bytes", async () => {
    const ids = Array.from({ length: 100 }, (_, i) => `evt_${i}`)
    const requests = await Promise.all(ids.map((id) => signedRequest({ body: sampleBody({ id }) })))
    const events = await Promise.all(requests.map((request) => verifier.verifyRequest(request)))
    expect(events.map((event) => event.id)).toEqual(ids)
  })

  it("its methods work on a copy of it: they need no this", async () => {
    const copy = { ...verifier }
    const headers = { "credicorp-signature": await signatureHeader(BODY) }
    expect(copy.verify(BODY, headers).id).toBe("evt_1")
    expect(copy.check(BODY, headers).ok).toBe(true)
    expect((await copy.verifyRequest(await signedRequest())).id).toBe("evt_1")
  })
})
