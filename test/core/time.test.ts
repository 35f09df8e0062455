import { describe, expect, it } from "vitest"
import {
  MILLISECONDS,
  RFC3339,
  RFC3339_UTC,
  SECONDS,
  SECONDS_OR_MILLISECONDS,
  type TimeUnit,
} from "../../src/core/time.ts"

const cases: readonly { readonly unit: TimeUnit; readonly text: string; readonly want: number | undefined }[] = [
  { unit: SECONDS, text: "1790000000", want: 1_790_000_000 },
  { unit: SECONDS, text: "0", want: 0 },
  ...["", " 1", "+1", "-1", "01", "1.0", "1e9", "0x1", "1790000000000", "NaN", "１"].map((text) => ({
    unit: SECONDS,
    text,
    want: undefined,
  })),
  { unit: MILLISECONDS, text: "1790000000999", want: 1_790_000_000 },
  { unit: MILLISECONDS, text: "5", want: 0 },
  ...["", "1790000000.5", "-1", "01", "1e12", "99999999999999999"].map((text) => ({
    unit: MILLISECONDS,
    text,
    want: undefined,
  })),
  { unit: SECONDS_OR_MILLISECONDS, text: "1790000000", want: 1_790_000_000 },
  { unit: SECONDS_OR_MILLISECONDS, text: "1790000000999", want: 1_790_000_000 },
  { unit: SECONDS_OR_MILLISECONDS, text: "1e10", want: undefined },
  { unit: RFC3339, text: "2026-09-21T14:13:20Z", want: 1_790_000_000 },
  { unit: RFC3339, text: "2026-09-21T14:13:20.123456789Z", want: 1_790_000_000 },
  { unit: RFC3339, text: "2026-09-21T16:13:20+02:00", want: 1_790_000_000 },
  { unit: RFC3339, text: "2026-09-21t07:13:20.5-07:00", want: 1_790_000_000 },
  { unit: RFC3339, text: "2024-02-29T00:00:00Z", want: 1_709_164_800 },
  { unit: RFC3339, text: "2016-12-31T23:59:60Z", want: 1_483_228_800 },
  ...[
    "",
    "2026-09-21T14:13:20",
    "2026-09-21 14:13:20Z",
    "2026-02-29T00:00:00Z",
    "2100-02-29T00:00:00Z",
    "2026-04-31T00:00:00Z",
    "2026-00-10T00:00:00Z",
    "2026-13-10T00:00:00Z",
    "2026-09-00T00:00:00Z",
    "2026-09-21T24:00:00Z",
    "2026-09-21T14:60:00Z",
    "2026-09-21T14:13:61Z",
    "2026-09-21T14:13:20+24:00",
    "2026-09-21T14:13:20Zx",
    "2026-9-21T14:13:20Z",
    "1969-12-31T23:59:59Z",
    "1790000000",
  ].map((text) => ({ unit: RFC3339, text, want: undefined })),
  { unit: RFC3339_UTC, text: "2026-09-21T14:13:20.5", want: 1_790_000_000 },
  { unit: RFC3339_UTC, text: "2026-09-21T14:13:20Z", want: 1_790_000_000 },
  { unit: RFC3339_UTC, text: "2026-09-21", want: undefined },
]

describe("a time is read in its one spelling (spec 7.4)", () => {
  it.each(cases)("$unit.name: $text → $want", ({ unit, text, want }) => {
    expect(unit.parse(text)).toBe(want)
  })

  it.each([SECONDS, MILLISECONDS, SECONDS_OR_MILLISECONDS, RFC3339, RFC3339_UTC])(
    "$name: what it writes it reads",
    (unit) => {
      expect(unit.parse(unit.format(1_790_000_000))).toBe(1_790_000_000)
    },
  )
})
