// Catches an answer that is not the one of spec 5: its status, its code and param, its headers, and what it leaves behind.

import { describe, expect, it } from "vitest"
import { createApp } from "../../src/app/app.ts"
import { PUBLIC_EVENT_TYPES } from "../../src/events/known.ts"
import { CATALOGUE, type ErrorCode } from "../../src/errors/catalogue.ts"
import { toEventsMessage, URL_MESSAGES } from "../../src/endpoints/messages.ts"
import { KEYS } from "../support/api-keys.ts"
import {
  createPartner,
  createRequest,
  createSample,
  NOW_MS,
  PARTNER_PATH,
  sampleFields,
  toAnswer,
  verdict,
  type Answer,
  type Partner,
  SUSPEND,
  revoke,
  createMemoryAccount,
} from "../support/partner.ts"

/** Fails at its last write, as an object does that cannot be reached. */
const broken = () =>
  createPartner({
    accountOf: () => ({
      ...createMemoryAccount(),
      handle: async () => await Promise.reject(new Error("whsec_quoted: no such object")),
    }),
  })

describe("every code that occurs without tokens (spec 4.2, 5)", () => {
  /** Each makes a fresh partner answer with its code. */
  const ANSWERS: Partial<Record<ErrorCode, (partner: Partner) => Promise<Answer>>> = {
    invalid_json: ({ call }) => call("POST", "", { body: "{" }),
    missing_content_type: ({ call }) => call("POST", "", { body: "{}", headers: { "Content-Type": undefined } }),
    unknown_field: ({ call }) => call("POST", "", { body: sampleFields({ name: "x" }) }),
    idempotency_key_malformed: ({ call }) =>
      call("POST", "", { body: sampleFields(), headers: { "Idempotency-Key": "a b" } }),
    missing_api_key: ({ call }) => call("GET", "", { key: null }),
    invalid_api_key: ({ call }) => call("GET", "", { key: "sk_test_unknown" }),
    async token_revoked({ call, account }) {
      await account().act(revoke("key_a"))
      return await call("GET", "")
    },
    insufficient_scope: ({ call }) => call("GET", "", { key: KEYS.aElsewhere }),
    scope_not_granted: ({ call }) => call("GET", "", { key: KEYS.aWrites }),
    async account_suspended({ call, account }) {
      await account().act(SUSPEND)
      return await call("GET", "")
    },
    resource_not_found: ({ call }) => call("GET", "/whend_unknown"),
    route_not_found: ({ call }) => call("GET", "/whend_unknown/secret"),
    method_not_allowed: ({ call }) => call("PUT", ""),
    async idempotency_key_reused(partner) {
      const headers = { "Idempotency-Key": "k" }
      await createSample(partner, { headers })
      return await partner.call("POST", "", { body: sampleFields({ description: "other" }), headers })
    },
    unsupported_media_type: ({ call }) => call("POST", "", { body: "{}", headers: { "Content-Type": "text/plain" } }),
    invalid_value_type: ({ call }) => call("POST", "", { body: sampleFields({ url: 1 }) }),
    webhook_endpoint_url_invalid: ({ call }) => call("POST", "", { body: sampleFields({ url: "https://localhost/" }) }),
    async webhook_endpoint_limit(partner) {
      for (let i = 0; i < 20; i++) await createSample(partner)
      return await partner.call("POST", "", { body: sampleFields() })
    },
    webhook_event_unknown: ({ call }) => call("POST", "", { body: sampleFields({ enabled_events: ["a.b"] }) }),
    request_body_too_large: ({ call }) => call("POST", "", { body: " ".repeat(65_537) }),
    async rate_limited({ call }) {
      for (let i = 0; i < 50; i++) await call("GET", "")
      return await call("GET", "")
    },
    temporarily_unavailable: () => broken().call("GET", ""),
  }

  const rows = Object.entries(ANSWERS).map(([code, ask]) => ({ code: code as ErrorCode, ask }))

  it.each(rows)("$code is an error as spec 4.1 and 4.4 have it", async ({ code, ask }) => {
    const { status, headers, json } = await ask(createPartner())
    const { type, meaning, status: want } = CATALOGUE[code]
    const requestId = headers.get("Credicorp-Request-Id")
    expect(status).toBe(want)
    expect(requestId).toMatch(/^req_[\w-]{16}$/)
    const ruled: Partial<Record<ErrorCode, string>> = {
      webhook_endpoint_url_invalid: URL_MESSAGES.reserved_name,
      webhook_event_unknown: toEventsMessage("unknown_type", PUBLIC_EVENT_TYPES),
    }
    const message = ruled[code] ?? meaning
    const error = { type, code, message, request_id: requestId }
    expect(json).toMatchObject({ error })
    expect(Object.keys(json)).toEqual(["error"])
    expect(Object.keys(json["error"] as object).filter((field) => field !== "param")).toEqual(Object.keys(error))
    expect(headers.get("Content-Type")).toBe("application/json")
  })

  it.each(rows)("$code is kept by no cache", async ({ ask }) => {
    expect((await ask(createPartner())).headers.get("Cache-Control")).toBe("no-store")
  })

  const CHALLENGED: ReadonlySet<ErrorCode> = new Set(["missing_api_key", "invalid_api_key", "token_revoked"])
  it.each(rows)("$code has WWW-Authenticate exactly if it is a 401 (RFC 9110)", async ({ code, ask }) => {
    const want = CHALLENGED.has(code) ? "Bearer" : null
    expect((await ask(createPartner())).headers.get("WWW-Authenticate")).toBe(want)
  })

  const RETRIED: Readonly<Record<string, string>> = { rate_limited: "1", temporarily_unavailable: "30" }
  it.each(rows)("$code has Retry-After exactly if it says to try again (spec 4.6, 5.11)", async ({ code, ask }) => {
    expect((await ask(createPartner())).headers.get("Retry-After")).toBe(RETRIED[code] ?? null)
  })

  const NO_ACCOUNT: ReadonlySet<ErrorCode> = new Set([
    "route_not_found",
    "method_not_allowed",
    "missing_api_key",
    "invalid_api_key",
    "temporarily_unavailable",
  ])
  it.each(rows)("$code tells the rate limit exactly if its account is known (spec 5.11)", async ({ code, ask }) => {
    const { headers } = await ask(createPartner())
    const limits = ["Limit", "Remaining", "Reset"].map((name) => headers.get(`RateLimit-${name}`))
    if (NO_ACCOUNT.has(code)) expect(limits).toEqual([null, null, null])
    else expect(limits).toEqual(["50", expect.stringMatching(/^\d+$/), expect.stringMatching(/^\d+$/)])
  })

  it("no header of the rate limit begins with X- (spec 5.11)", async () => {
    for (const { ask } of rows) {
      const { headers } = await ask(createPartner())
      expect([...headers.keys()].filter((name) => name.startsWith("x-rate"))).toEqual([])
    }
  })

  it("a request id that was sent in is ignored (spec 4.1)", async () => {
    const sent = "req_0123456789abcdef"
    const { headers, text } = await createPartner().call("GET", "", { headers: { "Credicorp-Request-Id": sent } })
    expect(headers.get("Credicorp-Request-Id")).not.toBe(sent)
    expect(text).not.toContain(sent)
  })
})

