import { checkSecrets, type Secret } from "./secrets.ts"

/**
 * Reads secrets from one text, as an environment variable holds them: items separated by commas or line breaks, each a
 * secret or `id=secret`; or a JSON list of `{ id, secret, notBefore?, notAfter? }`.
 *
 * An item is `id=secret` only if its text before the first `=` is 1 to 32 of `[a-z0-9-]` and what follows begins with
 * `whsec_`; otherwise the whole item is the secret. Without an id it is `secret-1`, `secret-2`, … by position.
 *
 * @throws {TypeError} The text is not such a list (spec 1.11). The message shows no secret.
 * @example
 * ```ts
 * parseSecrets("new=whsec_2b7e151628aed2a6, old=whsec_abf7158809cf4f3c")
 * // [{ id: "new", secret: "whsec_2b7e151628aed2a6" }, { id: "old", secret: "whsec_abf7158809cf4f3c" }]
 * ```
 */
export function parseSecrets(text: string): readonly Secret[] {
  if (typeof text !== "string") throw new TypeError("parseSecrets takes a string: is the variable set?")
  const trimmed = text.trim()
  return checkSecrets(trimmed.startsWith("[") ? parseJsonList(trimmed) : trimmed.split(/\s*[,\r\n]\s*/).map(parseItem))
}

function parseItem(item: string): string | Secret {
  const [, id, secret] = /^([a-z0-9-]{1,32})=(whsec_.*)$/.exec(item) ?? []
  return id && secret ? { id, secret } : item
}

function parseJsonList(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes the text.
    throw new TypeError("secrets begins with [ and is not a JSON list")
  }
}
