// Catches an operator's door that opens to someone else, an action without its effect, and a note that goes where it must not.

import { describe, expect, it } from "vitest"
import { createAppFromEnv } from "../../src/app/env.ts"
import type { OperatorBindings } from "../../src/operator/token.ts"
import type { PartnerBindings } from "../../src/endpoints/config.ts"
import { handlers } from "../support/handlers.ts"
import { API_KEYS, KEYS } from "../support/api-keys.ts"
import { OPERATOR_TOKEN } from "../support/operator-token.ts"
import {
  createMemoryAccount,
  createNamespace,
  createPartner,
  createRequest,
  createSample,
  NOW_MS,
  OPERATOR_PATH,
  revoke,
  SUSPEND,
  toAnswer,
  verdict,
  type CallOptions,
} from "../support/partner.ts"

const ACTIONS = "/acct_a/actions"

describe("an action", () => {
  it.each([
    { what: SUSPEND, want: "403 account_suspended" },
    { what: revoke("key_a"), want: "401 token_revoked" },
  ])("$what.action → kept, and the very next request is $want; undone → in again", async ({ what, want }) => {
    const { call, operate } = createPartner()
    const done = await operate("POST", ACTIONS, { body: what })
    const kept = { credential_id: null, ...what, created: new Date(NOW_MS).toISOString() }
    expect([done.status, done.json]).toEqual([201, kept])
    expect(verdict(await call("GET", ""))).toBe(want)
    expect((await call("GET", "", { key: KEYS.b })).status).toBe(200)
    const undone = { ...what, action: what.action === "suspend" ? "resume" : "restore" }
    expect((await operate("POST", ACTIONS, { body: undone })).status).toBe(201)
    expect((await call("GET", "")).status).toBe(200)
    expect((await operate("GET", ACTIONS)).json).toEqual({
      data: [expect.objectContaining(undone), kept],
      next_cursor: null,
    })
  })

  it("reaches an account that nobody has used yet", async () => {
    const { call, operate } = createPartner()
    await operate("POST", "/acct_b/actions", { body: SUSPEND })
    expect(verdict(await call("GET", "", { key: KEYS.b }))).toBe("403 account_suspended")
  })

  it("is listed by pages", async () => {
    const { operate } = createPartner()
    for (const i of [1, 2, 3]) await operate("POST", ACTIONS, { body: revoke(`tok_${i}`) })
    const first = await operate("GET", `${ACTIONS}?limit=2`)
    const second = await operate("GET", `${ACTIONS}?limit=2&cursor=${String(first.json["next_cursor"])}`)
    const ids = [first, second].map(({ json }) =>
      (json["data"] as { credential_id: string }[]).map(({ credential_id }) => credential_id),
    )
    expect(ids).toEqual([["tok_3", "tok_2"], ["tok_1"]])
    expect(second.json["next_cursor"]).toBeNull()
  })

  it("has a line in the log, without the note", async () => {
    const { operate, log } = createPartner()
    await operate("POST", ACTIONS, { body: { ...revoke("tok_1"), note: "ask Ada" } })
    expect(log).toEqual([
      {
        level: "info",
        message: "operator request",
        operation: "accounts.act",
        request_id: expect.stringMatching(/^req_/),
        account: "acct_a",
        status: 201,
        action: "revoke",
        credential_id: "tok_1",
      },
    ])
  })
})

