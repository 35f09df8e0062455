// Catches a secret where it must not be: every body and every log line of a long story is searched, not a chosen few.

import { describe, expect, it } from "vitest"
import { API_KEYS, KEYS } from "../support/api-keys.ts"
import {
  createPartner,
  createSample,
  sampleFields,
  type Answer,
  type Partner,
  SUSPEND,
  RESUME,
  revoke,
  restore,
} from "../support/partner.ts"

const DAY_MS = 86_400_000

/** One response, and whether spec 5.2 or 5.10 lets it show a secret. */
interface Heard {
  readonly what: string
  readonly may: boolean
  readonly answer: Answer
}

const once = (key: string, body?: unknown) => ({ body, headers: { "Idempotency-Key": key } })

/** A partner's day: everything that can be asked, in every state that an endpoint and an account can be in. */
async function tellStory(partner: Partner): Promise<readonly Heard[]> {
  const heard: Heard[] = []
  const call = async (what: string, may: boolean, ...request: Parameters<Partner["call"]>): Promise<Answer> => {
    const answer = await partner.call(...request)
    heard.push({ what, may, answer })
    partner.pass(100)
    return answer
  }
  const made = await call("create", true, "POST", "", once("create", sampleFields()))
  const path = `/${String(made.json["id"])}`
  await call("create, replayed", true, "POST", "", once("create", sampleFields()))
  await call("create, reused key", false, "POST", "", once("create", sampleFields({ description: "x" })))
  await call("create, refused", false, "POST", "", { body: sampleFields({ url: "http://x" }) })
  await call("create, live", true, "POST", "", { body: sampleFields(), key: KEYS.aLive })
  await call("show", false, "GET", path)
  await call("list", false, "GET", "")
  await call("update", false, "PATCH", path, once("update", { description: "new" }))
  await call("update, replayed", false, "PATCH", path, once("update", { description: "new" }))
  await call("update, refused", false, "PATCH", path, { body: { secret: "mine" } })
  await call("rotate", true, "POST", `${path}/rotate_secret`, once("rotate", { overlap_seconds: 60 }))
  await call("rotate, replayed", true, "POST", `${path}/rotate_secret`, once("rotate", { overlap_seconds: 60 }))
  await call("create, replayed in the overlap", true, "POST", "", once("create", sampleFields()))
  await call("rotate, refused", false, "POST", `${path}/rotate_secret`, { body: { overlap_seconds: -1 } })
  partner.pass(60_000)
  await call("create, replayed after the overlap", false, "POST", "", once("create", sampleFields()))
  await call("rotate at once", true, "POST", `${path}/rotate_secret`, { body: { overlap_seconds: 0 } })
  await call(
    "rotate, replayed when its secret is gone",
    false,
    "POST",
    `${path}/rotate_secret`,
    once("rotate", { overlap_seconds: 60 }),
  )
  await call("disable", false, "PATCH", path, { body: { status: "disabled" } })
  await call("show, disabled", false, "GET", path)
  await call("another account", false, "GET", path, { key: KEYS.b })
  await call("another mode", false, "GET", path, { key: KEYS.aLive })
  await call("no scope", false, "POST", `${path}/rotate_secret`, { key: KEYS.aReads })
  await call("no credential", false, "GET", path, { key: null })
  await call("unknown credential", false, "GET", path, { key: `sk_live_${"z".repeat(43)}` })
  await call("route", false, "GET", `${path}/secret`)
  await call("method", false, "PUT", path)
  await call("no JSON", false, "POST", "", { body: "{" })
  await partner.account().act(SUSPEND)
  await call("suspended", false, "POST", "", once("create", sampleFields()))
  await partner.account().act(RESUME)
  await partner.account().act(revoke("key_a"))
  await call("revoked", false, "POST", `${path}/rotate_secret`)
  await partner.account().act(restore("key_a"))
  await call("delete", false, "DELETE", path)
  await call("create, replayed when it is deleted", false, "POST", "", once("create", sampleFields()))
  await call("show, deleted", false, "GET", path)
  partner.pass(DAY_MS)
  await call("create, its key over", true, "POST", "", once("create", sampleFields()))
  partner.account().breakTable("answers")
  await call("failed in the middle", false, "POST", "", once("other", sampleFields()))
  return heard
}

