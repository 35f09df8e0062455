import { beforeAll, describe, expect, it } from "vitest"
import { createIssuer, forge, soundClaims, type Issuer } from "../support/issuer.ts"
import { createCall, createEndpoint, idsOf, verdict, type Call, type PartnerPlane } from "./partner-client.ts"

/** Seconds since 1970, by the clock that the plane has, too. */
const now = (): number => Math.floor(Date.now() / 1000)

/** Claims of a token that is believed now. */
const sound = (changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> =>
  soundClaims({ sub: "acct_box_tokens", jti: "box", iat: now(), exp: now() + 600, ...changes })

/** Makes requests with a token of these claims. */
export const withToken = (plane: () => PartnerPlane, claims: Readonly<Record<string, unknown>> = {}): Call =>
  createCall(plane, async () => await plane().issuer.token(sound(claims)))

/** Tokens in place of keys (spec 5.9). */
export function describeTokens(plane: () => PartnerPlane): void {
  describe("tokens (spec 5.9)", () => {
    let stranger: Issuer
    beforeAll(async () => {
      stranger = await createIssuer("of-this-run")
    })

    it("a token creates, shows and deletes; the other mode and another account see nothing", async () => {
      const call = withToken(plane)
      const { id } = await createEndpoint(call)
      expect(idsOf(await call("GET", ""))).toContain(id)
      for (const claims of [{ livemode: true }, { sub: "acct_box_tokens_2" }])
        expect(verdict(await withToken(plane, claims)("GET", `/${id}`))).toBe("404 resource_not_found")
      expect(verdict(await call("DELETE", `/${id}`))).toBe("204")
    })

    it.each<{ why: string; claims: () => Readonly<Record<string, unknown>>; want: string }>([
      { why: "an hour old", claims: () => ({ exp: now() - 3_600 }), want: "401 token_expired" },
      { why: "30 s old, which clocks may be apart", claims: () => ({ exp: now() - 30 }), want: "200" },
      { why: "without end", claims: () => ({ exp: undefined }), want: "401 invalid_api_key" },
      { why: "of the future", claims: () => ({ nbf: now() + 3_600 }), want: "401 invalid_api_key" },
      { why: "for another API", claims: () => ({ aud: "https://else.example" }), want: "401 audience_mismatch" },
      { why: "for no API", claims: () => ({ aud: undefined }), want: "401 audience_mismatch" },
      { why: "of another issuer", claims: () => ({ iss: "https://else.example" }), want: "401 invalid_api_key" },
      { why: "without account", claims: () => ({ sub: undefined }), want: "401 invalid_api_key" },
      { why: "with an id that is no text", claims: () => ({ jti: 1 }), want: "401 invalid_api_key" },
      { why: "without mode", claims: () => ({ livemode: undefined }), want: "401 invalid_api_key" },
      { why: "without scopes", claims: () => ({ scope: "" }), want: "403 insufficient_scope" },
      { why: "with scopes of others", claims: () => ({ scope: "payments:read" }), want: "403 insufficient_scope" },
      { why: "that may write", claims: () => ({ scope: "webhooks:write" }), want: "403 scope_not_granted" },
      { why: "expired, for another API", claims: () => ({ exp: 1, aud: "x" }), want: "401 token_expired" },
      { why: "for another API, without account", claims: () => ({ aud: "x", sub: "" }), want: "401 audience_mismatch" },
    ])("$why → $want", async ({ claims, want }) => {
      expect(verdict(await withToken(plane, claims())("GET", ""))).toBe(want)
    })

    it.each<{ why: string; make: () => Promise<string> | string }>([
      { why: "unsigned", make: () => forge({ alg: "none" }, sound(), "") },
      { why: "of someone with a key of that name", make: () => stranger.token(sound()) },
      { why: "with a key brought along", make: () => stranger.token(sound(), { jwk: stranger.jwk }) },
      { why: "by a key that is not there", make: () => plane().issuer.token(sound(), { kid: "nobody" }) },
      { why: "expired, of someone else", make: () => stranger.token(sound({ exp: 1 })) },
      { why: "of a log-out", make: () => plane().issuer.token(sound(), { typ: "logout+jwt" }) },
      { why: "cut short", make: async () => (await plane().issuer.token(sound())).slice(0, -4) },
    ])("$why → invalid_api_key, and nothing more is told", async ({ make }) => {
      const call = createCall(plane, async () => await make())
      expect(verdict(await call("GET", ""))).toBe("401 invalid_api_key")
    })
  })
}
