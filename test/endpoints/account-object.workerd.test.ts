// Catches what only the platform can break: two requests in one object at once, an object that was put away between two,
// and one that cannot run. Everything here goes through the Worker, as it is deployed.

import { evictDurableObject } from "cloudflare:test"
import { exports } from "cloudflare:workers"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { createAppFromEnv } from "../../src/app/env.ts"
import type { PartnerBindings } from "../../src/endpoints/config.ts"
import type { ApiKey } from "../../src/endpoints/auth/api-keys.ts"
import { handlers } from "../support/handlers.ts"
import { ACCOUNTS, breakTable, inSql } from "../support/account-object.ts"
import { API_KEYS, KEYS } from "../support/api-keys.ts"
import {
  createRequest,
  createSample,
  NOW_MS,
  sampleFields,
  toAnswer,
  verdict,
  type Answer,
  type CallOptions,
  SUSPEND,
  revoke,
  restore,
} from "../support/partner.ts"

type Call = (method: string, path: string, options?: CallOptions) => Promise<Answer>

/** The Worker, with its own clock and the keys of vitest.config.ts. */
const callWorker: Call = async (method, path, options) => {
  const worker = (exports as unknown as { default: Fetcher }).default
  return await toAnswer(await worker.fetch(createRequest(method, path, options)))
}

interface TestWorker {
  readonly account: string
  readonly call: Call
  readonly log: readonly Readonly<Record<string, unknown>>[]
  readonly pass: (ms: number) => void
}

let accounts = 0

/** The Worker's app over the real objects, with a clock of ours and an account of its own. */
function createWorker(): TestWorker {
  accounts += 1
  const account = `object_${accounts}`
  // Its key is KEYS.a, which is another account's only for the deployed Worker.
  const key: ApiKey = { ...API_KEYS[0]!, id: "key_object", account }
  let now = NOW_MS
  // The object and its tests share an isolate, and with it the clock.
  const setTime = () => void vi.useFakeTimers({ toFake: ["Date"], now })
  setTime()
  const log: Record<string, unknown>[] = []
  const bindings: PartnerBindings = { ACCOUNTS, PARTNER_API_KEYS: JSON.stringify([key]) }
  const app = createAppFromEnv(bindings, handlers, { log: (entry) => log.push(entry), clock: () => now })
  return {
    account,
    call: async (method, path, options) => await toAnswer(await app.fetch(createRequest(method, path, options))),
    log,
    pass(ms) {
      now += ms
      setTime()
    },
  }
}

afterEach(() => {
  vi.useRealTimers()
})

beforeEach(() => {
  // The deployed Worker's log is the console.
  vi.spyOn(console, "log").mockImplementation(() => {})
})

const WAYS: readonly { way: string; open: () => { call: Call; keys: Record<"limit" | "once", string> } }[] = [
  { way: "the deployed Worker", open: () => ({ call: callWorker, keys: { limit: KEYS.limit, once: KEYS.once } }) },
  { way: "an app with our clock", open: () => ({ call: createWorker().call, keys: { limit: KEYS.a, once: KEYS.a } }) },
]

