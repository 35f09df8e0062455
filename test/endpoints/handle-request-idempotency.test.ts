// Catches a request that is done twice, an answer that is not the first one again, and a limit that is not exact.

import { describe, expect, it } from "vitest"
import { KEYS } from "../support/api-keys.ts"
import {
  createPartner,
  createSample,
  sampleFields,
  verdict,
  type Answer,
  type CallOptions,
} from "../support/partner.ts"

const withKey = (key: string): CallOptions => ({ body: sampleFields(), headers: { "Idempotency-Key": key } })

const limits = ({ headers }: Answer): readonly number[] =>
  ["Limit", "Remaining", "Reset"].map((name) => Number(headers.get(`RateLimit-${name}`)))

describe("the idempotency key (spec 5.10)", () => {
  it.each([
    { why: "one character", key: "a", want: "201" },
    { why: "255 of every kind", key: "aZ0_-".repeat(51), want: "201" },
    { why: "256", key: "a".repeat(256), want: "400 idempotency_key_malformed" },
    { why: "empty", key: "", want: "400 idempotency_key_malformed" },
    { why: "a space", key: "a b", want: "400 idempotency_key_malformed" },
    { why: "a dot", key: "a.b", want: "400 idempotency_key_malformed" },
    { why: "two headers, as HTTP joins them", key: "a, b", want: "400 idempotency_key_malformed" },
    { why: "a letter beyond ASCII", key: "é", want: "400 idempotency_key_malformed" },
    { why: "quotes", key: '"a"', want: "400 idempotency_key_malformed" },
  ])("$why → $want", async ({ key, want }) => {
    expect(verdict(await createPartner().call("POST", "", withKey(key)))).toBe(want)
  })

  it("the second answer is the first again: status, body and Location, marked as replayed", async () => {
    const partner = createPartner()
    const first = await partner.call("POST", "", withKey("k"))
    partner.pass(60_000)
    const second = await partner.call("POST", "", withKey("k"))
    expect(second.text).toBe(first.text)
    expect(second.status).toBe(first.status)
    expect(second.headers.get("Location")).toBe(first.headers.get("Location"))
    expect(first.headers.get("Idempotency-Replayed")).toBeNull()
    expect(second.headers.get("Idempotency-Replayed")).toBe("true")
    expect(second.headers.get("Credicorp-Request-Id")).not.toBe(first.headers.get("Credicorp-Request-Id"))
    expect((await partner.call("GET", "")).json["data"]).toHaveLength(1)
  })

  it.each([
    { why: "create", path: () => "", method: "POST", body: sampleFields({ metadata: { b: "2", a: "1", 7: "x" } }) },
    { why: "update", path: (id: string) => `/${id}`, method: "PATCH", body: { description: "new" } },
    { why: "rotate", path: (id: string) => `/${id}/rotate_secret`, method: "POST", body: { overlap_seconds: 5 } },
    { why: "rotate without a body", path: (id: string) => `/${id}/rotate_secret`, method: "POST", body: undefined },
  ])("$why is replayed byte for byte", async ({ path, method, body }) => {
    const partner = createPartner()
    const { id } = await createSample(partner)
    const options = { body, headers: { "Idempotency-Key": "k" } }
    const first = await partner.call(method, path(id), options)
    const second = await partner.call(method, path(id), options)
    expect(second.headers.get("Idempotency-Replayed")).toBe("true")
    expect([second.status, second.text]).toEqual([first.status, first.text])
  })

  it.each([
    { why: "white space", body: JSON.stringify(sampleFields(), undefined, 1) },
    { why: "the order of fields", body: { enabled_events: ["payment.*"], url: "https://example.com/hooks" } },
    { why: "a body that is no JSON", body: "{" },
    { why: "a body that fails", body: {} },
  ])("another body by its bytes → idempotency_key_reused: $why", async ({ body }) => {
    const partner = createPartner()
    await partner.call("POST", "", withKey("k"))
    const answer = await partner.call("POST", "", { body, headers: { "Idempotency-Key": "k" } })
    expect(verdict(answer)).toBe("409 idempotency_key_reused")
    expect(answer.headers.get("Idempotency-Replayed")).toBeNull()
  })

  it("is another key in the other mode, in another account, for another method and another path", async () => {
    const partner = createPartner()
    const { id } = await createSample(partner, withKey("k"))
    const headers = { "Idempotency-Key": "k" }
    const { id: other } = await createSample(partner)
    const answers = [
      await partner.call("POST", "", { ...withKey("k"), key: KEYS.aLive }),
      await partner.call("POST", "", { ...withKey("k"), key: KEYS.b }),
      await partner.call("PATCH", `/${id}`, { body: sampleFields(), headers }),
      await partner.call("PATCH", `/${other}`, { body: sampleFields(), headers }),
      await partner.call("POST", `/${id}/rotate_secret`, { headers }),
      await partner.call("POST", `/${other}/rotate_secret`, { headers }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 200, 200, 200, 200])
    expect(answers.filter((answer) => answer.headers.has("Idempotency-Replayed"))).toEqual([])
  })

  it("is the account's, whichever of its keys is used", async () => {
    const partner = createPartner()
    await partner.call("POST", "", withKey("k"))
    const again = await partner.call("POST", "", { ...withKey("k"), key: KEYS.aWrites })
    expect(again.headers.get("Idempotency-Replayed")).toBe("true")
  })

  it("is one key however its path is escaped", async () => {
    const partner = createPartner()
    const { id } = await createSample(partner)
    const headers = { "Idempotency-Key": "k" }
    const first = await partner.call("POST", `/${id}/rotate_secret`, { headers })
    const again = await partner.call("POST", `/${id.replace("_", "%5F")}/rotate_secret`, { headers })
    expect([again.headers.get("Idempotency-Replayed"), again.text]).toEqual(["true", first.text])
  })

  it("of a refused request is free", async () => {
    const partner = createPartner()
    const headers = { "Idempotency-Key": "k" }
    expect((await partner.call("POST", "", { body: {}, headers })).status).toBe(422)
    expect((await partner.call("POST", "", withKey("k"))).status).toBe(201)
  })

  it.each(["GET", "DELETE"])("is ignored on %s", async (method) => {
    const partner = createPartner()
    const { id } = await createSample(partner)
    const headers = { "Idempotency-Key": "k" }
    await partner.call(method, `/${id}`, { headers })
    const again = await partner.call(method, `/${id}`, { headers })
    expect(again.headers.get("Idempotency-Replayed")).toBeNull()
    expect(again.status).toBe(method === "GET" ? 200 : 404)
  })
})

