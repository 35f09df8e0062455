// Catches `npm start` writing a secret a second time, or one that others on the machine can read: what is in .dev.vars is
// what wrangler reads there.

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { unstable_getVarsForDev as getVarsForDev } from "wrangler"
import { createApiKeyAuth, parseApiKeys } from "../../src/endpoints/auth/api-keys.ts"
import { parseOperatorTokens } from "../../src/operator/token.ts"
import { discord, github, standardWebhooks, stripe } from "../../src/providers.ts"
import { credicorp } from "../../src/providers/credicorp.ts"
import { parseSecrets } from "../../src/verify/parse-secrets.ts"
import { createVerifier } from "../../src/verify/verifier.ts"
import { ensureDevVars, readDevVars } from "../../src/cli/dev-vars.ts"

/** What the Worker gets: read by wrangler itself. */
const readAsWrangler = (path: string): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(getVarsForDev(path, undefined, {}, undefined, true)).map(([name, { value }]) => [name, value]),
  )

const modeOf = (path: string): number => statSync(path).mode & 0o777

describe("ensureDevVars", () => {
  const folder = mkdtempSync(join(tmpdir(), "countersign-"))
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true })
  })

  const ALL = ["WEBHOOK_SECRETS", "WEBHOOK_LIVEMODE", "PARTNER_API_KEYS", "PARTNER_API_KEY", "OPERATOR_TOKEN"]
  /** Windows has no such bits. */
  const PRIVATE = process.platform === "win32" ? 0o666 : 0o600

  /** Its path: wrangler knows the file by its name only. */
  function pathOf(name: string): string {
    mkdirSync(join(folder, name), { recursive: true })
    return join(folder, name, ".dev.vars")
  }

  function given(name: string, text: string): string {
    const path = pathOf(name)
    writeFileSync(path, text)
    chmodSync(path, 0o644)
    return path
  }

  it("makes a file that only its owner can read, and in it what the Worker takes", async () => {
    const path = pathOf("new")
    expect(ensureDevVars(path)).toEqual(ALL)
    expect(modeOf(path)).toBe(PRIVATE)
    const vars = readDevVars(path)
    expect(new Set(Object.keys(vars))).toEqual(new Set(ALL))
    expect(parseSecrets(vars["WEBHOOK_SECRETS"])).toMatchObject([{ id: "local" }])
    const authenticate = createApiKeyAuth(parseApiKeys(vars["PARTNER_API_KEYS"]!))
    expect(await authenticate(vars["PARTNER_API_KEY"]!)).toMatchObject({ ok: true, value: { account: "acct_demo" } })
    expect(parseOperatorTokens(vars["OPERATOR_TOKEN"]!)).toEqual([expect.stringMatching(/^[\w-]{43}$/)])
  })

  it("makes other secrets each time", () => {
    const texts = ["one", "other"].map((name) => {
      ensureDevVars(pathOf(name))
      return readFileSync(pathOf(name), "utf8").split("\n")
    })
    const same = texts[0]!.filter((line) => line !== "" && texts[1]!.includes(line))
    expect(same).toEqual(["WEBHOOK_LIVEMODE='false'"])
  })

  it.each([
    { why: "a comment, and a secret in two lines", before: "# mine\nWEBHOOK_SECRETS='a=x\nb=y'\n", adds: ALL.slice(1) },
    { why: "no line break at its end", before: "WEBHOOK_LIVEMODE=true", adds: [ALL[0], ...ALL.slice(2)] },
    { why: "an empty value", before: "WEBHOOK_SECRETS=\n", adds: ALL.slice(1) },
    {
      why: "keys whose plain text is elsewhere",
      before: "PARTNER_API_KEYS='[]'\n",
      adds: [...ALL.slice(0, 2), ALL[4]],
    },
    { why: "nothing", before: "", adds: ALL },
    { why: "a byte order mark", before: "\uFEFFWEBHOOK_SECRETS=whsec_mine\n", adds: ALL.slice(1) },
    { why: "NAME: value", before: "WEBHOOK_SECRETS: whsec_mine\n", adds: ALL.slice(1) },
    { why: "export", before: "export WEBHOOK_SECRETS=whsec_mine\r\n", adds: ALL.slice(1) },
    { why: "double quotes", before: `WEBHOOK_SECRETS = "whsec_mine\\n" # mine\n`, adds: ALL.slice(1) },
    { why: "backticks", before: "WEBHOOK_SECRETS=`whsec_'mine`\n", adds: ALL.slice(1) },
    { why: "a quote that is not closed", before: `NOTE="mine\n`, adds: ALL },
    { why: "another that is not closed", before: "NOTE='mine\n", adds: ALL },
    { why: "a name in a comment", before: "# WEBHOOK_SECRETS=whsec_mine\n", adds: ALL },
  ])("adds what is missing to a file with $why, and changes none of it", ({ why, before, adds }) => {
    const path = given(why, before)
    expect(ensureDevVars(path)).toEqual(adds)
    expect(readFileSync(path, "utf8").startsWith(before)).toBe(true)
    const vars = readAsWrangler(path)
    expect(vars).toEqual(readDevVars(path))
    expect(vars).toMatchObject(readAsWrangler(given(`${why}, alone`, before)))
    expect(Object.keys(vars)).toEqual(expect.arrayContaining(ALL.filter((name) => adds.includes(name))))
    expect(modeOf(path)).toBe(PRIVATE)
  })

  it("leaves a file that has everything as it is, to the byte and the bit", () => {
    const text = `${ALL.map((name) => `${name}='mine'`).join("\n")}\n`
    const path = given("complete", text)
    expect(ensureDevVars(path)).toEqual([])
    expect(readFileSync(path, "utf8")).toBe(text)
    expect(modeOf(path)).toBe(process.platform === "win32" ? 0o666 : 0o644)
  })

  it("adds a secret for each source that its provider takes, once; none where only the provider has the key", () => {
    const path = pathOf("sources")
    const providers = { stripe, github, partner: standardWebhooks, discord, credicorp }
    const sources = Object.entries(providers).map(([name, provider]) => ({
      provider,
      secretsVariable: name === "credicorp" ? "WEBHOOK_SECRETS" : `${name.toUpperCase()}_WEBHOOK_SECRETS`,
    }))
    const added = ["STRIPE_WEBHOOK_SECRETS", "GITHUB_WEBHOOK_SECRETS", "PARTNER_WEBHOOK_SECRETS"]
    expect(ensureDevVars(path, sources)).toEqual([...ALL, ...added])
    expect(ensureDevVars(path, sources)).toEqual([])
    const vars = readDevVars(path)
    for (const { provider, secretsVariable } of sources.filter((one) => added.includes(one.secretsVariable))) {
      const secrets = parseSecrets(vars[secretsVariable], { provider })
      expect(createVerifier({ secrets, provider })).toBeDefined()
    }
    expect(new Set(added.map((name) => vars[name])).size).toBe(3)
  })
})