describe("at once, through the real object", () => {
  it.each(WAYS)("$way: of 50 creations 20 are made and 30 → webhook_endpoint_limit (spec 5.3)", async ({ open }) => {
    const { call, keys } = open()
    const key = keys.limit
    const answers = await Promise.all(Array.from({ length: 50 }, () => call("POST", "", { key, body: sampleFields() })))
    const verdicts = answers.map(verdict).toSorted()
    expect(verdicts).toEqual([...Array(20).fill("201"), ...Array(30).fill("422 webhook_endpoint_limit")])
    const made = answers.filter(({ status }) => status === 201)
    expect(new Set(made.map(({ json }) => json["id"])).size).toBe(20)
    expect(new Set(made.map(({ json }) => json["secret"])).size).toBe(20)
  })

  it.each(WAYS)("$way: two creations with one idempotency key make one endpoint (spec 5.10)", async ({ open }) => {
    const { call, keys } = open()
    const options = { key: keys.once, body: sampleFields(), headers: { "Idempotency-Key": "k" } }
    const [one, other] = await Promise.all([call("POST", "", options), call("POST", "", options)])
    expect([one.status, other.status, other.text]).toEqual([201, 201, one.text])
    const replayed = [one, other].map(({ headers }) => headers.get("Idempotency-Replayed"))
    expect(new Set(replayed)).toEqual(new Set([null, "true"]))
    expect((await call("GET", "", { key: keys.once })).json["data"]).toHaveLength(1)
  })

  it("of 60 requests 50 pass and 10 → rate_limited, and each of the 50 counts down one (spec 5.11)", async () => {
    const { call } = createWorker()
    const answers = await Promise.all(Array.from({ length: 60 }, () => call("GET", "")))
    const remaining = answers
      .filter(({ status }) => status === 200)
      .map(({ headers }) => headers.get("RateLimit-Remaining"))
    expect(remaining.map(Number).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i))
    expect(answers.filter(({ status }) => status !== 200).map(verdict)).toEqual(Array(10).fill("429 rate_limited"))
  })

  it("ten rotations leave two secrets, and each answer another one (spec 5.6)", async () => {
    const worker = createWorker()
    const { id, secret } = await createSample(worker)
    const answers = await Promise.all(Array.from({ length: 10 }, () => worker.call("POST", `/${id}/rotate_secret`)))
    const issued = answers.map(({ json }) => json["secret"])
    expect(new Set([secret, ...issued]).size).toBe(11)
    const [target] = await ACCOUNTS.getByName(worker.account).targets("payment.settled", false)
    expect(target?.secrets).toHaveLength(2)
    expect(issued).toEqual(expect.arrayContaining([...target!.secrets]))
  })

  it("a deletion and an update: whichever comes first, the endpoint is gone", async () => {
    const worker = createWorker()
    const { id } = await createSample(worker)
    const [update, removal] = await Promise.all([
      worker.call("PATCH", `/${id}`, { body: { description: "late" } }),
      worker.call("DELETE", `/${id}`),
    ])
    expect([200, 404]).toContain(update.status)
    expect(removal.status).toBe(204)
    expect((await worker.call("GET", `/${id}`)).code).toBe("resource_not_found")
  })
})

describe("the deployed Worker", () => {
  it("serves the registry with the keys of its environment", async () => {
    const { id, secret, ...created } = await createSample({ call: callWorker })
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(Math.abs(Date.parse(created.created) - Date.now())).toBeLessThan(60_000)
    expect((await callWorker("GET", `/${id}`)).json).toEqual({ id, ...created })
    expect((await callWorker("GET", `/${id}`, { key: KEYS.b })).code).toBe("resource_not_found")
    expect((await callWorker("GET", "", { key: null })).code).toBe("missing_api_key")
    expect((await callWorker("DELETE", `/${id}`)).status).toBe(204)
  })

  it("has its registry beside its receiver", async () => {
    const worker = (exports as unknown as { default: Fetcher }).default
    const answer = await toAnswer(await worker.fetch("https://partner.example/healthz"))
    expect(answer.json["surfaces"]).toEqual({ receiver: "on", inbox: "on", endpoints: "on", operator: "on" })
  })
})

