// Catches a diagnosis that is wrong, one without a fix, and one that stores something or shows a secret.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { checkClock, checkNode, checkSecrets } from "../../../src/cli/commands/doctor.ts"
import { checkWrangler, type Check, type WranglerConfig } from "../../../src/cli/project.ts"
import { runCommandLine } from "../../support/command-line.ts"
import { SECRET } from "../../support/delivery.ts"
import { createReceiver } from "../../support/receiver.ts"

const wrongOf = (checks: readonly Check[]): string[] =>
  checks.filter(({ status }) => status === "wrong").map(({ name }) => name)

describe("Node", () => {
  it.each([
    { version: "v18.20.0", status: "wrong" },
    { version: "v20.18.3", status: "wrong" },
    { version: "v20.19.0", status: "ok" },
    { version: "v22.0.0", status: "ok" },
    { version: "v24.21.0", status: "ok" },
  ])("$version → $status", ({ version, status }) => {
    expect(checkNode(version).status).toBe(status)
  })
})

describe("the wrangler configuration", () => {
  const right: WranglerConfig = {
    compatibility_date: "2026-08-01",
    compatibility_flags: ["nodejs_compat", "durable_object_io_tasks_prevent_eviction"],
    durable_objects: {
      bindings: [
        { name: "INBOXES", class_name: "Inbox" },
        { name: "ACCOUNTS", class_name: "Account" },
      ],
    },
    migrations: [{ new_sqlite_classes: ["Inbox"] }, { new_sqlite_classes: ["Account"] }],
    triggers: { crons: ["*/15 * * * *"] },
    vars: { WEBHOOK_LIVEMODE: "true" },
  }

  it.each<{ why: string; change: Partial<WranglerConfig>; names: readonly string[] }>([
    { why: "everything", change: {}, names: [] },
    { why: "an old date", change: { compatibility_date: "2025-01-01" }, names: ["compatibility date"] },
    { why: "no date", change: { compatibility_date: undefined }, names: ["compatibility date"] },
    { why: "one flag", change: { compatibility_flags: ["nodejs_compat"] }, names: ["flags"] },
    { why: "no objects", change: { durable_objects: {} }, names: ["objects"] },
    {
      why: "a binding of another class",
      change: { durable_objects: { bindings: [{ name: "INBOXES", class_name: "Account" }] } },
      names: ["objects"],
    },
    { why: "no migration", change: { migrations: [] }, names: ["objects"] },
    { why: "no cron", change: { triggers: { crons: [] } }, names: ["cron"] },
    { why: "a secret in vars", change: { vars: { OPERATOR_TOKEN: "x" } }, names: ["vars"] },
  ])("$why → $names", ({ change, names }) => {
    const checks = checkWrangler({ ...right, ...change })
    expect(wrongOf(checks)).toEqual(names)
    for (const { status, fix } of checks) expect(fix === undefined).toBe(status === "ok")
  })

  it("what cannot be read is skipped or wrong, each with its fix", () => {
    const found = [checkWrangler("none"), checkWrangler("no_wrangler"), checkWrangler(new Error("line 3: bad"))].flat()
    expect(found.map(({ status }) => status)).toEqual(["skipped", "skipped", "wrong"])
    for (const { fix } of found) expect(fix).toMatch(/\w/)
  })
})

describe("the secrets", () => {
  const right = { WEBHOOK_SECRETS: SECRET, OPERATOR_TOKEN: "t".repeat(16) + "operator_token_of_tests" }
  it.each([
    { vars: right, names: [] },
    { vars: {}, names: [] },
    { vars: { ...right, WEBHOOK_SECRETS: "whsec_your_secret_here" }, names: ["WEBHOOK_SECRETS"] },
    { vars: { ...right, WEBHOOK_SECRETS: `"${SECRET}"` }, names: ["WEBHOOK_SECRETS"] },
    { vars: { ...right, WEBHOOK_SECRETS: "" }, names: ["WEBHOOK_SECRETS"] },
    { vars: { ...right, WEBHOOK_LIVEMODE: "yes" }, names: ["WEBHOOK_SECRETS"] },
    { vars: { ...right, OPERATOR_TOKEN: "short" }, names: ["OPERATOR_TOKEN"] },
    { vars: { ...right, PARTNER_API_KEYS: "{" }, names: ["PARTNER_API_KEYS"] },
  ])("$vars → $names", ({ vars, names }) => {
    const checks = checkSecrets(vars)
    expect(wrongOf(checks)).toEqual(names)
    expect(JSON.stringify(checks)).not.toContain(SECRET)
  })
})

