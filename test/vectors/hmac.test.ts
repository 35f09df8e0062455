import { describe, expect, it } from "vitest"
import { ENGINES } from "../support/engines.ts"
import { describeVectors } from "../support/vectors.ts"

interface Case {
  readonly id: string
  readonly name: string
  readonly keyHex: string
  readonly msgHex: string
  readonly tagHex: string
  readonly expect: "accept" | "reject"
  /** A tag cut short: right as far as it goes, and still no signature (spec 1.7). */
  readonly truncated?: boolean
}

const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16))

describeVectors<Case>("hmac_sha256", (cases) => {
  const accepted = cases.filter((one) => one.expect === "accept" && !one.truncated)
  const truncated = cases.filter((one) => one.expect === "accept" && one.truncated)
  const rejected = cases.filter((one) => one.expect === "reject")

  it("has cases of every kind", () => {
    expect(Math.min(accepted.length, truncated.length, rejected.length)).toBeGreaterThan(5)
  })

  describe.each(ENGINES)("$name", ({ engine }) => {
    const tagOf = ({ keyHex, msgHex }: Case): string => engine.hmac(bytesOf(keyHex))([bytesOf(msgHex)])

    it.each(accepted)("$id $name → the tag", (row) => {
      expect(tagOf(row)).toBe(row.tagHex)
    })

    it.each(truncated)("$id $name → begins with the tag and is longer", (row) => {
      expect(tagOf(row).slice(0, row.tagHex.length)).toBe(row.tagHex)
      expect(tagOf(row)).toHaveLength(64)
    })

    it.each(rejected)("$id $name → another tag, also where it is cut", (row) => {
      expect(tagOf(row).slice(0, row.tagHex.length)).not.toBe(row.tagHex)
    })
  })
})
