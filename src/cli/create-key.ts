import { createHash, randomBytes } from "node:crypto"
import type { ApiKey } from "../endpoints/auth/api-keys.ts"

/** Makes an API key, and the entry of PARTNER_API_KEYS that lets the Worker recognise it by its hash. */
export function createKey(facts: Omit<ApiKey, "sha256">): { readonly key: string; readonly entry: ApiKey } {
  const key = `sk_${facts.livemode ? "live" : "test"}_${randomBytes(32).toString("base64url")}`
  const { id, account, livemode, scopes } = facts
  return { key, entry: { id, account, livemode, sha256: createHash("sha256").update(key).digest("hex"), scopes } }
}