describe("the list of endpoints", () => {
  it("has those of both modes, without secrets", async () => {
    const partner = createPartner()
    const test = await createSample(partner)
    const live = await createSample(partner, { key: KEYS.aLive })
    await createSample(partner, { key: KEYS.b })
    const { status, json, text } = await partner.operate("GET", "/acct_a/endpoints")
    expect([status, (json["data"] as { id: string }[]).map(({ id }) => id)]).toEqual([200, [live.id, test.id]])
    expect(text).not.toMatch(/whsec_|"secret/)
  })

  it("of a suspended account is there, too", async () => {
    const { operate } = createPartner()
    await operate("POST", ACTIONS, { body: SUSPEND })
    expect((await operate("GET", "/acct_a/endpoints")).json).toEqual({ data: [] })
  })
})

const NOTE = { action: "suspend", note: "x" }
const at = (param: string): string => `422 invalid_value_type ${param}`

describe("what is refused", () => {
  it.each<{ why: string; method?: string; path?: string; want: string } & CallOptions>([
    { why: "no token", key: null, want: "401 missing_api_key" },
    { why: "a token that is not the operator's", key: `${OPERATOR_TOKEN.slice(0, -1)}1`, want: "401 invalid_api_key" },
    { why: "a part of the token", key: OPERATOR_TOKEN.slice(0, -1), want: "401 invalid_api_key" },
    { why: "more than the token", key: `${OPERATOR_TOKEN}0`, want: "401 invalid_api_key" },
    { why: "a partner's key", key: KEYS.a, want: "401 invalid_api_key" },
    { why: "another scheme", headers: { Authorization: `Basic ${OPERATOR_TOKEN}` }, want: "401 invalid_api_key" },
    { why: "no token on a list", method: "GET", key: null, want: "401 missing_api_key" },
    { why: "no token for endpoints", method: "GET", path: "/acct_a/endpoints", key: null, want: "401 missing_api_key" },
    { why: "no token for a name that is none", path: "/a.b/actions", key: null, want: "401 missing_api_key" },
    { why: "an account that cannot be", path: "/acct_%C3%A1/actions", want: "404 resource_not_found" },
    { why: "an account of 129", path: `/${"a".repeat(129)}/actions`, want: "404 resource_not_found" },
    { why: "a line break in a name", path: "/acct_a%0A/actions", want: "404 resource_not_found" },
    { why: "another method", method: "DELETE", want: "405 method_not_allowed" },
    {
      why: "another method of the other list",
      method: "POST",
      path: "/acct_a/endpoints",
      want: "405 method_not_allowed",
    },
    { why: "another route", method: "GET", path: "/acct_a", want: "404 route_not_found" },
    { why: "no content type", headers: { "Content-Type": undefined }, want: "400 missing_content_type" },
    { why: "another content type", headers: { "Content-Type": "text/plain" }, want: "415 unsupported_media_type" },
    { why: "16,385 bytes", body: JSON.stringify(NOTE).padEnd(16_385), want: "422 request_body_too_large" },
    { why: "no JSON", body: "{", want: "400 invalid_json" },
    { why: "a list", body: [NOTE], want: "422 invalid_value_type" },
    { why: "nothing", body: {}, want: at("action") },
    { why: "an action that is none", body: { ...NOTE, action: "delete" }, want: at("action") },
    { why: "an action that is a list", body: { ...NOTE, action: ["suspend"] }, want: at("action") },
    { why: "an action of objects", body: { ...NOTE, action: "constructor" }, want: at("action") },
    { why: "no note", body: { action: "suspend" }, want: at("note") },
    { why: "an empty note", body: { ...NOTE, note: "" }, want: at("note") },
    { why: "a note of 501", body: { ...NOTE, note: "n".repeat(501) }, want: at("note") },
    { why: "a note of 501 faces", body: { ...NOTE, note: "\u{1f600}".repeat(501) }, want: at("note") },
    { why: "a note of two lines", body: { ...NOTE, note: "paid\n[info] all well" }, want: at("note") },
    { why: "a note that moves a terminal", body: { ...NOTE, note: "\u009b2J" }, want: at("note") },
    { why: "a note that turns around", body: { ...NOTE, note: "\u202Eknab" }, want: at("note") },
    { why: "half a character", body: { ...NOTE, note: "\uD800" }, want: at("note") },
    { why: "a note that is no text", body: { ...NOTE, note: { $: 1 } }, want: at("note") },
    {
      why: "a credential where there is none",
      body: { ...NOTE, credential_id: "x" },
      want: "400 unknown_field credential_id",
    },
    { why: "a field that is not listed", body: { ...NOTE, account: "acct_b" }, want: "400 unknown_field account" },
    { why: "no credential", body: { ...NOTE, action: "revoke" }, want: at("credential_id") },
    { why: "an empty credential", body: { ...NOTE, action: "revoke", credential_id: "" }, want: at("credential_id") },
    {
      why: "a credential of 129",
      body: { ...NOTE, action: "restore", credential_id: "c".repeat(129) },
      want: at("credential_id"),
    },
    {
      why: "a credential with a blank",
      body: { ...NOTE, action: "revoke", credential_id: "a b" },
      want: at("credential_id"),
    },
    { why: "a query of another plane", path: `${ACTIONS}?dry_run=true`, want: "400 unknown_field dry_run" },
    { why: "a mistyped limit", method: "GET", path: `${ACTIONS}?limt=5`, want: "400 unknown_field limt" },
    {
      why: "a query where there is none",
      method: "GET",
      path: "/acct_a/endpoints?limit=5",
      want: "400 unknown_field limit",
    },
    { why: "limit=0", method: "GET", path: `${ACTIONS}?limit=0`, want: at("limit") },
    { why: "limit=101", method: "GET", path: `${ACTIONS}?limit=101`, want: at("limit") },
    { why: "two limits", method: "GET", path: `${ACTIONS}?limit=1&limit=2`, want: at("limit") },
    { why: "a cursor that is none", method: "GET", path: `${ACTIONS}?cursor=1%20OR%201`, want: at("cursor") },
  ])("$why → $want, and nothing is done", async ({ method = "POST", path = ACTIONS, want, ...options }) => {
    const { call, operate, log } = createPartner()
    const body = method === "POST" ? { body: NOTE } : {}
    const answer = await operate(method, path, { ...body, ...options })
    expect(verdict(answer)).toBe(want)
    expect(answer.headers.get("WWW-Authenticate")).toBe(answer.status === 401 ? "Bearer" : null)
    expect((await call("GET", "")).status).toBe(200)
    expect((await operate("GET", ACTIONS)).json["data"]).toEqual([])
    expect(JSON.stringify(log)).not.toContain(OPERATOR_TOKEN.slice(0, -1))
  })

  it.each(["é", "\u{1f600}"])("a note of 500 %s and a credential of 128 are not", async (character) => {
    const body = { action: "revoke", credential_id: "!".repeat(128), note: character.repeat(500) }
    expect((await createPartner().operate("POST", ACTIONS, { body })).status).toBe(201)
  })

  it("an account that an issuer named is reached by its percent-encoded name (spec 5.9)", async () => {
    const { operate, account } = createPartner()
    const answer = await operate("POST", "/auth0%7C5f%2Fe%20x/actions", { body: NOTE })
    expect(answer.status).toBe(201)
    expect((await account("auth0|5f/e x").listActions(20, undefined)).rows).toHaveLength(1)
  })

  it("a name that no account can have leaves a line in the log, without the name", async () => {
    const { operate, log } = createPartner()
    await operate("GET", "/Ada%0ALovelace/actions")
    expect(log).toMatchObject([{ level: "info", status: 404, code: "resource_not_found" }])
    expect(JSON.stringify(log)).not.toContain("Ada")
  })

  it("guesses of the token leave a line in the log", async () => {
    const { operate, log } = createPartner()
    await operate("POST", ACTIONS, { key: "guess", body: NOTE })
    expect(log).toMatchObject([{ level: "warn", status: 401, code: "invalid_api_key" }])
  })

  it("an object that fails → 503 with Retry-After, logged by the kind of error alone", async () => {
    const broken = { ...createMemoryAccount(), act: async () => await Promise.reject(new Error("row of Ada")) }
    const { operate, log } = createPartner({ accountOf: () => broken })
    const answer = await operate("POST", ACTIONS, { body: NOTE })
    expect([verdict(answer), answer.headers.get("Retry-After")]).toEqual(["503 temporarily_unavailable", "30"])
    expect(log).toMatchObject([{ level: "error", status: 503, error: "Error" }])
    expect(JSON.stringify(log)).not.toContain("Ada")
  })
})

const open = (env: OperatorBindings & PartnerBindings) => {
  const log: Readonly<Record<string, unknown>>[] = []
  const app = createAppFromEnv(env, handlers, { log: (entry) => void log.push(entry), clock: () => NOW_MS })
  const operate = async (path: string, key = OPERATOR_TOKEN) =>
    await toAnswer(await app.fetch(createRequest("GET", `${OPERATOR_PATH}${path}`, { key })))
  return { log: log.filter(({ message }) => String(message).includes("about accounts")), operate }
}

describe("its configuration", () => {
  const ACCOUNTS = createNamespace()

  it("on, with or without endpoints", async () => {
    expect((await open({ OPERATOR_TOKEN, ACCOUNTS }).operate("/acct_a/endpoints")).status).toBe(200)
    const both = open({ OPERATOR_TOKEN, ACCOUNTS, PARTNER_API_KEYS: JSON.stringify(API_KEYS) })
    expect((await both.operate("/acct_a/actions")).status).toBe(200)
    expect((await both.operate("/acct_a/actions", KEYS.a)).code).toBe("invalid_api_key")
  })

  it("unset → its routes do not exist, whatever the token", async () => {
    const { operate, log } = open({ ACCOUNTS })
    expect(verdict(await operate("/acct_a/endpoints"))).toBe("404 route_not_found")
    expect(verdict(await operate("/acct_a/endpoints", ""))).toBe("404 route_not_found")
    expect(log).toEqual([])
  })

  it.each<{ why: string; env: OperatorBindings & PartnerBindings; says: readonly RegExp[] }>([
    { why: "empty", env: { OPERATOR_TOKEN: "", ACCOUNTS }, says: [/^OPERATOR_TOKEN: /] },
    { why: "short", env: { OPERATOR_TOKEN: "s3cret", ACCOUNTS }, says: [/^OPERATOR_TOKEN: /] },
    { why: "without accounts", env: { OPERATOR_TOKEN }, says: [/^ACCOUNTS: /] },
    {
      why: "short and without accounts",
      env: { OPERATOR_TOKEN: "s3cret" },
      says: [/^OPERATOR_TOKEN: /, /^ACCOUNTS: /],
    },
  ])("$why → 503, said once and without its value", async ({ env, says }) => {
    const { operate, log } = open(env)
    for (const path of ["", "/acct_a/actions"]) {
      const answer = await operate(path, String(env.OPERATOR_TOKEN || "x"))
      expect([verdict(answer), answer.headers.get("Retry-After")]).toEqual(["503 temporarily_unavailable", "30"])
    }
    expect(log.every((line) => line["level"] === "error")).toBe(true)
    const problems = log.flatMap((line) => line["problems"] as readonly string[])
    expect(problems).toEqual(says.map((text) => expect.stringMatching(text) as string))
    expect(JSON.stringify(log)).not.toContain("s3cret")
  })
})
