// Catches a suspension or a revocation that an account's object hears of late, while many of its requests are under way.

import { evictDurableObject } from "cloudflare:test"
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest"
import { createAppFromEnv } from "../../src/app/env.ts"
import { handlers } from "../support/handlers.ts"
import { ACCOUNTS } from "../support/account-object.ts"
import { AUDIENCE, createIssuer, ISSUER, type Issuer } from "../support/issuer.ts"
import { OPERATOR_TOKEN } from "../support/operator-token.ts"
import {
  createRequest,
  NOW_MS,
  OPERATOR_PATH,
  RESUME,
  restore,
  revoke,
  SUSPEND,
  toAnswer,
  verdict,
  type Answer,
} from "../support/partner.ts"

let issuer: Issuer
beforeAll(async () => {
  issuer = await createIssuer()
})

afterEach(() => {
  vi.useRealTimers()
})

let accounts = 0

/** The Worker's app over the real objects; each request finds a full bucket. */
async function open() {
  accounts += 1
  const account = `operated_${accounts}`
  let now = NOW_MS
  // The object and its tests share an isolate, and with it the clock.
  const tick = (): number => {
    now += 100
    vi.useFakeTimers({ toFake: ["Date"], now })
    return now
  }
  const app = createAppFromEnv(
    {
      ACCOUNTS,
      OPERATOR_TOKEN,
      PARTNER_JWT_ISSUER: ISSUER,
      PARTNER_JWT_AUDIENCE: AUDIENCE,
      PARTNER_JWKS: issuer.keySet,
    },
    handlers,
    { log: () => {}, clock: tick },
  )
  const tokens = {
    one: await issuer.token({ sub: account, jti: "tok_one", exp: NOW_MS }),
    other: await issuer.token({ sub: account, jti: "tok_other", exp: NOW_MS, livemode: true }),
  }
  return {
    account,
    list: async (token: keyof typeof tokens): Promise<string> =>
      verdict(await toAnswer(await app.fetch(createRequest("GET", "", { key: tokens[token] })))),
    act: async (body: object): Promise<Answer> =>
      await toAnswer(
        await app.fetch(createRequest("POST", `${OPERATOR_PATH}/${account}/actions`, { key: OPERATOR_TOKEN, body })),
      ),
  }
}

/** Sixteen callers who ask again and again, each as soon as it was answered, and no more than 2,000 times in all. */
function crowd(ask: () => Promise<string>) {
  const answers: { readonly startedAt: number; readonly endedAt: number; readonly verdict: string }[] = []
  // Not a timer's: in workerd no timer fires while requests keep coming.
  let awaited = { count: 0, reached: () => {} }
  let clock = 0
  const state = { going: true }
  const callers = Array.from({ length: 16 }, async () => {
    while (state.going && answers.length < 2_000) {
      clock += 1
      const startedAt = clock
      const told = await ask()
      clock += 1
      answers.push({ startedAt, endedAt: clock, verdict: told })
      if (answers.length >= awaited.count) awaited.reached()
    }
  })
  return {
    answers,
    /** Counts up with every request that begins or ends. */
    at: () => clock,
    /** Waits for so many answers more. */
    more: async (count: number): Promise<void> => {
      await new Promise<void>((reached) => {
        awaited = { count: answers.length + count, reached }
      })
    },
    stop: async (): Promise<void> => {
      state.going = false
      await Promise.all(callers)
    },
  }
}

describe("under load", () => {
  it.each([
    { what: "suspend", action: SUSPEND, undo: RESUME, want: "403 account_suspended", others: "403 account_suspended" },
    { what: "revoke", action: revoke("tok_one"), undo: restore("tok_one"), want: "401 token_revoked", others: "200" },
  ])("$what: no request that begins after its answer passes, and undone, none is refused", async (row) => {
    const { list, act } = await open()
    const load = crowd(() => list("one"))
    await load.more(100)
    const askedAt = load.at()
    expect((await act(row.action)).status).toBe(201)
    const doneAt = load.at()
    await load.more(200)
    expect(await list("other")).toBe(row.others)
    const undoneFrom = load.at()
    expect((await act(row.undo)).status).toBe(201)
    const undoneAt = load.at()
    await load.more(100)
    await load.stop()

    const of = (from: number, to: number) =>
      new Set(
        load.answers
          .filter(({ startedAt, endedAt }) => startedAt > from && endedAt <= to)
          .map((answer) => answer.verdict),
      )
    expect(of(0, askedAt)).toEqual(new Set(["200"]))
    expect(of(doneAt, undoneFrom)).toEqual(new Set([row.want]))
    expect(of(undoneAt, Infinity)).toEqual(new Set(["200"]))
    // It came while others were under way.
    expect(load.answers.some(({ startedAt, endedAt }) => startedAt < askedAt && endedAt > askedAt)).toBe(true)
  })
})

describe("an object that was put away", () => {
  it("comes back with what was done, and goes on with its list", async () => {
    const { account, list, act } = await open()
    await act(revoke("tok_one"))
    await act(SUSPEND)
    await evictDurableObject(ACCOUNTS.getByName(account))
    expect([await list("one"), await list("other")]).toEqual(["401 token_revoked", "403 account_suspended"])
    await act(RESUME)
    await evictDurableObject(ACCOUNTS.getByName(account))
    expect([await list("one"), await list("other")]).toEqual(["401 token_revoked", "200"])
    const { rows } = await ACCOUNTS.getByName(account).listActions(20, undefined)
    expect(rows.map(({ action }) => action)).toEqual(["resume", "suspend", "revoke"])
  })
})

describe("an issuer at a URL", () => {
  it("is asked once by eight requests at one time, each of which is answered", async () => {
    accounts += 1
    let asked = 0
    const app = createAppFromEnv(
      {
        ACCOUNTS,
        PARTNER_JWT_ISSUER: ISSUER,
        PARTNER_JWT_AUDIENCE: AUDIENCE,
        PARTNER_JWKS: "https://issuer.example/keys",
      },
      handlers,
      {
        log: () => {},
        clock: () => NOW_MS,
        fetch: async () => {
          asked += 1
          await new Promise((resolve) => setTimeout(resolve))
          return new Response(issuer.keySet)
        },
      },
    )
    const key = await issuer.token({ sub: `operated_${accounts}`, exp: NOW_MS })
    const answers = await Promise.all(
      Array.from({ length: 8 }, async () => await app.fetch(createRequest("GET", "", { key }))),
    )
    expect([answers.map(({ status }) => status), asked]).toEqual([Array(8).fill(200), 1])
  })
})
