import { createHash, randomBytes } from "node:crypto"
import type { ApiKey } from "../src/endpoints/auth/api-keys.ts"

/** A new API key, and the entry that lets the Worker know it by its hash. */
export function createKey(facts: Omit<ApiKey, "sha256">): { readonly key: string; readonly entry: ApiKey } {
  const key = `sk_${facts.livemode ? "live" : "test"}_${randomBytes(32).toString("base64url")}`
  const { id, account, livemode, scopes } = facts
  return { key, entry: { id, account, livemode, sha256: createHash("sha256").update(key).digest("hex"), scopes } }
}