describe("what is granted (spec 5.1, 5.2, 5.7)", () => {
  it("create → 201 with Location, the endpoint and its secret", async () => {
    const partner = createPartner()
    const metadata = { team: "lending" }
    const body = {
      url: "https://example.com/hooks",
      enabled_events: ["*"],
      description: "d",
      api_version: "2026-07-01",
      metadata,
    }
    const { status, headers, json } = await partner.call("POST", "", { body })
    expect(status).toBe(201)
    expect(headers.get("Location")).toBe(`${PARTNER_PATH}/${String(json["id"])}`)
    expect(json).toEqual({
      id: expect.stringMatching(/^whend_[\w-]{24}$/),
      ...body,
      status: "enabled",
      secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
      created: "2026-09-21T14:13:20.000Z",
      livemode: false,
      previous_secret_expires: null,
    })
  })

  it("create with what is required → the rest is null or empty", async () => {
    const { json } = await createPartner().call("POST", "", { body: sampleFields() })
    expect(json).toMatchObject({ description: null, api_version: null, metadata: {}, status: "enabled" })
  })

  it("Location leads to the endpoint", async () => {
    const partner = createPartner()
    const { headers, json } = await partner.call("POST", "", { body: sampleFields() })
    const path = headers.get("Location")?.slice(PARTNER_PATH.length) ?? "none"
    expect((await partner.call("GET", path)).json).toMatchObject({ id: json["id"] })
  })

  it("show → 200 with the endpoint and no secret", async () => {
    const partner = createPartner()
    const { secret, ...shown } = await createSample(partner)
    const { status, json, headers } = await partner.call("GET", `/${shown.id}`)
    expect(secret).toBeDefined()
    expect([status, json]).toEqual([200, shown])
    expect(headers.get("Location")).toBeNull()
  })

  it("list → 200 with data and next_cursor", async () => {
    const partner = createPartner()
    const { secret, ...first } = await createSample(partner)
    const second = await createSample(partner)
    const page = await partner.call("GET", "?limit=1")
    expect(secret).toBeDefined()
    expect(page.json).toEqual({ data: [expect.objectContaining({ id: second.id })], next_cursor: expect.any(String) })
    const last = await partner.call("GET", `?limit=1&cursor=${String(page.json["next_cursor"])}`)
    expect([last.status, last.json]).toEqual([200, { data: [first], next_cursor: null }])
  })

  it("list → 20 unless asked otherwise", async () => {
    const partner = createPartner()
    for (let i = 0; i < 20; i++) await createSample(partner)
    const { json } = await partner.call("GET", "")
    expect(json["data"]).toHaveLength(20)
    expect(json["next_cursor"]).toBeNull()
  })

  it("update → 200 with the endpoint, changed, and no secret", async () => {
    const partner = createPartner()
    const { secret, ...before } = await createSample(partner)
    const body = { url: "HTTPS://EXAMPLE.com:443/new", status: "disabled", description: "" }
    const { status, json } = await partner.call("PATCH", `/${before.id}`, { body })
    expect(secret).toBeDefined()
    expect([status, json]).toEqual([200, { ...before, ...body, url: "https://example.com/new" }])
  })

  it("delete → 204 without a body or its type, and it is gone", async () => {
    const partner = createPartner()
    const { id } = await createSample(partner)
    const { status, text, headers } = await partner.call("DELETE", `/${id}`)
    expect([status, text]).toEqual([204, ""])
    expect(headers.get("Content-Type")).toBeNull()
    expect((await partner.call("GET", `/${id}`)).code).toBe("resource_not_found")
    expect((await partner.call("DELETE", `/${id}`)).code).toBe("resource_not_found")
  })

  it("rotate → 200 with the endpoint and its new secret, and no Location", async () => {
    const partner = createPartner()
    const { secret: old, ...before } = await createSample(partner)
    const { status, json, headers } = await partner.call("POST", `/${before.id}/rotate_secret`, { body: {} })
    const { secret, ...after } = json
    const previous_secret_expires = new Date(NOW_MS + 86_400_000).toISOString()
    expect([status, after]).toEqual([200, { ...before, previous_secret_expires }])
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(secret).not.toBe(old)
    expect(headers.get("Location")).toBeNull()
  })

  it.each([
    { why: "create", path: () => "", method: "POST", body: sampleFields() },
    { why: "list", path: () => "", method: "GET", body: undefined },
    { why: "show", path: (id: string) => `/${id}`, method: "GET", body: undefined },
    { why: "update", path: (id: string) => `/${id}`, method: "PATCH", body: {} },
    { why: "delete", path: (id: string) => `/${id}`, method: "DELETE", body: undefined },
    { why: "rotate", path: (id: string) => `/${id}/rotate_secret`, method: "POST", body: {} },
  ])("$why → with the headers of every answer", async ({ path, method, body }) => {
    const partner = createPartner()
    const { id } = await createSample(partner)
    const { status, headers } = await partner.call(method, path(id), { body })
    expect(status).toBeLessThan(300)
    expect(headers.get("Cache-Control")).toBe("no-store")
    expect(headers.get("Credicorp-Request-Id")).toMatch(/^req_[\w-]{16}$/)
    expect(headers.get("RateLimit-Limit")).toBe("50")
    expect(headers.get("RateLimit-Remaining")).toBe("48")
    expect(headers.get("RateLimit-Reset")).toBe("1")
    expect(headers.get("Idempotency-Replayed")).toBeNull()
    if (status !== 204) expect(headers.get("Content-Type")).toBe("application/json")
  })
})

