import { describe, expect, it } from "vitest"
import { toUtf8 } from "../../src/core/bytes.ts"
import type { HandshakeAnswer, HandshakeRule } from "../../src/providers/handshake.ts"
import { x, zoom } from "../../src/providers.ts"
import {
  answerHandshake,
  createHandshakeTools,
  MAX_HANDSHAKE_ANSWER_CHARS,
  toHandshakeResponse,
} from "../../src/receiver/handshake.ts"
import { checkSecrets } from "../../src/verify/secrets.ts"
import { hmacHex, NOW } from "../support/delivery.ts"

const OLD = { id: "old", secret: "x-secret-of-before-0123", notAfter: NOW }
const NEW = { id: "new", secret: "x-secret-of-now-01234567", notBefore: NOW }

const toolsAt = (now: number) =>
  createHandshakeTools(x, { secrets: checkSecrets([OLD, NEW], x), verifyToken: undefined }, () => now)

describe("what is signed for a handshake (spec 8)", () => {
  it("signs under the first secret that is active", async () => {
    expect(toolsAt(NOW - 1).sign("token", "hex")).toBe(await hmacHex(OLD.secret, "token"))
    expect(toolsAt(NOW).sign("token", "hex")).toBe(await hmacHex(NEW.secret, "token"))
  })

  // A text that could be a body or a signed payload would make the receiver sign a forgery.
  it.each(["", "{}", '{"id":"evt_1"}', "[1]", "v0:1790000000:{}", "1790000000.{}", "a b", "a\n", "ä", "a".repeat(257)])(
    "never signs %j",
    (text) => {
      expect(() => toolsAt(NOW).sign(text, "hex")).toThrow(/signs only a token/)
    },
  )

  it("signs nothing while no secret is active", () => {
    const secrets = checkSecrets([OLD], x)
    const tools = createHandshakeTools(x, { secrets, verifyToken: undefined }, () => NOW)
    expect(() => tools.sign("token", "hex")).toThrow("no secret is active")
  })
})

const rule = (changes: Partial<HandshakeRule>): { readonly handshake: HandshakeRule } => ({
  handshake: {
    when: "before",
    methods: ["GET"],
    answer: () => ({ status: 200, contentType: "text/plain", body: "yes" }),
    ...changes,
  },
})

describe("which request is a handshake", () => {
  const url = "https://receiver.example/webhooks/x"

  it.each([
    { why: "its method", method: "GET", changes: {}, when: "before", want: "yes" },
    { why: "POST is always allowed", method: "POST", changes: {}, when: "before", want: "yes" },
    { why: "another method", method: "PUT", changes: {}, when: "before", want: undefined },
    {
      why: "before the signature, though it is signed",
      method: "GET",
      changes: { when: "after" },
      when: "before",
      want: undefined,
    },
    { why: "after the signature, though it is not signed", method: "GET", changes: {}, when: "after", want: undefined },
    {
      why: "no answer of the rule",
      method: "GET",
      changes: { answer: () => undefined },
      when: "before",
      want: undefined,
    },
  ] as const)("$why → $want", ({ method, changes, when, want }) => {
    const provider = rule(changes)
    const given = { when, body: new Uint8Array() }
    expect(answerHandshake(new Request(url, { method }), { provider, tools: toolsAt(NOW) }, given)?.body).toBe(want)
  })

  it("none where the provider has none, or the source no tools", () => {
    const given = { when: "before", body: new Uint8Array() } as const
    expect(answerHandshake(new Request(url), { provider: {}, tools: toolsAt(NOW) }, given)).toBeUndefined()
    expect(answerHandshake(new Request(url), { provider: rule({}) }, given)).toBeUndefined()
  })

  it("Zoom's and X's answers are the HMAC of the token", async () => {
    const crc = new Request(`${url}?crc_token=abc`)
    const answer = answerHandshake(
      crc,
      { provider: x, tools: toolsAt(NOW) },
      { when: "before", body: new Uint8Array() },
    )
    expect(answer?.body).toMatch(/^\{"response_token":"sha256=[A-Za-z0-9+/]{43}="\}$/)
    const body = toUtf8('{"event":"endpoint.url_validation","payload":{"plainToken":"abc"}}')
    const zoomed = answerHandshake(
      new Request(url, { method: "POST" }),
      { provider: zoom, tools: toolsAt(NOW) },
      { when: "after", body },
    )
    const encryptedToken = await hmacHex(NEW.secret, "abc")
    expect(JSON.parse(zoomed?.body ?? "")).toEqual({ plainToken: "abc", encryptedToken })
  })
})

const respond = (changes: Partial<HandshakeAnswer>): Response =>
  toHandshakeResponse({ status: 200, contentType: "text/plain", body: "a", ...changes }, "req_1")

describe("the response", () => {
  it.each([
    { contentType: "text/plain", want: "text/plain; charset=utf-8" },
    { contentType: "application/json", want: "application/json" },
  ] as const)("$contentType is never taken for a page", ({ contentType, want }) => {
    const { headers } = respond({ contentType })
    expect([headers.get("Content-Type"), headers.get("X-Content-Type-Options")]).toEqual([want, "nosniff"])
    expect([headers.get("Cache-Control"), headers.get("Credicorp-Request-Id")]).toEqual(["no-store", "req_1"])
  })

  it("a rule's headers replace none of these", () => {
    const { headers } = respond({
      headers: { "Content-Type": "text/html", "X-Content-Type-Options": "", Allow: "POST" },
    })
    expect([headers.get("Content-Type"), headers.get("X-Content-Type-Options"), headers.get("Allow")]).toEqual([
      "text/plain; charset=utf-8",
      "nosniff",
      "POST",
    ])
  })

  it("an answer without a body has none", async () => {
    const response = respond({ status: 204, body: "" })
    expect([response.status, response.body]).toEqual([204, null])
  })

  it.each([
    { length: MAX_HANDSHAKE_ANSWER_CHARS, want: 200 },
    { length: MAX_HANDSHAKE_ANSWER_CHARS + 1, want: 422 },
  ])("of $length characters → $want", async ({ length, want }) => {
    const response = respond({ body: "a".repeat(length) })
    expect([response.status, (await response.text()).includes("aaa")]).toEqual([want, want === 200])
  })
})
