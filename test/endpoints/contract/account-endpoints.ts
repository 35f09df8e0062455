import { describe, expect, it } from "vitest"
import { NOW_MS } from "../../support/partner.ts"
import {
  create,
  disable,
  idsOf,
  list,
  FIELDS,
  pageOf,
  remove,
  rotate,
  show,
  verdict,
  viewOf,
  type Driver,
} from "./account-driver.ts"

const ON_ONE = [
  { what: "show", toCommand: show },
  { what: "update", toCommand: disable },
  { what: "delete", toCommand: remove },
  { what: "rotate", toCommand: (id: string) => rotate(id, 0) },
]

const ELSEWHERE = [
  { where: "nowhere", of: undefined, from: false },
  { where: "in live mode, asked for in test mode", of: true, from: false },
  { where: "in test mode, asked for in live mode", of: false, from: true },
]

const NOT_THERE = ON_ONE.flatMap(({ what, toCommand }) =>
  ELSEWHERE.map(({ where, of, from }) => ({ what, toCommand, where, of, from })),
)

/** Newest first. */
async function makeMany(d: Driver, count: number): Promise<readonly string[]> {
  const ids: string[] = []
  while (ids.length < count) ids.unshift((await d.made()).id)
  return ids
}

/** The ids of every page from the first to the last. */
async function walk(d: Driver, limit: number): Promise<readonly (readonly string[])[]> {
  const pages: (readonly string[])[] = []
  for (let cursor: number | undefined, more = true; more;) {
    const answer = await d.run(list(limit, cursor))
    pages.push(idsOf(answer))
    cursor = pageOf(answer).next
    // A cursor that leads nowhere would turn the test round for ever.
    more = cursor !== undefined && pages.length < 10
  }
  return pages
}

