// Catches a script that says nothing of use when it is called wrongly, a key that its own Worker refuses, and a secret that
// others on the machine can read.

import { execFile } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest"
import { createApiKeyAuth, parseApiKeys, type ApiKey } from "../../src/endpoints/auth/api-keys.ts"
import { KEYS } from "../support/api-keys.ts"
import { SECRET } from "../support/delivery.ts"
import { OPERATOR_TOKEN } from "../support/operator-token.ts"
import { findFreePort } from "../support/free-port.ts"
import { createReceiver } from "../support/receiver.ts"

// Each starts a process, beside all that other tests start.
vi.setConfig({ testTimeout: 30_000 })

const SCRIPTS = join(import.meta.dirname, "..", "..", "tools")

interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a script with a key and a secret of the tests, so that it looks at nobody's `.dev.vars`. */
const run = async (script: string, args: readonly string[]): Promise<Run> =>
  await new Promise((resolve) => {
    const env = { ...process.env, PARTNER_API_KEY: KEYS.a, OPERATOR_TOKEN, WEBHOOK_SECRETS: `test=${SECRET}` }
    const child = execFile(process.execPath, [join(SCRIPTS, script), ...args], { env }, (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr })
    })
  })

describe.each([
  { script: "key.ts", says: "npm run key -- --account <name> --scopes <list>" },
  { script: "endpoints.ts", says: "npm run endpoints -- create <url> --events <list>" },
  { script: "operator.ts", says: "npm run operator -- suspend <account> --note <text>" },
  { script: "inbox.ts", says: "npm run inbox -- list [--status <status>]" },
  { script: "send.ts", says: "npm run send -- <type>" },
])("scripts/$script", ({ script, says }) => {
  it.each([[["--help"]], [[]]])("%j → how it is called, its exit codes, and 0", async (args) => {
    const { code, stdout, stderr } = await run(script, args)
    expect([code, stderr]).toEqual([0, ""])
    expect(stdout).toContain(says)
    expect(stdout).toContain("Exit code: 0")
  })
})

const ID = "whend_x"
const EVENT = "evt_x"

