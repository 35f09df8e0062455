import { describe, expect, it } from "vitest"
import type { Command } from "../../../src/endpoints/account.ts"
import {
  create,
  DAY_MS,
  disable,
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

async function fails(d: Driver, command: Command, key = "k"): Promise<void> {
  // A function, because what an object's stub returns is not quite a promise.
  await expect(async () => {
    await d.send({ ok: true, command }, once(key))
  }).rejects.toThrow()
}

/** What is remembered of an answer, and that a request leaves all of its traces or none. */
export function describeIdempotency(open: () => Driver): void {
  describe("the idempotency key (spec 5.10)", () => {
    it("makes one endpoint of two requests, and answers the same twice", async () => {
      const d = open()
      const first = await d.run(create(), once("k"))
      const second = await d.run(create(), once("k"))
      expect(verdict(second)).toBe("201 replayed")
      expect(JSON.stringify(viewOf(second))).toBe(JSON.stringify(viewOf(first)))
      expect(idsOf(await d.run(list()))).toEqual([viewOf(first).id])
    })

    it("makes one endpoint of two requests at once", async () => {
      const d = open()
      const both = await Promise.all([1, 2].map(() => d.send({ ok: true, command: create() }, once("k"))))
      expect(both.map(verdict).toSorted()).toEqual(["201", "201 replayed"])
      expect(new Set(both.map((answer) => viewOf(answer).id)).size).toBe(1)
    })

    it("rotates once", async () => {
      const d = open()
      const { id, secret: old } = await d.made()
      const first = viewOf(await d.run(rotate(id), once("k")))
      const second = await d.run(rotate(id), once("k"))
      expect(verdict(second)).toBe("200 replayed")
      expect(viewOf(second)).toStrictEqual(first)
      expect(await d.secretsOf(id)).toEqual([first.secret, old])
    })

    it("answers an update as it was then, whatever came after", async () => {
      const d = open()
      const { id } = await d.made()
      const first = viewOf(await d.run({ kind: "update", id, patch: { description: "first" } }, once("k")))
      await d.run({ kind: "update", id, patch: { description: "second" } })
      const again = await d.run({ kind: "update", id, patch: { description: "first" } }, once("k"))
      expect(verdict(again)).toBe("200 replayed")
      expect(viewOf(again)).toStrictEqual(first)
      expect(viewOf(await d.run(show(id))).description).toBe("second")
    })

    it.each([
      { why: "another body", again: create({ description: "other" }) },
      { why: "another body that fails", again: undefined },
    ])("$why → idempotency_key_reused", async ({ again }) => {
      const d = open()
      await d.run(create(), once("k", "one"))
      const failure = { code: "invalid_json" } as const
      const wanted = again
        ? ({ ok: true, command: again } as const)
        : ({ ok: false, failure, beforeIdempotency: false } as const)
      expect(verdict(await d.send(wanted, once("k", "two")))).toBe("idempotency_key_reused")
      expect(idsOf(await d.run(list()))).toHaveLength(1)
    })

    it("stays with its first body after a reuse", async () => {
      const d = open()
      await d.run(create(), once("k", "one"))
      await d.run(create(), once("k", "two"))
      expect(verdict(await d.run(create(), once("k", "one")))).toBe("201 replayed")
    })

    it.each([
      { why: "the last millisecond of 24 h", after: DAY_MS - 1, want: "201 replayed" },
      { why: "24 h", after: DAY_MS, want: "201" },
    ])("$why → $want", async ({ after, want }) => {
      const d = open()
      await d.send({ ok: true, command: create() }, once("k"))
      d.pass(after)
      expect(verdict(await d.run(create(), once("k")))).toBe(want)
    })

    it("may come with another body after 24 h, and is then that body's", async () => {
      const d = open()
      await d.send({ ok: true, command: create() }, once("k", "one"))
      d.pass(DAY_MS)
      expect(verdict(await d.run(create(), once("k", "two")))).toBe("201")
      expect(verdict(await d.run(create(), once("k", "two")))).toBe("201 replayed")
      expect(verdict(await d.run(create(), once("k", "one")))).toBe("idempotency_key_reused")
    })

    it("is kept 24 h from the first answer: a replay does not prolong it", async () => {
      const d = open()
      await d.send({ ok: true, command: create() }, once("k"))
      d.pass(DAY_MS - 1)
      await d.send({ ok: true, command: create() }, once("k"))
      d.pass(1)
      expect(verdict(await d.run(create(), once("k")))).toBe("201")
    })

    it("is another key in another scope", async () => {
      const d = open()
      await d.run(create(), once("k"))
      const elsewhere = { idempotency: { scope: "live POST /partner/v1/webhook_endpoints k", bodyHash: "same" } }
      expect(verdict(await d.run(create(), { ...elsewhere, livemode: true }))).toBe("201")
    })

    it("of a refusal is free: the same request may be tried again", async () => {
      const d = open()
      const [first = ""] = await d.fill(false)
      expect(verdict(await d.run(create(), once("k")))).toBe("webhook_endpoint_limit")
      await d.run(remove(first))
      expect(verdict(await d.run(create(), once("k")))).toBe("201")
    })

    it.each([
      { why: "failed fields", beforeIdempotency: false },
      { why: "a failed scope", beforeIdempotency: true },
    ])("of $why is free, also for another body", async ({ beforeIdempotency }) => {
      const d = open()
      const failure = { code: "invalid_value_type" } as const
      expect(verdict(await d.send({ ok: false, failure, beforeIdempotency }, once("k", "one")))).toBe(
        "invalid_value_type",
      )
      expect(verdict(await d.run(create(), once("k", "two")))).toBe("201")
    })

    it("of a missing endpoint is free", async () => {
      const d = open()
      expect(verdict(await d.run(disable("whend_0"), once("k")))).toBe("resource_not_found")
      expect(await d.countAnswers()).toBe(0)
    })

    it.each([
      { why: "the secret is the old one of an overlap", overlap: 86_400, wait: 0, kept: true },
      { why: "the overlap is over", overlap: 10, wait: 10_000, kept: false },
      { why: "the secret was ended at once", overlap: 0, wait: 0, kept: false },
    ])("replays the secret while it is valid: $why → $kept", async ({ overlap, wait, kept }) => {
      const d = open()
      const first = viewOf(await d.run(create(), once("k")))
      await d.run(rotate(first.id, overlap))
      d.pass(wait)
      const { secret, ...rest } = first
      const again = await d.run(create(), once("k"))
      expect(verdict(again)).toBe("201 replayed")
      expect(viewOf(again)).toStrictEqual(kept ? { ...rest, secret } : rest)
    })

    it("never replays a newer secret than the one it answered with", async () => {
      const d = open()
      const { id } = await d.made()
      await d.run(rotate(id), once("k"))
      await d.run(rotate(id))
      await d.run(rotate(id))
      expect(viewOf(await d.run(rotate(id), once("k")))).not.toHaveProperty("secret")
    })

    it("replays after the endpoint was deleted, without the secret, and makes nothing", async () => {
      const d = open()
      const { secret, ...rest } = viewOf(await d.run(create(), once("k")))
      await d.run(remove(rest.id))
      const again = await d.run(create(), once("k"))
      expect(secret).toBeDefined()
      expect(verdict(again)).toBe("201 replayed")
      expect(viewOf(again)).toStrictEqual(rest)
      expect(idsOf(await d.run(list()))).toEqual([])
    })

    it("never puts a secret into the replay of an update", async () => {
      const d = open()
      const { id } = await d.made()
      await d.run(disable(id), once("k"))
      expect(viewOf(await d.run(disable(id), once("k")))).not.toHaveProperty("secret")
    })

    it.each([
      { why: "the last millisecond of its day", after: DAY_MS - 1, left: 2 },
      { why: "its end", after: DAY_MS, left: 1 },
    ])("is cleared away by the next request at its end and not before: $why → $left", async ({ after, left }) => {
      const d = open()
      const { id } = await d.made()
      await d.send({ ok: true, command: disable(id) }, once("old"))
      d.pass(after)
      await d.send({ ok: true, command: disable(id) }, once("new"))
      expect(await d.countAnswers()).toBe(left)
    })

    it("is cleared away after its day, at most 20 with one request", async () => {
      const d = open()
      const { id } = await d.made()
      for (let i = 0; i < 25; i++) await d.run(disable(id), once(`k${i}`))
      d.pass(DAY_MS)
      await d.run(disable(id), once("next"))
      expect(await d.countAnswers()).toBe(25 - 20 + 1)
      await d.run(disable(id), once("last"))
      expect(await d.countAnswers()).toBe(2)
    })
  })

  describe("a request whose last step fails", () => {
    it("leaves no endpoint behind", async () => {
      const d = open()
      await d.breakTable("answers")
      await fails(d, create())
      expect(idsOf(await d.run(list()))).toEqual([])
    })

    it("leaves the endpoint as it was", async () => {
      const d = open()
      const { secret, ...before } = await d.made()
      await d.breakTable("answers")
      await fails(d, disable(before.id))
      await fails(d, rotate(before.id, 0), "r")
      expect(viewOf(await d.run(show(before.id)))).toStrictEqual(before)
      expect(await d.secretsOf(before.id)).toEqual([secret])
    })

    // Housekeeping and the request were one transaction, so that a request that failed also kept what should go.
    it("does not undo the housekeeping before it", async () => {
      const d = open()
      const { id } = await d.made()
      await d.run(disable(id), once("old"))
      d.pass(DAY_MS)
      await d.breakTable("answers")
      await fails(d, disable(id))
      expect(await d.countAnswers()).toBe(0)
    })

    it("takes no token", async () => {
      const d = open()
      await d.breakTable("answers")
      await fails(d, create())
      expect((await d.send({ ok: true, command: list() })).rateLimit.remaining).toBe(49)
    })

    it("stops nobody after it", async () => {
      const d = open()
      await d.breakTable("answers")
      await fails(d, create())
      expect(verdict(await d.run(create()))).toBe("201")
    })
  })
}
