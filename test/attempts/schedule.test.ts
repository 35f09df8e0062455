// Catches a delay that is not the schedule's, or one more attempt than it has.

import { describe, expect, it } from "vitest"
import { retryDelayMs } from "../../src/attempts/schedule.ts"
import { HANDLER_SCHEDULE } from "../../src/inbox/handler-lane.ts"

describe("retryDelayMs", () => {
  it.each([
    { failures: 1, random: 0.5, want: 5_000 },
    { failures: 1, random: 0, want: 4_500 },
    { failures: 1, random: 1, want: 5_500 },
    { failures: 2, random: 0.5, want: 30_000 },
    { failures: 3, random: 0.5, want: 120_000 },
    { failures: 4, random: 0.5, want: 600_000 },
    { failures: 5, random: 0.5, want: 3_600_000 },
    { failures: 6, random: 0.5, want: 21_600_000 },
    { failures: 7, random: 0.5, want: 86_400_000 },
    { failures: 8, random: 0.5, want: undefined },
    { failures: 9, random: 0.5, want: undefined },
    { failures: 0, random: 0.5, want: undefined },
  ])("after $failures failures, at $random → $want", ({ failures, random, want }) => {
    expect(retryDelayMs(HANDLER_SCHEDULE, failures, random)).toBe(want)
  })
})