describe("routes and methods", () => {
  it.each([
    "/",
    "//",
    "/whend_1/",
    "/whend_1/secret",
    "/whend_1/rotate_secret/",
    "/whend_1/rotate_secret/again",
    "/whend_1/Rotate_secret",
    "/whend_1//rotate_secret",
    "x",
    "/..",
    "%2Fwhend_1",
  ])("GET %s → route_not_found, whoever asks", async (path) => {
    const partner = createPartner()
    for (const key of [KEYS.a, null])
      expect(verdict(await partner.call("GET", path, { key }))).toBe("404 route_not_found")
    expect(partner.reached).toEqual([])
  })

  const ALLOWED = [
    { path: "", allowed: ["GET", "HEAD", "POST"] },
    { path: "/whend_1", allowed: ["DELETE", "GET", "HEAD", "PATCH"] },
    { path: "/whend_1/rotate_secret", allowed: ["POST"] },
  ]
  const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "post"]
  const rows = ALLOWED.flatMap(({ path, allowed }) =>
    METHODS.map((method) => ({ method, path, taken: allowed.includes(method.toUpperCase()) })),
  )

  it.each(rows)("$method of the path '$path' → taken: $taken", async ({ method, path, taken }) => {
    const { status, headers } = await createPartner().call(method, path, { key: null })
    expect(status).toBe(taken ? 401 : 405)
    expect(headers.has("Allow")).toBe(!taken)
  })

  it.each(ALLOWED)(
    "Allow of the path '$path' lists what it takes, and no more (RFC 9110)",
    async ({ path, allowed }) => {
      const { headers } = await createPartner().call("PUT", path)
      expect(headers.get("Allow")?.split(", ").toSorted()).toEqual(allowed)
    },
  )

  it.each([
    { why: "the list", path: () => "" },
    { why: "an endpoint", path: (id: string) => `/${id}` },
    { why: "an unknown endpoint", path: () => "/whend_0" },
    { why: "a malformed query", path: () => "?limit=0" },
  ])("HEAD of $why → as GET, without the body", async ({ path }) => {
    const partner = createPartner()
    const { id } = await createSample(partner)
    const get = await partner.call("GET", path(id))
    partner.pass(100)
    const head = await partner.call("HEAD", path(id))
    expect([head.status, head.text]).toEqual([get.status, ""])
    for (const name of ["Content-Type", "Cache-Control", "RateLimit-Limit", "RateLimit-Remaining"]) {
      expect([name, head.headers.get(name)]).toEqual([name, get.headers.get(name)])
    }
  })

  it.each([
    { why: "an escaped character", toPath: (id: string) => `/${id.replace("whend_", "whend%5F")}` },
    {
      why: "every character escaped",
      toPath: (id: string) => `/${id.replaceAll(/./g, (c) => `%${c.charCodeAt(0).toString(16)}`)}`,
    },
  ])("an id is found however it is escaped: $why", async ({ toPath }) => {
    const partner = createPartner()
    const { id } = await createSample(partner)
    expect((await partner.call("GET", toPath(id))).json).toMatchObject({ id })
  })

  it.each([
    "/whend_%00",
    "/%2e%2e%2f",
    "/%F0%9F%92%A9",
    "/%FF",
    "/%",
    "/%zz",
    "/__proto__",
    "/constructor",
    `/${"a".repeat(8_000)}`,
    "/a%2Frotate_secret",
    "/whend_1%20",
    "/'%20OR%201=1",
  ])("GET %s → resource_not_found", async (path) => {
    expect(verdict(await createPartner().call("GET", path))).toBe("404 resource_not_found")
  })
})

