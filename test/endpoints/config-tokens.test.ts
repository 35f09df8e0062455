// Catches tokens that are believed by half of a configuration, or by keys that others could sign with.

import { beforeAll, describe, expect, it } from "vitest"
import { createAppFromEnv } from "../../src/app/env.ts"
import { readPartnerConfig, type PartnerBindings } from "../../src/endpoints/config.ts"
import { handlers } from "../support/handlers.ts"
import { API_KEYS, KEYS } from "../support/api-keys.ts"
import { NOW } from "../support/delivery.ts"
import { AUDIENCE, createIssuer, ISSUER, type Issuer } from "../support/issuer.ts"
import {
  createNamespace,
  createRequest,
  NOW_MS,
  sampleFields,
  toAnswer,
  verdict,
  type Answer,
  type CallOptions,
} from "../support/partner.ts"

let issuer: Issuer
let env: PartnerBindings
beforeAll(async () => {
  issuer = await createIssuer()
  env = {
    ACCOUNTS: createNamespace(),
    PARTNER_JWT_ISSUER: ISSUER,
    PARTNER_JWT_AUDIENCE: AUDIENCE,
    PARTNER_JWKS: issuer.keySet,
  }
})

const PARTNER_API_KEYS = JSON.stringify(API_KEYS)

/** The names of the variables that are invalid, or the state. */
const told = (changes: Readonly<Record<string, unknown>>): string => {
  const configured = readPartnerConfig({ ...env, ...changes })
  if (configured.state !== "invalid") return configured.state
  return configured.problems.map((problem) => problem.split(":")[0]).join(" ")
}

