// Catches a fault that is none, or that is another than its name says: whoever tests with it would learn nothing.

import { describe, expect, it } from "vitest"
import { faults } from "../../src/testing/faults.ts"
import { SAMPLE_TYPES, sampleEvent } from "../../src/testing/sample-event.ts"
import { signedRequest } from "../../src/testing/signed-request.ts"
import { isEventType } from "../../src/events/envelope.ts"
import { PUBLIC_EVENT_TYPES } from "../../src/events/known.ts"
import { createVerifier } from "../../src/verify/verifier.ts"
import { NOW, sampleBody, SECRET, signatureHeader } from "../support/delivery.ts"

const verifier = createVerifier({ secrets: [SECRET], now: NOW })
const options = { secrets: [SECRET], now: NOW }
const event = sampleEvent("payment.settled")

/** The code, and the reason where there is one; `ok` for a delivery that is believed. */
async function verdictOf(request: Request): Promise<string> {
  const result = await verifier.checkRequest(request)
  return result.ok ? "ok" : [result.error.code, result.error.reason].filter(Boolean).join(" ")
}

describe("signedRequest", () => {
  it("makes what the sender makes: spec 1.1 to 1.4", async () => {
    const body = sampleBody()
    const request = signedRequest(body, options)
    expect([request.method, request.url]).toEqual(["POST", "https://receiver.example/webhooks/credicorp"])
    expect(request.headers.get("Content-Type")).toBe("application/json")
    expect(request.headers.get("Credicorp-Delivery")).toMatch(/^dlv_/)
    expect(request.headers.get("Credicorp-Signature")).toBe(await signatureHeader(body))
    expect(await request.text()).toBe(body)
  })

  it.each([
    { why: "an object", input: event, want: JSON.stringify(event) },
    { why: "text", input: "no JSON", want: "no JSON" },
    { why: "bytes", input: new TextEncoder().encode("\ufeffé"), want: "\ufeffé" },
    { why: "a buffer", input: new TextEncoder().encode("é").buffer, want: "é" },
    { why: "nothing", input: "", want: "" },
  ])("$why is sent as it is, and believed", async ({ input, want }) => {
    const request = signedRequest(input, options)
    expect(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await request.clone().arrayBuffer())).toBe(
      want,
    )
    const proven = verifier.checkSignature(new Uint8Array(await request.arrayBuffer()), request.headers)
    expect(proven.ok).toBe(true)
  })

  it("goes by the system clock unless told when", async () => {
    const now = createVerifier({ secrets: [SECRET] })
    expect((await now.checkRequest(signedRequest(event, { secrets: [SECRET] }))).ok).toBe(true)
  })

  it("a list of secrets makes one signature each: spec 5.6", async () => {
    const request = signedRequest(event, { ...options, secrets: ["whsec_old_0123456789", SECRET] })
    expect(request.headers.get("Credicorp-Signature")).toMatch(/^t=\d+,v1=[0-9a-f]{64},v1=[0-9a-f]{64}$/)
    expect(await verdictOf(request)).toBe("ok")
  })

  it("headers are set instead, beside, or left out; the URL is the one that was given", () => {
    const headers = { "Content-Type": undefined, "Credicorp-Delivery": "dlv_1", "X-Test": "1" }
    const request = signedRequest(event, { ...options, url: "http://localhost:1/hooks", headers })
    expect(request.url).toBe("http://localhost:1/hooks")
    expect(Object.fromEntries(request.headers)).toMatchObject({ "credicorp-delivery": "dlv_1", "x-test": "1" })
    expect(request.headers.has("Content-Type")).toBe(false)
  })

  it.each(["", " padded"])("the secret %j is a TypeError", (secret) => {
    expect(() => signedRequest(event, { ...options, secrets: [secret] })).toThrow(TypeError)
  })

  it("signs with every secret, valid now or not: the receiver decides", async () => {
    const secrets = [{ id: "over", secret: SECRET, notAfter: 1 }]
    expect(await verdictOf(signedRequest(event, { ...options, secrets }))).toBe("ok")
  })

  it("now can be a function, as it can be for signWebhook", () => {
    const request = signedRequest(event, { ...options, now: () => NOW - 7 })
    expect(request.headers.get("Credicorp-Signature")).toMatch(new RegExp(`^t=${NOW - 7},`))
  })

  it.each<{ why: string; event?: unknown; options: unknown; says: string }>([
    { why: "an empty list of secrets", options: { secrets: [] }, says: "secrets must have 1 to 16" },
    { why: "the old names", options: { secret: SECRET, at: NOW }, says: "options.secret is not an option" },
    { why: "no options", options: undefined, says: "options must be an object" },
    { why: "now in milliseconds", options: { secrets: [SECRET], now: NOW * 1000 }, says: "now must be a whole number" },
    { why: "an event that is undefined", event: undefined, options, says: "event must be an object" },
    { why: "an event that is a promise", event: Promise.resolve({}), options, says: "await" },
    { why: "an event that is a number", event: 1, options, says: "not a number" },
  ])("$why → TypeError that says $says", ({ options: given, says, ...row }) => {
    const sent = "event" in row ? row.event : event
    expect(() => signedRequest(sent as object, given as typeof options)).toThrow(TypeError)
    expect(() => signedRequest(sent as object, given as typeof options)).toThrow(says)
  })
})

