import { OptionError } from "../core/assert.ts"
import { collect, type BindingText, type Configured } from "../core/config.ts"
import { parseBearer, MAX_BEARER_CHARS } from "../http/bearer.ts"
import { equalText } from "../core/bytes.ts"
import { fail, ok, type Result } from "../core/result.ts"

/** 32 characters of base64 are 192 bits, too many to guess. */
export const MIN_OPERATOR_TOKEN_CHARS = 32

/** The new token and the old one, until all clients have the new one. */
export const MAX_OPERATOR_TOKENS = 2

/**
 * Reads `OPERATOR_TOKEN`: one token, or two separated by a comma during a rotation.
 *
 * @throws {TypeError} There are more than two, or two that are equal; or one is too short, too long, or holds a character
 *   that a bearer credential cannot have, so that it could never match.
 */
export function parseOperatorTokens(text: string): readonly string[] {
  const tokens = text.split(/[ \t]*,[ \t]*/)
  const valid = tokens.every(
    (token) =>
      token.length >= MIN_OPERATOR_TOKEN_CHARS && token.length <= MAX_BEARER_CHARS && /^[\w.~+/-]+=*$/.test(token),
  )
  if (!valid) {
    throw new OptionError(
      `must be ${MIN_OPERATOR_TOKEN_CHARS} to ${MAX_BEARER_CHARS} characters of A-Z a-z 0-9 - . _ ~ + /, or two such tokens separated by a comma; openssl rand -base64 32 makes one`,
    )
  }
  if (tokens.length > MAX_OPERATOR_TOKENS) {
    throw new OptionError(
      `must be at most ${MAX_OPERATOR_TOKENS} tokens, the new one and the old one: got ${tokens.length}`,
    )
  }
  if (new Set(tokens).size < tokens.length) throw new OptionError("must not hold the same token twice")
  return tokens
}

/**
 * Authenticates a request as the operator's. Every token is compared, each in constant time.
 *
 * @param authorization The request's header of that name.
 * @param tokens As `parseOperatorTokens` returned them.
 * @returns The position of the token that matches, 1 for the first; or the error code to answer with.
 */
export function checkOperator(
  authorization: string | null,
  tokens: readonly string[],
): Result<number, "missing_api_key" | "invalid_api_key"> {
  const bearer = parseBearer(authorization)
  if (!bearer.ok) return fail(bearer.error === "missing" ? "missing_api_key" : "invalid_api_key")
  const matches = tokens.map((token) => equalText(bearer.value, token))
  return matches.includes(true) ? ok(matches.indexOf(true) + 1) : fail("invalid_api_key")
}

/** The variables of the operator. */
export interface OperatorBindings {
  /**
   * At least 32 characters; two tokens separated by a comma during a rotation. Unset turns the operator's routes off. A
   * secret: never in `[vars]`.
   */
  readonly OPERATOR_TOKEN?: BindingText
}

export interface OperatorConfig {
  readonly tokens: readonly string[]
}

/** Reads the operator's variables, as `readReceiverConfig` does the receiver's. */
export function readOperatorConfig({ OPERATOR_TOKEN }: OperatorBindings): Configured<OperatorConfig> {
  if (OPERATOR_TOKEN === undefined) return { state: "off" }
  const problems: string[] = []
  const tokens = collect(problems, "OPERATOR_TOKEN", () => parseOperatorTokens(String(OPERATOR_TOKEN)), [])
  return problems.length === 0 ? { state: "on", config: { tokens } } : { state: "invalid", problems }
}
