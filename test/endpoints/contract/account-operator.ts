import { describe, expect, it } from "vitest"
import { NOW_MS, restore, RESUME, revoke, SUSPEND } from "../../support/partner.ts"
import { list, verdict, type Driver } from "./account-driver.ts"

/** What an operator does about an account, and what is kept of it. */
export function describeOperator(open: () => Driver): void {
  describe("an operator's actions", () => {
    it("are kept with their time and note, the newest first", async () => {
      const d = open()
      const { account } = d
      const kept: unknown[] = []
      for (const action of [
        { action: "suspend", note: "unpaid" },
        { action: "revoke", credential_id: "tok/1", note: "leaked" },
        { action: "restore", credential_id: "tok/1", note: "was not" },
        { action: "resume", note: "paid" },
      ] as const) {
        const result = await account.act(action)
        kept.push(result.ok && result.value)
        d.pass(1)
      }
      expect(kept[1]).toEqual({
        action: "revoke",
        credential_id: "tok/1",
        note: "leaked",
        created: new Date(NOW_MS + 1).toISOString(),
      })
      expect(kept[3]).toMatchObject({ action: "resume", credential_id: null, note: "paid" })
      expect(await account.listActions(20, undefined)).toEqual({ rows: kept.toReversed(), next: undefined })
    })

    it("are none at first", async () => {
      expect(await open().account.listActions(20, undefined)).toEqual({ rows: [], next: undefined })
    })

    it("are listed page by page, each once, while others come in between", async () => {
      const { account } = open()
      for (const i of [1, 2, 3, 4, 5]) await account.act(revoke(`tok_${i}`))
      const met: unknown[] = []
      let next: number | undefined
      do {
        const page = await account.listActions(2, next)
        met.push(...page.rows.map(({ credential_id }) => credential_id))
        next = page.next
        await account.act(SUSPEND)
      } while (next !== undefined && met.length < 10)
      expect(met).toEqual(["tok_5", "tok_4", "tok_3", "tok_2", "tok_1"])
    })

    it("done twice have one effect and two records", async () => {
      const d = open()
      for (const action of [SUSPEND, SUSPEND, RESUME]) await d.account.act(action)
      expect(verdict(await d.run(list()))).toBe("page")
      expect((await d.account.listActions(20, undefined)).rows).toHaveLength(3)
    })

    it("on one credential touch no other, and not the account", async () => {
      const d = open()
      await d.account.act(revoke("key_b"))
      await d.account.act(RESUME)
      expect(verdict(await d.run(list()))).toBe("page")
      expect(verdict(await d.run(list(), { credentialId: "key_b" }))).toBe("token_revoked")
      await d.account.act(restore("key_b"))
      expect(verdict(await d.run(list(), { credentialId: "key_b" }))).toBe("page")
    })

    it.each([
      { what: "a suspension without its record", table: "actions" as const, action: SUSPEND },
      { what: "a revocation without its record", table: "actions" as const, action: revoke("key_a") },
      { what: "a record without its suspension", table: "facts" as const, action: SUSPEND },
      { what: "a record without its revocation", table: "revoked" as const, action: revoke("key_a") },
    ])("are one transaction: there is never $what", async ({ table, action }) => {
      const d = open()
      await d.breakTable(table)
      await expect(async () => await d.account.act(action)).rejects.toThrow("broken by the test")
      expect(verdict(await d.run(list()))).toBe("page")
      expect((await d.account.listActions(20, undefined)).rows).toEqual([])
    })

    it("restored is not half done either", async () => {
      const d = open()
      await d.account.act(revoke("key_a"))
      await d.breakTable("actions")
      await expect(async () => await d.account.act(restore("key_a"))).rejects.toThrow("broken by the test")
      expect(verdict(await d.run(list()))).toBe("token_revoked")
    })
  })

  describe("the operator's list of endpoints", () => {
    it("has those of both modes, the newest first, disabled ones among them, and no secret", async () => {
      const d = open()
      const made = [await d.made(), await d.made({ livemode: true }), await d.made()]
      const views = await d.account.listEndpoints()
      expect(views).toEqual(made.toReversed().map(({ id }) => expect.objectContaining({ id })))
      expect(JSON.stringify(views)).not.toContain("whsec_")
    })

    it("is whole: 20 of each mode", async () => {
      const d = open()
      const ids = [...(await d.fill(false)), ...(await d.fill(true))]
      expect((await d.account.listEndpoints()).map(({ id }) => id)).toEqual(ids.toReversed())
    })
  })
}
