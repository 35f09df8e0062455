import { describe, expect, it } from "vitest"
import { toUtf8 } from "../../src/core/bytes.ts"
import { createHeaderLookup } from "../../src/http/headers.ts"
import { nobleEngine } from "../../src/verify/hmac.ts"
import { createKeyring } from "../../src/verify/keyring.ts"
import { credicorp } from "../../src/providers/credicorp.ts"
import type { Claim } from "../../src/providers/provider.ts"
import { checkSecrets } from "../../src/verify/secrets.ts"
import { prove, readSignature } from "../../src/verify/verify.ts"
import { NOW, v1 } from "../support/delivery.ts"

const BODY = toUtf8('{"a":1}')
const A = "a".repeat(64)

describe("readSignature: a precise reason, a vague code (spec 1.8, 1.9)", () => {
  const cases = [
    { header: undefined, want: "webhook_signature_missing", reason: "header_missing" },
    { header: "", want: "webhook_signature_missing", reason: "header_missing" },
    { header: " \t", want: "webhook_signature_missing", reason: "header_missing" },
    { header: "x", want: "webhook_signature_invalid", reason: "header_malformed" },
    { header: `t=1,v1=${A.slice(1)}`, want: "webhook_signature_invalid", reason: "header_malformed" },
    { header: "x".repeat(4097), want: "webhook_signature_invalid", reason: "header_too_long" },
    { header: `t=1${",v1=".repeat(17)}`, want: "webhook_signature_invalid", reason: "too_many_signatures" },
  ]

  it.each(cases)("$reason → $want", ({ header, want, reason }) => {
    const result = readSignature(createHeaderLookup({ "credicorp-signature": header }), credicorp)
    expect(result).toMatchObject({ ok: false, error: { code: want, status: 400, reason } })
  })

  it("a well-formed header → its parts, nothing proven", () => {
    const result = readSignature(createHeaderLookup({ "credicorp-signature": `t=1,v1=${A}` }), credicorp)
    expect(result).toEqual({ ok: true, value: { timeText: "1", signedAt: 1, signatures: [A] } })
  })
})

interface Row {
  readonly why: string
  readonly time?: number
  /** What the signature was made with, where it is not what is claimed. */
  readonly signed?: { readonly body?: string; readonly time?: number | string; readonly secret?: string }
  readonly notBefore?: number
  readonly notAfter?: number
  readonly want: string
}

const rows: readonly Row[] = [
  { why: "signed now", want: "ok" },
  { why: "the oldest accepted second", time: NOW - 300, want: "ok" },
  { why: "the newest accepted second", time: NOW + 300, want: "ok" },
  { why: "the secret's first second is now", notBefore: NOW, want: "ok" },
  { why: "the secret's last second is now", notAfter: NOW + 1, want: "ok" },
  { why: "t lies before the secret's first second, now does not", time: NOW - 100, notBefore: NOW - 50, want: "ok" },
  { why: "t lies after the secret's end, now does not", time: NOW + 100, notAfter: NOW + 50, want: "ok" },
  { why: "another body was signed", signed: { body: '{"a":2}' }, want: "signature_mismatch" },
  { why: "another time was signed", signed: { time: NOW - 1 }, want: "signature_mismatch" },
  { why: "the time was signed in another spelling", signed: { time: `0${NOW}` }, want: "signature_mismatch" },
  { why: "another secret signed", signed: { secret: "whsec_b" }, want: "signature_mismatch" },
  { why: "the secret without its prefix signed", signed: { secret: "a" }, want: "signature_mismatch" },
  { why: "the secret begins a second later", notBefore: NOW + 1, want: "signature_mismatch" },
  { why: "the secret ended this second", notAfter: NOW, want: "signature_mismatch" },
  { why: "t lies in the secret's time, now does not", time: NOW - 100, notAfter: NOW - 50, want: "signature_mismatch" },
  { why: "one second too old", time: NOW - 301, want: "timestamp_stale" },
  { why: "one second too new", time: NOW + 301, want: "timestamp_ahead" },
  { why: "stale and forged", time: NOW - 301, signed: { secret: "whsec_b" }, want: "signature_mismatch" },
  { why: "ahead and forged", time: NOW + 301, signed: { secret: "whsec_b" }, want: "signature_mismatch" },
  { why: "stale, and the secret is over", time: NOW - 301, notAfter: NOW, want: "signature_mismatch" },
]

