// Handshakes, each made from its provider's documentation (spec 8).

import { createHmac } from "node:crypto"
import { describe, expect, it } from "vitest"
import { createHeaderLookup } from "../../src/http/headers.ts"
import { isChallengeToken, MAX_CHALLENGE_CHARS } from "../../src/providers/handshakes.ts"
import { createVerifier } from "../../src/verify/verifier.ts"
import { NOW } from "../support/delivery.ts"
import { providerOf } from "./refusals.ts"

const URL_HERE = "https://receiver.example/webhooks/one"

const KEY = "consumer_secret_0123456789"

const sign = (text: string, encoding: "hex" | "base64"): string =>
  createHmac("sha256", KEY).update(text).digest(encoding)

interface Asked {
  readonly method?: string
  readonly query?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly verifyToken?: string
}

/** `status body`, or undefined where the request is no handshake. */
function ask(name: string, { method = "GET", query = "", headers = {}, body, verifyToken }: Asked): string | undefined {
  const answer = providerOf(name).handshake!.answer(
    {
      method,
      url: URL_HERE + query,
      header: createHeaderLookup(headers),
      body: new TextEncoder().encode(body === undefined ? "" : JSON.stringify(body)),
    },
    { sign, verifyToken },
  )
  return answer && `${answer.status} ${answer.body}`
}

const post = (body: unknown, headers = {}): Asked => ({ method: "POST", body, headers })

const hub = (token: string, challenge = "1158201444"): string =>
  `?hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=${challenge}`

const cases: readonly (readonly [name: string, why: string, asked: Asked, want: string | undefined])[] = [
  ["meta", "the right token", { query: hub("t-1"), verifyToken: "t-1" }, "200 1158201444"],
  ["meta", "another token", { query: hub("t-2"), verifyToken: "t-1" }, "403 "],
  ["meta", "no token is configured", { query: hub("") }, "403 "],
  ["meta", "an empty token is configured", { query: hub(""), verifyToken: "" }, "403 "],
  ["meta", "a challenge of markup as text", { query: hub("t-1", "%3Cscript%3E"), verifyToken: "t-1" }, "200 <script>"],
  ["meta", "a challenge with a line break", { query: hub("t-1", "a%0Ab"), verifyToken: "t-1" }, "400 "],
  ["meta", "no mode", { query: "?hub.challenge=1", verifyToken: "t-1" }, undefined],
  ["meta", "a delivery", { ...post({ object: "page" }), query: hub("t-1"), verifyToken: "t-1" }, undefined],
  ["strava", "the right token", { query: hub("t-1"), verifyToken: "t-1" }, '200 {"hub.challenge":"1158201444"}'],
  ["strava", "another token", { query: hub("t-2"), verifyToken: "t-1" }, "403 "],
  [
    "slack",
    "url_verification",
    post({ type: "url_verification", token: "x", challenge: "3eZbrw1a" }),
    '200 {"challenge":"3eZbrw1a"}',
  ],
  ["slack", "no challenge in it", post({ type: "url_verification" }), "400 "],
  [
    "slack",
    "a long challenge",
    post({ type: "url_verification", challenge: "a".repeat(MAX_CHALLENGE_CHARS + 1) }),
    "400 ",
  ],
  ["slack", "an event", post({ type: "event_callback", challenge: "x" }), undefined],
  [
    "twitch",
    "verification",
    post(
      { challenge: "pogchamp", subscription: {} },
      { "Twitch-Eventsub-Message-Type": "webhook_callback_verification" },
    ),
    "200 pogchamp",
  ],
  [
    "twitch",
    "a notification that is relabelled has no challenge",
    post({ event: {} }, { "Twitch-Eventsub-Message-Type": "webhook_callback_verification" }),
    "400 ",
  ],
  ["twitch", "a notification", post({ challenge: "x" }, { "Twitch-Eventsub-Message-Type": "notification" }), undefined],
  ["tebex", "validation", post({ id: "5f1", type: "validation.webhook" }), '200 {"id":"5f1"}'],
  ["tebex", "an event", post({ id: "5f1", type: "payment.completed" }), undefined],
  ["discord", "an interaction's PING", post({ type: 1 }), '200 {"type":1}'],
  ["discord", "a webhook event's PING", post({ type: 0 }), "204 "],
  ["discord", "an interaction", post({ type: 2 }), undefined],
  ["discord", "type 0 with an event", post({ type: 0, event: {} }), undefined],
  // A webhook event has the type of an interaction's PING: the type alone answered it, and no handler saw it.
  ["discord", "a webhook event", post({ type: 1, event: { type: "ENTITLEMENT_CREATE" } }), undefined],
  [
    "zoom",
    "validation",
    post({ event: "endpoint.url_validation", payload: { plainToken: "qgg8vlvZRS6" } }),
    `200 {"plainToken":"qgg8vlvZRS6","encryptedToken":"${sign("qgg8vlvZRS6", "hex")}"}`,
  ],
  [
    "zoom",
    "a token that is a signed payload",
    post({ event: "endpoint.url_validation", payload: { plainToken: `v0:${NOW}:{}` } }),
    "400 ",
  ],
  ["zoom", "a token that is a body", post({ event: "endpoint.url_validation", payload: { plainToken: "{}" } }), "400 "],
  [
    "zoom",
    "a token of 257 characters",
    post({ event: "endpoint.url_validation", payload: { plainToken: "a".repeat(257) } }),
    "400 ",
  ],
  ["zoom", "an event", post({ event: "meeting.started", payload: { plainToken: "x" } }), undefined],
  ["x", "CRC", { query: "?crc_token=MGJjYjE&nonce=1" }, `200 {"response_token":"sha256=${sign("MGJjYjE", "base64")}"}`],
  ["x", "a token that is a body", { query: `?crc_token=${encodeURIComponent('{"a":1}')}` }, "400 "],
  ["x", "an empty token", { query: "?crc_token=" }, "400 "],
  ["x", "no token", {}, undefined],
  ["x", "a delivery that has a token in its URL", { ...post({}), query: "?crc_token=a" }, undefined],
  ["microsoftGraph", "validation, decoded", { method: "POST", query: "?validationToken=a%20b%3A1" }, "200 a b:1"],
  ["microsoftGraph", "a notification", post({ value: [] }), undefined],
  ["nylas", "a challenge", { query: "?challenge=abc" }, "200 abc"],
  ["nylas", "a delivery", { ...post({}), query: "?challenge=abc" }, undefined],
  ["dropbox", "a challenge", { query: "?challenge=7f0" }, "200 7f0"],
  ["dropbox", "a challenge that is no text", { query: "?challenge=a%00" }, "400 "],
  ["dropbox", "a delivery", post({ list_folder: { accounts: [] } }), undefined],
  ["onfleet", "a check", { query: "?check=7f0" }, "200 7f0"],
  ["okta", "a challenge", { headers: { "X-Okta-Verification-Challenge": "abc" } }, '200 {"verification":"abc"}'],
  ["okta", "no challenge", {}, undefined],
  ["monday", "a challenge and nothing else", post({ challenge: "3eZbrw1a" }), '200 {"challenge":"3eZbrw1a"}'],
  ["monday", "an event with a challenge in it", post({ challenge: "x", event: {} }), undefined],
  [
    "cloudEventsWebhook",
    "an origin",
    { method: "OPTIONS", headers: { "WebHook-Request-Origin": "eventemitter.example.com" } },
    "200 ",
  ],
  [
    "cloudEventsWebhook",
    "an origin with a line break",
    { method: "OPTIONS", headers: { "WebHook-Request-Origin": "a\r\nSet-Cookie: b" } },
    "400 ",
  ],
  ["cloudEventsWebhook", "no origin", { method: "OPTIONS" }, undefined],
  ["trello", "HEAD", { method: "HEAD" }, "200 "],
  ["trello", "a delivery", post({}), undefined],
]

