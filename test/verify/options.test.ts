import { describe, expect, it } from "vitest"
import { createVerifier } from "../../src/verify/verifier.ts"
import type { VerifyOptions } from "../../src/verify/options.ts"
import { NOW, sampleBody, SECRET, signatureHeader } from "../support/delivery.ts"
import { thrownBy } from "../support/thrown.ts"

const BODY = sampleBody()

/** `createVerifier` as JavaScript calls it, without types to stop a mistake. */
const create = (options: unknown) => createVerifier(options as VerifyOptions)

const SCHEMA = { "~standard": { version: 1, vendor: "test", validate: (value: unknown) => ({ value }) } }

const invalid: readonly { why: string; options: unknown }[] = [
  { why: "no options", options: undefined },
  { why: "null", options: null },
  { why: "no secrets", options: {} },
  { why: "secrets undefined: the variable is not set", options: { secrets: undefined } },
  { why: "secrets null", options: { secrets: null } },
  { why: "no secret in the list", options: { secrets: [] } },
  { why: "one string for a list", options: { secrets: SECRET } },
  { why: "a secret undefined", options: { secrets: [undefined] } },
  { why: "an empty secret", options: { secrets: [""] } },
  { why: "an empty secret beside a good one", options: { secrets: [SECRET, ""] } },
  { why: "17 secrets", options: { secrets: Array.from({ length: 17 }, (_, i) => `${SECRET}${i}`) } },
  { why: "secret for secrets", options: { secret: SECRET } },
  { why: "tolerance 0, which might be taken for off", options: { secrets: [SECRET], toleranceSeconds: 0 } },
  { why: "tolerance -0", options: { secrets: [SECRET], toleranceSeconds: -0 } },
  { why: "tolerance below 0", options: { secrets: [SECRET], toleranceSeconds: -1 } },
  { why: "tolerance over a day", options: { secrets: [SECRET], toleranceSeconds: 86_401 } },
  { why: "tolerance with a fraction", options: { secrets: [SECRET], toleranceSeconds: 1.5 } },
  { why: "tolerance below 1", options: { secrets: [SECRET], toleranceSeconds: 0.5 } },
  { why: "tolerance NaN, which passes every comparison", options: { secrets: [SECRET], toleranceSeconds: Number.NaN } },
  { why: "tolerance Infinity", options: { secrets: [SECRET], toleranceSeconds: Number.POSITIVE_INFINITY } },
  { why: "tolerance as text", options: { secrets: [SECRET], toleranceSeconds: "300" } },
  { why: "tolerance in words", options: { secrets: [SECRET], toleranceSeconds: "5 minutes" } },
  { why: "tolerance a bigint", options: { secrets: [SECRET], toleranceSeconds: 300n } },
  { why: "tolerance null", options: { secrets: [SECRET], toleranceSeconds: null } },
  { why: "tolerance false", options: { secrets: [SECRET], toleranceSeconds: false } },
  { why: "cap 0", options: { secrets: [SECRET], maxBodyBytes: 0 } },
  { why: "cap below 0", options: { secrets: [SECRET], maxBodyBytes: -1 } },
  { why: "cap with a fraction", options: { secrets: [SECRET], maxBodyBytes: 1000.5 } },
  { why: "cap NaN", options: { secrets: [SECRET], maxBodyBytes: Number.NaN } },
  { why: "cap Infinity", options: { secrets: [SECRET], maxBodyBytes: Number.POSITIVE_INFINITY } },
  { why: "cap as text", options: { secrets: [SECRET], maxBodyBytes: "1mb" } },
  { why: "cap null", options: { secrets: [SECRET], maxBodyBytes: null } },
  // A schema that is never asked lets every payload pass.
  ...["*", "payment.*", "Payment.Settled", "payment", "payment.", " payment.settled", ""].map((type) => ({
    why: `a schema under ${JSON.stringify(type)}`,
    options: { secrets: [SECRET], events: { "payment.settled": SCHEMA, [type]: SCHEMA } },
  })),
]

describe("createVerifier refuses invalid options at once (spec 1.5, 1.11)", () => {
  it.each(invalid)("$why → TypeError that shows no secret", ({ options }) => {
    const thrown = thrownBy(() => create(options))
    expect(thrown).toBeInstanceOf(TypeError)
    expect(String(thrown)).not.toContain(SECRET)
  })
})

const check = async (options: object, time: number | string = NOW): Promise<unknown> => {
  const result = create({ secrets: [SECRET], now: NOW, ...options }).check(BODY, {
    "credicorp-signature": await signatureHeader(BODY, time),
  })
  return result.ok ? "ok" : (result.error.reason ?? result.error.code)
}

