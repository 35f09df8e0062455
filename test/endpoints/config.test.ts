// Catches endpoints that run on half of its configuration, and a problem that is told with a secret in it.

import { describe, expect, it } from "vitest"
import { createAppFromEnv } from "../../src/app/env.ts"
import { type ReceiverBindings } from "../../src/receiver/config.ts"
import { readPartnerConfig, type PartnerBindings } from "../../src/endpoints/config.ts"
import { handlers } from "../support/handlers.ts"
import { API_KEYS, KEYS } from "../support/api-keys.ts"
import {
  createMemoryAccount,
  createNamespace,
  createRequest,
  NOW_MS,
  sampleFields,
  toAnswer,
  verdict,
  type Answer,
} from "../support/partner.ts"

const ACCOUNTS = createNamespace()
const PARTNER_API_KEYS = JSON.stringify(API_KEYS)
const KEY = API_KEYS[0]!

const withExtraTlds = (text: string) => readPartnerConfig({ PARTNER_API_KEYS, ACCOUNTS, ENDPOINT_EXTRA_TLDS: text })

describe("ENDPOINT_EXTRA_TLDS (spec 5.4)", () => {
  it.each([
    { text: "", want: [] },
    { text: " ", want: [] },
    { text: "web", want: ["web"] },
    { text: " web , xn--p1ai ", want: ["web", "xn--p1ai"] },
    { text: Array(50).fill("web").join(","), want: Array(50).fill("web") },
  ])("$text → on", ({ text, want }) => {
    expect(withExtraTlds(text)).toMatchObject({ state: "on", config: { extraTlds: want } })
  })

  it.each([".web", "Web", "a.web", "web,", ",", "web lan", "рф", "*", "8", "-a", "a".repeat(64), "local", "internal"])(
    "%s → invalid",
    (text) => {
      expect(withExtraTlds(text)).toEqual({
        state: "invalid",
        problems: [expect.stringMatching(/^ENDPOINT_EXTRA_TLDS: must be/)],
      })
    },
  )

  it("more than 50 → invalid", () => {
    expect(withExtraTlds(Array(51).fill("web").join(",")).state).toBe("invalid")
  })
})

describe("readPartnerConfig", () => {
  it("keys and the binding → on, with the keys as they were written", () => {
    const configured = readPartnerConfig({ PARTNER_API_KEYS, ACCOUNTS })
    expect(configured).toEqual({
      state: "on",
      config: { apiKeys: API_KEYS, eventTypes: [], extraTlds: [], accounts: ACCOUNTS },
    })
  })

  it.each([
    { why: "nothing", env: {} },
    { why: "the binding alone, which wrangler.toml always makes", env: { ACCOUNTS } },
    { why: "keys that are undefined", env: { ACCOUNTS, PARTNER_API_KEYS: undefined } },
  ])("$why → off", ({ env }) => {
    expect(readPartnerConfig(env as PartnerBindings)).toEqual({ state: "off" })
  })

  it.each([
    { why: "empty keys", keys: "" },
    { why: "white space", keys: " \n" },
    { why: "no JSON", keys: "[" },
    { why: "a key and no list", keys: KEYS.a },
    { why: "an empty list", keys: "[]" },
    { why: "one entry and no list", keys: JSON.stringify(KEY) },
    { why: "a number, as wrangler.toml may hold", keys: 5 },
    { why: "a truth, as wrangler.toml may hold", keys: true },
    { why: "a key instead of its hash", keys: JSON.stringify([{ ...KEY, sha256: KEYS.a }]) },
    { why: "an entry without scopes", keys: JSON.stringify([{ ...KEY, scopes: undefined }]) },
    { why: "a field that is not known", keys: JSON.stringify([{ ...KEY, key: KEYS.a }]) },
    { why: "one key twice", keys: JSON.stringify([KEY, KEY]) },
    { why: "26 keys", keys: JSON.stringify(Array(26).fill(KEY)) },
  ])("$why → invalid, one problem by the variable's name and without its value", ({ keys }) => {
    const configured = readPartnerConfig({ PARTNER_API_KEYS: keys, ACCOUNTS })
    expect(configured).toEqual({ state: "invalid", problems: [expect.stringMatching(/^PARTNER_API_KEYS: /)] })
    expect(JSON.stringify(configured)).not.toContain("sk_")
    expect(JSON.stringify(configured)).not.toContain(KEY.sha256)
  })

  it.each([undefined, null])("the binding %s → invalid, by its name", (binding) => {
    const configured = readPartnerConfig({ PARTNER_API_KEYS, ACCOUNTS: binding } as unknown as PartnerBindings)
    expect(configured).toEqual({ state: "invalid", problems: [expect.stringMatching(/^ACCOUNTS: /)] })
  })

  it("everything wrong → every problem at once", () => {
    const configured = readPartnerConfig({ PARTNER_API_KEYS: "[" })
    const problems = [expect.stringMatching(/^PARTNER_API_KEYS: /), expect.stringMatching(/^ACCOUNTS: /)]
    expect(configured).toEqual({ state: "invalid", problems })
  })

  it("keys as a person writes them, with line breaks between → on", () => {
    const keys = `\n${JSON.stringify(API_KEYS, undefined, 2)}\n`
    expect(readPartnerConfig({ PARTNER_API_KEYS: keys, ACCOUNTS }).state).toBe("on")
  })
})