describe("sampleEvent", () => {
  it("a type that is not text is a TypeError", () => {
    expect(() => sampleEvent(undefined as unknown as string)).toThrow("type must be an event type")
  })

  it("knows a payload for every type whose name is public", () => {
    expect(SAMPLE_TYPES.toSorted()).toEqual(PUBLIC_EVENT_TYPES.toSorted())
  })

  it.each([...SAMPLE_TYPES, "card.blocked"])("%s: an event that a verifier takes, no two of them one", async (type) => {
    const [one, other] = [sampleEvent(type), sampleEvent(type)]
    expect(isEventType(one.type)).toBe(true)
    expect(one.id).not.toBe(other.id)
    expect(await verdictOf(signedRequest(one, options))).toBe("ok")
  })

  it.each(["toString", "constructor", "__proto__"])("%s is no type with a payload of its own", (type) => {
    expect(sampleEvent(type).data.object).toEqual({ id: expect.stringMatching(/^obj_/) })
  })

  it("fields that are given stand instead", () => {
    const changes = { id: "evt_1", livemode: true, data: { object: { id: "pay_1" } } }
    expect(sampleEvent("payment.settled", changes)).toMatchObject({ type: "payment.settled", ...changes })
  })
})

describe("faults", () => {
  it.each([
    { fault: "tampered", want: "webhook_signature_invalid signature_mismatch" },
    { fault: "truncated", want: "webhook_signature_invalid signature_mismatch" },
    { fault: "reencoded", want: "webhook_signature_invalid signature_mismatch" },
    { fault: "wrongSecret", want: "webhook_signature_invalid signature_mismatch" },
    { fault: "stale", want: "webhook_signature_invalid timestamp_stale" },
    { fault: "ahead", want: "webhook_signature_invalid timestamp_ahead" },
    { fault: "unsigned", want: "webhook_signature_missing header_missing" },
  ] as const)("$fault → $want", async ({ fault, want }) => {
    expect(await verdictOf(faults[fault](event, options))).toBe(want)
  })

  it("tampered and re-encoded bodies are the same JSON: only the signature can tell", async () => {
    for (const fault of [faults.tampered, faults.reencoded]) {
      const text = await fault(event, options).text()
      expect(text).not.toBe(JSON.stringify(event))
      expect(JSON.parse(text)).toEqual(event)
    }
  })

  it("stale and ahead go by the tolerance that is given", async () => {
    const wide = { ...options, toleranceSeconds: 3_600 }
    const patient = createVerifier({ secrets: [SECRET], now: NOW, toleranceSeconds: 3_600 })
    expect((await patient.checkRequest(faults.stale(event, options))).ok).toBe(true)
    expect((await patient.checkRequest(faults.stale(event, wide))).ok).toBe(false)
    expect((await patient.checkRequest(faults.ahead(event, wide))).ok).toBe(false)
  })

  it.each(Object.entries(faults.malformed))(
    "malformed.%s → refused for its header, not for its signature",
    async (way, fault) => {
      const reason: Record<string, string> = { tooLong: "header_too_long", tooManySignatures: "too_many_signatures" }
      const want = `webhook_signature_invalid ${reason[way] ?? "header_malformed"}`
      expect(await verdictOf(fault(event, options))).toBe(want)
    },
  )

  it("duplicate: both are believed, of one event, under other signatures and delivery ids", async () => {
    const both = faults.duplicate(event, options)
    const headersOf = (name: string): Set<string | null> => new Set(both.map(({ headers }) => headers.get(name)))
    expect(headersOf("Credicorp-Signature").size).toBe(2)
    expect(headersOf("Credicorp-Delivery").size).toBe(2)
    for (const request of both) expect(await verifier.verifyRequest(request)).toMatchObject({ id: event.id })
  })

  it("reordered: all are believed, the last first", async () => {
    const events = [sampleEvent("payment.settled"), sampleEvent("payment.succeeded"), sampleEvent("payment.settled")]
    const ids: string[] = []
    for (const request of faults.reordered(events, options)) ids.push((await verifier.verifyRequest(request)).id)
    expect(ids).toEqual(events.map(({ id }) => id).toReversed())
  })
})
