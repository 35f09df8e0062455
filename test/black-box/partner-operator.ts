import { describe, expect, it } from "vitest"
import { createCall, verdict, type PartnerPlane } from "./partner-client.ts"
import { withToken } from "./partner-tokens.ts"

const sub = "acct_box_operated"
const ROOT = `/operator/accounts/${sub}`

const row = (action: string, credential_id: string | null): object => ({
  action,
  credential_id,
  note: `${action}, says the box`,
  created: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
})

/** What an operator does, and whom it hits (spec 5.9). */
export function describeOperator(plane: () => PartnerPlane): void {
  const operate = createCall(plane, () => plane().operatorToken)
  const act = async (action: string, more: object = {}): Promise<string> =>
    verdict(await operate("POST", `${ROOT}/actions`, { body: { action, note: `${action}, says the box`, ...more } }))

  describe("the operator", () => {
    const one = withToken(plane, { sub, jti: "one" })
    const other = withToken(plane, { sub, jti: "other", livemode: true })
    const verdicts = async (): Promise<readonly string[]> => [
      verdict(await one("GET", "")),
      verdict(await other("GET", "")),
    ]

    it("ends a credential, suspends an account, and takes both back; each on the next request", async () => {
      expect(await verdicts()).toEqual(["200", "200"])
      expect(await act("revoke", { credential_id: "one" })).toBe("201")
      expect(await verdicts()).toEqual(["401 token_revoked", "200"])
      expect(await act("suspend")).toBe("201")
      expect(await verdicts()).toEqual(["401 token_revoked", "403 account_suspended"])
      expect(await act("restore", { credential_id: "one" })).toBe("201")
      expect(await verdicts()).toEqual(["403 account_suspended", "403 account_suspended"])
      expect(await act("resume")).toBe("201")
      expect(await verdicts()).toEqual(["200", "200"])
    })

    it("finds what was done, the newest first", async () => {
      const first = await operate("GET", `${ROOT}/actions?limit=3`)
      const second = await operate("GET", `${ROOT}/actions?cursor=${String(first.json["next_cursor"])}`)
      const rows = [first, second].flatMap(({ json }) => json["data"] as readonly Record<string, unknown>[])
      expect(rows).toEqual([row("resume", null), row("restore", "one"), row("suspend", null), row("revoke", "one")])
      expect(second.json["next_cursor"]).toBeNull()
    })

    it("sees the endpoints of both modes, and no secret", async () => {
      const body = { url: "https://example.com/", enabled_events: ["*"] }
      const made = [await one("POST", "", { body }), await other("POST", "", { body })]
      const { json, text } = await operate("GET", `${ROOT}/endpoints`)
      expect(json["data"]).toMatchObject(made.toReversed().map((answer) => ({ id: answer.json["id"] })))
      expect(text).not.toContain("whsec_")
    })

    const partner = createCall(plane, () => plane().key({ account: "acct_box_doors" }))
    const nobody = createCall(plane, () => null)
    it.each<{ why: string; want: string; ask: () => ReturnType<typeof operate> }>([
      { why: "nobody", want: "401 missing_api_key", ask: () => nobody("GET", `${ROOT}/endpoints`) },
      { why: "a partner", want: "401 invalid_api_key", ask: () => partner("GET", `${ROOT}/endpoints`) },
      { why: "a partner with a token", want: "401 invalid_api_key", ask: () => one("GET", `${ROOT}/actions`) },
      {
        why: "no account",
        want: "404 resource_not_found",
        ask: () => operate("GET", "/operator/accounts/a%0Ab/actions"),
      },
      { why: "no route", want: "404 route_not_found", ask: () => operate("GET", ROOT) },
      { why: "no method", want: "405 method_not_allowed", ask: () => operate("DELETE", `${ROOT}/actions`) },
      { why: "no JSON", want: "400 invalid_json", ask: () => operate("POST", `${ROOT}/actions`, { body: "{" }) },
      {
        why: "no note",
        want: "422 invalid_value_type note",
        ask: () => operate("POST", `${ROOT}/actions`, { body: { action: "suspend" } }),
      },
      {
        why: "too many fields",
        want: "400 unknown_field until",
        ask: () => operate("POST", `${ROOT}/actions`, { body: { action: "suspend", note: "x", until: "y" } }),
      },
      { why: "no page", want: "422 invalid_value_type limit", ask: () => operate("GET", `${ROOT}/actions?limit=0`) },
    ])("$why → $want", async ({ ask, want }) => {
      expect(verdict(await ask())).toBe(want)
    })
  })
}
