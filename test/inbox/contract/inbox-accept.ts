import { describe, expect, it } from "vitest"
import { fromUtf8, toUtf8 } from "../../../src/core/bytes.ts"
import { delivery, SHARDS, type Driver } from "./inbox-driver.ts"

/** Accepting: once, durably, in bounds. */
export function describeAccept(open: () => Promise<Driver>): void {
  describe("open", () => {
    it("keeps what it was told first", async () => {
      const { shard } = await open()
      expect(await shard().open(SHARDS, 3)).toBe(SHARDS)
      expect(await shard().open(8, 3)).toBe(SHARDS)
      expect((await shard().accept(delivery("evt_1"), SHARDS)).kind).toBe("accepted")
    })

    it.each([1, 8, 15, 17, 32, 256])(
      "made with 16, asked as one of %i → other_shards, and nothing is stored",
      async (n) => {
        const { shard } = await open()
        expect(await shard().accept(delivery("evt_1"), n)).toEqual({ kind: "other_shards", kept: SHARDS })
        expect(await shard().show("credicorp", "evt_1")).toBeUndefined()
      },
    )

    it("knows its count after it was put away", async () => {
      const { shard, restart } = await open()
      await restart()
      expect(await shard().open(8, 0)).toBe(SHARDS)
      expect(await shard().accept(delivery("evt_1"), 8)).toEqual({ kind: "other_shards", kept: SHARDS })
    })
  })

  describe("accept", () => {
    it.each([
      { why: "one handler", handlers: ["payment.*"], want: "accepted", status: "done", runs: 1 },
      { why: "two handlers", handlers: ["payment.*", "*"], want: "accepted", status: "done", runs: 2 },
      { why: "a known type without a handler", handlers: [], want: "accepted", status: "unhandled", runs: 0 },
      {
        why: "a type that is not known (spec 3.10)",
        handlers: undefined,
        want: "ignored",
        status: "unhandled",
        runs: 0,
      },
    ])("$why → $want", async ({ handlers, want, status, runs }) => {
      const { take, find, runner } = await open()
      expect(await take("evt_1", { handlers })).toBe(want)
      const event = await find("evt_1")
      expect([event.status, event.runs.length, runner.calls.length]).toEqual([status, runs, runs])
    })

    it("keeps what it was given, byte for byte", async () => {
      const { take, find, shard } = await open()
      // Within a larger buffer, and no UTF-8: the inbox stores bytes.
      const body = new Uint8Array([1, 0, 0xff, 0xfe, 0x80, 9]).subarray(1, 5)
      await take("evt_1", { body, type: "card.blocked", deliveryId: undefined, secretId: "next" })
      expect(await find("evt_1")).toMatchObject({
        source: "credicorp",
        dedupeKey: "evt_1",
        type: "card.blocked",
        secretId: "next",
        bytes: 4,
        hasBody: true,
      })
      expect((await find("evt_1")).deliveryId).toBeUndefined()
      expect(await shard().body("credicorp", "evt_1")).toEqual(new Uint8Array([0, 0xff, 0xfe, 0x80]))
    })

    it.each([
      { why: "the same bytes", changes: {}, want: { kind: "duplicate", differs: false } },
      { why: "another delivery of it", changes: { deliveryId: "x" }, want: { kind: "duplicate", differs: false } },
      { why: "other bytes", changes: { body: toUtf8('{"id":"evt_2"}') }, want: { kind: "duplicate", differs: true } },
      { why: "a byte less", changes: { body: toUtf8('{"id":"evt_1"') }, want: { kind: "duplicate", differs: true } },
      { why: "a byte more", changes: { body: toUtf8('{"id":"evt_1"} ') }, want: { kind: "duplicate", differs: true } },
      { why: "another type", changes: { type: "card.blocked" }, want: { kind: "duplicate", differs: false } },
      { why: "not known any more", changes: { handlers: undefined }, want: { kind: "duplicate", differs: false } },
      { why: "more handlers", changes: { handlers: ["payment.*", "*"] }, want: { kind: "duplicate", differs: false } },
      { why: "another source", changes: { source: "other" }, want: { kind: "accepted" } },
      { why: "a key in another case", changes: { dedupeKey: "EVT_1" }, want: { kind: "accepted" } },
      { why: "a key with a blank behind it", changes: { dedupeKey: "evt_1 " }, want: { kind: "accepted" } },
    ])("an event, and then $why → $want", async ({ changes, want }) => {
      const { take, shard, find, settle, runner } = await open()
      await take("evt_1")
      const before = await find("evt_1")
      expect(await shard().accept(delivery("evt_1", changes), SHARDS)).toEqual(want)
      await settle()
      expect(await find("evt_1")).toEqual(before)
      expect(fromUtf8((await shard().body("credicorp", "evt_1"))!)).toBe('{"id":"evt_1"}')
      expect(runner.calls).toHaveLength(want.kind === "accepted" ? 2 : 1)
    })

    it("ten deliveries of one event in one turn: one is accepted and runs, nine are duplicates", async () => {
      const { inOneTurn, settle, runner } = await open()
      const kinds = await inOneTurn(
        async (shard) =>
          await Promise.all(
            Array.from({ length: 10 }, async () => (await shard.accept(delivery("evt_1"), SHARDS)).kind),
          ),
      )
      await settle()
      expect(kinds).toEqual(["accepted", ...Array<string>(9).fill("duplicate")])
      expect(runner.calls).toHaveLength(1)
    })

    it("is known again after the object was put away", async () => {
      const { take, restart } = await open()
      await take("evt_1")
      await restart()
      expect(await take("evt_1")).toBe("duplicate")
    })

    it("an erased body differs from nothing", async () => {
      const { take, shard } = await open()
      await take("evt_1")
      await shard().erase("credicorp", "evt_1")
      const answer = await shard().accept(delivery("evt_1", { body: toUtf8("other") }), SHARDS)
      expect(answer).toEqual({ kind: "duplicate", differs: false })
    })
  })

  describe("bounds", () => {
    it.each([
      { why: "the largest body that a receiver takes", bytes: 1_900_000, want: "accepted" },
      { why: "a body that fills the row but for its columns", bytes: 1_999_900, want: "too_large" },
      { why: "a body of a whole row", bytes: 2_000_000, want: "too_large" },
      { why: "more than the local runtime takes", bytes: 9_000_000, want: "too_large" },
    ])("$why → $want", async ({ bytes, want }) => {
      const { take, shard } = await open()
      expect(await take("evt_1", { body: new Uint8Array(bytes), handlers: [] })).toBe(want)
      expect(await shard().show("credicorp", "evt_1")).toEqual(want === "accepted" ? expect.anything() : undefined)
    })

    it("columns beside the body count, three bytes a character", async () => {
      const { take } = await open()
      const changes = { body: new Uint8Array(1_900_000), handlers: [] }
      expect(await take("evt_1", { ...changes, secretId: "€".repeat(33_200) })).toBe("accepted")
      expect(await take("evt_2", { ...changes, secretId: "€".repeat(33_400) })).toBe("too_large")
    })

    it("256 deliveries wait for their commit, the next is refused at once, and there is room again after it", async () => {
      const { inOneTurn, take } = await open()
      const kinds = await inOneTurn(
        async (shard) =>
          await Promise.all(
            Array.from(
              { length: 300 },
              async (_, i) => (await shard.accept(delivery(`evt_${i}`, { handlers: [] }), SHARDS)).kind,
            ),
          ),
      )
      expect(kinds).toEqual([...Array<string>(256).fill("accepted"), ...Array<string>(44).fill("full")])
      expect(await take("evt_299")).toBe("accepted")
    })

    it("16 MiB wait for their commit, and no more", async () => {
      const { inOneTurn } = await open()
      const body = new Uint8Array(1_800_000)
      const kinds = await inOneTurn(
        async (shard) =>
          await Promise.all(
            Array.from(
              { length: 10 },
              async (_, i) => (await shard.accept(delivery(`evt_${i}`, { body, handlers: [] }), SHARDS)).kind,
            ),
          ),
      )
      expect(kinds).toEqual([...Array<string>(9).fill("accepted"), "full"])
    })
  })
}
