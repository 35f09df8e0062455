import { describe, expect, it } from "vitest"
import { createEndpoint, ENDPOINTS, idsOf, sampleFields, verdict, type Answer, type As } from "./partner-client.ts"

const SECRET = /^whsec_[A-Za-z0-9+/]{43}=$/

const replayed = ({ headers }: Answer): string | null => headers.get("Idempotency-Replayed")

/** What a caller does with its endpoints, and whom it never meets there. */
export function describeLife(as: As): void {
  describeOneLife(as)
  describePages(as)
  describeReplays(as)
  describeApart(as)
}

function describeOneLife(as: As): void {
  const call = as({ account: "acct_box_life" })

  it("an endpoint is created, listed, shown, changed, given a new secret, created again by replay, and deleted", async () => {
    const fields = { description: "ours", api_version: "2026-07-01", metadata: { team: "ledger" } }
    const creation = {
      body: sampleFields({ url: "https://EXAMPLE.com:443/hooks", ...fields }),
      headers: { "Idempotency-Key": "life" },
    }
    const created = await call("POST", "", creation)
    const { secret, ...view } = created.json
    expect(verdict(created)).toBe("201")
    expect(replayed(created)).toBeNull()
    expect(secret).toMatch(SECRET)
    expect(view).toEqual({
      id: expect.stringMatching(/^whend_[\w-]+$/),
      url: "https://example.com/hooks",
      enabled_events: ["payment.*"],
      status: "enabled",
      created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/),
      livemode: false,
      previous_secret_expires: null,
      ...fields,
    })
    const id = String(view["id"])
    expect(created.headers.get("Location")).toBe(`${ENDPOINTS}/${id}`)

    expect((await call("GET", "")).json).toEqual({ data: [view], next_cursor: null })
    expect((await call("GET", `/${id}`)).json).toEqual(view)
    // HEAD is GET without its body.
    expect(await call("HEAD", `/${id}`)).toMatchObject({ status: 200, text: "" })

    const patch = { enabled_events: ["*"], status: "disabled", metadata: {} }
    const updated = await call("PATCH", `/${id}`, { body: patch })
    expect([updated.status, updated.json]).toEqual([200, { ...view, ...patch }])
    expect((await call("GET", `/${id}`)).json).toEqual({ ...view, ...patch })

    const rotated = await call("POST", `/${id}/rotate_secret`)
    expect([rotated.status, rotated.json]).toEqual([
      200,
      {
        ...view,
        ...patch,
        secret: expect.stringMatching(SECRET) as string,
        previous_secret_expires: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      },
    ])
    expect(rotated.json["secret"]).not.toBe(secret)
    expect((await call("GET", `/${id}`)).json).not.toHaveProperty("secret")

    // The first secret is valid for another day, so the first answer still holds, byte for byte.
    const replay = await call("POST", "", creation)
    expect([replay.status, replay.text, replayed(replay)]).toEqual([201, created.text, "true"])
    expect(replay.headers.get("Location")).toBe(created.headers.get("Location"))

    const deleted = await call("DELETE", `/${id}`)
    expect([deleted.status, deleted.text]).toEqual([204, ""])
    expect(verdict(await call("GET", `/${id}`))).toBe("404 resource_not_found")
    expect(verdict(await call("DELETE", `/${id}`))).toBe("404 resource_not_found")
    expect((await call("GET", "")).json).toEqual({ data: [], next_cursor: null })

    // The secret is gone with its endpoint; the answer is still that one was created, and none is created now.
    const after = await call("POST", "", creation)
    expect([after.status, after.json, replayed(after)]).toEqual([201, view, "true"])
    expect(idsOf(await call("GET", ""))).toEqual([])
  })
}

function describePages(as: As): void {
  const call = as({ account: "acct_box_life" })

  it("pages through a list meet every endpoint once (spec 5.7)", async () => {
    const created = new Set<string>()
    while (created.size < 5) created.add((await createEndpoint(call)).id)
    const met: string[] = []
    const lengths: number[] = []
    let next: unknown = ""
    while (typeof next === "string" && lengths.length < 4) {
      const page = await call("GET", `?limit=2${next && `&cursor=${encodeURIComponent(next)}`}`)
      expect(verdict(page)).toBe("200")
      lengths.push(idsOf(page).length)
      met.push(...idsOf(page))
      next = page.json["next_cursor"]
    }
    expect([lengths, next]).toEqual([[2, 2, 1], null])
    expect(met.toSorted()).toEqual([...created].toSorted())
  })
}