describe("readPartnerConfig", () => {
  const ALL = "PARTNER_JWT_ISSUER PARTNER_JWT_AUDIENCE PARTNER_JWKS"
  const none = { PARTNER_JWT_ISSUER: undefined, PARTNER_JWT_AUDIENCE: undefined, PARTNER_JWKS: undefined }
  const CLAIM = "PARTNER_JWT_ACCOUNT_CLAIM"
  const MODE = "PARTNER_JWT_LIVEMODE"

  it.each<{ why: string; changes: () => Readonly<Record<string, unknown>>; want: string }>([
    { why: "tokens alone", changes: () => ({}), want: "on" },
    { why: "tokens and keys", changes: () => ({ PARTNER_API_KEYS }), want: "on" },
    { why: "neither", changes: () => none, want: "off" },
    { why: "keys alone", changes: () => ({ ...none, PARTNER_API_KEYS }), want: "on" },
    { why: "no issuer", changes: () => ({ PARTNER_JWT_ISSUER: undefined }), want: "PARTNER_JWT_ISSUER" },
    { why: "no audience", changes: () => ({ PARTNER_JWT_AUDIENCE: undefined }), want: "PARTNER_JWT_AUDIENCE" },
    { why: "no keys", changes: () => ({ PARTNER_JWKS: undefined }), want: "PARTNER_JWKS" },
    {
      why: "an issuer alone",
      changes: () => ({ ...none, PARTNER_JWT_ISSUER: ISSUER }),
      want: "PARTNER_JWT_AUDIENCE PARTNER_JWKS",
    },
    {
      why: "half of it beside API keys",
      changes: () => ({ PARTNER_API_KEYS, PARTNER_JWKS: undefined }),
      want: "PARTNER_JWKS",
    },
    {
      why: "empty texts",
      changes: () => ({ PARTNER_JWT_ISSUER: "", PARTNER_JWT_AUDIENCE: "", PARTNER_JWKS: "" }),
      want: ALL,
    },
    {
      why: "an issuer with a blank before it",
      changes: () => ({ PARTNER_JWT_ISSUER: ` ${ISSUER}` }),
      want: "PARTNER_JWT_ISSUER",
    },
    {
      why: "an audience of two lines",
      changes: () => ({ PARTNER_JWT_AUDIENCE: "a\nb" }),
      want: "PARTNER_JWT_AUDIENCE",
    },
    { why: "an issuer of 513", changes: () => ({ PARTNER_JWT_ISSUER: "i".repeat(513) }), want: "PARTNER_JWT_ISSUER" },
    { why: "a URL of keys", changes: () => ({ PARTNER_JWKS: "https://issuer.example/keys" }), want: "on" },
    { why: "a URL on this machine", changes: () => ({ PARTNER_JWKS: "http://127.0.0.1:9999/keys" }), want: "on" },
    {
      why: "a URL in clear text",
      changes: () => ({ PARTNER_JWKS: "http://issuer.example/keys" }),
      want: "PARTNER_JWKS",
    },
    {
      why: "a URL that looks like this machine",
      changes: () => ({ PARTNER_JWKS: "http://localhost.evil.example/" }),
      want: "PARTNER_JWKS",
    },
    {
      why: "a URL with a password",
      changes: () => ({ PARTNER_JWKS: "https://a:b@issuer.example/" }),
      want: "PARTNER_JWKS",
    },
    { why: "a file", changes: () => ({ PARTNER_JWKS: "file:///keys.json" }), want: "PARTNER_JWKS" },
    { why: "data", changes: () => ({ PARTNER_JWKS: `data:,${issuer.keySet}` }), want: "PARTNER_JWKS" },
    { why: "a path", changes: () => ({ PARTNER_JWKS: "/keys" }), want: "PARTNER_JWKS" },
    {
      why: "a shared key",
      changes: () => ({ PARTNER_JWKS: '{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}' }),
      want: "PARTNER_JWKS",
    },
    {
      why: "a private key",
      changes: () => ({ PARTNER_JWKS: JSON.stringify({ keys: [issuer.privateJwk] }) }),
      want: "PARTNER_JWKS",
    },
    { why: "a claim for the account", changes: () => ({ [CLAIM]: "https://example.com/tenant" }), want: "on" },
    { why: "a claim without a name", changes: () => ({ [CLAIM]: "" }), want: CLAIM },
    { why: "a claim with a blank", changes: () => ({ [CLAIM]: "a b" }), want: CLAIM },
    { why: "a claim of 129", changes: () => ({ [CLAIM]: "c".repeat(129) }), want: CLAIM },
    { why: "a claim that is the same in every token", changes: () => ({ [CLAIM]: "iss" }), want: CLAIM },
    { why: "a claim that is another in every token", changes: () => ({ [CLAIM]: "jti" }), want: CLAIM },
    { why: "a claim alone", changes: () => ({ ...none, [CLAIM]: "sub" }), want: ALL },
    { why: "a mode", changes: () => ({ [MODE]: "true" }), want: "on" },
    { why: "a mode as wrangler.toml may hold it", changes: () => ({ [MODE]: false }), want: "on" },
    { why: "a mode by another word", changes: () => ({ [MODE]: "live" }), want: MODE },
    { why: "an empty mode", changes: () => ({ [MODE]: "" }), want: MODE },
    { why: "a mode alone", changes: () => ({ ...none, [MODE]: "true" }), want: ALL },
    { why: "no binding", changes: () => ({ ACCOUNTS: undefined }), want: "ACCOUNTS" },
    { why: "invalid API keys", changes: () => ({ PARTNER_API_KEYS: "[" }), want: "PARTNER_API_KEYS" },
  ])("$why → $want", ({ changes, want }) => {
    expect(told(changes())).toBe(want)
  })

  it("what is set reaches the rules", () => {
    const configured = readPartnerConfig({ ...env, PARTNER_JWT_ACCOUNT_CLAIM: "tenant", PARTNER_JWT_LIVEMODE: "false" })
    expect(configured).toMatchObject({ config: { tokens: { accountClaim: "tenant", livemode: false } } })
    const plain = readPartnerConfig(env)
    expect(Object.keys(plain.state === "on" ? (plain.config.tokens ?? {}) : {})).toEqual(["issuer", "audience", "keys"])
  })

  it("shows no value", () => {
    const configured = readPartnerConfig({ ...env, PARTNER_JWKS: JSON.stringify({ keys: [issuer.privateJwk] }) })
    expect(JSON.stringify(configured)).not.toContain(String(issuer.privateJwk.d))
  })
})

const open = (changes: Partial<PartnerBindings> = {}, answer?: () => Promise<Response>) => {
  const log: Readonly<Record<string, unknown>>[] = []
  const deps = { log: (entry: Readonly<Record<string, unknown>>) => void log.push(entry), clock: () => NOW_MS }
  const app = createAppFromEnv({ ...env, ACCOUNTS: createNamespace(), ...changes }, handlers, {
    ...deps,
    ...(answer && { fetch: answer as unknown as typeof fetch }),
  })
  const call = async (method: string, path: string, options?: CallOptions): Promise<Answer> =>
    await toAnswer(await app.fetch(createRequest(method, path, options)))
  return { log, call }
}

