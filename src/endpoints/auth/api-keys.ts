import { OptionError } from "../../core/assert.ts"
import * as v from "valibot"
import { toHex, toUtf8 } from "../../core/bytes.ts"
import { fail, ok } from "../../core/result.ts"
import { ACCOUNT_NAME, SCOPES, type Authenticate } from "./principal.ts"

/** A variable of a Worker may have 5 KB, and a key's entry takes about 200 bytes. */
export const MAX_API_KEYS = 25

/** An API key as it is configured: its hash, never the key. */
export interface ApiKey {
  readonly id: string
  readonly account: string
  readonly livemode: boolean
  /** SHA-256 of the whole key, lower-case hex. A key has 256 random bits, so its hash needs no salt. */
  readonly sha256: string
  readonly scopes: readonly string[]
}

/** A scope of another API may be there; one of this API that does not exist makes a key that can do nothing. */
const isScope = (scope: string): boolean =>
  /^[a-z_]+:[a-z_]+$/.test(scope) && (!scope.startsWith("webhooks:") || SCOPES.some((known) => known === scope))

const ENTRY = {
  id: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/)),
  account: v.pipe(v.string(), v.regex(ACCOUNT_NAME)),
  livemode: v.boolean(),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  scopes: v.pipe(v.array(v.pipe(v.string(), v.check(isScope))), v.minLength(1)),
}

const ApiKeys = v.pipe(v.array(v.strictObject(ENTRY)), v.minLength(1), v.maxLength(MAX_API_KEYS))

/**
 * Reads `PARTNER_API_KEYS`, a JSON list of `ApiKey`.
 *
 * @throws {TypeError} It is not such a list, or two keys share an id or a hash. The message names the position, and shows
 *   no value and no field name that was given: a key pasted in the wrong place could be either.
 */
export function parseApiKeys(text: string): readonly ApiKey[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new OptionError(
      "must be a JSON list of { id, account, livemode, sha256, scopes }; npm run key makes an entry",
    )
  }
  const result = v.safeParse(ApiKeys, value, { abortEarly: true })
  if (!result.success) throw new OptionError(`${toProblem(result.issues[0])}; npm run key makes an entry`)
  for (const field of ["id", "sha256"] as const) {
    if (new Set(result.output.map((key) => key[field])).size < result.output.length) {
      throw new OptionError(`two keys have the same ${field}`)
    }
  }
  return result.output
}

function toProblem({ path }: v.BaseIssue<unknown>): string {
  const [index, field, position] = (path ?? []).map(({ key }) => key as string | number)
  if (index === undefined) return `must be a list of 1 to ${MAX_API_KEYS} entries`
  if (field === undefined) return `${index} must be an object`
  if (!Object.hasOwn(ENTRY, field)) return `${index} has a field that is not one of ${Object.keys(ENTRY).join(", ")}`
  if (field !== "scopes") return `${index}.${field} is missing or invalid`
  const where = position === undefined ? "scopes is missing or invalid" : `scopes.${position} is invalid`
  return `${index}.${where}: it takes ${SCOPES.join(" and ")}`
}

/** The text of a key names its mode (spec 5.9), which must be the mode of its entry. */
const modeOf = (key: string): boolean | undefined => {
  const [, mode] = /^sk_(test|live)_[\w-]{32,128}$/.exec(key) ?? []
  return mode === undefined ? undefined : mode === "live"
}

/**
 * Authenticates API keys. A key is looked up by its hash: the time that takes reveals nothing about any key, because a
 * caller cannot choose the hash of what it sends.
 */
export function createApiKeyAuth(keys: readonly ApiKey[]): (bearer: string) => ReturnType<Authenticate> {
  const byHash = new Map(keys.map((key) => [key.sha256, key]))
  return async (bearer) => {
    const key = byHash.get(toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", toUtf8(bearer)))))
    if (!key) return fail({ code: "invalid_api_key", check: "api_key" })
    if (key.livemode !== modeOf(bearer)) return fail({ code: "invalid_api_key", check: "api_key_mode" })
    const { id, account, livemode, scopes } = key
    return ok({ credentialId: id, account, livemode, scopes })
  }
}
