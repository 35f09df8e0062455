import { createHash } from "node:crypto"
import type { ApiKey } from "../../src/endpoints/auth/api-keys.ts"

/** The account and the scopes of a key. */
export interface KeyFacts {
  readonly account: string
  /** Test mode unless given. */
  readonly livemode?: boolean
  /** `webhooks:read` and `webhooks:write` unless given. */
  readonly scopes?: readonly string[]
}

/** One row per key of the black-box suite. Each part of the suite has its own account, and so its own bucket. */
const FACTS: readonly KeyFacts[] = [
  { account: "acct_box_doors" },
  { account: "acct_box_doors", scopes: ["webhooks:read"] },
  { account: "acct_box_doors", scopes: ["webhooks:write"] },
  { account: "acct_box_doors", scopes: ["payments:read"] },
  { account: "acct_box_bodies" },
  { account: "acct_box_fields" },
  { account: "acct_box_life" },
  { account: "acct_box_replays" },
  { account: "acct_box_apart" },
  { account: "acct_box_apart", livemode: true },
  { account: "acct_box_stranger" },
  { account: "acct_box_crowd" },
  { account: "acct_box_crowd", livemode: true },
  { account: "acct_box_flood" },
  { account: "acct_box_flood", livemode: true },
]

const ROWS = FACTS.map(({ account, livemode = false, scopes = ["webhooks:read", "webhooks:write"] }, i) => {
  const key = `sk_${livemode ? "live" : "test"}_of-the-black-box-suite-${String(i).padStart(2, "0")}-000000000000000`
  const sha256 = createHash("sha256").update(key).digest("hex")
  return { key, entry: { id: `key_box_${i}`, account, livemode, sha256, scopes } satisfies ApiKey }
})

/** The value of `PARTNER_API_KEYS` in the Worker of the black-box suite. */
export const BLACK_BOX_ENTRIES: readonly ApiKey[] = ROWS.map(({ entry }) => entry)

/** The key of these facts. */
export function blackBoxKey({
  account,
  livemode = false,
  scopes = ["webhooks:read", "webhooks:write"],
}: KeyFacts): string {
  const wanted = `${account} ${livemode} ${scopes.join()}`
  const row = ROWS.find(({ entry }) => `${entry.account} ${entry.livemode} ${entry.scopes.join()}` === wanted)
  if (!row) throw new Error(`no key for ${wanted}: add a row to test/support/partner-keys.ts`)
  return row.key
}