describe("the credential (spec 5.9)", () => {
  it.each([
    { why: "no header", authorization: undefined, want: "401 missing_api_key" },
    { why: "an empty header", authorization: "", want: "401 missing_api_key" },
    { why: "the scheme alone", authorization: "Bearer", want: "401 missing_api_key" },
    { why: "another scheme", authorization: `Basic ${KEYS.a}`, want: "401 invalid_api_key" },
    { why: "no scheme", authorization: KEYS.a, want: "401 invalid_api_key" },
    { why: "two credentials", authorization: `Bearer ${KEYS.a}, Bearer ${KEYS.b}`, want: "401 invalid_api_key" },
    { why: "a key that is not known", authorization: `Bearer sk_test_${"0".repeat(43)}`, want: "401 invalid_api_key" },
    { why: "a token, while none are configured", authorization: "Bearer e30.e30.e30", want: "401 invalid_api_key" },
    { why: "as it should be", authorization: `Bearer ${KEYS.a}`, want: "200" },
    { why: "the scheme in another case", authorization: `bearer ${KEYS.a}`, want: "200" },
  ])("$why → $want", async ({ authorization, want }) => {
    const partner = createPartner()
    expect(verdict(await partner.call("GET", "", { headers: { Authorization: authorization } }))).toBe(want)
    expect(partner.reached).toEqual(want === "200" ? ["acct_a"] : [])
  })

  it.each([
    { why: "in the query", path: `?api_key=${KEYS.a}&access_token=${KEYS.a}`, headers: {} },
    { why: "in a cookie", path: "", headers: { Cookie: `key=${KEYS.a}` } },
    { why: "in another header", path: "", headers: { "X-Api-Key": KEYS.a } },
  ])("a key $why counts for nothing → missing_api_key", async ({ path, headers }) => {
    expect((await createPartner().call("GET", path, { key: null, headers })).code).toBe("missing_api_key")
  })

  const READS = [
    { what: "list", method: "GET", path: "" },
    { what: "show", method: "GET", path: "/whend_0" },
  ]
  const WRITES = [
    { what: "create", method: "POST", path: "" },
    { what: "update", method: "PATCH", path: "/whend_0" },
    { what: "delete", method: "DELETE", path: "/whend_0" },
    { what: "rotate", method: "POST", path: "/whend_0/rotate_secret" },
  ]
  const scopes = [
    ...READS.flatMap((row) => [
      Object.assign({ key: "aReads", want: undefined }, row),
      Object.assign({ key: "aWrites", want: "scope_not_granted" }, row),
    ]),
    ...WRITES.flatMap((row) => [
      Object.assign({ key: "aReads", want: "scope_not_granted" }, row),
      Object.assign({ key: "aWrites", want: undefined }, row),
    ]),
    ...[...READS, ...WRITES].map((row) => Object.assign({ key: "aElsewhere", want: "insufficient_scope" }, row)),
  ]

  it.each(scopes)("$what with the key $key → $want", async ({ key, method, path, want }) => {
    const body = method === "GET" || method === "DELETE" ? undefined : {}
    const { code, headers } = await createPartner().call(method, path, { key: KEYS[key as keyof typeof KEYS], body })
    expect(/scope/.test(code ?? "") ? code : undefined).toBe(want)
    expect(headers.get("RateLimit-Remaining")).toBe("49")
  })

  it.each([
    { why: "the other mode of its account", key: KEYS.aLive },
    { why: "another account", key: KEYS.b },
    { why: "the other mode of another account", key: KEYS.bLive },
  ])("an endpoint is not there for $why", async ({ key }) => {
    const partner = createPartner()
    const { id, secret, ...before } = await createSample(partner)
    for (const [method, path] of [
      ["GET", `/${id}`],
      ["PATCH", `/${id}`],
      ["DELETE", `/${id}`],
      ["POST", `/${id}/rotate_secret`],
    ] as const) {
      const body = method === "PATCH" || method === "POST" ? {} : undefined
      expect(verdict(await partner.call(method, path, { key, body }))).toBe("404 resource_not_found")
    }
    expect((await partner.call("GET", "", { key })).json).toEqual({ data: [], next_cursor: null })
    expect((await partner.call("GET", `/${id}`)).json).toEqual({ id, ...before })
    const [target] = await partner.account().targets("payment.settled", false)
    expect(target?.secrets).toEqual([secret])
  })

  it("livemode is the key's", async () => {
    const partner = createPartner()
    for (const [key, livemode] of [
      [KEYS.a, false],
      [KEYS.aLive, true],
    ] as const) {
      expect((await partner.call("POST", "", { key, body: sampleFields() })).json).toMatchObject({ livemode })
    }
  })
})

