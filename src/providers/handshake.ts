import type { HeaderLookup } from "../http/headers.ts"

/** A request that may be a handshake. */
export interface HandshakeRequest {
  readonly method: string
  readonly url: string
  readonly header: HeaderLookup
  /** Empty for a request without one. */
  readonly body: Uint8Array
}

/** What a handshake is answered with. Never HTML: a reflected value must not become a page. */
export interface HandshakeAnswer {
  readonly status: number
  readonly contentType: "text/plain" | "application/json"
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

/** What an answer may need beside the request. */
export interface HandshakeTools {
  /** The token of `<SOURCE>_VERIFY_TOKEN`, for handshakes that send one back (spec 7.6). */
  readonly verifyToken?: string | undefined
  /** Base64 or hex HMAC of a text under the signing key, for X and Zoom alone. Guarded: see `isChallengeToken`. */
  readonly sign: (text: string, encoding: "hex" | "base64") => string
}

/** How one provider's handshake is recognised and answered (spec 8). Pure. */
export interface HandshakeRule {
  /** `before`: the provider sends it unsigned, and it is answered before the signature. `after`: only once the signature has passed. */
  readonly when: "before" | "after"
  /** Methods beside POST that the route must let through. */
  readonly methods: readonly string[]
  /** Undefined: the request is not a handshake, and is a delivery like any other. */
  answer(request: HandshakeRequest, tools: HandshakeTools): HandshakeAnswer | undefined
}
