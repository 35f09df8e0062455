import { createApiKeyAuth, type ApiKey } from "./api-keys.ts"
import { createFetchedKeys, createFixedKeys, type KeySourceDeps } from "./key-source.ts"
import type { Authenticate } from "./principal.ts"
import type { TokenConfig } from "./token-config.ts"
import { createTokenAuth } from "./tokens.ts"

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