describe("an account that cannot be reached", () => {
  it("→ 503 with Retry-After, and nothing of the reason but its kind goes to the log", async () => {
    const partner = broken()
    const { status, code, headers, text } = await partner.call("POST", "", { body: sampleFields() })
    expect([status, code, headers.get("Retry-After")]).toEqual([503, "temporarily_unavailable", "30"])
    expect(text).not.toContain("no such object")
    expect(partner.log).toEqual([expect.objectContaining({ level: "error", status: 503, error: "Error" })])
    expect(JSON.stringify(partner.log)).not.toContain("whsec_")
  })

  it("that throws no Error → 503 too", async () => {
    const rejecting = { handle: async () => await Promise.reject("text") } as never
    const partner = createPartner({ accountOf: () => rejecting })
    expect((await partner.call("GET", "")).code).toBe("temporarily_unavailable")
    expect(partner.log[0]).toMatchObject({ error: "string" })
  })

  it("and one that cannot even be named → 503 too", async () => {
    const partner = createPartner({
      accountOf() {
        throw new Error("no binding")
      },
    })
    expect((await partner.call("GET", "")).code).toBe("temporarily_unavailable")
  })
})

describe("the log", () => {
  it("has a line a request of a known account, with who asked for what and what came of it", async () => {
    const partner = createPartner()
    const { headers } = await partner.call("GET", "/whend_unknown?limit=1")
    expect(partner.log).toEqual([
      {
        level: "info",
        message: "endpoints request",
        operation: "endpoints.show",
        account: "acct_a",
        credential_id: "key_a",
        status: 404,
        code: "resource_not_found",
        request_id: headers.get("Credicorp-Request-Id"),
      },
    ])
  })

  it.each([
    { why: "no credential", key: null, code: "missing_api_key" },
    { why: "a credential that nobody knows", key: `sk_test_${"x".repeat(43)}`, code: "invalid_api_key" },
  ])("has a line for $why, and not the credential", async ({ key, code }) => {
    const partner = createPartner()
    await partner.call("GET", "", { key })
    expect(partner.log).toMatchObject([{ level: "warn", operation: "endpoints.list", status: 401, code }])
    expect(JSON.stringify(partner.log)).not.toContain("sk_")
  })

  it("keeps a line short, whatever the path", async () => {
    const partner = createPartner()
    await partner.call("GET", `/${"a".repeat(8_000)}`)
    expect(JSON.stringify(partner.log).length).toBeLessThan(1_000)
  })
})

