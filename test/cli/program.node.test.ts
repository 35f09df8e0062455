// Catches a command that exits with the wrong code, prints a secret or a stack, or does not say what was wrong.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { signWebhook } from "../../src/index.ts"
import { github } from "../../src/providers.ts"
import { runCommandLine, type CommandResult } from "../support/command-line.ts"
import { NOW, SECRET } from "../support/delivery.ts"

const folder = mkdtempSync(join(tmpdir(), "countersign-cli-"))
afterAll(() => rmSync(folder, { recursive: true }))

const BODY = `{"id":"evt_1"}`
const HEADERS = signWebhook(BODY, { secrets: [SECRET], now: NOW })

const files: Readonly<Record<string, string>> = {
  "body.json": BODY,
  "changed.json": `${BODY}\n`,
  "h.json": JSON.stringify(HEADERS),
  "h.txt": Object.entries(HEADERS)
    .map(([name, value]) => `> ${name}: ${value}`)
    .join("\r\n"),
  "pairs.json": JSON.stringify(Object.entries(HEADERS)),
  "bad.json": "{",
  "bad.txt": "no header at all",
  "github.json": JSON.stringify(signWebhook(BODY, { provider: github, secrets: [SECRET] })),
  "secret.txt": `${SECRET}\n`,
}
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)

/** Runs a command line with the secret in the environment. */
const command = async (line: string, stdin = ""): Promise<CommandResult> =>
  await runCommandLine(line.split(" ").filter(Boolean), {
    readStdin: async () => new TextEncoder().encode(stdin),
    env: { WEBHOOK_SECRETS: SECRET, QUOTED: `"${SECRET}"`, OTHER: "whsec_another_0123456789", EMPTY: "" },
    cwd: folder,
  })

const rows: readonly { line: string; stdin?: string; code: number; says: RegExp }[] = [
  { line: "", code: 0, says: /sign .*verify .*explain /s },
  { line: "--help", code: 0, says: /Exit codes: 0 done or valid/ },
  { line: "verify --help", code: 0, says: /Examples:/ },
  { line: "verfy", code: 2, says: /Did you mean verify\?/ },
  { line: "verify -b body.json -H h.json", code: 0, says: /verified: signed with secret-1, 0 s ago/ },
  { line: "verify -b body.json -H h.txt", code: 0, says: /verified/ },
  { line: "verify -b body.json -H pairs.json --json", code: 0, says: /"ok":true,"secretId":"secret-1"/ },
  { line: "verify -H h.json", stdin: BODY, code: 0, says: /verified/ },
  { line: "verify -H h.json --secret-file secret.txt -b body.json", code: 0, says: /verified/ },
  { line: `verify -H h.json --secret ${SECRET} -b body.json`, code: 0, says: /Warning: --secret shows the secret/ },
  { line: "verify -H github.json -p github -b body.json", code: 0, says: /verified/ },
  { line: "verify -b body.json -H h.json --event", code: 1, says: /invalid_value_type/ },
  { line: "verify -b changed.json -H h.json", code: 1, says: /signature_mismatch.*countersign explain/s },
  { line: "verify -b body.json -H h.json --now 1790000301", code: 1, says: /timestamp_stale/ },
  { line: "verify -b body.json -H h.json --secret-env OTHER --json", code: 1, says: /"ok":false/ },
  { line: "verify -b body.json -H h.json --secret-env QUOTED", code: 2, says: /secrets\[0\]/ },
  { line: "verify -b body.json -H h.json --secret-env EMPTY", code: 2, says: /error/ },
  { line: "verify -b body.json -H h.json --secret-env NONE", code: 2, says: /NONE is not set/ },
  { line: "verify -b body.json -H h.json --secret-env A --secret-file b", code: 2, says: /Give one of/ },
  { line: "verify -b missing.json -H h.json", code: 2, says: /missing.json cannot be read \(ENOENT\)/ },
  { line: "verify -b body.json -H missing.json", code: 2, says: /--headers: missing.json cannot be read/ },
  { line: "verify -b body.json -H bad.json", code: 2, says: /--headers is not JSON/ },
  { line: "verify -b body.json -H bad.txt", code: 2, says: /line 1 is not a header/ },
  { line: "verify -b body.json", code: 2, says: /required option.*--headers/ },
  { line: "verify -b body.json -H h.json -p strpe", code: 2, says: /Did you mean stripe\?/ },
  { line: "verify -b body.json -H h.json --now yesterday", code: 2, says: /--now must be whole seconds/ },
  { line: "verify -b body.json -H h.json --url nowhere", code: 2, says: /--url must be the full URL/ },
  { line: "verify -b body.json -H h.json -p square", code: 2, says: /square signs the URL: give --url/ },
  { line: "verify -b body.json -H h.json --nowhere", code: 2, says: /unknown option.*--nowhere/ },
  { line: "explain -b body.json -H h.json", code: 0, says: /are right/ },
  { line: "explain -b changed.json -H h.json", code: 1, says: /1\. body_newline, certain/ },
  { line: "explain -b body.json -H h.json --secret-env QUOTED", code: 1, says: /1\. secret_quoted, certain/ },
  { line: "explain -b changed.json -H h.json --json", code: 1, says: /"code":"body_newline"/ },
  { line: "sign -b body.json", code: 0, says: /^Credicorp-Signature: t=1790000000,v1=[0-9a-f]{64}$/ },
  { line: "sign -b body.json --json", code: 0, says: /^\{"Credicorp-Signature":"t=/ },
  { line: "sign -b body.json --format curl", code: 0, says: /^-H 'Credicorp-Signature: t=/ },
  { line: "sign -b body.json --format xml", code: 2, says: /Allowed choices are raw, curl, json/ },
  { line: "providers stripe", code: 0, says: /Stripe-Signature/ },
  { line: "providers --json", code: 0, says: /"name":"stripe"/ },
  { line: "providers nobody", code: 2, says: /is not a provider/ },
  { line: "errors", code: 0, says: /503 {2}temporarily_unavailable/ },
  { line: "errors rate_limited", code: 0, says: /429 rate_limit_error/ },
  { line: "errors rate_limted", code: 2, says: /Did you mean rate_limited\?/ },
]

describe("countersign", () => {
  it.each(rows)("$line → $code", async ({ line, stdin, code, says }) => {
    const result = await command(line, stdin)
    const shown = `${result.out}\n${result.err}`.trim()
    expect(shown).toMatch(says)
    expect(result.code).toBe(code)
    expect(shown).not.toContain(SECRET)
    expect(shown).not.toMatch(/^ +at /m)
  })

  it("verifies what it signs", async () => {
    const { out } = await command("sign -b body.json -p github")
    writeFileSync(join(folder, "signed.txt"), out)
    expect((await command("verify -b body.json -p github -H signed.txt")).code).toBe(0)
  })
})

// Every TypeError was shown as a wrong command, so a bug had exit code 2 and no stack.
it("a TypeError that is no option's is a bug, and is thrown on", async () => {
  const bug = new TypeError("undefined is not a function")
  const clock = (): number => {
    throw bug
  }
  const args = ["verify", "-b", join(folder, "body.json"), "-H", join(folder, "h.json"), "--secret-env", "OTHER"]
  await expect(runCommandLine(args, { clock, env: { OTHER: SECRET } })).rejects.toBe(bug)
})
