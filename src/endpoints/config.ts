import { collect, oneOf, type BindingText, type Configured } from "../core/config.ts"
import { parseEventTypes } from "../events/known.ts"
import type { Account } from "./account-object.ts"
import { parseApiKeys, type ApiKey, createApiKeyAuth } from "./auth/api-keys.ts"
import { isLabel, RESERVED_TLDS } from "./rules/host.ts"
import { parseAccountClaim, parseClaimText, parseKeys, type TokenConfig } from "./auth/token-config.ts"
import { createFetchedKeys, createFixedKeys, type KeySourceDeps } from "./auth/key-source.ts"
import type { Authenticate } from "./auth/principal.ts"
import { createTokenAuth } from "./auth/tokens.ts"

/** What the Worker reads from its environment for the endpoints: API keys, tokens or both turn them on. */
export interface PartnerBindings {
  /** The JSON list of `parseApiKeys`. A secret: never in `[vars]`. */
  readonly PARTNER_API_KEYS?: BindingText
  /** `iss` of the tokens that are accepted. It, the audience and the keys are set together, or none of them is. */
  readonly PARTNER_JWT_ISSUER?: BindingText
  /** `aud` of the tokens for this API. */
  readonly PARTNER_JWT_AUDIENCE?: BindingText
  /** The issuer's public keys: a JSON Web Key Set, or its URL. */
  readonly PARTNER_JWKS?: BindingText
  /** The claim of a token that names the account; `sub` unless set. */
  readonly PARTNER_JWT_ACCOUNT_CLAIM?: BindingText
  /** `true` or `false`: the mode of every token. Unless set, its claim `livemode` says it. */
  readonly PARTNER_JWT_LIVEMODE?: BindingText
  /** Top-level domains that endpoints may have beyond those of IANA's root zone, separated by commas. */
  readonly ENDPOINT_EXTRA_TLDS?: BindingText
  /** The objects of the accounts, as wrangler.toml binds them. */
  readonly ACCOUNTS?: DurableObjectNamespace<Account>
}

export interface PartnerConfig {
  readonly apiKeys: readonly ApiKey[]
  readonly tokens: TokenConfig | undefined
  /** Event types that are known beyond the public ones. */
  readonly eventTypes: readonly string[]
  /** Top-level domains beyond those of IANA's root zone. */
  readonly extraTlds: readonly string[]
  readonly accounts: DurableObjectNamespace<Account>
}

/** Reads the variables of the endpoints, as `readReceiverConfig` does the receiver's. */
export function readPartnerConfig(
  env: PartnerBindings & { readonly WEBHOOK_EVENT_TYPES?: BindingText },
): Configured<PartnerConfig> {
  const { PARTNER_API_KEYS, WEBHOOK_EVENT_TYPES = "", ENDPOINT_EXTRA_TLDS = "", ACCOUNTS: accounts } = env
  const problems: string[] = []
  const tokens = readTokenConfig(env, problems)
  if (PARTNER_API_KEYS === undefined && !tokens) return { state: "off" }
  const apiKeys =
    PARTNER_API_KEYS === undefined
      ? []
      : collect(problems, "PARTNER_API_KEYS", () => parseApiKeys(String(PARTNER_API_KEYS)), [])
  const types = String(WEBHOOK_EVENT_TYPES).trim()
  const eventTypes = types === "" ? [] : collect(problems, "WEBHOOK_EVENT_TYPES", () => parseEventTypes(types), [])
  const extra = String(ENDPOINT_EXTRA_TLDS).trim()
  const extraTlds = extra === "" ? [] : collect(problems, "ENDPOINT_EXTRA_TLDS", () => parseExtraTlds(extra), [])
  if (!accounts) problems.push(NO_ACCOUNTS)
  return accounts && problems.length === 0
    ? { state: "on", config: { apiKeys, tokens, eventTypes, extraTlds, accounts } }
    : { state: "invalid", problems }
}

/** A handful is enough: the list of IANA's is complete, but for what has been delegated since this version. */
export const MAX_EXTRA_TLDS = 50

/**
 * Reads `ENDPOINT_EXTRA_TLDS`.
 *
 * @throws {TypeError} An entry is not a label in lower case and punycode, or never leads to a public host (spec 5.4).
 */
function parseExtraTlds(text: string): readonly string[] {
  const extra = text.split(",").map((tld) => tld.trim())
  if (
    !extra.every((tld) => isLabel(tld) && /\D/.test(tld) && !RESERVED_TLDS.has(tld)) ||
    extra.length > MAX_EXTRA_TLDS
  ) {
    throw new TypeError(
      `must be at most ${MAX_EXTRA_TLDS} top-level domains separated by commas, in lower case, punycode and without a dot, as web,xn--p1ai; names such as local or internal never are public`,
    )
  }
  return extra
}

export const NO_ACCOUNTS = "ACCOUNTS: the Durable Object binding is missing from wrangler.toml"

/** Undefined if no variable of tokens is set. With one of them, each missing one of the three is a problem. */
function readTokenConfig(env: PartnerBindings, problems: string[]): TokenConfig | undefined {
  const { PARTNER_JWT_ISSUER: issuer, PARTNER_JWT_AUDIENCE: audience, PARTNER_JWKS: keys } = env
  const { PARTNER_JWT_ACCOUNT_CLAIM: claim, PARTNER_JWT_LIVEMODE: mode } = env
  if ([issuer, audience, keys, claim, mode].every((value) => value === undefined)) return undefined
  const read = <Value>(name: string, text: BindingText | undefined, parse: (text: string) => Value): Value | "" =>
    collect<Value | "">(problems, name, () => parse(String(text ?? "")), "")
  const accountClaim = claim === undefined ? "" : read("PARTNER_JWT_ACCOUNT_CLAIM", claim, parseAccountClaim)
  const livemode = mode === undefined ? "" : read("PARTNER_JWT_LIVEMODE", mode, oneOf("true", "false"))
  return {
    issuer: read("PARTNER_JWT_ISSUER", issuer, parseClaimText),
    audience: read("PARTNER_JWT_AUDIENCE", audience, parseClaimText),
    keys: read("PARTNER_JWKS", keys, parseKeys),
    ...(accountClaim !== "" && { accountClaim }),
    ...(livemode !== "" && { livemode: livemode === "true" }),
  }
}

/** Authenticates API keys, and tokens where they are configured. */
export function createAuthenticate(
  apiKeys: readonly ApiKey[],
  tokens: TokenConfig | undefined,
  deps: KeySourceDeps,
): Authenticate {
  const byKey = createApiKeyAuth(apiKeys)
  if (!tokens) return byKey
  const { keys } = tokens
  const byToken = createTokenAuth(
    tokens,
    typeof keys === "string" ? createFetchedKeys(keys, deps) : createFixedKeys(keys),
  )
  // No API key has a dot, and every token has two.
  return async (bearer, now) => await (bearer.includes(".") ? byToken : byKey)(bearer, now)
}