describe("called wrongly → 2, what was wrong, and where to look", () => {
  it.each<{ script: string; args: readonly string[]; names: string }>([
    { script: "key.ts", args: ["--bogus"], names: "'--bogus'" },
    { script: "key.ts", args: ["acct_a"], names: "'acct_a'" },
    { script: "key.ts", args: ["--account", "acct_a"], names: "--scopes" },
    { script: "key.ts", args: ["--scopes", "webhooks:read"], names: "--account" },
    {
      script: "key.ts",
      args: ["--account", "a", "--scopes", "webhooks:all"],
      names: "webhooks:read and webhooks:write",
    },
    { script: "key.ts", args: ["--account", "a", "--scopes", "payments:read"], names: "can do nothing" },
    { script: "key.ts", args: ["--account", "a\nb", "--scopes", "webhooks:read"], names: "account" },
    { script: "key.ts", args: ["--account", "acct_a", "--scopes", "webhooks"], names: "scopes" },
    { script: "key.ts", args: ["--account", "acct_a", "--scopes", "webhooks:read", "--id", "a b"], names: "id" },
    { script: "endpoints.ts", args: ["list", "--bogus"], names: "'--bogus'" },
    { script: "endpoints.ts", args: ["publish"], names: "publish" },
    { script: "endpoints.ts", args: ["create"], names: "create needs a URL" },
    { script: "endpoints.ts", args: ["show"], names: "show needs an endpoint's id" },
    { script: "endpoints.ts", args: ["delete", ID, "whend_y"], names: "whend_y" },
    { script: "endpoints.ts", args: ["update", ID, "--metadata", "team"], names: "--metadata" },
    { script: "endpoints.ts", args: ["list", "--url", "nowhere"], names: "--url" },
    { script: "endpoints.ts", args: ["list", "--url", "http://example.com"], names: "clear text" },
    { script: "endpoints.ts", args: ["list", ID], names: ID },
    { script: "endpoints.ts", args: ["update", ID], names: "something to change" },
    { script: "endpoints.ts", args: ["update", ID, "--enable", "--disable"], names: "--disable" },
    { script: "endpoints.ts", args: ["rotate", ID, "--overlap", ""], names: "--overlap" },
    { script: "endpoints.ts", args: ["rotate", ID, "--overlap", "abc"], names: "--overlap" },
    { script: "endpoints.ts", args: ["list", "--url", "localhost:8787"], names: "--url" },
    { script: "endpoints.ts", args: ["delete", ID, "--idempotency-key", "x"], names: "--idempotency-key" },
    { script: "operator.ts", args: ["suspend", "acct_a", "--bogus"], names: "'--bogus'" },
    { script: "operator.ts", args: ["delete", "acct_a"], names: "delete" },
    { script: "operator.ts", args: ["suspend"], names: "an account" },
    { script: "operator.ts", args: ["suspend", "acct_a"], names: "--note" },
    { script: "operator.ts", args: ["revoke", "acct_a", "--note", "x"], names: "a credential" },
    { script: "operator.ts", args: ["suspend", "acct_a", "key_a", "--note", "x"], names: "key_a" },
    { script: "operator.ts", args: ["endpoints", "acct_a", "--note", "x"], names: "--note" },
    { script: "operator.ts", args: ["endpoints", "acct_a", "--url", "http://example.com"], names: "clear text" },
    { script: "inbox.ts", args: ["list", "--bogus"], names: "'--bogus'" },
    { script: "inbox.ts", args: ["failed"], names: "list, show, rerun, discard, handlers, pause" },
    { script: "inbox.ts", args: ["toString"], names: "toString" },
    { script: "inbox.ts", args: ["show"], names: "show needs an event's id" },
    { script: "inbox.ts", args: ["pause"], names: "pause needs a handler" },
    { script: "inbox.ts", args: ["list", EVENT], names: EVENT },
    { script: "inbox.ts", args: ["show", EVENT, "evt_y"], names: "evt_y" },
    { script: "inbox.ts", args: ["rerun", EVENT, "--dead", "payment.settled"], names: "--dead" },
    { script: "inbox.ts", args: ["rerun", EVENT, "--dry-run"], names: "--dry-run" },
    { script: "inbox.ts", args: ["list", "--handler", "*"], names: "--status, --type" },
    { script: "inbox.ts", args: ["tail", "--every", "0"], names: "--every" },
    { script: "inbox.ts", args: ["tail", "--for", "2h"], names: "--for" },
    { script: "inbox.ts", args: ["stats", "--url", "http://example.com"], names: "clear text" },
    { script: "inbox.ts", args: ["stats", "--url", "nowhere"], names: "--url" },
    { script: "send.ts", args: ["payment.settled", "--bogus"], names: "'--bogus'" },
    { script: "send.ts", args: ["Payment"], names: "Payment" },
    { script: "send.ts", args: ["payment.settled", "payment.failed"], names: "payment.failed" },
    { script: "send.ts", args: ["payment.settled", "--url", "localhost:8787"], names: "--url" },
    { script: "send.ts", args: ["payment.settled", "--url", "https://example.com/"], names: "--yes" },
    { script: "send.ts", args: ["payment.settled", "--data", "[]"], names: "--data" },
    { script: "send.ts", args: ["payment.settled", "--data", "{"], names: "--data" },
    { script: "send.ts", args: ["payment.settled", "--tamper", "--stale"], names: "one way" },
    { script: "send.ts", args: ["payment.settled", "--stale", "--malformed", "noTime"], names: "one way" },
    { script: "send.ts", args: ["payment.settled", "--malformed", "toString"], names: "noTime" },
    { script: "send.ts", args: ["payment.settled", "--count", "0"], names: "--count" },
    { script: "send.ts", args: ["payment.settled", "--concurrency", "many"], names: "--concurrency" },
  ])("$script $args → $names", async ({ script, args, names }) => {
    const { code, stdout, stderr } = await run(script, args)
    expect([code, stdout]).toEqual([2, ""])
    const [problem, ...hint] = stderr.split(/\n(?=npm run)/)
    expect(problem).toContain(names)
    expect(hint.join("")).toMatch(/^npm run \w+ -- --help/)
    expect(stderr).not.toMatch(/^\s+at /m)
  })
})

describe("nobody there → 3, and where it looked", () => {
  let url = ""
  beforeAll(async () => {
    url = `http://127.0.0.1:${await findFreePort()}`
  })

  it.each([
    { script: "endpoints.ts", args: ["list"] },
    { script: "endpoints.ts", args: ["create", "https://example.com/hooks", "--events", "*"] },
    { script: "operator.ts", args: ["actions", "acct_a"] },
    { script: "inbox.ts", args: ["list"] },
    { script: "inbox.ts", args: ["tail"] },
    { script: "send.ts", args: ["payment.settled"] },
    { script: "send.ts", args: ["payment.settled", "--count", "3"] },
  ])("$script $args", async ({ script, args }) => {
    const { code, stderr } = await run(script, [...args, "--url", url])
    expect(code).toBe(3)
    expect(stderr).toContain(`No answer from ${url}`)
  })
})

