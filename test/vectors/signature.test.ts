import { describe, expect, it } from "vitest"
import { MAX_TOLERANCE_SECONDS } from "../../src/verify/options.ts"
import { checkSignature } from "../../src/verify/verifier.ts"
import { describeVectors } from "../support/vectors.ts"

interface Case {
  readonly id: string
  readonly name: string
  readonly secret: string
  /** Where the receiver holds more than one. */
  readonly secrets?: readonly string[]
  /** Null is absent; a list is header lines. */
  readonly header: string | null | readonly string[]
  readonly body64: string
  readonly now: number
  readonly toleranceSeconds: number
  readonly expect: "accept" | "reject"
  readonly expectCode: string | null
  readonly expectCodeAny?: readonly string[]
  readonly expectReason: string | null
  /** `policy`: where peers disagree; ours is in the spec. */
  readonly strength: "must" | "policy"
  readonly inputForm?: string
}

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))

/** Some cases allow any age, which no tolerance of ours does (spec 1.11): their clock is set to when they were signed. */
function clockOf({ header, now, toleranceSeconds }: Case): { now: number; toleranceSeconds: number } {
  if (toleranceSeconds <= MAX_TOLERANCE_SECONDS) return { now, toleranceSeconds }
  return { now: Number(/t=(\d{1,12})/.exec(String(header))?.[1] ?? now), toleranceSeconds: MAX_TOLERANCE_SECONDS }
}

function judge(one: Case): unknown {
  const { secret, secrets = [secret], header, body64 } = one
  const headers = { "credicorp-signature": header ?? undefined }
  // Secrets of tests are often ones that nobody could have issued (spec 1.11).
  const unusual = secrets.map((text, i) => ({ id: `secret-${i + 1}`, secret: text, allowUnusual: true }))
  const result = checkSignature(bytesOf(body64), headers, { secrets: unusual, ...clockOf(one) })
  return result.ok ? "accept" : { code: result.error.code, reason: result.error.reason }
}

const expected = ({ expect: verdict, expectCode, expectReason }: Case): unknown =>
  verdict === "accept" ? "accept" : { code: expectCode, reason: expectReason }

// Most bodies are other providers' events: signature and time are what these cases are about (spec 1.2 to 1.9).
describeVectors<Case>("signature", (cases) => {
  it("has cases of both kinds, more bad than good ones", () => {
    const rejected = cases.filter((one) => one.expect === "reject").length
    expect(rejected).toBeGreaterThan(cases.length / 2)
    expect(rejected).toBeLessThan(cases.length)
  })

  // The spec decides all policy cases as they say: none is left out.
  describe.each(["must", "policy"] as const)("%s", (strength) => {
    const rows = cases.filter((one) => one.strength === strength)

    it.each(rows)("$id $name → $expect $expectReason", (row) => {
      expect(judge(row)).toEqual(expected(row))
    })
  })

  it("where several codes would do, ours is among them", () => {
    const rows = cases.filter((one) => one.expectCodeAny)
    expect(rows.map((row) => row.expectCodeAny!.includes((judge(row) as { code: string }).code))).not.toContain(false)
  })
})