describe("WEBHOOK_EVENT_TYPES, which the registry knows, too", () => {
  const problem = ["WEBHOOK_EVENT_TYPES"]
  it.each([
    { types: undefined, want: [] },
    { types: "", want: [] },
    { types: "card.blocked", want: ["card.blocked"] },
    { types: " card.blocked , card.opened ", want: ["card.blocked", "card.opened"] },
    { types: "card.*", want: problem },
    { types: "card.blocked,nonsense", want: problem },
  ])("$types → $want", ({ types, want }) => {
    const env = { PARTNER_API_KEYS, ACCOUNTS, ...(types !== undefined && { WEBHOOK_EVENT_TYPES: types }) }
    const configured = readPartnerConfig(env)
    if (configured.state === "on") expect(configured.config.eventTypes).toEqual(want)
    else if (configured.state === "invalid") expect(configured.problems.map((text) => text.split(":")[0])).toEqual(want)
    else expect.unreachable("the endpoints are configured")
  })
})

describe("createAppFromEnv", () => {
  type Env = PartnerBindings & ReceiverBindings

  const open = (env: Env) => {
    const log: Readonly<Record<string, unknown>>[] = []
    const app = createAppFromEnv(env, handlers, { log: (entry) => log.push(entry), clock: () => NOW_MS })
    const call = async (...request: Parameters<typeof createRequest>): Promise<Answer> =>
      await toAnswer(await app.fetch(createRequest(...request)))
    return { log, call }
  }

  const surface = /of the endpoints/

  it("on → serves with these keys, and says nothing about it", async () => {
    const { log, call } = open({ PARTNER_API_KEYS, ACCOUNTS })
    expect(log.filter(({ message }) => surface.test(String(message)))).toEqual([])
    expect((await call("POST", "", { body: sampleFields() })).status).toBe(201)
    expect((await call("GET", "", { key: KEYS.b })).json["data"]).toEqual([])
    expect((await call("GET", "", { key: `${KEYS.a}x` })).code).toBe("invalid_api_key")
  })

  it("off → nothing to say, and its routes are not there", async () => {
    const { log, call } = open({ ACCOUNTS })
    expect(log.filter(({ message }) => surface.test(String(message)))).toEqual([])
    expect(verdict(await call("GET", ""))).toBe("404 route_not_found")
    expect(verdict(await call("GET", "/whend_1"))).toBe("404 route_not_found")
  })

  it("invalid → said once with every problem and no value, and its routes answer 503", async () => {
    const { log, call } = open({ PARTNER_API_KEYS: JSON.stringify([{ ...KEY, sha256: KEYS.a }]) })
    const told = log.filter(({ message }) => surface.test(String(message)))
    expect(told).toEqual([
      expect.objectContaining({ level: "error", problems: expect.arrayContaining([expect.any(String)]) }),
    ])
    expect(told[0]?.["problems"]).toHaveLength(2)
    expect(JSON.stringify(log)).not.toContain("sk_")
    for (const path of ["", "/whend_1", "/whend_1/rotate_secret"]) {
      const answer = await call("GET", path)
      expect([verdict(answer), answer.headers.get("Retry-After")]).toEqual(["503 temporarily_unavailable", "30"])
    }
  })

  it("an invalid receiver does not stop it", async () => {
    const { call } = open({ PARTNER_API_KEYS, ACCOUNTS, WEBHOOK_SECRETS: "" })
    expect((await call("GET", "")).status).toBe(200)
  })

  it("knows the public event types and the configured ones", async () => {
    const { call } = open({ PARTNER_API_KEYS, ACCOUNTS: createNamespace(), WEBHOOK_EVENT_TYPES: "card.blocked" })
    const enabled_events = ["payment.*", "card.*", "card.blocked", "application.funded"]
    expect((await call("POST", "", { body: sampleFields({ enabled_events }) })).status).toBe(201)
    const answer = await call("POST", "", { body: sampleFields({ enabled_events: ["card.opened"] }) })
    expect(verdict(answer)).toBe("422 webhook_event_unknown enabled_events[0]")
  })

  it("reaches one object by the account's name", async () => {
    const names: string[] = []
    const getByName = (name: string): unknown => {
      names.push(name)
      return createMemoryAccount()
    }
    const { call } = open({
      PARTNER_API_KEYS,
      ACCOUNTS: { getByName } as unknown as Required<PartnerBindings>["ACCOUNTS"],
    })
    for (const key of [KEYS.a, KEYS.aLive, KEYS.b, "sk_test_unknown", null]) await call("GET", "", { key })
    expect(names).toEqual(["acct_a", "acct_a", "acct_b"])
  })
})
