// Catches `npm run send x --tamper`: npm takes an option that stands before `--`, and an untampered event was sent.

import { expect, it } from "vitest"
import { runCommandLine } from "../support/command-line.ts"

const SCRIPT = { npm_lifecycle_event: "send" }

it.each([
  { env: { ...SCRIPT, npm_config_tamper: "true" }, names: "--tamper" },
  { env: { ...SCRIPT, npm_config_wrong_secret: "true" }, names: "--wrong-secret" },
  { env: { ...SCRIPT, npm_config_url: "https://a.example" }, names: "--url" },
])("$names before -- is refused, with what to write", async ({ env, names }) => {
  const { code, err } = await runCommandLine(["send", "payment.settled"], { env })
  expect([code, err]).toEqual([2, expect.stringContaining(`npm run send -- ${names}`)])
})

it("an option of a subcommand is refused, too: without --dry-run, what was only to be counted runs", async () => {
  const env = { npm_lifecycle_event: "inbox", npm_config_dry_run: "true" }
  const { code, err } = await runCommandLine(["inbox", "rerun-all", "--type", "payment.settled"], { env })
  expect([code, err]).toEqual([2, expect.stringContaining("npm run inbox -- --dry-run")])
})

it.each([
  { env: { ...SCRIPT, npm_config_yes: "true", npm_config_json: "true" } },
  { env: { ...SCRIPT, npm_config_fund: "" } },
  // Outside of a script nothing was taken.
  { env: { npm_config_tamper: "true" } },
])("$env is npm's own configuration", async ({ env }) => {
  const { err } = await runCommandLine(["send", "payment.settled"], { env })
  expect(err).not.toContain("npm took")
})