describe("whsec_ and sk_ in what is answered (spec 5.2, 5.10)", () => {
  it("the story has every kind of answer in it", async () => {
    const heard = await tellStory(createPartner())
    const statuses = new Set(heard.map(({ answer }) => answer.status))
    expect([...statuses].toSorted((a, b) => a - b)).toEqual([200, 201, 204, 400, 401, 403, 404, 405, 409, 422, 503])
  })

  it("a secret is in the answers that may show it, and in no other", async () => {
    for (const { what, may, answer } of await tellStory(createPartner())) {
      expect([what, answer.text.split("whsec_").length - 1]).toEqual([what, may ? 1 : 0])
      expect([what, Object.hasOwn(answer.json, "secret")]).toEqual([what, may])
      expect([what, answer.text.includes("sk_")]).toEqual([what, false])
    }
  })

  it("no header shows one", async () => {
    for (const { what, answer } of await tellStory(createPartner())) {
      expect([what, JSON.stringify([...answer.headers]).match(/whsec_|sk_/)]).toEqual([what, null])
    }
  })
})

describe("whsec_ and sk_ in the log", () => {
  it("no line has one, nor what a secret or a key is made of, nor its hash", async () => {
    const partner = createPartner()
    const heard = await tellStory(partner)
    const log = JSON.stringify(partner.log)
    expect(partner.log.length).toBeGreaterThan(25)
    expect(log).not.toMatch(/whsec_|sk_|Bearer/)
    const secrets = heard.flatMap(({ answer }) => answer.text.match(/(?<=whsec_)[A-Za-z0-9+/]{43}/g) ?? [])
    expect(secrets.length).toBeGreaterThan(5)
    for (const secret of secrets) expect(log).not.toContain(secret)
    for (const { sha256 } of API_KEYS) expect(log).not.toContain(sha256)
  })

  it("no line has a body, a query or a header", async () => {
    const partner = createPartner()
    const body = sampleFields({
      url: "https://example.com/hooks?token=MARK",
      description: "MARK",
      metadata: { MARK: "MARK" },
    })
    const headers = { "Idempotency-Key": "MARK", "User-Agent": "MARK", "Credicorp-Request-Id": "MARK" }
    await createSample(partner, { body, headers })
    await partner.call("POST", "", { body: { MARK: 1 }, headers })
    await partner.call("GET", "?cursor=MARK&limit=MARK", { headers })
    expect(partner.log).toHaveLength(3)
    expect(JSON.stringify(partner.log)).not.toContain("MARK")
  })

  it.each([
    { why: "a key", path: `/${KEYS.a}` },
    { why: "a secret", path: `/whsec_${"x".repeat(43)}` },
    { why: "a key, to rotate", path: `/${KEYS.a}/rotate_secret` },
  ])("no line has what was put in the path by mistake: $why", async ({ path }) => {
    const partner = createPartner()
    await partner.call(path.endsWith("secret") ? "POST" : "GET", path)
    expect(partner.log).toHaveLength(1)
    expect(JSON.stringify(partner.log)).not.toMatch(/whsec_|sk_/)
  })
})

describe("an endpoint as it leaves (spec 5.2, 5.10)", () => {
  const ORDER = [
    "id",
    "url",
    "enabled_events",
    "status",
    "created",
    "description",
    "api_version",
    "metadata",
    "livemode",
    "previous_secret_expires",
  ]

  it("has its fields in one order, in every answer", async () => {
    const views = (await tellStory(createPartner()))
      .flatMap(({ answer: { json } }) => (json["data"] ?? [json]) as readonly Readonly<Record<string, unknown>>[])
      .filter((view) => Object.hasOwn(view, "enabled_events"))
    expect(views.length).toBeGreaterThan(15)
    for (const view of views) {
      const want = Object.hasOwn(view, "secret") ? ORDER.toSpliced(4, 0, "secret") : ORDER
      expect(Object.keys(view)).toEqual(want)
    }
  })
})
