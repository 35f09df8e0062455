// Catches a command that asks for another request than it says, sends a credential where others can read it, or lets text of
// a server move the terminal.

import { Command } from "commander"
import { describe, expect, it } from "vitest"
import * as v from "valibot"
import { addOperations } from "../../src/cli/operation-commands.ts"
import { ACCOUNT_OPERATIONS } from "../../src/endpoints/account-operations.ts"
import { PARTNER_OPERATIONS } from "../../src/endpoints/operations.ts"
import { described } from "../../src/http/fields.ts"
import { formsOf } from "../../src/http/json-schema.ts"
import type { Declaration } from "../../src/http/operation.ts"
import { INBOX_OPERATIONS } from "../../src/inbox/operations.ts"
import { runCommandLine, type CommandResult } from "../support/command-line.ts"

const ENV = { PARTNER_API_KEY: "sk_test_cli", OPERATOR_TOKEN: "operator_new,operator_old" }

const page = (one: object) => ({ data: [one], next_cursor: null })

interface Sent {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly body: unknown
}

/** Runs a command against a server that gives one answer, or none if `status` is 0. */
async function command(
  args: readonly string[],
  { status = 200, body = {}, env = ENV }: { status?: number; body?: unknown; env?: Record<string, string> } = {},
): Promise<CommandResult & { readonly sent: readonly Sent[] }> {
  const sent: Sent[] = []
  const fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init)
    const text = await request.text()
    const { method, url, headers } = request
    sent.push({ method, url, headers, body: text === "" ? undefined : JSON.parse(text) })
    if (status === 0) throw new TypeError("fetch failed")
    return new Response(status === 204 ? null : typeof body === "string" ? body : JSON.stringify(body), { status })
  }
  return { ...(await runCommandLine(args, { env, fetch: fetch })), sent }
}

const ORIGIN = "http://localhost:8787"
const PARTNER = "/partner/v1/webhook_endpoints"