function describeReplays(as: As): void {
  const call = as({ account: "acct_box_replays" })

  describe("Idempotency-Key (spec 5.10)", () => {
    it("with another body → idempotency_key_reused, whatever that body is", async () => {
      const headers = { "Idempotency-Key": "reused" }
      await createEndpoint(call, { headers })
      for (const body of [sampleFields({ url: "https://example.com/other" }), "{", "[]"]) {
        expect(verdict(await call("POST", "", { body, headers }))).toBe("409 idempotency_key_reused")
      }
    })

    it("a change and a rotation are replayed, and happen once", async () => {
      const { id } = await createEndpoint(call)
      const change = { body: { description: "once" }, headers: { "Idempotency-Key": "change" } }
      const changes = [await call("PATCH", `/${id}`, change), await call("PATCH", `/${id}`, change)]
      expect(changes.map(replayed)).toEqual([null, "true"])
      expect(changes[1]!.text).toBe(changes[0]!.text)

      const rotation = { body: {}, headers: { "Idempotency-Key": "rotation" } }
      const path = `/${id}/rotate_secret`
      const rotations = [await call("POST", path, rotation), await call("POST", path, rotation)]
      expect(rotations.map(replayed)).toEqual([null, "true"])
      expect(rotations[1]!.text).toBe(rotations[0]!.text)
    })

    it("a replay tells no secret that has ended (spec 5.6)", async () => {
      const headers = { "Idempotency-Key": "ended" }
      const { secret, ...view } = await createEndpoint(call, { headers })
      expect(secret).toMatch(SECRET)
      await call("POST", `/${view.id}/rotate_secret`, { body: { overlap_seconds: 0 } })
      const replay = await call("POST", "", { body: sampleFields(), headers })
      expect([replay.status, replay.json]).toEqual([201, view])
    })

    it("means something else on another path", async () => {
      const headers = { "Idempotency-Key": "shared" }
      const { id } = await createEndpoint(call, { headers })
      const answer = await call("PATCH", `/${id}`, { body: sampleFields(), headers })
      expect([verdict(answer), replayed(answer)]).toEqual(["200", null])
    })

    it("a refusal is not kept: mended, the same key does its work", async () => {
      const headers = { "Idempotency-Key": "mended" }
      const refused = await call("POST", "", { body: sampleFields({ url: "http://example.com" }), headers })
      expect(verdict(refused)).toBe("422 webhook_endpoint_url_invalid url")
      await createEndpoint(call, { headers })
    })
  })
}

function describeApart(as: As): void {
  const owner = as({ account: "acct_box_apart" })

  describe.each([
    { who: "the live mode of the same account (spec 5.9)", other: as({ account: "acct_box_apart", livemode: true }) },
    { who: "another account (spec 5.7)", other: as({ account: "acct_box_stranger" }) },
  ])("$who", ({ other }) => {
    it("meets none of the owner's endpoints, and changes none", async () => {
      const { id, secret: _, ...view } = await createEndpoint(owner)
      expect(idsOf(await other("GET", ""))).not.toContain(id)
      const refusals = [
        await other("GET", `/${id}`),
        await other("PATCH", `/${id}`, { body: { status: "disabled" } }),
        await other("POST", `/${id}/rotate_secret`),
        await other("DELETE", `/${id}`),
      ]
      expect(refusals.map(verdict)).toEqual(Array.from({ length: 4 }, () => "404 resource_not_found"))
      expect((await owner("GET", `/${id}`)).json).toEqual({ id, ...view })
    })

    it("has idempotency keys of its own", async () => {
      const headers = { "Idempotency-Key": "apart" }
      const mine = await owner("POST", "", { body: sampleFields(), headers })
      const theirs = await other("POST", "", { body: sampleFields(), headers })
      expect([verdict(theirs), replayed(theirs)]).toEqual(["201", null])
      expect(theirs.json["id"]).not.toBe(mine.json["id"])
    })
  })
}