const valid: readonly { why: string; options: object; time: number; want: string }[] = [
  { why: "300 s unless given: 300 s old", options: {}, time: NOW - 300, want: "ok" },
  { why: "300 s unless given: 301 s old", options: {}, time: NOW - 301, want: "timestamp_stale" },
  { why: "300 s if undefined", options: { toleranceSeconds: undefined }, time: NOW - 301, want: "timestamp_stale" },
  { why: "1 s: 1 s old", options: { toleranceSeconds: 1 }, time: NOW - 1, want: "ok" },
  { why: "1 s: 2 s old", options: { toleranceSeconds: 1 }, time: NOW - 2, want: "timestamp_stale" },
  { why: "1 s: 2 s ahead", options: { toleranceSeconds: 1 }, time: NOW + 2, want: "timestamp_ahead" },
  { why: "a day: a day old", options: { toleranceSeconds: 86_400 }, time: NOW - 86_400, want: "ok" },
  { why: "a day: a second more", options: { toleranceSeconds: 86_400 }, time: NOW - 86_401, want: "timestamp_stale" },
  { why: "a function for now", options: { now: () => NOW + 301 }, time: NOW, want: "timestamp_stale" },
  { why: "now 0", options: { now: 0 }, time: 300, want: "ok" },
  { why: "now 0, and t ahead", options: { now: 0 }, time: 301, want: "timestamp_ahead" },
  { why: "a cap of the body's length", options: { maxBodyBytes: BODY.length }, time: NOW, want: "ok" },
  { why: "a cap one byte less", options: { maxBodyBytes: BODY.length - 1 }, time: NOW, want: "request_body_too_large" },
]

describe("valid options", () => {
  it.each(valid)("$why → $want", async ({ options, time, want }) => {
    expect(await check(options, time)).toBe(want)
  })

  it("1 MiB unless given: a byte more → request_body_too_large (spec 3.5)", async () => {
    const verifier = create({ secrets: [SECRET], now: NOW })
    for (const [length, want] of [
      [1_048_576, true],
      [1_048_577, false],
    ] as const) {
      const body = BODY.padEnd(length, " ")
      expect(verifier.check(body, { "credicorp-signature": await signatureHeader(body) }).ok).toBe(want)
    }
  })

  it("a function for now is asked for every delivery, the header being well-formed", async () => {
    let now = NOW
    const verifier = create({ secrets: [SECRET], now: () => now++ })
    const headers = { "credicorp-signature": await signatureHeader(BODY, NOW - 300) }
    expect(verifier.check(BODY, headers).ok).toBe(true)
    expect(verifier.check(BODY, headers).ok).toBe(false)
  })

  it("the system clock unless now is given: signed by it → ok, signed ten minutes before → timestamp_stale", async () => {
    const seconds = Math.floor(Date.now() / 1000)
    expect(await check({ now: undefined }, seconds)).toBe("ok")
    expect(await check({ now: undefined }, seconds - 600)).toBe("timestamp_stale")
  })

  it("the list of secrets is changed after creating → what was checked stays", async () => {
    const secrets = [{ id: "a", secret: SECRET, notAfter: NOW + 1 }]
    const verifier = create({ secrets, now: NOW })
    secrets[0]!.notAfter = NOW
    secrets[0]!.id = "b"
    secrets.length = 0
    const result = verifier.check(BODY, { "credicorp-signature": await signatureHeader(BODY) })
    expect(result.ok && result.secretId).toBe("a")
  })
})

const clocks: readonly { why: string; now: unknown }[] = [
  { why: "NaN, which passes every comparison", now: Number.NaN },
  { why: "Infinity", now: Number.POSITIVE_INFINITY },
  { why: "a fraction", now: NOW + 0.5 },
  { why: "milliseconds", now: NOW * 1000 },
  { why: "below 0", now: -1 },
  { why: "text", now: String(NOW) },
  { why: "a bigint", now: BigInt(NOW) },
  { why: "a date", now: new Date(NOW * 1000) },
  { why: "null", now: null },
]

const noClock = (): never => {
  throw new RangeError("no clock")
}

describe("now must be whole seconds", () => {
  it.each(clocks)("$why → TypeError", async ({ now }) => {
    await expect(check({ now })).rejects.toThrow(TypeError)
  })

  it.each(clocks)("a function that gives $why → TypeError", async ({ now }) => {
    await expect(check({ now: () => now })).rejects.toThrow(TypeError)
  })

  it("a function that gives nothing → TypeError", async () => {
    await expect(check({ now: () => undefined })).rejects.toThrow(TypeError)
  })

  it("a promise of a time → TypeError", async () => {
    await expect(check({ now: () => Promise.resolve(NOW) })).rejects.toThrow(TypeError)
  })

  it("a clock that throws → its own error", async () => {
    await expect(check({ now: noClock })).rejects.toThrow(RangeError)
  })
})
