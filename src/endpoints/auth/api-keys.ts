import * as v from "valibot"
import { toHex, toUtf8 } from "../../core/bytes.ts"
import { fail, ok } from "../../core/result.ts"
import { ACCOUNT_NAME, type Authenticate } from "./principal.ts"

/** A variable of a Worker may have 5 KB, and a key's entry takes about 200 bytes. */
export const MAX_API_KEYS = 25

/** An API key as it is configured: its hash, never itself. */
export interface ApiKey {
  readonly id: string
  readonly account: string
  readonly livemode: boolean
  /** SHA-256 of the whole key, lower-case hex. A key has 256 random bits, so its hash needs no salt. */
  readonly sha256: string
  readonly scopes: readonly string[]
}

const NAME = v.pipe(v.string(), v.regex(ACCOUNT_NAME))

const ApiKeys = v.pipe(
  v.array(
    v.strictObject({
      id: NAME,
      account: NAME,
      livemode: v.boolean(),
      sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
      scopes: v.pipe(v.array(v.pipe(v.string(), v.regex(/^[a-z_]+:[a-z_]+$/))), v.minLength(1)),
    }),
  ),
  v.minLength(1),
  v.maxLength(MAX_API_KEYS),
)

/**
 * Reads `PARTNER_API_KEYS`, a JSON list of `ApiKey`.
 *
 * @throws {TypeError} It is not one, or two keys share an id or a hash. The message names the place and shows no value.
 */
export function parseApiKeys(text: string): readonly ApiKey[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new TypeError("must be a JSON list of { id, account, livemode, sha256, scopes }; npm run key makes an entry")
  }
  const result = v.safeParse(ApiKeys, value, { abortEarly: true })
  if (!result.success) {
    const path = v.getDotPath(result.issues[0]) ?? "the list"
    throw new TypeError(`${path} is missing or invalid; npm run key makes an entry`)
  }
  for (const field of ["id", "sha256"] as const) {
    if (new Set(result.output.map((key) => key[field])).size < result.output.length) {
      throw new TypeError(`two keys have one ${field}`)
    }
  }
  return result.output
}

/** The mode stands in a key's own text (spec 5.9) and must be that of its entry. */
const modeOf = (key: string): boolean | undefined => {
  const [, mode] = /^sk_(test|live)_[\w-]{32,128}$/.exec(key) ?? []
  return mode === undefined ? undefined : mode === "live"
}

/**
 * Believes API keys. A key is looked up by its hash: how long that takes says nothing about any key, because nobody can
 * choose a hash.
 */
export function createApiKeyAuth(keys: readonly ApiKey[]): (bearer: string) => ReturnType<Authenticate> {
  const byHash = new Map(keys.map((key) => [key.sha256, key]))
  return async (bearer) => {
    const key = byHash.get(toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", toUtf8(bearer)))))
    if (!key || key.livemode !== modeOf(bearer)) return fail("invalid_api_key")
    const { id, account, livemode, scopes } = key
    return ok({ credentialId: id, account, livemode, scopes })
  }
}
