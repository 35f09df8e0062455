import { describe, expect, it } from "vitest"
import {
  create,
  DAY_MS,
  idsOf,
  list,
  once,
  remove,
  rotate,
  show,
  verdict,
  viewOf,
  type Driver,
} from "./account-driver.ts"
import { SUSPEND, RESUME, revoke, restore } from "../../support/partner.ts"

async function drain(d: Driver, livemode = false): Promise<void> {
  for (let i = 0; i < 50; i++) {
    expect(verdict(await d.send({ ok: true, command: list() }, { livemode }))).toBe("page")
  }
}

/** Who is let in, how often, and in which order that is asked. */
export function describeAccess(open: () => Driver): void {
  describe("credential and account (spec 5.9)", () => {
    it("a revoked credential → token_revoked, restored → in again", async () => {
      const d = open()
      await d.account.act(revoke("key_a"))
      expect(verdict(await d.run(list()))).toBe("token_revoked")
      await d.account.act(restore("key_a"))
      expect(verdict(await d.run(list()))).toBe("page")
    })

    it("is revoked by its id: another credential of the account stays", async () => {
      const d = open()
      await d.account.act(revoke("key_a"))
      expect(verdict(await d.run(list(), { credentialId: "key_b" }))).toBe("page")
    })

    it("a suspended account → account_suspended in both modes, resumed → in again", async () => {
      const d = open()
      await d.account.act(SUSPEND)
      expect(verdict(await d.run(list()))).toBe("account_suspended")
      expect(verdict(await d.run(list(), { livemode: true }))).toBe("account_suspended")
      await d.account.act(RESUME)
      expect(verdict(await d.run(list()))).toBe("page")
    })

    it("said twice is said once", async () => {
      const d = open()
      await d.account.act(revoke("key_a"))
      await d.account.act(revoke("key_a"))
      await d.account.act(restore("key_a"))
      await d.account.act(SUSPEND)
      await d.account.act(SUSPEND)
      await d.account.act(RESUME)
      expect(verdict(await d.run(list()))).toBe("page")
    })

    it("refused, changes nothing and replays nothing", async () => {
      const d = open()
      const { id } = viewOf(await d.run(create(), once("k")))
      await d.account.act(SUSPEND)
      expect(verdict(await d.run(create(), once("k")))).toBe("account_suspended")
      expect(verdict(await d.run(remove(id)))).toBe("account_suspended")
      await d.account.act(RESUME)
      expect(idsOf(await d.run(list()))).toEqual([id])
    })
  })

  describe("the order of what an account checks", () => {
    const early = { ok: false, failure: { code: "insufficient_scope" }, beforeIdempotency: true } as const
    const late = { ok: false, failure: { code: "invalid_json" }, beforeIdempotency: false } as const

    it("revoked, suspended, rate limit, then what was judged before", async () => {
      const d = open()
      for (let i = 0; i < 50; i++) await d.send({ ok: true, command: list() })
      await d.account.act(revoke("key_a"))
      await d.account.act(SUSPEND)
      expect(verdict(await d.send(early))).toBe("token_revoked")
      await d.account.act(restore("key_a"))
      expect(verdict(await d.send(early))).toBe("account_suspended")
      await d.account.act(RESUME)
      expect(verdict(await d.send(early))).toBe("rate_limited")
      d.pass(100)
      expect(verdict(await d.send(early))).toBe("insufficient_scope")
    })

    it("what stands before the idempotency key, the key, what stands behind it", async () => {
      const d = open()
      await d.run(create(), once("k", "one"))
      expect(verdict(await d.send(early, once("k", "two")))).toBe("insufficient_scope")
      expect(verdict(await d.send(late, once("k", "two")))).toBe("idempotency_key_reused")
      expect(verdict(await d.send(late, once("k", "one")))).toBe("201 replayed")
      expect(verdict(await d.send(late, once("other")))).toBe("invalid_json")
    })

    it("the idempotency key before the limit", async () => {
      const d = open()
      await d.run(create(), once("k"))
      for (let i = 0; i < 19; i++) await d.made()
      expect(verdict(await d.run(create(), once("other")))).toBe("webhook_endpoint_limit")
      expect(verdict(await d.run(create(), once("k")))).toBe("201 replayed")
      expect(verdict(await d.run(create(), once("k", "other body")))).toBe("idempotency_key_reused")
    })

    it("a failure keeps its param", async () => {
      const d = open()
      const failure = { code: "unknown_field", param: "metadata.a" } as const
      expect(verdict(await d.send({ ok: false, failure, beforeIdempotency: false }))).toBe("unknown_field metadata.a")
    })
  })

  describe("the rate limit (spec 5.11)", () => {
    it("lets 50 through at once and counts down, then → rate_limited with the seconds to wait", async () => {
      const d = open()
      const remaining: number[] = []
      for (let i = 0; i < 50; i++) remaining.push((await d.send({ ok: true, command: list() })).rateLimit.remaining)
      expect(remaining).toEqual(Array.from({ length: 50 }, (_, i) => 49 - i))
      expect(await d.send({ ok: true, command: list() })).toEqual({
        result: { kind: "failed", failure: { code: "rate_limited" }, retryAfterSeconds: 1 },
        rateLimit: { remaining: 0, resetSeconds: 5 },
      })
    })

    it("is exact under concurrency: of 60 at once 50 pass", async () => {
      const d = open()
      const answers = await Promise.all(Array.from({ length: 60 }, () => d.send({ ok: true, command: list() })))
      const verdicts = answers.map(verdict).toSorted()
      expect(verdicts).toEqual([...Array(50).fill("page"), ...Array(10).fill("rate_limited")])
    })

    it.each([
      { after: 99, passing: 0 },
      { after: 100, passing: 1 },
      { after: 199, passing: 1 },
      { after: 1_000, passing: 10 },
      { after: 4_999, passing: 49 },
      { after: 5_000, passing: 50 },
      { after: 3_600_000, passing: 50 },
    ])("refills 10 a second up to 50: after $after ms → $passing pass", async ({ after, passing }) => {
      const d = open()
      await drain(d)
      d.pass(after)
      const verdicts: string[] = []
      for (let i = 0; i <= passing; i++) verdicts.push(verdict(await d.send({ ok: true, command: list() })))
      expect(verdicts).toEqual([...Array(passing).fill("page"), "rate_limited"])
    })

    it("refills under whoever keeps asking: a refusal costs nothing", async () => {
      const d = open()
      await drain(d)
      for (const ms of [25, 25, 25, 25]) {
        expect(verdict(await d.send({ ok: true, command: list() }))).toBe("rate_limited")
        d.pass(ms)
      }
      expect(verdict(await d.send({ ok: true, command: list() }))).toBe("page")
    })

    it.each([
      { why: "full but one", taken: 1, after: 0, remaining: 48, resetSeconds: 1 },
      { why: "ten away from full", taken: 9, after: 0, remaining: 40, resetSeconds: 1 },
      { why: "eleven away from full", taken: 10, after: 0, remaining: 39, resetSeconds: 2 },
      { why: "half a token is none", taken: 9, after: 50, remaining: 40, resetSeconds: 1 },
      { why: "filled up between", taken: 9, after: 60_000, remaining: 49, resetSeconds: 1 },
    ])("says what is left and when it is full: $why", async ({ taken, after, remaining, resetSeconds }) => {
      const d = open()
      for (let i = 0; i < taken; i++) await d.send({ ok: true, command: list() })
      d.pass(after)
      expect((await d.send({ ok: true, command: list() })).rateLimit).toEqual({ remaining, resetSeconds })
    })

    it("is one for each mode", async () => {
      const d = open()
      await drain(d, false)
      await drain(d, true)
      expect(verdict(await d.send({ ok: true, command: list() }))).toBe("rate_limited")
      expect(verdict(await d.send({ ok: true, command: list() }, { livemode: true }))).toBe("rate_limited")
    })

    it("is one for all credentials of a mode", async () => {
      const d = open()
      await drain(d)
      expect(verdict(await d.send({ ok: true, command: list() }, { credentialId: "key_b" }))).toBe("rate_limited")
    })

    it("counts a refused request, whatever it was refused for", async () => {
      const d = open()
      const failure = { code: "insufficient_scope" } as const
      expect((await d.send({ ok: false, failure, beforeIdempotency: true })).rateLimit.remaining).toBe(49)
      expect((await d.send({ ok: true, command: show("whend_0") })).rateLimit.remaining).toBe(48)
    })

    it("counts a replay", async () => {
      const d = open()
      await d.send({ ok: true, command: create() }, once("k"))
      expect((await d.send({ ok: true, command: create() }, once("k"))).rateLimit.remaining).toBe(48)
    })

    // A revoked or suspended credential asked as often as it liked, and each time the object worked for it.
    it.each([
      { who: "a revoked credential", action: revoke("key_a"), code: "token_revoked" },
      { who: "a suspended account", action: SUSPEND, code: "account_suspended" },
    ])("holds for $who, too", async ({ action, code }) => {
      const d = open()
      await d.account.act(action)
      const told: string[] = []
      for (let i = 0; i < 52; i++) told.push(verdict(await d.send({ ok: true, command: list() })))
      expect(told).toEqual([...Array(50).fill(code), "rate_limited", "rate_limited"])
      d.pass(100)
      const { result, rateLimit } = await d.send({ ok: true, command: list() })
      expect([result, rateLimit.remaining]).toEqual([{ kind: "failed", failure: { code } }, 0])
    })

    // Whoever has found a revoked key must not be able to use up the requests of the account.
    it("is another one for a revoked credential than for the account's others", async () => {
      const d = open()
      await d.account.act(revoke("key_a"))
      for (let i = 0; i < 60; i++) await d.send({ ok: true, command: list() })
      const { result, rateLimit } = await d.send({ ok: true, command: list() }, { credentialId: "key_b" })
      expect([result.kind, rateLimit.remaining]).toEqual(["page", 49])
    })

    it("gives nothing and takes nothing when the clock goes back, and fills from there on", async () => {
      const d = open()
      await drain(d)
      d.pass(-60_000)
      expect(verdict(await d.send({ ok: true, command: list() }))).toBe("rate_limited")
      d.pass(99)
      expect(verdict(await d.send({ ok: true, command: list() }))).toBe("rate_limited")
      d.pass(1)
      expect(verdict(await d.send({ ok: true, command: list() }))).toBe("page")
    })

    // The bucket waited for the clock to be where it had been: an account was refused for a year.
    it("does not block an account whose clock was a year ahead", async () => {
      const d = open()
      d.pass(365 * DAY_MS)
      await drain(d)
      d.pass(-365 * DAY_MS)
      expect(verdict(await d.send({ ok: true, command: list() }))).toBe("rate_limited")
      d.pass(100)
      expect(verdict(await d.send({ ok: true, command: list() }))).toBe("page")
    })
  })

  // Times were those of the Worker that asked: one whose clock was off decided what is valid.
  describe("the clock", () => {
    it("is the account's own: a request cannot bring a time along", async () => {
      const d = open()
      const asked = { now: 0 } as object
      const { created } = viewOf(await d.send({ ok: true, command: create() }, asked))
      expect(created).toBe(new Date(d.now()).toISOString())
    })

    it("set back after a rotation: the old secret ends a day from then, once the account has woken up", async () => {
      const d = open()
      d.pass(365 * DAY_MS)
      const { id, secret: old } = await d.made()
      const { secret } = viewOf(await d.run(rotate(id)))
      d.pass(-365 * DAY_MS)
      await d.sleep()
      expect(await d.secretsOf(id)).toEqual([secret, old])
      d.pass(DAY_MS)
      expect(await d.secretsOf(id)).toEqual([secret])
    })

    it("set back after an answer was stored: it is kept a day from then, once the account has woken up", async () => {
      const d = open()
      d.pass(365 * DAY_MS)
      await d.run(create(), once("k"))
      d.pass(-365 * DAY_MS)
      await d.sleep()
      expect(verdict(await d.run(create(), once("k")))).toBe("201 replayed")
      d.pass(DAY_MS)
      expect(verdict(await d.run(create(), once("k")))).toBe("201")
    })
  })
}
