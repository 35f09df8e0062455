import { describe, expect, it } from "vitest"
import { checkTimestamp } from "../../src/verify/verify.ts"
import { NOW } from "../support/delivery.ts"

const TEN_YEARS_SECONDS = 315_576_000

const cases = [
  { why: "sent this second", signedAt: NOW, tolerance: 300, want: undefined },
  { why: "oldest accepted second", signedAt: NOW - 300, tolerance: 300, want: undefined },
  { why: "newest accepted second", signedAt: NOW + 300, tolerance: 300, want: undefined },
  { why: "oldest accepted second of the least tolerance", signedAt: NOW - 1, tolerance: 1, want: undefined },
  { why: "newest accepted second of the least tolerance", signedAt: NOW + 1, tolerance: 1, want: undefined },
  { why: "one second too old", signedAt: NOW - 301, tolerance: 300, want: "timestamp_stale" },
  { why: "one second too new", signedAt: NOW + 301, tolerance: 300, want: "timestamp_ahead" },
  { why: "one second too old for the least tolerance", signedAt: NOW - 2, tolerance: 1, want: "timestamp_stale" },
  { why: "one second too new for the least tolerance", signedAt: NOW + 2, tolerance: 1, want: "timestamp_ahead" },
  { why: "an hour old", signedAt: NOW - 3600, tolerance: 300, want: "timestamp_stale" },
  { why: "1970", signedAt: 0, tolerance: 300, want: "timestamp_stale" },
  { why: "ten years old", signedAt: NOW - TEN_YEARS_SECONDS, tolerance: 300, want: "timestamp_stale" },
  { why: "ten years ahead", signedAt: NOW + TEN_YEARS_SECONDS, tolerance: 300, want: "timestamp_ahead" },
  { why: "the largest time of 12 digits", signedAt: 999_999_999_999, tolerance: 300, want: "timestamp_ahead" },
] as const

describe("checkTimestamp (spec 1.5: both directions, both edges inclusive)", () => {
  it.each(cases)("$why → $want", ({ signedAt, tolerance, want }) => {
    expect(checkTimestamp(signedAt, NOW, tolerance)).toBe(want)
  })

  it("a receiver whose clock stands at 0 → timestamp_ahead", () => {
    expect(checkTimestamp(NOW, 0, 300)).toBe("timestamp_ahead")
  })
})
