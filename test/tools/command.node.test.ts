// Catches `npm run send x --tamper`: npm takes an option that stands before `--`, and an untampered event was sent.

import { expect, it } from "vitest"
import { refuseTakenOptions, UsageError } from "../../tools/command.ts"

const OPTIONS = ["tamper", "wrong-secret", "dry-run", "yes", "json", "help"]

it.each([
  { env: { npm_config_tamper: "true" }, names: "--tamper" },
  { env: { npm_config_wrong_secret: "true" }, names: "--wrong-secret" },
  // An option that npm has, too: to lose it runs what was only to be listed.
  { env: { npm_config_dry_run: "true" }, names: "--dry-run" },
])("$names before -- is refused, with what to write", ({ env, names }) => {
  expect(() => refuseTakenOptions("send", OPTIONS, env)).toThrow(UsageError)
  expect(() => refuseTakenOptions("send", OPTIONS, env)).toThrow(`npm run send -- ${names}`)
})

it.each([{ env: {} }, { env: { npm_config_yes: "true", npm_config_json: "true" } }, { env: { npm_config_fund: "" } }])(
  "$env is npm's own configuration",
  ({ env }) => {
    expect(() => refuseTakenOptions("send", OPTIONS, env)).not.toThrow()
  },
)