const createClosedApp = (state: "off" | "invalid") =>
  createApp({
    sources: [{ state: "off", source: "credicorp" }],
    inbox: { state: "off" },
    endpoints: { state },
    operator: { state: "off" },
    log: () => {},
    clock: () => NOW_MS,
  })

describe("endpoints that is off or invalid", () => {
  const PATHS = ["", "/whend_1", "/whend_1/rotate_secret", "/whend_1/other/path"]
  const rows = PATHS.flatMap((path) => ["GET", "POST", "PATCH", "DELETE"].map((method) => ({ method, path })))

  it.each(rows)("off: $method of the path '$path' → route_not_found", async ({ method, path }) => {
    const answer = await toAnswer(await createClosedApp("off").fetch(createRequest(method, path)))
    expect(verdict(answer)).toBe("404 route_not_found")
  })

  it.each(rows)(
    "invalid: $method of the path '$path' → 503 with Retry-After, kept by no cache",
    async ({ method, path }) => {
      const answer = await toAnswer(await createClosedApp("invalid").fetch(createRequest(method, path)))
      expect(verdict(answer)).toBe("503 temporarily_unavailable")
      expect(answer.headers.get("Retry-After")).toBe("30")
      expect(answer.headers.get("Cache-Control")).toBe("no-store")
    },
  )

  it.each(["off", "invalid"] as const)("%s: /healthz says so, and other paths go on", async (state) => {
    const app = createClosedApp(state)
    const health = await toAnswer(await app.fetch(new Request("https://partner.example/healthz")))
    expect(health.json["surfaces"]).toEqual({ receiver: "off", inbox: "off", endpoints: state, operator: "off" })
    const beside = await toAnswer(await app.fetch(new Request(`https://partner.example${PARTNER_PATH}x`)))
    expect(verdict(beside)).toBe("404 route_not_found")
  })
})
