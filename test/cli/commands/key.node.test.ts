// Catches a key that its own Worker refuses, or one that can do nothing.

import { describe, expect, it } from "vitest"
import { createApiKeyAuth, parseApiKeys, type ApiKey } from "../../../src/endpoints/auth/api-keys.ts"
import { runCommandLine } from "../../support/command-line.ts"

const run = async (...args: readonly string[]) => await runCommandLine(["key", ...args])

describe("countersign key", () => {
  it.each([
    { mode: "test", flags: [], livemode: false },
    { mode: "live", flags: ["--live"], livemode: true },
  ])("a $mode key is taken by the Worker's own reader", async ({ mode, flags, livemode }) => {
    const args = ["--account", "acct_a", "--scopes", "webhooks:read, webhooks:write", "--id", "key_1", ...flags]
    const { code, out } = await run(...args, "--json")
    expect(code).toBe(0)
    const { key, entry } = JSON.parse(out) as { key: string; entry: ApiKey }
    expect(key).toMatch(new RegExp(`^sk_${mode}_[\\w-]{43}$`))
    expect(JSON.stringify(entry)).not.toContain(key.slice(8))
    const authenticate = createApiKeyAuth(parseApiKeys(JSON.stringify([entry])))
    expect(await authenticate(key)).toEqual({
      ok: true,
      value: { credentialId: "key_1", account: "acct_a", livemode, scopes: ["webhooks:read", "webhooks:write"] },
    })
    expect(await authenticate(`${key}x`)).toMatchObject({ ok: false, error: { code: "invalid_api_key" } })
  })

  it("for people: the key and its entry each on a line; no two alike", async () => {
    const args = ["--account", "acct_a", "--scopes", "webhooks:read"]
    const made = [await run(...args), await run(...args)].map(({ out }) => ({
      key: /^ {2}(sk_test_\S+)$/m.exec(out)![1]!,
      entry: /^ {2}(\{.+\})$/m.exec(out)![1]!,
    }))
    // Both in one list: parseApiKeys refuses two entries with one id or one hash.
    const authenticate = createApiKeyAuth(parseApiKeys(`[${made.map(({ entry }) => entry).join()}]`))
    for (const { key } of made) expect(await authenticate(key)).toMatchObject({ ok: true })
  })

  it.each([
    { args: ["--account", "a", "--scopes", "webhooks:read", "--bogus"], names: "--bogus" },
    { args: ["acct_a", "--account", "a", "--scopes", "webhooks:read"], names: "too many arguments" },
    { args: ["--account", "acct_a"], names: "--scopes" },
    { args: ["--scopes", "webhooks:read"], names: "--account" },
    { args: ["--account", "a", "--scopes", "webhooks:all"], names: "webhooks:read and webhooks:write" },
    { args: ["--account", "a", "--scopes", "payments:read"], names: "can do nothing" },
    { args: ["--account", "a\nb", "--scopes", "webhooks:read"], names: "--account" },
    { args: ["--account", "acct_a", "--scopes", "webhooks"], names: "--scopes" },
    { args: ["--account", "acct_a", "--scopes", "webhooks:read", "--id", "a b"], names: "--id" },
  ])("$args → 2, $names", async ({ args, names }) => {
    const { code, out, err } = await run(...args)
    expect([code, out]).toEqual([2, ""])
    expect(err).toContain(names)
  })
})
