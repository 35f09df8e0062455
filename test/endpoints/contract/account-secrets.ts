import { describe, expect, it } from "vitest"
import { DAY_MS, disable, FIELDS, remove, rotate, show, viewOf, type Driver } from "./account-driver.ts"

const targetIds = async (d: Driver, livemode = false): Promise<readonly string[]> =>
  (await d.account.targets("payment.settled", livemode)).map(({ id }) => id)

/** Secrets, and who is to be sent an event with which. */
export function describeSecrets(open: () => Driver): void {
  describe("rotation (spec 5.6)", () => {
    it("answers with a new secret and nothing else new", async () => {
      const d = open()
      const { secret: old, ...before } = await d.made()
      const { secret, ...after } = viewOf(await d.run(rotate(before.id)))
      const until = new Date(d.now() - 100 + DAY_MS).toISOString()
      expect(after).toStrictEqual({ ...before, previous_secret_expires: until })
      expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
      expect(secret).not.toBe(old)
    })

    it.each([
      { why: "the moment of the rotation", overlap: 86_400, after: 0, valid: 2 },
      { why: "the last millisecond of 24 h", overlap: 86_400, after: DAY_MS - 1, valid: 2 },
      { why: "24 h", overlap: 86_400, after: DAY_MS, valid: 1 },
      { why: "the last millisecond of a second", overlap: 1, after: 999, valid: 2 },
      { why: "a second", overlap: 1, after: 1_000, valid: 1 },
      { why: "no overlap", overlap: 0, after: 0, valid: 1 },
    ])("signs with both for the overlap, exclusive: $why of $overlap s → $valid", async ({ overlap, after, valid }) => {
      const d = open()
      const { id, secret: old } = await d.made()
      const at = d.now()
      const { secret } = viewOf(await d.run(rotate(id, overlap)))
      expect(await d.secretsOf(id, at + after)).toEqual([secret, old].slice(0, valid))
    })

    it("a second one within the overlap ends the oldest: two are valid, the newest first", async () => {
      const d = open()
      const { id } = await d.made()
      const second = viewOf(await d.run(rotate(id))).secret
      const third = viewOf(await d.run(rotate(id))).secret
      expect(await d.secretsOf(id)).toEqual([third, second])
    })

    it("a second one for a leaked secret ends both that came before", async () => {
      const d = open()
      const { id } = await d.made()
      await d.run(rotate(id))
      const { secret } = viewOf(await d.run(rotate(id, 0)))
      expect(await d.secretsOf(id)).toEqual([secret])
    })

    it("many in a row never leave more than two", async () => {
      const d = open()
      const { id } = await d.made()
      const secrets: (string | undefined)[] = []
      for (let i = 0; i < 5; i++) secrets.unshift(viewOf(await d.run(rotate(id))).secret)
      expect(await d.secretsOf(id)).toEqual(secrets.slice(0, 2))
    })

    it("is told until when the older secret is valid, while it is (spec 5.6)", async () => {
      const d = open()
      const { id, previous_secret_expires } = await d.made()
      expect(previous_secret_expires).toBeNull()
      const until = new Date(d.now() + 10_000).toISOString()
      expect(viewOf(await d.run(rotate(id, 10))).previous_secret_expires).toBe(until)
      expect(viewOf(await d.run(show(id))).previous_secret_expires).toBe(until)
      d.pass(10_000)
      expect(viewOf(await d.run(show(id))).previous_secret_expires).toBeNull()
    })

    it("touches one endpoint", async () => {
      const d = open()
      const [one, other] = [await d.made(), await d.made()]
      await d.run(rotate(one.id))
      expect(await d.secretsOf(other.id)).toEqual([other.secret])
    })

    it("works while it is disabled, and the overlap runs on", async () => {
      const d = open()
      const { id, secret: old } = await d.made()
      await d.run(disable(id))
      const { secret } = viewOf(await d.run(rotate(id, 10)))
      await d.run({ kind: "update", id, patch: { status: "enabled" } })
      expect(await d.secretsOf(id)).toEqual([secret, old])
      expect(await d.secretsOf(id, d.now() + 10_000)).toEqual([secret])
    })
  })

  describe("targets", () => {
    it.each([
      { events: ["payment.settled"], type: "payment.settled", wanted: true },
      { events: ["enquiry.created", "payment.settled"], type: "payment.settled", wanted: true },
      { events: ["payment.*"], type: "payment.settled", wanted: true },
      { events: ["payment.*"], type: "payment.card.settled", wanted: true },
      { events: ["*"], type: "anything.at_all", wanted: true },
      { events: ["payment.settled"], type: "payment.succeeded", wanted: false },
      { events: ["payment.settled"], type: "payment.settled.late", wanted: false },
      { events: ["payment.*"], type: "payments.settled", wanted: false },
      { events: ["payment.*"], type: "payment", wanted: false },
      { events: ["payment.*"], type: "enquiry.created", wanted: false },
    ])("$events and $type → $wanted (spec 5.5)", async ({ events, type, wanted }) => {
      const d = open()
      const { id, secret } = await d.made({}, { enabled_events: events, api_version: "2026-07-01" })
      expect(await d.account.targets(type, false)).toEqual(
        wanted ? [{ id, url: FIELDS.url, api_version: "2026-07-01", secrets: [secret] }] : [],
      )
    })

    it("are of one mode", async () => {
      const d = open()
      const test = await d.made()
      const live = await d.made({ livemode: true })
      expect(await targetIds(d, false)).toEqual([test.id])
      expect(await targetIds(d, true)).toEqual([live.id])
    })

    it("are the enabled ones: not a disabled one, and not a deleted one", async () => {
      const d = open()
      const [disabled, deleted, left] = [await d.made(), await d.made(), await d.made()]
      await d.run(disable(disabled.id))
      await d.run(remove(deleted.id))
      expect(await targetIds(d)).toEqual([left.id])
    })

    it("are all of a full account", async () => {
      const d = open()
      await d.fill(false)
      expect(await d.account.targets("payment.settled", false)).toHaveLength(20)
    })

    it("follow a change at once", async () => {
      const d = open()
      const { id } = await d.made()
      await d.run({ kind: "update", id, patch: { enabled_events: ["enquiry.created"] } })
      expect(await d.account.targets("payment.settled", false)).toEqual([])
      expect(await d.account.targets("enquiry.created", false)).toHaveLength(1)
    })
  })
}