describe("handshakes", () => {
  it.each(cases)("%s: %s", (name, _, asked, want) => {
    expect(ask(name, asked)).toBe(want)
  })

  it("cloudEventsWebhook names the origin, and a rate where one was asked for", () => {
    const headers = { "WebHook-Request-Origin": "a.example", "WebHook-Request-Rate": "120" }
    const request = { method: "OPTIONS", url: URL_HERE, header: createHeaderLookup(headers), body: new Uint8Array() }
    expect(providerOf("cloudEventsWebhook").handshake!.answer(request, { sign })!.headers).toEqual({
      "WebHook-Allowed-Origin": "a.example",
      "WebHook-Allowed-Rate": "*",
      Allow: "POST",
    })
  })

  it("nothing is answered as HTML, and a text that is reflected is bounded", () => {
    for (const [name, , asked] of cases) {
      const { method = "GET", query = "", headers = {}, verifyToken } = asked
      const body = new TextEncoder().encode(JSON.stringify(asked.body ?? ""))
      const request = { method, url: URL_HERE + query, header: createHeaderLookup(headers), body }
      const answer = providerOf(name).handshake!.answer(request, { sign, verifyToken })
      expect(["text/plain", "application/json", undefined]).toContain(answer?.contentType)
      expect(answer?.body.length ?? 0).toBeLessThan(MAX_CHALLENGE_CHARS + 64)
    }
  })
})

// X and Zoom sign a caller's token under the key that signs bodies. A token that is accepted as a body would forge an event.
describe("no token that X and Zoom sign is an event", () => {
  const tokens = ["123", "true", "null", "0", "-1", "1e5", "abc", "+", "/", "=", "_", "a".repeat(256)]

  it.each(tokens)("%s", (token) => {
    expect(isChallengeToken(token)).toBe(true)
    const x = createVerifier({ provider: providerOf("x"), secrets: [KEY], now: NOW })
    expect(x.check(token, { "x-twitter-webhooks-signature": `sha256=${sign(token, "base64")}` }).ok).toBe(false)
    const zoom = createVerifier({ provider: providerOf("zoom"), secrets: [KEY], now: NOW })
    const headers = { "x-zm-signature": `v0=${sign(token, "hex")}`, "x-zm-request-timestamp": String(NOW) }
    expect(zoom.checkSignature(token, headers).ok).toBe(false)
  })

  it.each(["{}", "[]", '""', "v0:1:a", "", " ", "a b", "é", "a\n"])("%j is not signed", (token) => {
    expect(isChallengeToken(token)).toBe(false)
  })
})
