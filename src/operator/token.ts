import { parseBearer } from "../core/bearer.ts"
import { equalText } from "../core/bytes.ts"
import { MAX_BEARER_CHARS, MIN_OPERATOR_TOKEN_CHARS } from "../core/limits.ts"

/**
 * Reads `OPERATOR_TOKEN`.
 *
 * @throws {TypeError} It is short, over-long, or holds a character that no bearer credential has: it could never match.
 */
export function parseOperatorToken(text: string): string {
  if (text.length < MIN_OPERATOR_TOKEN_CHARS || text.length > MAX_BEARER_CHARS || !/^[\w.~+/-]+=*$/.test(text)) {
    throw new TypeError(
      `must be ${MIN_OPERATOR_TOKEN_CHARS} characters or more of A-Z a-z 0-9 - . _ ~ + /; openssl rand -base64 32 makes one`,
    )
  }
  return text
}

/**
 * Whether a request is the operator's.
 *
 * @param authorization The request's header of that name.
 * @param token As `parseOperatorToken` returned it.
 * @returns Undefined if it is, else the code to refuse it with. The token is compared in constant time.
 */
export function checkOperator(
  authorization: string | null,
  token: string,
): "missing_api_key" | "invalid_api_key" | undefined {
  const bearer = parseBearer(authorization)
  if (!bearer.ok) return bearer.error === "missing" ? "missing_api_key" : "invalid_api_key"
  return equalText(bearer.value, token) ? undefined : "invalid_api_key"
}
