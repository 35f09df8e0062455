// Catches a bucket that loses or gains a token in its arithmetic: "exact" is checked against whole milliseconds.

import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  fullBucket,
  refill,
  secondsToToken,
  takeToken,
  toRateLimit,
  type Bucket,
} from "../../src/endpoints/rate-limit.ts"
import { NOW_MS } from "../support/partner.ts"

/** The bucket after so many tokens were taken at once. */
function drained(taken: number): Bucket {
  let bucket = fullBucket(NOW_MS)
  for (let i = 0; i < taken; i++) bucket = takeToken(bucket) ?? bucket
  return bucket
}

const tokensLeft = (bucket: Bucket): number => {
  let count = 0
  for (let left = takeToken(bucket); left; left = takeToken(left)) count += 1
  return count
}

describe("a full bucket (spec 5.11)", () => {
  it("has 50 tokens and needs no time to be full", () => {
    expect(tokensLeft(fullBucket(NOW_MS))).toBe(50)
    expect(toRateLimit(fullBucket(NOW_MS))).toEqual({ remaining: 50, resetSeconds: 0 })
  })
})

describe("refill (spec 5.11)", () => {
  it.each([
    { why: "no time", taken: 50, ms: 0, want: 0 },
    { why: "not quite a tenth of a second", taken: 50, ms: 99, want: 0 },
    { why: "a tenth of a second", taken: 50, ms: 100, want: 1 },
    { why: "not quite two tenths", taken: 50, ms: 199, want: 1 },
    { why: "a second", taken: 50, ms: 1_000, want: 10 },
    { why: "a second, half empty", taken: 25, ms: 1_000, want: 35 },
    { why: "not quite full", taken: 50, ms: 4_999, want: 49 },
    { why: "full", taken: 50, ms: 5_000, want: 50 },
    { why: "a year: no more than full", taken: 50, ms: 31_536_000_000, want: 50 },
    { why: "full already: no more than full", taken: 0, ms: 1_000, want: 50 },
    { why: "the clock went back a millisecond", taken: 50, ms: -1, want: 0 },
    { why: "the clock went back a year", taken: 49, ms: -31_536_000_000, want: 1 },
  ])("$why → $want", ({ taken, ms, want }) => {
    expect(tokensLeft(refill(drained(taken), NOW_MS + ms))).toBe(want)
  })

  // A clock that was a year ahead kept the bucket empty for a year.
  it.each([1, 60_000, 31_536_000_000])("fills from where the clock is after it went back %i ms", (ms) => {
    const back = refill(drained(50), NOW_MS - ms)
    expect([tokensLeft(refill(back, NOW_MS - ms + 99)), tokensLeft(refill(back, NOW_MS - ms + 100))]).toEqual([0, 1])
  })

  it.each([
    { why: "milliseconds", step: 1, steps: 100 },
    { why: "10 ms", step: 10, steps: 10 },
    { why: "20 ms", step: 20, steps: 5 },
    { why: "a tenth and nothing", step: 100, steps: 1 },
  ])("in steps gives as much as at once: $why → 1", ({ step, steps }) => {
    let bucket = drained(50)
    for (let i = 1; i <= steps; i++) bucket = refill(bucket, NOW_MS + i * step)
    expect(tokensLeft(bucket)).toBe(1)
  })

  it("changes no bucket that it was given", () => {
    const bucket = drained(50)
    refill(bucket, NOW_MS + 1_000)
    expect(tokensLeft(bucket)).toBe(0)
  })
})

describe("toRateLimit (spec 5.11)", () => {
  it.each([
    { why: "one taken", taken: 1, ms: 0, want: { remaining: 49, resetSeconds: 1 } },
    { why: "ten taken: a second exactly", taken: 10, ms: 0, want: { remaining: 40, resetSeconds: 1 } },
    { why: "eleven taken: more than a second", taken: 11, ms: 0, want: { remaining: 39, resetSeconds: 2 } },
    { why: "half a token is none", taken: 10, ms: 50, want: { remaining: 40, resetSeconds: 1 } },
    { why: "the last millisecond", taken: 1, ms: 99, want: { remaining: 49, resetSeconds: 1 } },
    { why: "empty", taken: 50, ms: 0, want: { remaining: 0, resetSeconds: 5 } },
    { why: "almost a token", taken: 50, ms: 99, want: { remaining: 0, resetSeconds: 5 } },
  ])("$why → $want", ({ taken, ms, want }) => {
    expect(toRateLimit(refill(drained(taken), NOW_MS + ms))).toEqual(want)
  })
})

describe("secondsToToken (spec 5.11)", () => {
  it.each([0, 1, 50, 99])("is a whole second, and there is a token then: after %i ms", (ms) => {
    const bucket = refill(drained(50), NOW_MS + ms)
    const seconds = secondsToToken(bucket)
    expect(seconds).toBe(1)
    expect(takeToken(refill(bucket, bucket.at + seconds * 1_000))).toBeDefined()
  })
})

/** The same bucket in whole milliseconds: a token is 100 of them. */
function createModel() {
  let level = 5_000
  let at = 0
  return (time: number) => {
    level = Math.min(5_000, level + Math.max(0, time - at))
    at = time
    const passes = level >= 100
    if (passes) level -= 100
    return { passes, remaining: Math.floor(level / 100), resetSeconds: Math.ceil((5_000 - level) / 1_000) }
  }
}

describe("any run of requests", () => {
  const steps = fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: 0, max: 30 }) },
      { weight: 1, arbitrary: fc.integer({ min: -200, max: 400 }) },
    ),
    { minLength: 1, maxLength: 200, size: "max" },
  )

  it("passes and is refused exactly as whole milliseconds have it", () => {
    fc.assert(
      fc.property(steps, (waits) => {
        const model = createModel()
        let bucket = fullBucket(NOW_MS)
        let time = 0
        for (const wait of waits) {
          time += wait
          const full = refill(bucket, NOW_MS + time)
          const left = takeToken(full)
          bucket = left ?? full
          expect({ passes: left !== undefined, ...toRateLimit(bucket) }).toEqual(model(time))
        }
      }),
      { numRuns: 200 },
    )
  })
})