describe("a command makes the request of its operation", () => {
  it.each<{ args: string; method: string; path: string; body?: object }>([
    { args: "inbox list", method: "GET", path: "/inbox/events" },
    { args: "inbox list --status dead --limit 5", method: "GET", path: "/inbox/events?status=dead&limit=5" },
    { args: "inbox show evt_1", method: "GET", path: "/inbox/events/credicorp/evt_1" },
    { args: "inbox show a/b --source c?d", method: "GET", path: "/inbox/events/c%3Fd/a%2Fb" },
    { args: "inbox show evt_1 --include body", method: "GET", path: "/inbox/events/credicorp/evt_1?include=body" },
    { args: "inbox rerun evt_1", method: "POST", path: "/inbox/events/credicorp/evt_1/rerun", body: {} },
    {
      args: "inbox rerun-all --type payment.settled --per-second 10 --dry-run",
      method: "POST",
      path: "/inbox/rerun",
      body: { type: "payment.settled", per_second: 10, dry_run: true },
    },
    { args: "inbox pause payment.*", method: "POST", path: "/inbox/pause", body: { handler: "payment.*" } },
    { args: "inbox erase evt_1", method: "DELETE", path: "/inbox/events/credicorp/evt_1/body" },
    { args: "inbox handlers", method: "GET", path: "/inbox/handlers" },
    {
      args: "operator suspend acct_a --note unpaid",
      method: "POST",
      path: "/operator/accounts/acct_a/actions",
      body: { action: "suspend", note: "unpaid" },
    },
    {
      args: "operator revoke acct_a --credential-id key_1 --note leaked",
      method: "POST",
      path: "/operator/accounts/acct_a/actions",
      body: { action: "revoke", credential_id: "key_1", note: "leaked" },
    },
    { args: "operator actions acct_a --limit 3", method: "GET", path: "/operator/accounts/acct_a/actions?limit=3" },
    {
      args: "endpoints create https://a.example/ --enabled-events payment.*,a.b --metadata team=ledger tier=a=b",
      method: "POST",
      path: PARTNER,
      body: {
        url: "https://a.example/",
        enabled_events: ["payment.*", "a.b"],
        metadata: { team: "ledger", tier: "a=b" },
      },
    },
    {
      args: "endpoints update whend_1 --status disabled",
      method: "PATCH",
      path: `${PARTNER}/whend_1`,
      body: { status: "disabled" },
    },
    {
      args: "endpoints rotate whend_1 --overlap-seconds 0",
      method: "POST",
      path: `${PARTNER}/whend_1/rotate_secret`,
      body: { overlap_seconds: 0 },
    },
    { args: "endpoints delete whend_1", method: "DELETE", path: `${PARTNER}/whend_1` },
  ])("$args → $method $path", async ({ args, method, path, body }) => {
    const { sent } = await command([...args.split(" "), "--json"])
    expect(sent).toMatchObject([{ method, url: `${ORIGIN}${path}` }])
    expect(sent[0]!.body).toEqual(body)
    const credential = args.startsWith("endpoints") ? "sk_test_cli" : "operator_new"
    expect(sent[0]!.headers.get("authorization")).toBe(`Bearer ${credential}`)
  })

  it("every declared operation has a command with help, and one that is added has one at once", async () => {
    const added: Declaration = {
      name: "inbox.added_now",
      method: "POST",
      path: "/inbox/added/:thing",
      summary: "Do what was added",
      params: v.object({ thing: v.string() }),
      body: { schema: v.strictObject({ level: described(v.number(), "How much.") }), optional: false, example: {} },
      answers: [],
      errors: [],
    }
    const context = { io: {} as never, exit: () => {} }
    const made = [PARTNER_OPERATIONS, ACCOUNT_OPERATIONS, [...INBOX_OPERATIONS, added]].map((operations) => {
      const program = new Command()
      addOperations(program, context, { operations, credential: "X" })
      expect(program.commands).toHaveLength(operations.flatMap((operation) => formsOf(operation)).length)
      for (const one of program.commands) expect(one.description()).toMatch(/\w\.$/)
      return program
    })
    const help = made.at(-1)!.commands.at(-1)!.helpInformation()
    expect(help).toMatch(
      /added-now \[options\] <thing>[^]*Do what was added\.[^]*--level <number> +How much \(required\)/,
    )
  })
})