const arrived = (claim: Claim) => ({ claim, body: BODY, header: () => "", target: undefined })

const judge = (times: { notBefore?: number | undefined; notAfter?: number | undefined } = {}, now = NOW) => ({
  provider: credicorp,
  keys: createKeyring(checkSecrets([{ id: "a", secret: "whsec_a", ...times }]), credicorp, nobleEngine),
  toleranceSeconds: 300,
  maxBodyBytes: 1000,
  now: () => now,
})

describe("prove: the signature first, then the time (spec 1.9, 1.12, 3.6)", () => {
  it.each(rows)("$why → $want", async ({ time = NOW, signed = {}, notBefore, notAfter, want }) => {
    const signature = await v1(signed.body ?? BODY, signed.time ?? time, signed.secret ?? "whsec_a")
    const parts = { timeText: String(time), signedAt: time, signatures: [signature] }
    const result = prove(arrived(parts), judge({ notBefore, notAfter }))
    if (want === "ok") {
      const { covers, assurance } = credicorp
      expect(result).toEqual({ ok: true, body: BODY, secretId: "a", signedAt: time, covers, assurance })
    } else
      expect(result).toMatchObject({
        ok: false,
        error: { code: "webhook_signature_invalid", status: 400, reason: want },
      })
  })

  const sizes = [
    { why: "a cap of the body's length", maxBodyBytes: BODY.length, time: NOW, want: "ok" },
    { why: "a cap of one byte less", maxBodyBytes: BODY.length - 1, time: NOW, want: "request_body_too_large" },
    { why: "too large and stale", maxBodyBytes: 1, time: NOW - 301, want: "request_body_too_large" },
  ]

  // Spec 3.5, 3.6: the size is bounded before a byte is hashed.
  it.each(sizes)("$why → $want", async ({ maxBodyBytes, time, want }) => {
    const parts = { timeText: String(time), signedAt: time, signatures: [await v1(BODY, time, "whsec_a")] }
    const result = prove(arrived(parts), { ...judge(), maxBodyBytes })
    expect(result.ok ? "ok" : result.error.code).toBe(want)
  })

  it("too large → nothing is hashed, the clock is not asked", () => {
    const used: string[] = []
    const keys = [{ id: "a", notBefore: 0, notAfter: Infinity, sign: () => (used.push("key"), "") }]
    const now = (): number => (used.push("clock"), NOW)
    const parts = { timeText: String(NOW), signedAt: NOW, signatures: ["a".repeat(64)] }
    prove(arrived(parts), { ...judge(), keys, now, maxBodyBytes: 1 })
    expect(used).toEqual([])
  })

  it("gives back the very bytes that were signed", async () => {
    const parts = { timeText: String(NOW), signedAt: NOW, signatures: [await v1(BODY, NOW, "whsec_a")] }
    const result = prove(arrived(parts), judge())
    expect(result.ok && result.body).toBe(BODY)
  })

  it("reads the clock once: secrets and time are judged at one moment", async () => {
    let asked = 0
    const parts = { timeText: String(NOW), signedAt: NOW, signatures: [await v1(BODY, NOW, "whsec_a")] }
    prove(arrived(parts), { ...judge(), now: () => (asked++, NOW) })
    expect(asked).toBe(1)
  })
})

// NaN passes every comparison: a scheme that gives it for a time would switch the tolerance off.
describe("the time of every scheme is checked in one place (spec 1.5)", () => {
  const times = [
    Number.NaN,
    undefined,
    Infinity,
    -Infinity,
    -1,
    0.5,
    NOW * 1000,
    "1790000000",
    null,
    new Date(NOW * 1000),
  ]

  it.each(times)("signedAt %s → header_malformed, in the claim and read from the body", async (time) => {
    const signedAt = time as number
    const claim = { timeText: String(NOW), signedAt, signatures: [await v1(BODY, NOW, "whsec_a")] }
    const inBody = { ...judge(), provider: { ...credicorp, readTime: () => signedAt } }
    for (const result of [prove(arrived(claim), judge()), prove(arrived({ ...claim, signedAt: NOW }), inBody)]) {
      expect(result.ok ? "ok" : result.error.reason).toBe("header_malformed")
    }
  })
})