describe("the rate limit (spec 5.11)", () => {
  it("counts down, refuses, and refills", async () => {
    const { call, pass } = createPartner()
    expect(limits(await call("GET", ""))).toEqual([50, 49, 1])
    for (let i = 0; i < 48; i++) await call("GET", "")
    expect(limits(await call("GET", ""))).toEqual([50, 0, 5])
    const refused = await call("GET", "")
    expect([verdict(refused), refused.headers.get("Retry-After")]).toEqual(["429 rate_limited", "1"])
    expect(limits(refused)).toEqual([50, 0, 5])
    pass(100)
    expect((await call("GET", "")).status).toBe(200)
    expect((await call("GET", "")).status).toBe(429)
    pass(5_000)
    expect(limits(await call("GET", ""))).toEqual([50, 49, 1])
  })

  it("is exact when 60 come at once: 50 pass", async () => {
    const { call } = createPartner()
    const answers = await Promise.all(Array.from({ length: 60 }, () => call("GET", "")))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(50)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(10)
  })

  it("is another for the other mode and for another account", async () => {
    const { call } = createPartner()
    for (let i = 0; i < 51; i++) await call("GET", "")
    expect((await call("GET", "")).status).toBe(429)
    expect((await call("GET", "", { key: KEYS.aReads })).status).toBe(429)
    expect((await call("GET", "", { key: KEYS.aLive })).status).toBe(200)
    expect((await call("GET", "", { key: KEYS.b })).status).toBe(200)
  })

  it("is not used up by strangers", async () => {
    const { call } = createPartner()
    for (let i = 0; i < 60; i++) await call("GET", "", { key: `${KEYS.a}x` })
    expect(limits(await call("GET", ""))).toEqual([50, 49, 1])
  })
})