describe("a wrong command → 2, nothing sent", () => {
  it.each([
    { args: "inbox", says: /Usage: countersign inbox/ },
    { args: "inbox failed", says: /unknown command 'failed'/ },
    { args: "inbox lst", says: /Did you mean list/ },
    { args: "inbox toString", says: /unknown command/ },
    { args: "inbox show", says: /missing required argument 'event_id'/ },
    { args: "inbox show evt_1 evt_2", says: /too many arguments/ },
    { args: "inbox rerun evt_1 --dry-run", says: /unknown option '--dry-run'/ },
    { args: "inbox list --status failed", says: /Allowed choices are .*waiting.*done.*dead/ },
    { args: "inbox list --limit many", says: /Expected a whole number/ },
    { args: "inbox pause", says: /missing required argument 'handler'/ },
    { args: "inbox discard evt_1", says: /required option '--note/ },
    { args: "inbox tail --every 0", says: /whole seconds/ },
    { args: "inbox tail --for 2h", says: /whole seconds/ },
    { args: "operator delete acct_a", says: /unknown command 'delete'/ },
    { args: "operator suspend --note x", says: /missing required argument 'account'/ },
    { args: "operator suspend acct_a", says: /required option '--note/ },
    { args: "operator revoke acct_a --note x", says: /required option '--credential-id/ },
    { args: "operator suspend acct_a --note x --credential-id k", says: /unknown option '--credential-id'/ },
    { args: "endpoints create --enabled-events *", says: /missing required argument 'url'/ },
    { args: "endpoints create https://a.example/", says: /required option '--enabled-events/ },
    { args: "endpoints update whend_1 --metadata team", says: /pairs as team=ledger/ },
    { args: "endpoints rotate whend_1 --overlap-seconds=", says: /Expected a whole number/ },
    { args: "endpoints rotate whend_1 --overlap-seconds abc", says: /Expected a whole number/ },
    { args: "endpoints delete whend_1 --idempotency-key x", says: /unknown option '--idempotency-key'/ },
    { args: "endpoints list --origin nowhere", says: /--origin must be an origin/ },
    { args: "endpoints list --origin localhost:8787", says: /--origin must be an origin/ },
    { args: "endpoints list --origin https://a.example/webhooks", says: /without a path/ },
    { args: "endpoints list --origin http://example.com", says: /clear text/ },
    { args: "inbox tail --origin http://example.com", says: /clear text/ },
  ])("$args → $says", async ({ args, says }) => {
    const { code, out, err, sent } = await command(args.split(" "))
    expect([code, out, sent]).toEqual([2, "", []])
    expect(err).toMatch(says)
    expect(err).not.toMatch(/^\s+at /m)
  })

  it.each<{ env: Record<string, string>; says: string }>([
    { env: {}, says: "OPERATOR_TOKEN is not set" },
    { env: { OPERATOR_TOKEN: "" }, says: "OPERATOR_TOKEN is not set" },
    { env: { ...ENV, NODE_USE_ENV_PROXY: "1" }, says: "proxy" },
    { env: { ...ENV, COUNTERSIGN_URL: "http://a.example" }, says: "clear text" },
    { env: { ...ENV, COUNTERSIGN_URL: "a.example" }, says: "COUNTERSIGN_URL must be an origin" },
  ])("with $env: $says", async ({ env, says }) => {
    const { code, err, sent } = await command(["inbox", "stats"], { env })
    expect([code, sent]).toEqual([2, []])
    expect(err).toContain(says)
  })
})

describe("the server", () => {
  it.each([
    { args: [], env: {}, origin: ORIGIN },
    { args: [], env: { COUNTERSIGN_URL: "https://a.example" }, origin: "https://a.example" },
    { args: ["--origin", "https://b.example/"], env: { COUNTERSIGN_URL: "x" }, origin: "https://b.example" },
    { args: ["--origin", "http://127.0.0.1:9000"], env: {}, origin: "http://127.0.0.1:9000" },
  ])("$args, $env → $origin", async ({ args, env, origin }) => {
    const { sent } = await command(["inbox", "handlers", ...args], { env: { ...ENV, ...env }, body: { data: [] } })
    expect(sent[0]!.url).toBe(`${origin}/inbox/handlers`)
  })

  it.each([
    { why: "no answer", status: 0, body: {} },
    { why: "a page", status: 200, body: "<html>" },
    { why: "an error that is not ours", status: 502, body: "Bad gateway" },
    { why: "JSON that is not ours", status: 404, body: { message: "not found" } },
    { why: "null", status: 500, body: null },
    // The credential would go wherever it points.
    { why: "a redirect", status: 302, body: "" },
  ])("$why → 3, and which server it was", async ({ status, body }) => {
    const { code, err, sent } = await command(["inbox", "handlers"], { status, body })
    expect([code, sent.length]).toEqual([3, 1])
    expect(err).toContain(ORIGIN)
    expect(err).not.toContain("operator_new")
  })
})

describe("a request that got no answer may be sent again", () => {
  const CREATE = ["endpoints", "create", "https://a.example/", "--enabled-events", "*"]
  const KEY = "idempotency-key"
  const error = { error: { code: "temporarily_unavailable", message: "x" } }

  it.each([
    { args: CREATE, status: 0, code: 3 },
    { args: CREATE, status: 503, code: 1 },
    { args: ["endpoints", "rotate", "whend_1"], status: 0, code: 3 },
    { args: ["endpoints", "update", "whend_1", "--status", "enabled"], status: 0, code: 3 },
  ])("$args, $status → the key that makes it the same request", async ({ args, status, code }) => {
    const first = await command(args, { status, body: error })
    const key = first.sent[0]!.headers.get(KEY)!
    expect([first.code, first.err]).toEqual([code, expect.stringContaining(`--${KEY} ${key}`)])
    const again = await command([...args, `--${KEY}`, key], { status, body: error })
    expect(again.sent[0]!.headers.get(KEY)).toBe(key)
    const other = await command(args, { status, body: error })
    expect(other.sent[0]!.headers.get(KEY)).not.toBe(key)
  })

  it.each([
    { why: "changes nothing", args: ["endpoints", "list"], status: 0, code: 3 },
    { why: "may be sent twice as it is", args: ["endpoints", "delete", "whend_1"], status: 503, code: 1 },
    { why: "was refused", args: CREATE, status: 422, code: 1 },
  ])("$args, $status: a request that $why needs none", async ({ args, status, code }) => {
    const result = await command(args, { status, body: error })
    expect([result.code, result.err]).toEqual([code, expect.not.stringContaining(KEY)])
  })
})

it("work in steps is repeated until no step is left, and counted", async () => {
  const cursors: unknown[] = []
  const steps = [
    { runs: 500, next_cursor: "c1", dry_run: false, hint: null },
    { runs: 0, next_cursor: "c2", dry_run: false, hint: null },
    { runs: 7, next_cursor: null, dry_run: false, hint: null },
  ]
  const fetch = async (_: unknown, init?: RequestInit): Promise<Response> => {
    cursors.push((JSON.parse(init!.body as string) as { cursor?: string }).cursor)
    return Response.json(steps[cursors.length - 1])
  }
  const world = { env: ENV, fetch: fetch as typeof globalThis.fetch }
  expect(await runCommandLine(["inbox", "rerun-all", "--type", "a.b"], world)).toMatchObject({
    code: 0,
    out: "running again: 507 runs",
  })
  expect(cursors).toEqual([undefined, "c1", "c2"])
})

describe("text of others is shown, and a terminal obeys none of it", () => {
  /** Every control character and a few that turn a line around, one that starts a line, and a letter. */
  const hostile = `${String.fromCharCode(...Array(32).keys(), ...Array.from({ length: 33 }, (_, i) => 127 + i))}\u202e\u2066\nstatus  é`
  const endpoint = { id: "whend_1", url: "https://a.example/", status: "enabled", enabled_events: [hostile] }
  const shown = { ...endpoint, description: hostile, metadata: { [hostile]: hostile } }
  const event = { id: "evt_1", type: hostile, status: "done", received: "2026-01-31T09:00:00.000Z", runs: [] }
  const refusal = { error: { code: "invalid_value_type", param: `metadata.${hostile}`, message: hostile } }

  it.each([
    { args: "endpoints show whend_1", status: 200, body: shown, lines: 6 },
    { args: "endpoints list", status: 200, body: page(shown), lines: 2 },
    { args: "endpoints show whend_1", status: 422, body: refusal, lines: 1 },
    { args: "operator actions acct_a", status: 200, body: page({ action: "suspend", note: hostile }), lines: 2 },
    { args: "inbox list", status: 200, body: page(event), lines: 2 },
  ])("$args, $status: JSON says the same; $lines lines for people", async ({ args, status, body, lines }) => {
    const json = await command([...args.split(" "), "--json"], { status, body })
    expect(json.out + json.err).not.toMatch(/[^\n\P{C}]/u)
    expect(JSON.parse(json.out || json.err)).toEqual(body)
    const plain = await command(args.split(" "), { status, body })
    const printed = `${plain.out}${plain.err}`
    expect(printed).not.toMatch(/[^\n\P{C}]/u)
    expect(printed).toContain("é")
    expect(printed.trimEnd().split("\n")).toHaveLength(lines)
  })
})
