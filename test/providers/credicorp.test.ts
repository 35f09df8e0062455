import { describe, expect, it } from "vitest"
import { createHeaderLookup } from "../../src/http/headers.ts"
import { credicorp, credicorpVerifying } from "../../src/providers/credicorp.ts"

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

const A = "a".repeat(64)
const B = "b".repeat(64)

describe("the key is the UTF-8 of the whole secret (spec 1.4)", () => {
  const cases = [
    {
      why: "the prefix is part of it",
      secret: "whsec_abc",
      want: [0x77, 0x68, 0x73, 0x65, 0x63, 0x5f, 0x61, 0x62, 0x63],
    },
    { why: "base64 is not decoded", secret: "QUI=", want: [0x51, 0x55, 0x49, 0x3d] },
    { why: "hex is not decoded", secret: "4142", want: [0x34, 0x31, 0x34, 0x32] },
    { why: "two bytes for é", secret: "é", want: [0xc3, 0xa9] },
    { why: "the same letter composed is another key", secret: "e\u0301", want: [0x65, 0xcc, 0x81] },
  ]

  it.each(cases)("$why → $want", ({ secret, want }) => {
    expect([...credicorp.toKey(secret)]).toEqual(want)
  })
})

describe("the signed bytes are t, a point, the body (spec 1.3)", () => {
  it("the time as it was written", () => {
    expect(credicorp.toSignedChunks("007", new Uint8Array()).map(text).join("")).toBe("007.")
  })

  it("the body itself, not a copy", () => {
    const body = Uint8Array.of(0xff, 0x00)
    expect(credicorp.toSignedChunks("1", body).at(-1)).toBe(body)
  })
})

describe("headers (spec 1.2)", () => {
  it("one signature", () => {
    expect(credicorp.toHeaders("5", [A])).toEqual({ "Credicorp-Signature": `t=5,v1=${A}` })
  })

  it("two signatures, in order", () => {
    expect(credicorp.toHeaders("5", [B, A])).toEqual({ "Credicorp-Signature": `t=5,v1=${B},v1=${A}` })
  })

  it("what toHeaders makes is what parseHeaders reads", () => {
    const parts = credicorp.parseHeaders(createHeaderLookup(credicorp.toHeaders("5", [B, A])))
    expect(parts).toEqual({ ok: true, value: { timeText: "5", signedAt: 5, signatures: [B, A] } })
  })

  it("other providers' headers are not read", () => {
    const others = { "Stripe-Signature": `t=5,v1=${A}`, "Webhook-Signature": `t=5,v1=${A}`, Signature: `t=5,v1=${A}` }
    expect(credicorp.parseHeaders(createHeaderLookup(others))).toEqual({ ok: false, error: "header_missing" })
  })
})

it("the verifying half reads and signs as the whole", () => {
  expect(credicorp).toMatchObject(credicorpVerifying)
})

it("an event is deduplicated by its id, never by the delivery (spec 2.4)", () => {
  expect(credicorp.dedupeKey({ id: "evt_1" })).toBe("evt_1")
})
