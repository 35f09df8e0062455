import { describe, expect, it } from "vitest"
import { createHeaderLookup } from "../../src/http/headers.ts"
import { credicorp } from "../../src/providers/credicorp.ts"
import { toHeaders } from "../../src/providers/hmac.ts"
import type { HashEngine } from "../../src/providers/hashes.ts"

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

const A = "a".repeat(64)
const B = "b".repeat(64)

/** What a key is prepared of and what it signs, with an engine that computes nothing. */
function observe(secret: string, { timeText = "1", body = new Uint8Array() } = {}) {
  let key: Uint8Array | undefined
  let signed: readonly Uint8Array[] = []
  const hmac: HashEngine["hmac"] = (bytes) => ((key = bytes), (chunks) => ((signed = chunks), "mac"))
  const prepared = credicorp.prepareKey({ id: "a", secret, index: 0 }, { hmac, digest: () => "" })
  const signature = prepared.sign!({ signatures: [], timeText, signedAt: undefined }, body, undefined)
  return { key, signed, signature }
}

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
    expect([...observe(secret).key!]).toEqual(want)
  })
})

describe("the signed bytes are t, a point, the body (spec 1.3)", () => {
  it("the time as it was written", () => {
    expect(observe("k", { timeText: "007" }).signed.map(text).join("")).toBe("007.")
  })

  it("the body itself, not a copy", () => {
    const body = Uint8Array.of(0xff, 0x00)
    expect(observe("k", { body }).signed.at(-1)).toBe(body)
  })
})

const CLAIM = { signatures: [], timeText: "5", signedAt: 5 }

describe("headers (spec 1.2)", () => {
  it("one signature", () => {
    expect(toHeaders(credicorp.layout!, CLAIM, [A])).toEqual({ "Credicorp-Signature": `t=5,v1=${A}` })
  })

  it("two signatures, in order", () => {
    expect(toHeaders(credicorp.layout!, CLAIM, [B, A])).toEqual({ "Credicorp-Signature": `t=5,v1=${B},v1=${A}` })
  })

  it("what toHeaders makes is what parseHeaders reads", () => {
    const parts = credicorp.parseHeaders(createHeaderLookup(toHeaders(credicorp.layout!, CLAIM, [B, A])))
    expect(parts).toEqual({ ok: true, value: { timeText: "5", signedAt: 5, signatures: [B, A] } })
  })

  it("other providers' headers are not read", () => {
    const others = { "Stripe-Signature": `t=5,v1=${A}`, "Webhook-Signature": `t=5,v1=${A}`, Signature: `t=5,v1=${A}` }
    expect(credicorp.parseHeaders(createHeaderLookup(others))).toEqual({ ok: false, error: "header_missing" })
  })
})

it("an event is deduplicated by its id, never by the delivery (spec 2.4)", () => {
  expect(credicorp.dedupeKey({ id: "evt_1" }, () => "")).toBe("evt_1")
  expect(credicorp.dedupeKey({ id: undefined }, () => "00ff")).toBe("sha256:00ff")
})