describe("createAppFromEnv", () => {
  it("a token and a key of one account and mode see the same endpoints, and only those", async () => {
    const { call, log } = open({ PARTNER_API_KEYS })
    const key = await issuer.token()
    expect((await call("POST", "", { key, body: sampleFields() })).status).toBe(201)
    expect((await call("GET", "", { key: KEYS.a })).json["data"]).toHaveLength(1)
    expect((await call("GET", "", { key: KEYS.aLive })).json["data"]).toEqual([])
    for (const claims of [{ livemode: true }, { sub: "acct_b" }])
      expect((await call("GET", "", { key: await issuer.token(claims) })).json["data"]).toEqual([])
    expect(log.find(({ operation }) => operation === "endpoints.create")).toMatchObject({
      account: "acct_a",
      credential_id: "tok_1",
    })
    expect(JSON.stringify(log)).not.toContain(key)
  })

  it.each<{ why: string; claims: object; want: string }>([
    { why: "an old one", claims: { exp: NOW - 60 }, want: "401 token_expired" },
    { why: "one for another API", claims: { aud: "x" }, want: "401 audience_mismatch" },
    { why: "one of another issuer", claims: { iss: "x" }, want: "401 invalid_api_key" },
    { why: "without scopes", claims: { scope: "" }, want: "403 insufficient_scope" },
    { why: "with scopes of others", claims: { scope: "payments:read openid" }, want: "403 insufficient_scope" },
    { why: "with the other scope", claims: { scope: "webhooks:write" }, want: "403 scope_not_granted" },
  ])("$why → $want, with a line in the log", async ({ claims, want }) => {
    const { call, log } = open()
    const answer = await call("GET", "", { key: await issuer.token({ ...claims }) })
    expect(verdict(answer)).toBe(want)
    expect(answer.headers.get("WWW-Authenticate")).toBe(answer.status === 401 ? "Bearer" : null)
    expect(log.at(-1)).toMatchObject({ message: "endpoints request", status: answer.status, code: answer.code })
    const check = { token_expired: "expiry", audience_mismatch: "audience", invalid_api_key: "issuer" }[
      answer.code ?? ""
    ]
    expect(log.at(-1)?.["check"]).toBe(check)
  })

  it("tokens alone: an API key is not known", async () => {
    expect(verdict(await open().call("GET", "", { key: KEYS.a }))).toBe("401 invalid_api_key")
  })

  it("keys alone: a token is not known", async () => {
    const { call } = open({
      PARTNER_API_KEYS,
      PARTNER_JWKS: undefined,
      PARTNER_JWT_ISSUER: undefined,
      PARTNER_JWT_AUDIENCE: undefined,
    } as unknown as PartnerBindings)
    expect(verdict(await call("GET", "", { key: await issuer.token() }))).toBe("401 invalid_api_key")
  })

  it("keys of the issuer's URL, fetched when they are needed", async () => {
    const PARTNER_JWKS = "https://issuer.example/keys"
    const up = open({ PARTNER_JWKS }, async () => new Response(issuer.keySet))
    expect((await up.call("GET", "", { key: await issuer.token() })).status).toBe(200)
    const down = open({ PARTNER_JWKS, PARTNER_API_KEYS }, async () => new Response("", { status: 500 }))
    const answer = await down.call("GET", "", { key: await issuer.token() })
    expect([verdict(answer), answer.headers.get("Retry-After")]).toEqual(["503 temporarily_unavailable", "30"])
    expect(down.log.at(-1)).toMatchObject({ level: "warn", status: 503, code: "temporarily_unavailable" })
    // API keys need no issuer.
    expect((await down.call("GET", "", { key: KEYS.a })).status).toBe(200)
  })

  it("half of it → 503 for API keys, too, until it is mended", async () => {
    const { call, log } = open({ PARTNER_API_KEYS, PARTNER_JWT_AUDIENCE: "" })
    expect(verdict(await call("GET", "", { key: KEYS.a }))).toBe("503 temporarily_unavailable")
    expect(log.find(({ problems }) => problems)).toMatchObject({
      problems: [expect.stringMatching(/^PARTNER_JWT_AUDIENCE: /)],
    })
  })
})
