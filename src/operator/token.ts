import { collect, type BindingText, type Configured } from "../core/config.ts"
import { parseBearer, MAX_BEARER_CHARS } from "../http/bearer.ts"
import { equalText } from "../core/bytes.ts"

/** What the operator's token must have: 32 characters of base64 are 192 bits, which nobody guesses. */
export const MIN_OPERATOR_TOKEN_CHARS = 32

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

/** What the Worker reads from its environment for its operator. */
export interface OperatorBindings {
  /** At least 32 characters. Unset turns the operator's routes off. A secret: never in `[vars]`. */
  readonly OPERATOR_TOKEN?: BindingText
}

export interface OperatorConfig {
  readonly token: string
}

/** Reads the operator's variables, as `readReceiverConfig` does the receiver's. */
export function readOperatorConfig({ OPERATOR_TOKEN }: OperatorBindings): Configured<OperatorConfig> {
  if (OPERATOR_TOKEN === undefined) return { state: "off" }
  const problems: string[] = []
  const token = collect(problems, "OPERATOR_TOKEN", () => parseOperatorToken(String(OPERATOR_TOKEN)), "")
  return problems.length === 0 ? { state: "on", config: { token } } : { state: "invalid", problems }
}