describe("an object that was put away", () => {
  it("comes back with all that it remembers, but a full bucket", async () => {
    const worker = createWorker()
    const { call, account, pass } = worker
    const stub = ACCOUNTS.getByName(account)
    const options = { body: sampleFields(), headers: { "Idempotency-Key": "k" } }
    const first = await call("POST", "", options)
    const id = String(first.json["id"])
    const rotated = await call("POST", `/${id}/rotate_secret`)
    const list = await call("GET", "")
    expect(list.headers.get("RateLimit-Remaining")).toBe("47")
    await evictDurableObject(stub)

    const again = await call("GET", "")
    expect(again.text).toBe(list.text)
    expect(again.headers.get("RateLimit-Remaining")).toBe("49")
    const [target] = await stub.targets("payment.settled", false)
    expect(target?.secrets).toEqual([rotated.json["secret"], first.json["secret"]])
    const replayed = await call("POST", "", options)
    expect([replayed.text, replayed.headers.get("Idempotency-Replayed")]).toEqual([first.text, "true"])
    pass(86_400_000)
    await evictDurableObject(stub)
    expect((await call("POST", "", options)).headers.get("Idempotency-Replayed")).toBeNull()
  })

  it("comes back with who is shut out", async () => {
    const { call, account } = createWorker()
    const stub = ACCOUNTS.getByName(account)
    await stub.act(revoke("key_object"))
    await stub.act(SUSPEND)
    await evictDurableObject(stub)
    expect((await call("GET", "")).code).toBe("token_revoked")
    await stub.act(restore("key_object"))
    await evictDurableObject(stub)
    expect((await call("GET", "")).code).toBe("account_suspended")
  })

  it("goes on with its list where it stopped", async () => {
    const worker = createWorker()
    const { call, account } = worker
    const oldest = await createSample(worker)
    const newest = await createSample(worker)
    const cursor = String((await call("GET", "?limit=1")).json["next_cursor"])
    await call("DELETE", `/${newest.id}`)
    await evictDurableObject(ACCOUNTS.getByName(account))
    await createSample(worker)
    const { json } = await call("GET", `?cursor=${cursor}`)
    expect(json["data"]).toEqual([expect.objectContaining({ id: oldest.id })])
  })
})

describe("an object that fails", () => {
  it("in the middle of a request → 503 with Retry-After, nothing is left behind, and the next one passes", async () => {
    const { call, account, log } = createWorker()
    await breakTable(account, "answers")
    const { status, code, headers } = await call("POST", "", {
      body: sampleFields(),
      headers: { "Idempotency-Key": "k" },
    })
    expect([status, code, headers.get("Retry-After")]).toEqual([503, "temporarily_unavailable", "30"])
    expect(log.at(-1)).toMatchObject({ level: "error", status: 503, account, error: "Error" })
    expect(JSON.stringify(log)).not.toMatch(/SQLITE|broken by the test/)
    expect((await call("GET", "")).json).toEqual({ data: [], next_cursor: null })
    expect((await call("POST", "", { body: sampleFields() })).status).toBe(201)
  })

  // The object's constructor threw: whatever it had met, it stayed broken until the platform made another one.
  it("to start, because newer code wrote its database → 503, what was written stays, and it starts by itself once it can", async () => {
    const worker = createWorker()
    const { call, account } = worker
    const { id } = await createSample(worker)
    const setVersion = async (sql: string) => await inSql(account, (db) => db.exec(sql).toArray())
    await setVersion("UPDATE schema_version SET version = version + 97")
    await evictDurableObject(ACCOUNTS.getByName(account))
    expect(verdict(await call("GET", `/${id}`))).toBe("503 temporarily_unavailable")
    expect(verdict(await call("DELETE", `/${id}`))).toBe("503 temporarily_unavailable")
    await setVersion("UPDATE schema_version SET version = version - 97")
    expect((await call("GET", `/${id}`)).json["id"]).toBe(id)
  })

  it("in its housekeeping → the request is answered all the same, and the log says so", async () => {
    const { call, account } = createWorker()
    await call("GET", "")
    const logged = vi.spyOn(console, "log").mockImplementation(() => {})
    await inSql(account, (sql) => {
      sql.exec("INSERT INTO answers (scope, expires_at, data) VALUES ('test x', 0, '{}')")
      sql.exec("CREATE TRIGGER broken BEFORE DELETE ON answers BEGIN SELECT RAISE(ABORT, 'broken by the test'); END")
    })
    expect((await call("POST", "", { body: sampleFields() })).status).toBe(201)
    expect(logged.mock.calls.map(([line]) => JSON.parse(String(line)) as object)).toEqual([
      { level: "error", message: "housekeeping of an account failed", error: "Error" },
    ])
  })
})
