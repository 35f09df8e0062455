// Catches a check that answers before its turn. A request that fails two of them gets the answer of the first, so what
// anyone learns of a request depends on how far it was entitled to come.

import { beforeEach, describe, expect, it } from "vitest"
import { KEYS } from "../support/api-keys.ts"
import {
  createPartner,
  createSample,
  sampleFields,
  verdict,
  type Answer,
  type Partner,
  SUSPEND,
  revoke,
} from "../support/partner.ts"

/** Every check that a request to create an endpoint passes, in order, and what it says. */
const CHECKS = [
  { check: "route", want: "404 route_not_found" },
  { check: "method", want: "405 method_not_allowed" },
  { check: "no credential", want: "401 missing_api_key", not: ["unknown credential", "scope"] },
  { check: "unknown credential", want: "401 invalid_api_key", not: ["scope"] },
  { check: "revoked", want: "401 token_revoked" },
  { check: "suspended", want: "403 account_suspended" },
  { check: "rate limit", want: "429 rate_limited" },
  { check: "scope", want: "403 insufficient_scope" },
  { check: "no content type", want: "400 missing_content_type", not: ["content type"] },
  { check: "content type", want: "415 unsupported_media_type" },
  { check: "size", want: "422 request_body_too_large" },
  { check: "key malformed", want: "400 idempotency_key_malformed", not: ["key reused"] },
  { check: "key reused", want: "409 idempotency_key_reused" },
  { check: "JSON", want: "400 invalid_json" },
  { check: "unknown field", want: "400 unknown_field more" },
  { check: "rules", want: "422 webhook_endpoint_url_invalid url" },
  { check: "limit", want: "422 webhook_endpoint_limit" },
  { check: "store", want: "503 temporarily_unavailable" },
] as const satisfies readonly { check: string; want: string; not?: readonly string[] }[]

type Check = (typeof CHECKS)[number]["check"]

const MAX_BODY_BYTES = 65_536

/** A request that fails these checks and no others. */
async function callFailing(partner: Partner, failing: readonly Check[]): Promise<Answer> {
  const fails = (check: Check): boolean => failing.includes(check)
  const account = partner.account()
  const calm = (): void => partner.pass(10_000)

  // What the account remembers.
  if (fails("key reused")) await createSample(partner, { headers: { "Idempotency-Key": "key" } })
  for (let i = fails("key reused") ? 1 : 0; fails("limit") && i < 20; i++) await createSample(partner)
  calm()
  for (let i = 0; fails("rate limit") && i < 50; i++) await partner.call("GET", "")
  if (fails("suspended")) await account.act(SUSPEND)
  for (const id of fails("revoked") ? ["key_a", "key_aElsewhere"] : []) await account.act(revoke(id))
  if (fails("store")) account.breakTable("answers")

  // What the request says.
  const fields = sampleFields({
    description: "so that its hash is its own",
    ...(fails("rules") && { url: "http://example.com/hooks" }),
    ...(fails("unknown field") && { more: true }),
  })
  const text = JSON.stringify(fields).slice(0, fails("JSON") ? -1 : undefined)
  return await partner.call(fails("method") ? "PUT" : "POST", fails("route") ? "/whend_1/other" : "", {
    key: fails("no credential")
      ? null
      : fails("unknown credential")
        ? `${KEYS.a}x`
        : fails("scope")
          ? KEYS.aElsewhere
          : KEYS.a,
    body: text.padEnd(fails("size") ? MAX_BODY_BYTES + 1 : 0),
    headers: {
      "Content-Type": fails("no content type") ? undefined : fails("content type") ? "text/plain" : "application/json",
      "Idempotency-Key": fails("key malformed") ? "not a key" : "key",
    },
  })
}

describe("the order of the checks (spec 5.1 to 5.11)", () => {
  let partner: Partner
  beforeEach(() => {
    partner = createPartner()
  })

  it("a request that fails none → 201", async () => {
    expect((await callFailing(partner, [])).status).toBe(201)
  })

  it.each(CHECKS)("$check alone → $want", async ({ check, want }) => {
    expect(verdict(await callFailing(partner, [check]))).toBe(want)
  })

  const pairs = CHECKS.flatMap((first, i) =>
    CHECKS.slice(i + 1)
      .filter(({ check }) => !("not" in first && (first.not as readonly string[]).includes(check)))
      .map(({ check }) => ({ first: first.check, second: check, want: first.want })),
  )

  it.each(pairs)("$first before $second → $want", async ({ first, second, want }) => {
    expect(verdict(await callFailing(partner, [first, second]))).toBe(want)
  })

  it("every check at once → the first, and each that is mended shows the next", async () => {
    const all = CHECKS.map(({ check }) => check)
    const seen: string[] = []
    for (let i = 0; i < all.length; i++) seen.push(verdict(await callFailing(createPartner(), all.slice(i))))
    expect(seen).toEqual(CHECKS.map(({ want }) => want))
  })
})

describe("how far a request comes", () => {
  const BEFORE_THE_ACCOUNT = ["route", "method", "no credential", "unknown credential"] as const

  it.each(BEFORE_THE_ACCOUNT)("%s → no account is asked", async (check) => {
    const partner = createPartner()
    await callFailing(partner, [check])
    expect(partner.reached).toEqual([])
  })

  it.each(["revoked", "scope", "size", "JSON", "limit"] as const)("%s → its account is asked once", async (check) => {
    const partner = createPartner()
    if (check === "limit") for (let i = 0; i < 20; i++) await createSample(partner)
    const before = partner.reached.length
    await callFailing(partner, [check === "limit" ? "store" : check])
    expect(partner.reached.slice(before)).toEqual(["acct_a"])
  })
})
