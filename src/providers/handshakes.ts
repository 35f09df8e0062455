// How providers check a URL before they send there (spec 8). Each rule answers in the one form that its provider asks for.

import { equalText } from "../core/bytes.ts"
import { jsonOf, textAt } from "./body-text.ts"
import { readField } from "./event-paths.ts"
import type { HandshakeAnswer, HandshakeRequest, HandshakeRule } from "./handshake.ts"

/** Bounds what is reflected. Challenges of the providers here have fewer than 256 characters. */
export const MAX_CHALLENGE_CHARS = 1_024

/** Texts that X and Zoom may ask an HMAC of: none of them is a JSON object or list, or has the `:` of a signed payload. */
export const isChallengeToken = (text: unknown): text is string =>
  typeof text === "string" && /^[A-Za-z0-9+/=_-]{1,256}$/.test(text)

const isReflectable = (text: string | null | undefined): text is string =>
  typeof text === "string" && text.length <= MAX_CHALLENGE_CHARS && /^[ -~]+$/.test(text)

const REFUSED: HandshakeAnswer = { status: 400, contentType: "text/plain", body: "" }

const FORBIDDEN: HandshakeAnswer = { status: 403, contentType: "text/plain", body: "" }

const asText = (body: string | null | undefined): HandshakeAnswer =>
  isReflectable(body) ? { status: 200, contentType: "text/plain", body } : REFUSED

const asJson = (value: unknown): HandshakeAnswer => ({
  status: 200,
  contentType: "application/json",
  body: JSON.stringify(value),
})

const queryOf = ({ url }: HandshakeRequest): URLSearchParams => new URL(url).searchParams

/** `GET` with a parameter, which comes back as text. */
export const queryChallenge = (name: string): HandshakeRule => ({
  when: "before",
  methods: ["GET"],
  answer(request) {
    const challenge = queryOf(request).get(name)
    return request.method === "GET" && challenge !== null ? asText(challenge) : undefined
  },
})

/** `hub.challenge`, answered only where `hub.verify_token` is the one that is configured. */
const hubChallenge = (toAnswer: (challenge: string) => HandshakeAnswer): HandshakeRule => ({
  when: "before",
  methods: ["GET"],
  answer(request, { verifyToken = "" }) {
    const query = queryOf(request)
    if (request.method !== "GET" || query.get("hub.mode") !== "subscribe") return undefined
    const challenge = query.get("hub.challenge")
    // Without a configured token every caller would pass.
    if (verifyToken === "" || !equalText(verifyToken, query.get("hub.verify_token") ?? "")) return FORBIDDEN
    return isReflectable(challenge) ? toAnswer(challenge) : REFUSED
  },
})

export const META_HANDSHAKE: HandshakeRule = /* @__PURE__ */ hubChallenge(asText)

export const STRAVA_HANDSHAKE: HandshakeRule = /* @__PURE__ */ hubChallenge((challenge) =>
  asJson({ "hub.challenge": challenge }),
)

/** A signed body that asks for a field of itself. */
const bodyChallenge = (
  isAsked: (payload: unknown, request: HandshakeRequest) => boolean,
  toAnswer: (payload: unknown) => HandshakeAnswer,
): HandshakeRule => ({
  when: "after",
  methods: [],
  answer(request) {
    const payload = jsonOf(request.body)
    return isAsked(payload, request) ? toAnswer(payload) : undefined
  },
})

const challengeAsJson = (payload: unknown): HandshakeAnswer => {
  const challenge = textAt(payload, "challenge")
  return isReflectable(challenge) ? asJson({ challenge }) : REFUSED
}

export const SLACK_HANDSHAKE: HandshakeRule = /* @__PURE__ */ bodyChallenge(
  (payload) => textAt(payload, "type") === "url_verification",
  challengeAsJson,
)

/** The header is not signed, but the challenge is: another body has none. */
export const TWITCH_HANDSHAKE: HandshakeRule = /* @__PURE__ */ bodyChallenge(
  (_, { header }) => header("twitch-eventsub-message-type") === "webhook_callback_verification",
  (payload) => asText(textAt(payload, "challenge")),
)

