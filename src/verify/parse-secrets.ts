import { assertOption } from "../core/assert.ts"
import { isFields } from "../core/is.ts"
import { checkSecrets, type CheckedSecret, type Secret } from "./secrets.ts"

/**
 * Reads secrets from one text, as an environment variable holds them: items separated by commas or line breaks, each a
 * secret or `id=secret`; or a JSON list of `{ id, secret, notBefore?, notAfter? }`.
 *
 * An item is `id=secret` only if its text before the first `=` is 1 to 32 of `[a-z0-9-]` and what follows begins with
 * `whsec_`; otherwise the whole item is the secret. Without an id it is `secret-1`, `secret-2`, … by position.
 *
 * A secret that looks like a slip of the pen (a comment, a stray quote or brace, a `notAfter=` that belongs in the JSON
 * form, a name or a `whsec_` with nothing behind it, a `whsec_` anywhere but in front) is refused here: a stranger could
 * guess it, or nobody signs with it. The JSON form takes any secret.
 *
 * @throws {TypeError} There is no text, or it is not such a list (spec 1.11). The message shows no secret.
 * @example
 * ```ts
 * parseSecrets("new=whsec_2b7e151628aed2a6, old=whsec_abf7158809cf4f3c")
 * // [{ id: "new", secret: "whsec_2b7e151628aed2a6", notBefore: 0, notAfter: 999999999999 }, { id: "old", … }]
 * ```
 */
export function parseSecrets(text: string | undefined): readonly CheckedSecret[] {
  assertOption(typeof text === "string", "parseSecrets takes a string: is the variable set?")
  const trimmed = text.trim()
  return checkSecrets(trimmed.startsWith("[") ? parseJsonList(trimmed) : trimmed.split(/\s*[,\r\n]\s*/).map(parseItem))
}

const SLIP =
  /^["'`{}[\]#]|["'`}\]]$|^(?:id|secret|notBefore|notAfter)\s*[=:]|^(?:undefined|null|(?:[a-z0-9-]*=)?(?:whsec_)?)$|.whsec_/i

function parseItem(item: string, index: number): string | Secret {
  const [, id, secret = item] = /^([a-z0-9-]{1,32})=(whsec_.+)$/.exec(item) ?? []
  assertOption(!SLIP.test(secret), `secrets[${index}] looks like a slip: use the JSON list if that is the secret`)
  return id ? { id, secret } : item
}

function parseJsonList(text: string): unknown {
  let list: unknown
  try {
    list = JSON.parse(text)
  } catch {
    // The parser's own message quotes the text.
    throw new TypeError("secrets begins with [ and is not a JSON list")
  }
  // A field that is mistyped, as not_after, would leave a secret valid for ever.
  const fields = Array.isArray(list) ? list.flatMap((item: unknown) => (isFields(item) ? Object.keys(item) : [])) : []
  assertOption(
    fields.every((field) => FIELDS.includes(field)),
    `secrets take ${FIELDS.join(", ")} and no other field`,
  )
  return list
}

const FIELDS: readonly string[] = ["id", "secret", "notBefore", "notAfter"]
