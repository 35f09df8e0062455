// Catches a bound of a shard's storage that is off by one, or a variable that is read otherwise than documented.

import { describe, expect, it } from "vitest"
import { createSpace, parseMaxShardBytes } from "../../src/inbox/space.ts"

describe("createSpace", () => {
  it.each([
    { size: 0, bytes: 50, want: true },
    { size: 49, bytes: 1, want: true },
    { size: 49, bytes: 2, want: false },
    { size: 50, bytes: 0, want: true },
    { size: 51, bytes: 0, want: false },
  ])("of 100, $size in use: $bytes more → $want", ({ size, bytes, want }) => {
    expect(createSpace(() => size, 100).hasRoom(bytes)).toBe(want)
  })
})

describe("INBOX_MAX_SHARD_BYTES", () => {
  it.each([
    { value: undefined, want: 10_000_000_000 },
    { value: "", want: 10_000_000_000 },
    { value: "300000", want: 300_000 },
    { value: 5_000_000_000, want: 5_000_000_000 },
    { value: "10000000000", want: 10_000_000_000 },
  ])("$value → $want", ({ value, want }) => {
    expect(parseMaxShardBytes({ ...(value !== undefined && { INBOX_MAX_SHARD_BYTES: value }) })).toEqual({
      ok: true,
      value: want,
    })
  })

  it.each(["0", "299999", "10000000001", "-1", "1e9", "1.5", "5GB", "off", true])(
    "%j → refused by its name",
    (value) => {
      const parsed = parseMaxShardBytes({ INBOX_MAX_SHARD_BYTES: value })
      expect(parsed.ok ? parsed.value : parsed.error[0]).toMatch(/^INBOX_MAX_SHARD_BYTES: must be/)
    },
  )
})
