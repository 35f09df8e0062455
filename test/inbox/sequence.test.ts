// Catches an event that sorts before an older one, two shards that give the same sequence, and an event whose duplicates are
// looked for in another shard than the one it is in.

import { describe, expect, it } from "vitest"
import { nextSequence, sequenceAt, timeOf } from "../../src/inbox/sequence.ts"
import { shardOf } from "../../src/inbox/shards.ts"

const NOW_MS = 1_790_000_000_000

describe("nextSequence", () => {
  it.each([0, 1, 15, 255])("of shard %i: in order, apart, and told from the clock", (shard) => {
    let last = 0
    for (let i = 0; i < 20; i++) {
      const sequence = nextSequence(last, NOW_MS, shard)
      expect(sequence).toBeGreaterThan(last)
      expect([sequence % 256, timeOf(sequence) - NOW_MS]).toEqual([shard, Math.floor(i / 4)])
      last = sequence
    }
  })

  it.each([
    { why: "the clock stands", now: NOW_MS },
    { why: "the clock goes back a year", now: NOW_MS - 31_536_000_000 },
    { why: "the clock is at 1970", now: 0 },
  ])("$why: after the last one all the same", ({ now }) => {
    const last = nextSequence(0, NOW_MS, 7)
    expect(nextSequence(last, now, 7)).toBe(last + 256)
  })

  it("no two shards ever give the same", () => {
    const sequences = Array.from({ length: 256 }, (_, shard) => nextSequence(0, NOW_MS, shard))
    expect(new Set(sequences).size).toBe(256)
  })

  it("is exact until the year 2200", () => {
    const sequence = nextSequence(0, Date.UTC(2200, 0, 1), 255)
    expect(Number.isSafeInteger(sequence)).toBe(true)
    expect(timeOf(sequence)).toBe(Date.UTC(2200, 0, 1))
  })

  it("sequenceAt divides a millisecond from the one before it", () => {
    for (const shard of [0, 255]) {
      expect(nextSequence(0, NOW_MS, shard)).toBeGreaterThanOrEqual(sequenceAt(NOW_MS))
      expect(nextSequence(0, NOW_MS, shard)).toBeLessThan(sequenceAt(NOW_MS + 1))
    }
    expect(timeOf(sequenceAt(NOW_MS))).toBe(NOW_MS)
    expect(timeOf(sequenceAt(NOW_MS) - 1)).toBe(NOW_MS - 1)
  })
})

describe("shardOf", () => {
  // Computed by another program. Whoever changes one of these loses the duplicates of every inbox there is.
  it.each([
    { source: "credicorp", key: "evt_1", want: [0, 0, 2, 10, 10, 106] },
    { source: "credicorp", key: "evt_2", want: [0, 1, 3, 3, 15, 19] },
    { source: "credicorp", key: `evt_${"a".repeat(124)}`, want: [0, 0, 2, 2, 14, 162] },
    { source: "other", key: "evt_1", want: [0, 0, 2, 10, 3, 154] },
    { source: "", key: "", want: [0, 1, 3, 3, 11, 115] },
    { source: "credicorp", key: "€", want: [0, 1, 3, 3, 13, 243] },
    { source: "credicorp", key: "😀", want: [0, 0, 6, 6, 4, 230] },
  ])("$source $key → $want", ({ source, key, want }) => {
    expect([1, 2, 8, 16, 17, 256].map((shards) => shardOf(source, key, shards))).toEqual(want)
  })

  it.each([
    { why: "that count", keyOf: (i: number) => `evt_${i}` },
    { why: "that count from the left", keyOf: (i: number) => `evt_${String(i).padStart(12, "0")}` },
    { why: "that differ in front", keyOf: (i: number) => `evt_${i.toString(36)}_the_same_end` },
    { why: "in hex", keyOf: (i: number) => `evt_${(i * 2_654_435_761).toString(16)}` },
  ])("spreads keys $why evenly: no shard of 16 has a tenth more or less than its part", ({ keyOf }) => {
    const counts = Array<number>(16).fill(0)
    for (let i = 0; i < 32_000; i++) counts[shardOf("credicorp", keyOf(i), 16)]! += 1
    expect(Math.min(...counts)).toBeGreaterThan(1_800)
    expect(Math.max(...counts)).toBeLessThan(2_200)
  })
})