export const TEBEX_HANDSHAKE: HandshakeRule = /* @__PURE__ */ bodyChallenge(
  (payload) => textAt(payload, "type") === "validation.webhook",
  (payload) => {
    const id = textAt(payload, "id")
    return isReflectable(id) ? asJson({ id }) : REFUSED
  },
)

/**
 * Answers Discord's two PINGs: that of interactions has type 1 and wants it back, that of webhook events has type 0 and wants
 * nothing. A webhook event has type 1 too, and an `event`: it is a delivery.
 */
export const DISCORD_HANDSHAKE: HandshakeRule = /* @__PURE__ */ bodyChallenge(
  (payload) => {
    const type = readField(payload, ["type"])
    return (type === 0 || type === 1) && readField(payload, ["event"]) === undefined
  },
  (payload) =>
    readField(payload, ["type"]) === 1 ? asJson({ type: 1 }) : { status: 204, contentType: "text/plain", body: "" },
)

/** Signs only a token that cannot be a body or a signed payload (spec 8). */
export const ZOOM_HANDSHAKE: HandshakeRule = {
  when: "after",
  methods: [],
  answer({ body }, { sign }) {
    const payload = jsonOf(body)
    if (textAt(payload, "event") !== "endpoint.url_validation") return undefined
    const plainToken = textAt(payload, "payload.plainToken")
    return isChallengeToken(plainToken) ? asJson({ plainToken, encryptedToken: sign(plainToken, "hex") }) : REFUSED
  },
}

/** Signs only a token that cannot be a body (spec 8). */
export const X_HANDSHAKE: HandshakeRule = {
  when: "before",
  methods: ["GET"],
  answer(request, { sign }) {
    const token = queryOf(request).get("crc_token")
    if (request.method !== "GET" || token === null) return undefined
    return isChallengeToken(token) ? asJson({ response_token: `sha256=${sign(token, "base64")}` }) : REFUSED
  },
}

export const GRAPH_HANDSHAKE: HandshakeRule = {
  when: "before",
  methods: [],
  answer(request) {
    const token = queryOf(request).get("validationToken")
    return request.method === "POST" && token !== null ? asText(token) : undefined
  },
}

/** CloudEvents HTTP Web Hook, section 4: the sender's origin is allowed, at any rate. */
export const CLOUDEVENTS_HANDSHAKE: HandshakeRule = {
  when: "before",
  methods: ["OPTIONS"],
  answer({ method, header }) {
    const origin = header("webhook-request-origin")
    if (method !== "OPTIONS" || origin === "") return undefined
    if (!/^[A-Za-z0-9.-]{1,253}$/.test(origin)) return REFUSED
    const rate = header("webhook-request-rate") === "" ? {} : { "WebHook-Allowed-Rate": "*" }
    return {
      status: 200,
      contentType: "text/plain",
      body: "",
      headers: { "WebHook-Allowed-Origin": origin, Allow: "POST", ...rate },
    }
  },
}

export const OKTA_HANDSHAKE: HandshakeRule = {
  when: "before",
  methods: ["GET"],
  answer({ method, header }) {
    const verification = header("x-okta-verification-challenge")
    if (method !== "GET" || verification === "") return undefined
    return isReflectable(verification) ? asJson({ verification }) : REFUSED
  },
}

/** monday.com sends the challenge without a token: a body that is nothing but a challenge. */
export const MONDAY_HANDSHAKE: HandshakeRule = {
  when: "before",
  methods: [],
  answer({ method, body }) {
    const payload = jsonOf(body)
    const isOnlyChallenge = textAt(payload, "challenge") !== undefined && Object.keys(payload as object).length === 1
    return method === "POST" && isOnlyChallenge ? challengeAsJson(payload) : undefined
  },
}

/** Trello asks with `HEAD` whether the URL is there. */
export const TRELLO_HANDSHAKE: HandshakeRule = {
  when: "before",
  methods: ["HEAD"],
  answer: ({ method }) => (method === "HEAD" ? { status: 200, contentType: "text/plain", body: "" } : undefined),
}
