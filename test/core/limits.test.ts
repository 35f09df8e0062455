import { describe, expect, it } from "vitest"
import * as limits from "../../src/core/limits.ts"

// A limit that changes here changes what senders and operators were promised.
const values: Readonly<Record<string, number | readonly number[]>> = { ...limits }

const promised = [
  { why: "spec 1.5", name: "DEFAULT_TOLERANCE_SECONDS", want: 300 },
  { why: "spec 1.7", name: "MAX_SIGNATURE_HEADER_CHARS", want: 4096 },
  { why: "spec 1.7", name: "MAX_SIGNATURES", want: 16 },
  { why: "spec 1.7", name: "MAX_TIME_SECONDS", want: 999_999_999_999 },
  { why: "spec 1.11", name: "MAX_SECRETS", want: 16 },
  { why: "spec 1.11", name: "MIN_DEPLOYED_SECRET_CHARS", want: 16 },
  { why: "spec 1.11", name: "MAX_DEPLOYED_TOLERANCE_SECONDS", want: 3600 },
  { why: "spec 2.6", name: "MAX_EVENT_TYPE_CHARS", want: 128 },
  { why: "spec 2.7", name: "MAX_API_VERSION_CHARS", want: 32 },
  { why: "spec 2.8", name: "MAX_LOGGED_DELIVERY_ID_CHARS", want: 128 },
  { why: "spec 3.5", name: "DEFAULT_MAX_BODY_BYTES", want: 1_048_576 },
]

describe("limits are those of the spec", () => {
  it.each(promised)("$why: $name → $want", ({ name, want }) => {
    expect(values[name]).toBe(want)
  })

  it("each is a whole number above 0 with its unit in its name", () => {
    for (const [name, value] of Object.entries(values)) {
      expect(name).toMatch(
        /_(BYTES|CHARS|SECONDS|SECOND|MS|SIGNATURES|SECRETS|KEYS|EVENTS|ENDPOINTS|PAIRS|SIZE|BURST|A_CALL|ANSWERS|SHARDS|DELIVERIES|RUNS|ATTEMPTS|DAYS|MINUTES|PERCENT)$/,
      )
      for (const number of [value].flat()) {
        expect(number).toBeGreaterThan(0)
        expect(Number.isInteger(number)).toBe(true)
      }
    }
  })
})