describe("npm run endpoints may be run again", () => {
  const sent: (string | undefined)[] = []
  let failWith: number | undefined
  const server = createServer((request, response) => {
    sent.push(request.headers["idempotency-key"] as string | undefined)
    if (failWith === undefined) request.socket.destroy()
    else response.writeHead(failWith).end(JSON.stringify({ error: { code: "temporarily_unavailable", message: "x" } }))
  })
  let url = ""
  beforeAll(async () => {
    await once(server.listen(0, "127.0.0.1"), "listening")
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => void server.close())
  afterEach(() => void (sent.length = 0))

  const CREATE = ["create", "https://example.com/hooks", "--events", "*"]

  it.each([
    { why: "no answer", args: CREATE, status: undefined, code: 3 },
    { why: "503", args: CREATE, status: 503, code: 1 },
    { why: "no answer", args: ["rotate", ID], status: undefined, code: 3 },
    { why: "no answer", args: ["update", ID, "--enable"], status: undefined, code: 3 },
  ])("$args, $why → the key that makes it the same request", async ({ args, status, code }) => {
    failWith = status
    const first = await run("endpoints.ts", [...args, "--url", url])
    expect([first.code, first.stderr]).toEqual([code, expect.stringContaining(`--idempotency-key ${sent[0]!}`)])
    await run("endpoints.ts", [...args, "--url", url, "--idempotency-key", sent[0]!])
    expect(sent).toEqual([sent[0], sent[0]])
    await run("endpoints.ts", [...args, "--url", url])
    expect(sent[2]).not.toBe(sent[0])
  })

  it.each([
    { why: "changes nothing", args: ["list"], status: undefined, code: 3 },
    { why: "may be sent twice as it is", args: ["delete", ID], status: 503, code: 1 },
    { why: "was refused", args: CREATE, status: 422, code: 1 },
  ])("$args, $status: what $why needs none", async ({ args, status, code }) => {
    failWith = status
    const { code: got, stderr } = await run("endpoints.ts", [...args, "--url", url])
    expect([got, stderr]).toEqual([code, expect.not.stringContaining("--idempotency-key")])
  })
})

describe("what others wrote is shown, and a terminal obeys none of it", () => {
  /** Every control character and a few that turn a line around, one that starts a line, and a letter. */
  const hostile = `${String.fromCharCode(...Array(32).keys(), ...Array.from({ length: 33 }, (_, i) => 127 + i))}\u202e\u2066\nstatus  é`
  const endpoint = { id: ID, url: "https://example.com/", status: "enabled", enabled_events: [hostile] }
  const shown = { ...endpoint, description: hostile, metadata: { [hostile]: hostile } }
  const event = { id: EVENT, type: hostile, status: "done", received: "2026-01-31T09:00:00.000Z", runs: [] }
  const refusal = { error: { code: "invalid_value_type", param: `metadata.${hostile}`, message: hostile } }

  let answer: readonly [status: number, body: object] = [200, {}]
  const server = createServer((_, response) => {
    response.writeHead(answer[0]).end(JSON.stringify(answer[1]))
  })
  let url = ""
  beforeAll(async () => {
    await once(server.listen(0, "127.0.0.1"), "listening")
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => void server.close())

  it.each<{ script: string; args: readonly string[]; body: object; status: number }>([
    { script: "endpoints.ts", args: ["show", ID, "--json"], status: 200, body: shown },
    { script: "endpoints.ts", args: ["list", "--json"], status: 200, body: { data: [shown], next_cursor: null } },
    { script: "endpoints.ts", args: ["show", ID, "--json"], status: 422, body: refusal },
    { script: "operator.ts", args: ["endpoints", "acct_a"], status: 200, body: { data: [shown] } },
    { script: "inbox.ts", args: ["list", "--json"], status: 200, body: { data: [event], next_cursor: null } },
  ])("$script $args, $status: the JSON says the same", async ({ script, args, body, status }) => {
    answer = [status, body]
    const { stdout, stderr } = await run(script, [...args, "--url", url])
    const printed = status === 200 ? stdout : stderr
    expect(printed).not.toMatch(/[^\n\P{C}]/u)
    expect(JSON.parse(printed)).toEqual(body)
  })

  it.each<{ script: string; args: readonly string[]; body: object; status: number; lines: number }>([
    { script: "endpoints.ts", args: ["show", ID], status: 200, body: shown, lines: 6 },
    { script: "endpoints.ts", args: ["list"], status: 200, body: { data: [shown], next_cursor: null }, lines: 2 },
    { script: "endpoints.ts", args: ["show", ID], status: 422, body: refusal, lines: 1 },
    { script: "inbox.ts", args: ["list"], status: 200, body: { data: [event], next_cursor: null }, lines: 2 },
  ])("$script $args, $status: $lines lines, and no more", async ({ script, args, body, status, lines }) => {
    answer = [status, body]
    const { stdout, stderr } = await run(script, [...args, "--url", url])
    const printed = status === 200 ? stdout : stderr
    expect(printed).not.toMatch(/[^\n\P{C}]/u)
    expect(printed).toContain("é")
    expect(printed.trimEnd().split("\n")).toHaveLength(lines)
  })
})

describe("npm run send breaks what it sends", () => {
  const answers: string[] = []
  const { fetch } = createReceiver({ clock: Date.now })
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const chunks: Uint8Array[] = []
      for await (const chunk of incoming) chunks.push(chunk as Uint8Array)
      const init = { method: "POST", headers: incoming.headers as Record<string, string>, body: Buffer.concat(chunks) }
      const response = await fetch(new Request("http://127.0.0.1/webhooks/credicorp", init))
      const text = await response.text()
      answers.push(`${response.status} ${/"(?:code|status)":"(\w+)"/.exec(text)![1]}`)
      outgoing.writeHead(response.status).end(text)
    })()
  })
  let url = ""
  beforeAll(async () => {
    await once(server.listen(0, "127.0.0.1"), "listening")
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => void server.close())
  afterEach(() => void (answers.length = 0))

  const FORGED = "400 webhook_signature_invalid"

  it.each<{ args: readonly string[]; want: readonly string[] }>([
    { args: [], want: ["200 accepted"] },
    { args: ["--tamper"], want: [FORGED] },
    { args: ["--truncate"], want: [FORGED] },
    { args: ["--reencode"], want: [FORGED] },
    { args: ["--stale"], want: [FORGED] },
    { args: ["--ahead"], want: [FORGED] },
    { args: ["--wrong-secret"], want: [FORGED] },
    { args: ["--unsigned"], want: ["400 webhook_signature_missing"] },
    { args: ["--malformed", "twoTimes"], want: [FORGED] },
    { args: ["--duplicate"], want: ["200 accepted", "200 accepted"] },
    { args: ["--data", "[]x"], want: [] },
    { args: ["--count", "2", "--duplicate"], want: Array<string>(4).fill("200 accepted") },
  ])("$args → $want", async ({ args, want }) => {
    const { code, stdout } = await run("send.ts", ["decision.completed", "--url", url, ...args])
    expect(answers).toEqual(want)
    expect(code).toBe(want.length === 0 ? 2 : want[0]!.startsWith("200") ? 0 : 1)
    expect(stdout).not.toContain(SECRET)
    expect(stdout).not.toMatch(/[0-9a-f]{64}/)
  })
})

describe("npm run key", () => {
  it.each([
    { mode: "test", flags: [], livemode: false },
    { mode: "live", flags: ["--live"], livemode: true },
  ])("a $mode key: its entry is taken by the Worker's own reader, and believed", async ({ mode, flags, livemode }) => {
    const args = ["--account", "acct_a", "--scopes", "webhooks:read, webhooks:write", "--id", "key_1", ...flags]
    const { code, stdout } = await run("key.ts", [...args, "--json"])
    expect(code).toBe(0)
    const { key, entry } = JSON.parse(stdout) as { key: string; entry: ApiKey }
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
    const runs = [await run("key.ts", args), await run("key.ts", args)]
    const made = runs.map(({ stdout }) => ({
      key: /^ {2}(sk_test_\S+)$/m.exec(stdout)![1]!,
      entry: /^ {2}(\{.+\})$/m.exec(stdout)![1]!,
    }))
    // Both in one list: parseApiKeys refuses two entries with one id or one hash.
    const authenticate = createApiKeyAuth(parseApiKeys(`[${made.map(({ entry }) => entry).join()}]`))
    for (const { key } of made) expect(await authenticate(key)).toMatchObject({ ok: true })
  })
})
