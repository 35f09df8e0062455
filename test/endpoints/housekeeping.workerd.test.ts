// Catches an account that wedges because its storage is full: what adds rows must stop while there is still space to read,
// delete, shut out and clean up, and go on by itself once there is room.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { createAppFromEnv } from "../../src/app/env.ts"
import { MAX_KEPT_ACTIONS } from "../../src/endpoints/account.ts"
import { ACCOUNT_FULL_BYTES, ACCOUNT_RESERVE_BYTES } from "../../src/endpoints/housekeeping.ts"
import { handlers } from "../support/handlers.ts"
import { ACCOUNTS, inSql } from "../support/account-object.ts"
import { API_KEYS } from "../support/api-keys.ts"
import { OPERATOR_TOKEN } from "../support/operator-token.ts"
import {
  createRequest,
  createSample,
  NOW_MS,
  OPERATOR_PATH,
  RESUME,
  restore,
  revoke,
  sampleFields,
  SUSPEND,
  toAnswer,
  verdict,
  type Answer,
  type CallOptions,
} from "../support/partner.ts"

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW_MS })
})

afterEach(() => {
  vi.useRealTimers()
})

let accounts = 0

function open() {
  accounts += 1
  const account = `stored_${accounts}`
  const key = { ...API_KEYS[0]!, id: "key_stored", account }
  const bindings = { ACCOUNTS, OPERATOR_TOKEN, PARTNER_API_KEYS: JSON.stringify([key]) }
  const log: Readonly<Record<string, unknown>>[] = []
  const app = createAppFromEnv(bindings, handlers, { log: (entry) => log.push(entry) })
  return {
    account,
    log,
    call: async (method: string, path: string, options?: CallOptions): Promise<Answer> =>
      await toAnswer(await app.fetch(createRequest(method, path, options))),
    act: async (body: object): Promise<Answer> =>
      await toAnswer(
        await app.fetch(createRequest("POST", `${OPERATOR_PATH}/${account}/actions`, { key: OPERATOR_TOKEN, body })),
      ),
    sizeOf: async () => await inSql(account, (sql) => sql.databaseSize),
  }
}

/** Rows of one megabyte, of something that housekeeping leaves alone. */
const fillWith = async (account: string, megabytes: number): Promise<void> =>
  await inSql(account, (sql) => {
    sql.exec("CREATE TABLE IF NOT EXISTS filler (data BLOB)")
    for (let i = 0; i < megabytes; i++) sql.exec("INSERT INTO filler VALUES (zeroblob(1048576))")
  })

const IDEMPOTENT = { body: sampleFields(), headers: { "Idempotency-Key": "k" } }

// Each writes 64 or 128 MiB.
describe("an account at its mark (spec 3.12, 5.10)", { timeout: 60_000 }, () => {
  it("takes nothing that adds: 503 with Retry-After; the rest works, and so does everything once there is room", async () => {
    const worker = open()
    const { account, call, act, log } = worker
    const first = await call("POST", "", IDEMPOTENT)
    const { id } = await createSample(worker)
    await fillWith(account, ACCOUNT_FULL_BYTES / 1_048_576)

    for (const [method, path, body] of [
      ["POST", "", sampleFields()],
      ["PATCH", `/${id}`, { description: "x" }],
      ["POST", `/${id}/rotate_secret`, {}],
    ] as const) {
      const answer = await call(method, path, { body })
      expect([verdict(answer), answer.headers.get("Retry-After")]).toEqual(["503 temporarily_unavailable", "30"])
      expect(log.at(-1)).toMatchObject({ level: "error", status: 503, code: "temporarily_unavailable" })
    }
    expect((await call("GET", "")).json["data"]).toHaveLength(2)
    expect((await call("GET", `/${id}`)).json["id"]).toBe(id)
    for (const action of [SUSPEND, RESUME, revoke("other"), restore("other")])
      expect((await act(action)).status).toBe(201)
    expect((await call("DELETE", `/${id}`)).status).toBe(204)

    await inSql(account, (sql) => sql.exec("DELETE FROM filler").toArray())
    expect((await call("POST", "", { body: sampleFields() })).status).toBe(201)
    // The record of the first request went while there was no room, as the oldest of all would: see docs/endpoints.md.
    expect((await call("POST", "", IDEMPOTENT)).headers.get("Idempotency-Replayed")).toBeNull()
    expect(first.status).toBe(201)
  })

  it("fills up with idempotency records and goes on by itself: the oldest make room, the newest stay", async () => {
    const { account, call, sizeOf } = open()
    await call("POST", "", IDEMPOTENT)
    await inSql(account, (sql) => {
      const text = JSON.stringify({
        bodyHash: "x",
        status: 200,
        view: { padding: "x".repeat(60_000) },
        secretVersion: null,
      })
      for (let i = 0; sql.databaseSize < ACCOUNT_FULL_BYTES + 2_000_000; i++) {
        sql.exec("INSERT INTO answers (scope, expires_at, data) VALUES (?, ?, ?)", `test x ${i}`, NOW_MS + 1 + i, text)
      }
    })
    const verdicts: string[] = []
    for (let i = 0; i < 5; i++)
      verdicts.push(verdict(await call("POST", "", { body: sampleFields({ description: String(i) }) })))
    expect(verdicts[0]).toBe("503 temporarily_unavailable")
    expect(verdicts.at(-1)).toBe("201")
    expect(await sizeOf()).toBeLessThan(ACCOUNT_FULL_BYTES + 100_000)
    // It ends a day from now, long after the others: none of it was dropped.
    expect((await call("POST", "", IDEMPOTENT)).headers.get("Idempotency-Replayed")).toBe("true")
  })
})

describe("an account at its reserve", { timeout: 60_000 }, () => {
  it("takes no revocation, and can still be suspended, cleaned up and used again", async () => {
    const { account, call, act, log } = open()
    await act(revoke("expired"))
    await fillWith(account, ACCOUNT_RESERVE_BYTES / 1_048_576)
    const refused = await act(revoke("tok_1"))
    expect([verdict(refused), refused.headers.get("Retry-After")]).toEqual(["503 temporarily_unavailable", "30"])
    expect(log.at(-1)).toMatchObject({
      level: "error",
      status: 503,
      error: expect.stringContaining("no space") as string,
    })
    expect((await act(SUSPEND)).status).toBe(201)
    expect(verdict(await call("GET", ""))).toBe("403 account_suspended")
    expect((await act(restore("expired"))).status).toBe(201)
    expect((await act(RESUME)).status).toBe(201)
    await inSql(account, (sql) => sql.exec("DELETE FROM filler").toArray())
    expect((await act(revoke("tok_1"))).status).toBe(201)
    expect((await call("GET", "")).status).toBe(200)
  })
})

describe("the actions of operators", () => {
  // Each was kept for good, so a script that suspends and resumes could fill the account's storage.
  it(`are the newest ${MAX_KEPT_ACTIONS}`, async () => {
    const { account, act } = open()
    await act(SUSPEND)
    await inSql(account, (sql) => {
      sql.exec(
        `INSERT INTO actions (data) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
         SELECT json_object('action', 'suspend', 'credential_id', null, 'note', 'n' || i, 'created', '') FROM n`,
        MAX_KEPT_ACTIONS + 5,
      )
    })
    await act(RESUME)
    const rows = await inSql(account, (sql) =>
      sql.exec<{ count: number; first: number }>("SELECT count(*) AS count, min(place) AS first FROM actions").one(),
    )
    expect(rows).toEqual({ count: MAX_KEPT_ACTIONS, first: 8 })
    expect((await act(SUSPEND)).status).toBe(201)
  })
})
