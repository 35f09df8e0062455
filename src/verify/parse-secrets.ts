import { assertOption, assertOptions, kindOf, OptionError } from "../core/assert.ts"
import { credicorp } from "../providers/credicorp.ts"
import type { SecretFormat } from "../providers/provider.ts"
import { checkSecrets, SECRET_FIELDS, type CheckedSecret, type Secret } from "./secrets.ts"

/** Spec 1.11. A scrap of text is shorter; the secrets that providers issue are longer. */
const MIN_TEXT_SECRET_CHARS = 16

/** How to read the text. */
export interface ParseSecretsOptions {
  /** The provider; Credicorp unless given. Its secrets' prefix tells a secret from a scrap of text. */
  readonly provider?: SecretFormat | undefined
}

/**
 * Parses secrets from one text, as an environment variable holds them: items separated by commas or line breaks, each a
 * secret or `id=secret`; or a JSON list of `{ id, secret, notBefore?, notAfter?, allowUnusual? }`.
 *
 * An item is read as `id=secret` only if the provider's secrets have a prefix and the secret begins with it. Without an id
 * it is `secret-1`, `secret-2`, … by position.
 *
 * The text form refuses more than the JSON list (spec 1.11), because a comma inside pasted text would otherwise turn a
 * scrap of it into a key that somebody could guess: an item shorter than 16 characters, one with white space, `#` or a
 * second prefix inside, one that begins or ends with a quote or bracket, one that is a field of the JSON form, and one
 * without the provider's prefix beside one that has it.
 *
 * @throws {TypeError} There is no text, or it is no such list. The message names the entry and the rule, and shows no text.
 * @example
 * ```ts
 * parseSecrets("new=whsec_2b7e151628aed2a6, old=whsec_abf7158809cf4f3c")
 * // [{ id: "new", secret: "whsec_2b7e151628aed2a6", notBefore: 0, notAfter: 999999999999 }, { id: "old", … }]
 * ```
 */
export function parseSecrets(text: string | undefined, options: ParseSecretsOptions = {}): readonly CheckedSecret[] {
  assertOptions("options of parseSecrets", options, ["provider"])
  const { provider = credicorp } = options
  assertOption(typeof text === "string", `parseSecrets takes text, not ${kindOf(text)}: is the variable set?`)
  const trimmed = text.trim()
  assertOption(trimmed !== "", "parseSecrets was given an empty text: is the variable set?")
  return checkSecrets(trimmed.startsWith("[") ? parseJsonList(trimmed) : parseItems(trimmed, provider), provider)
}

function parseItems(text: string, { secretPrefix: prefix }: SecretFormat): readonly (string | Secret)[] {
  const items = text.split(/\s*[,\r\n]\s*/).map((item) => parseItem(item, prefix))
  const secrets = items.map((item) => (typeof item === "string" ? item : item.secret))
  const isPrefixed = (secret: string): boolean => prefix !== undefined && secret.startsWith(prefix)
  const mixed = secrets.some(isPrefixed)
  for (const [index, secret] of secrets.entries()) {
    const problem =
      findScrap(secret, prefix) ?? (mixed && !isPrefixed(secret) ? "lacks the prefix of the others" : undefined)
    assertOption(!problem, `secrets[${index}] ${problem}; a secret like that must be given in the JSON list`)
  }
  return items
}

function parseItem(item: string, prefix: string | undefined): string | Secret {
  const [, id, secret = ""] = /^([A-Za-z0-9._:-]{1,128})=(.+)$/s.exec(item) ?? []
  return id !== undefined && prefix !== undefined && secret.startsWith(prefix) ? { id, secret } : item
}

/** Returns what makes an item look like a scrap of other text, in words that show none of it, or undefined. */
function findScrap(secret: string, prefix: string | undefined): string | undefined {
  if (secret === "") return "is empty"
  if (/[\s#]/.test(secret)) return "has white space or # in it"
  if (FIELD.test(secret)) return "is a field of the JSON form"
  if (/^["'`“”‘’{}[\]]|["'`“”‘’}\]]$/.test(secret)) return "begins or ends with a quote or bracket"
  if (prefix && secret.includes(prefix, 1)) return "has the provider's prefix inside"
  return secret.length < MIN_TEXT_SECRET_CHARS ? `is shorter than ${MIN_TEXT_SECRET_CHARS} characters` : undefined
}

const FIELD = new RegExp(`^(?:${SECRET_FIELDS.join("|")})[=:]`, "i")

function parseJsonList(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes the text.
    throw new OptionError("parseSecrets was given a text that begins with [ and is not a JSON list")
  }
}
