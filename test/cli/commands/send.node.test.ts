// Catches a delivery that is not broken in the way that was asked for, and a secret or a signature on the screen.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { createVerifier } from "../../../src/index.ts"
import { github } from "../../../src/providers.ts"
import { runCommandLine, type CommandResult } from "../../support/command-line.ts"
import { SECRET } from "../../support/delivery.ts"
import { createReceiver } from "../../support/receiver.ts"

const folder = mkdtempSync(join(tmpdir(), "countersign-send-"))
afterAll(() => rmSync(folder, { recursive: true }))
writeFileSync(join(folder, "event.json"), `{"id":"evt_1", "n":1}`)
writeFileSync(join(folder, "headers.txt"), "X-GitHub-Event: push\n")

const env = { WEBHOOK_SECRETS: `test=${SECRET}`, GITHUB_SECRET: SECRET }

/** Runs `send` against a receiver; the answers that it gave, and the requests. */
async function send(args: readonly string[]): Promise<CommandResult & { answers: string[]; requests: Request[] }> {
  const answers: string[] = []
  const requests: Request[] = []
  const receiver = createReceiver({ clock: Date.now })
  const fetch = async (request: Request): Promise<Response> => {
    requests.push(request.clone())
    const response = await receiver.fetch(request)
    const [, code = ""] = /"(?:code|status)":"(\w+)"/.exec(await response.clone().text()) ?? []
    answers.push(`${response.status} ${code}`)
    return response
  }
  const result = await runCommandLine(["send", ...args], { env, cwd: folder, fetch: fetch as typeof globalThis.fetch })
  return { ...result, answers, requests }
}

const FORGED = "400 webhook_signature_invalid"

describe("countersign send", () => {
  it.each([
    { args: "decision.completed", want: ["200 accepted"] },
    { args: "my.own_event", want: ["200 ignored"] },
    { args: "decision.completed --tamper", want: [FORGED] },
    { args: "decision.completed --truncate", want: [FORGED] },
    { args: "decision.completed --reencode", want: [FORGED] },
    { args: "decision.completed --stale", want: [FORGED] },
    { args: "decision.completed --ahead", want: [FORGED] },
    { args: "decision.completed --wrong-secret", want: [FORGED] },
    { args: "decision.completed --unsigned", want: ["400 webhook_signature_missing"] },
    { args: "decision.completed --malformed twoTimes", want: [FORGED] },
    { args: "decision.completed --duplicate", want: ["200 accepted", "200 accepted"] },
    { args: "decision.completed --count 2 --duplicate", want: Array<string>(4).fill("200 accepted") },
    { args: "decision.completed --count 3 --tamper", want: Array<string>(3).fill(FORGED) },
  ])("$args → $want", async ({ args, want }) => {
    const { code, out, answers } = await send(args.split(" "))
    expect(answers).toEqual(want)
    expect(code).toBe(want[0]!.startsWith("200") ? 0 : 1)
    expect(out).not.toContain(SECRET)
    expect(out).not.toMatch(/[0-9a-f]{64}/)
  })

  it.each([
    { args: "", says: "Name an event type" },
    { args: "Payment", says: "Payment" },
    { args: "decision.complete d", says: "too many arguments" },
    { args: "Payment.settled", says: "as payment.settled" },
    { args: "payment.settled --bogus", says: "--bogus" },
    { args: "payment.settled --url localhost:8787", says: "--url must be" },
    { args: "payment.settled --url https://example.com/", says: "--yes" },
    { args: "payment.settled --origin https://example.com", says: "--yes" },
    { args: "payment.settled --data []", says: "--data" },
    { args: "payment.settled --data {", says: "--data" },
    { args: "payment.settled --tamper --stale", says: "one way" },
    { args: "payment.settled --stale --malformed noTime", says: "one way" },
    { args: "payment.settled --malformed toString", says: "noTime" },
    { args: "payment.settled --count 0", says: "whole number" },
    { args: "payment.settled --concurrency many", says: "whole number" },
    { args: "payment.settled --body event.json", says: "not both" },
    { args: "--body event.json --tamper", says: "--tamper is for sample events" },
    { args: "--body missing.json", says: "missing.json cannot be read" },
    { args: "charge.succeeded --provider stripe", says: "no sample events of stripe" },
    { args: "payment.settled --secret-env NONE", says: "NONE is not set" },
  ])("$args → 2, $says", async ({ args, says }) => {
    const { code, out, err, requests } = await send(args.split(" ").filter(Boolean))
    expect([code, out, requests]).toEqual([2, "", []])
    expect(err).toContain(says)
    expect(err).not.toMatch(/^\s+at /m)
  })

  it("sends a body byte for byte, signed as another provider, to any path", async () => {
    const url = "http://localhost:3000/hooks?tenant=a"
    const { requests } = await send([
      "-p",
      "github",
      "--secret-env",
      "GITHUB_SECRET",
      "-b",
      "event.json",
      "-H",
      "headers.txt",
      "--url",
      url,
    ])
    const [request] = requests
    expect(request!.url).toBe(url)
    expect(request!.headers.get("x-github-event")).toBe("push")
    const body = new Uint8Array(await request!.arrayBuffer())
    expect(new TextDecoder().decode(body)).toBe(`{"id":"evt_1", "n":1}`)
    const verifier = createVerifier({ provider: github, secrets: [SECRET] })
    expect(verifier.checkSignature(body, request!.headers)).toMatchObject({ ok: true })
  })

  it.each([["payment.settled"], ["payment.settled --count 3"]])(
    "%s, no answer → 3, and where it looked",
    async (args) => {
      const { code, err } = await runCommandLine(["send", ...args.split(" ")], { env })
      expect([code, err]).toEqual([3, expect.stringContaining("No answer from http://localhost:8787")])
    },
  )
})
