import { assertOption } from "../core/assert.ts"
import { toUtf8 } from "../core/bytes.ts"
import { createHeaderLookup } from "../http/headers.ts"
import { errorResponse, everyHeader } from "../http/response.ts"
import { TEXT_KEY } from "../providers/encodings.ts"
import type { HandshakeAnswer, HandshakeTools } from "../providers/handshake.ts"
import { isChallengeToken } from "../providers/handshakes.ts"
import type { AnyProvider } from "../providers/provider.ts"
import { platformEngine } from "../verify/hmac.ts"
import { isActive } from "../verify/keyring.ts"
import type { CheckedSecret } from "../verify/secrets.ts"

/** The longest answer to a handshake: a challenge has at most 1,024 characters, and JSON escapes may double them. */
export const MAX_HANDSHAKE_ANSWER_CHARS = 4_096

/** The answer to a source's handshake. */
export interface HandshakeSettings {
  readonly provider: Pick<AnyProvider, "handshake">
  readonly tools?: HandshakeTools | undefined
}

/**
 * Answers a request that is its provider's handshake (spec 8); undefined if it is a delivery like any other.
 *
 * @param body Empty where the handshake comes before the signature: no unproven body is read for it.
 */
export function answerHandshake(
  { method, url, headers }: Pick<Request, "method" | "url" | "headers">,
  { provider: { handshake }, tools }: HandshakeSettings,
  { when, body }: { readonly when: "before" | "after"; readonly body: Uint8Array },
): HandshakeAnswer | undefined {
  if (handshake?.when !== when || !tools) return undefined
  if (method !== "POST" && !handshake.methods.includes(method)) return undefined
  return handshake.answer({ method, url, header: createHeaderLookup(headers), body }, tools)
}

/** Makes the response: short text or JSON that no browser shows as a page (spec 8). */
export function toHandshakeResponse(
  { status, contentType, body, headers }: HandshakeAnswer,
  requestId: string,
): Response {
  if (body.length > MAX_HANDSHAKE_ANSWER_CHARS) return errorResponse({ code: "invalid_value_type" }, requestId)
  return new Response(body === "" ? null : body, {
    status,
    headers: {
      ...headers,
      "Content-Type": contentType === "text/plain" ? "text/plain; charset=utf-8" : contentType,
      "X-Content-Type-Options": "nosniff",
      ...everyHeader(requestId),
    },
  })
}

/**
 * Makes the context of a handshake. The first active secret signs.
 *
 * @param now Whole seconds since 1970.
 */
export const createHandshakeTools = (
  { layout }: Pick<AnyProvider, "layout">,
  { secrets, verifyToken }: { readonly secrets: readonly CheckedSecret[]; readonly verifyToken: string | undefined },
  now: () => number,
): HandshakeTools => ({
  verifyToken,
  sign(text, encoding) {
    assertOption(
      isChallengeToken(text),
      "a handshake signs only a token of A-Z a-z 0-9 + / = _ -, never what could be a body",
    )
    const secret = secrets.find((one) => isActive(one, now()))
    const key = secret && (layout?.key ?? TEXT_KEY).decode(secret.secret)
    assertOption(key, "no secret is active")
    return platformEngine.hmac(key, layout?.hash)([toUtf8(text)], encoding)
  },
})