it.each([
  { date: "Tue, 22 Sep 2026 00:00:00 GMT", seconds: 0, status: "ok" },
  { date: "Tue, 22 Sep 2026 00:00:00 GMT", seconds: 30, status: "ok" },
  { date: "Tue, 22 Sep 2026 00:00:00 GMT", seconds: 31, status: "wrong" },
  { date: "Tue, 22 Sep 2026 00:00:00 GMT", seconds: -400, status: "wrong" },
  { date: null, seconds: 0, status: "skipped" },
  { date: "soon", seconds: 0, status: "skipped" },
])("the clock, $seconds s from $date → $status", ({ date, seconds, status }) => {
  expect(checkClock(date, Date.parse("2026-09-22T00:00:00Z") + seconds * 1000).status).toBe(status)
})

describe("countersign doctor", () => {
  const folder = mkdtempSync(join(tmpdir(), "countersign-doctor-"))
  afterAll(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, ".dev.vars"), `WEBHOOK_SECRETS=${SECRET}\n`)

  /** Runs it against a receiver; what the receiver stored. */
  async function doctor(args: readonly string[], { status = 0, secret = SECRET, env = {} } = {}) {
    const stored: unknown[] = []
    const receiver = createReceiver({
      secrets: [{ id: "test", secret }],
      handOff: async (event) => {
        stored.push(event)
        return "accepted"
      },
    })
    const fetch = async (request: Request): Promise<Response> =>
      status === 0 ? await receiver.fetch(request) : new Response("<html>", { status })
    const world = { cwd: folder, env, fetch: fetch as typeof globalThis.fetch }
    return { ...(await runCommandLine(["doctor", ...args], world)), stored }
  }

  it("a Worker with our secret: the signature is accepted, and nothing is stored", async () => {
    const { code, out, stored } = await doctor([])
    expect([code, stored]).toEqual([0, []])
    expect(out).toMatch(/ok +signed delivery: the signature is accepted/)
    expect(out).not.toContain(SECRET)
  })

  it.each([
    { why: "another secret", options: { secret: "whsec_another_0123456789" }, code: 1, says: "has another secret" },
    { why: "a login page", options: { status: 200 }, code: 1, says: "not JSON" },
    { why: "a redirect", options: { status: 302 }, code: 1, says: "a login page" },
  ])("$why → $code, $says", async ({ options, code, says }) => {
    const result = await doctor([], options)
    expect(result.code).toBe(code)
    expect(result.out).toContain(says)
  })

  it("a Worker elsewhere is not tried with the secret of .dev.vars, which is for this machine", async () => {
    const { code, out } = await doctor(["https://hooks.example.com"])
    expect([code, out]).toEqual([0, expect.stringMatching(/skipped +signed delivery: no secret/)])
    const named = await doctor(["https://hooks.example.com", "--json"], { env: { WEBHOOK_SECRETS: SECRET } })
    expect(JSON.parse(named.out)).toContainEqual(expect.objectContaining({ name: "signed delivery", status: "ok" }))
  })

  it("no server → 3, and how to start it", async () => {
    const { code, out } = await runCommandLine(["doctor"], { cwd: folder })
    expect([code, out]).toEqual([3, expect.stringContaining("npm start")])
  })

  it("not an origin → 2", async () => {
    expect((await runCommandLine(["doctor", "nowhere"])).code).toBe(2)
  })
})