/** Endpoints, how many there may be, and their list. */
export function describeEndpoints(open: () => Driver): void {
  describe("an endpoint", () => {
    it("is made with an id, a secret and the time of the request (spec 5.2)", async () => {
      const d = open()
      const fields = { description: "d", api_version: "2026-07-01", metadata: { team: "lending" } }
      const view = await d.made({}, fields)
      expect(view).toEqual({
        ...FIELDS,
        ...fields,
        id: expect.stringMatching(/^whend_[\w-]{24}$/),
        secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
        status: "enabled",
        created: new Date(NOW_MS).toISOString(),
        livemode: false,
        previous_secret_expires: null,
      })
    })

    it("is of the mode of whoever made it (spec 5.9)", async () => {
      const d = open()
      expect(await d.made({ livemode: true })).toMatchObject({ livemode: true })
    })

    it("is shown as it was made, without its secret (spec 5.2)", async () => {
      const d = open()
      const { secret, ...shown } = await d.made()
      expect(secret).toBeDefined()
      expect(viewOf(await d.run(show(shown.id)))).toStrictEqual(shown)
    })

    it("has an id and a secret of its own", async () => {
      const d = open()
      const views = await Promise.all([d.made(), d.made(), d.made()])
      expect(new Set(views.map(({ id }) => id)).size).toBe(3)
      expect(new Set(views.map(({ secret }) => secret)).size).toBe(3)
    })

    it.each([
      { why: "half of a surrogate pair", text: "\ud800 and \udfff" },
      { why: "NUL and other controls", text: "\u0000\u0001\u001f\u007f" },
      { why: "beyond the basic plane", text: "𝔘 and 👩‍👩‍👧" },
      { why: "not normalised", text: "e\u0301 \u00e9" },
      { why: "what SQL and JSON quote", text: "';-- \\ \" \u2028 ${x} $&" },
    ])("keeps text as it is: $why", async ({ text }) => {
      const d = open()
      const { id } = await d.made({}, { description: text, metadata: { [text]: text } })
      expect(viewOf(await d.run(show(id)))).toMatchObject({ description: text, metadata: { [text]: text } })
    })

    it.each([
      { why: "url", patch: { url: "https://example.com/other" } },
      { why: "events", patch: { enabled_events: ["*"] } },
      { why: "description", patch: { description: "new" } },
      { why: "metadata, whole", patch: { metadata: { b: "2" } } },
      { why: "status", patch: { status: "disabled" } },
      { why: "all of it", patch: { url: "https://example.com/o", enabled_events: ["*"], status: "disabled" } },
      { why: "nothing", patch: {} },
    ] as const)("changes in what is named and nothing else: $why (spec 5.7)", async ({ patch }) => {
      const d = open()
      const { secret, ...before } = await d.made({}, { description: "old", metadata: { a: "1" } })
      const changed = viewOf(await d.run({ kind: "update", id: before.id, patch }))
      expect(secret).toBeDefined()
      expect(changed).toStrictEqual({ ...before, ...patch })
      expect(viewOf(await d.run(show(before.id)))).toStrictEqual(changed)
    })

    it("keeps its secret and its place when it changes", async () => {
      const d = open()
      const first = await d.made()
      const second = await d.made()
      await d.run({ kind: "update", id: first.id, patch: { description: "new" } })
      expect(await d.secretsOf(first.id)).toEqual([first.secret])
      expect(idsOf(await d.run(list()))).toEqual([second.id, first.id])
    })

    it("is gone once it is deleted (spec 5.7)", async () => {
      const d = open()
      const [gone, left] = [await d.made(), await d.made()]
      expect(verdict(await d.run(remove(gone.id)))).toBe("deleted")
      expect(verdict(await d.run(show(gone.id)))).toBe("resource_not_found")
      expect(verdict(await d.run(remove(gone.id)))).toBe("resource_not_found")
      expect(idsOf(await d.run(list()))).toEqual([left.id])
    })

    it.each(NOT_THERE)(
      "$what of one that is $where → resource_not_found (spec 5.7, 5.9)",
      async ({ toCommand, of, from }) => {
        const d = open()
        const { id, secret } =
          of === undefined ? { id: "whend_000000000000000000000000" } : await d.made({ livemode: of })
        expect(verdict(await d.run(toCommand(id), { livemode: from }))).toBe("resource_not_found")
        const there = await d.account.targets("payment.settled", of ?? false)
        expect(there.map(({ secrets }) => secrets)).toEqual(of === undefined ? [] : [[secret]])
      },
    )

    it.each(["", "%", "_".repeat(5_000), "' OR 1 = 1 --", "\u0000", "__proto__", "constructor"])(
      "is not found by %j",
      async (id) => {
        const d = open()
        await d.made()
        expect(verdict(await d.run(show(id)))).toBe("resource_not_found")
      },
    )
  })

  describe("the limit (spec 5.3)", () => {
    it("is 20: the 21st → webhook_endpoint_limit, and nothing of it stays", async () => {
      const d = open()
      const ids = await d.fill(false)
      expect(verdict(await d.run(create()))).toBe("webhook_endpoint_limit")
      expect(idsOf(await d.run(list(100)))).toEqual(ids.toReversed())
    })

    it.each([
      { full: true, other: false },
      { full: false, other: true },
    ])("is one for each mode: live full is $full → the other has room", async ({ full, other }) => {
      const d = open()
      await d.fill(full)
      expect(verdict(await d.run(create(), { livemode: full }))).toBe("webhook_endpoint_limit")
      expect(verdict(await d.run(create(), { livemode: other }))).toBe("201")
    })

    it("counts disabled endpoints", async () => {
      const d = open()
      for (const id of await d.fill(false)) await d.run(disable(id))
      expect(verdict(await d.run(create()))).toBe("webhook_endpoint_limit")
    })

    it("has room again after a deletion, for one", async () => {
      const d = open()
      const [first = ""] = await d.fill(false)
      await d.run(remove(first))
      expect(verdict(await d.run(create()))).toBe("201")
      expect(verdict(await d.run(create()))).toBe("webhook_endpoint_limit")
    })

    it("holds under concurrency: of 50 at once 20 are made and 30 refused", async () => {
      const d = open()
      const answers = await Promise.all(Array.from({ length: 50 }, () => d.send({ ok: true, command: create() })))
      const verdicts = answers.map(verdict).toSorted()
      expect(verdicts).toEqual([...Array(20).fill("201"), ...Array(30).fill("webhook_endpoint_limit")])
      d.pass(5_000)
      expect(idsOf(await d.run(list(100)))).toHaveLength(20)
    })
  })

  describe("pages (spec 5.7)", () => {
    it("are one empty page of an empty account", async () => {
      const d = open()
      expect(pageOf(await d.run(list()))).toEqual({ kind: "page", views: [], next: undefined })
    })

    it.each([
      { count: 5, limit: 1, sizes: [1, 1, 1, 1, 1] },
      { count: 5, limit: 2, sizes: [2, 2, 1] },
      { count: 4, limit: 2, sizes: [2, 2] },
      { count: 5, limit: 5, sizes: [5] },
      { count: 5, limit: 100, sizes: [5] },
    ])("go from the newest to the oldest, each once: $count by $limit → $sizes", async ({ count, limit, sizes }) => {
      const d = open()
      const newestFirst = await makeMany(d, count)
      const pages = await walk(d, limit)
      expect(pages.flat()).toEqual(newestFirst)
      expect(pages.map((page) => page.length)).toEqual(sizes)
    })

    it("hold one mode", async () => {
      const d = open()
      const test = await d.made()
      const live = await d.made({ livemode: true })
      expect(idsOf(await d.run(list()))).toEqual([test.id])
      expect(idsOf(await d.run(list(), { livemode: true }))).toEqual([live.id])
    })

    it("show no secret", async () => {
      const d = open()
      await d.made()
      expect(pageOf(await d.run(list())).views[0]).not.toHaveProperty("secret")
    })

    it("go on where they stopped, whatever was added and deleted meanwhile", async () => {
      const d = open()
      const [, second, third, fourth, fifth] = await makeMany(d, 5)
      const { next } = pageOf(await d.run(list(2)))
      await d.run(remove(second!))
      await d.run(remove(fourth!))
      await makeMany(d, 2)
      expect(idsOf(await d.run(list(100, next)))).toEqual([third, fifth])
    })

    it("never give a new endpoint the place of deleted ones, where a cursor would come upon it", async () => {
      const d = open()
      const [newest, middle, oldest] = await makeMany(d, 3)
      const { next } = pageOf(await d.run(list(1)))
      await d.run(remove(newest!))
      await d.run(remove(middle!))
      await d.made()
      expect(idsOf(await d.run(list(100, next)))).toEqual([oldest])
    })

    it.each([
      { why: "before the first place", cursor: 0, count: 0 },
      { why: "at the first place", cursor: 1, count: 0 },
      { why: "behind the last place", cursor: 36 ** 6, count: 3 },
      { why: "the largest that can be written", cursor: 36 ** 11 - 1, count: 3 },
    ])("begin after any cursor: $why → $count", async ({ cursor, count }) => {
      const d = open()
      await makeMany(d, 3)
      expect(idsOf(await d.run(list(100, cursor)))).toHaveLength(count)
    })
  })
}
