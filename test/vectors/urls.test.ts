import { describe, expect, it } from "vitest"
import { checkEndpointUrl } from "../../src/endpoints/rules/url.ts"
import { describeVectors } from "../support/vectors.ts"

interface UrlCase {
  readonly id: string
  readonly name: string
  readonly url: string
  readonly expect: "accept" | "reject"
  readonly reason: string
  /** `policy`: a hint where spec 5.4 is silent. */
  readonly strength: "must" | "policy"
}

/** Policy cases that are refused elsewhere and accepted here, and the words of spec 5.4 that decide. */
const ACCEPTED_HERE: Readonly<Record<string, string>> = {
  U425: "letters … after IDNA: sharp s is a letter of its own there",
  U426: "letters … after IDNA: final sigma is a letter of its own there",
  U429: "letters … after IDNA, of any script: whom a name imitates is no question of reaching a public host",
  U431: "letters, digits or inner hyphens after IDNA: the same name in punycode",
  U446: "parsed by WHATWG rules; after IDNA the label is letters, digits and inner hyphens",
}

const outcome = (url: string): string => (checkEndpointUrl(url).ok ? "accept" : "reject")

const toRow = (vector: UrlCase) => ({ ...vector, name: vector.name.slice(0, 100) })

describeVectors<UrlCase>("urls", (cases) => {
  const disagreed = cases.filter(({ id, strength }) => strength === "policy" && id in ACCEPTED_HERE)
  const agreed = cases.filter((vector) => !disagreed.includes(vector))

  it.each(agreed.map(toRow))("$id $name: $reason → $expect", ({ url, expect: want }) => {
    expect(outcome(url)).toBe(want)
  })

  describe("refused elsewhere, accepted by the words of spec 5.4", () => {
    it.each(disagreed.map(toRow))("$id $name: $reason → accept", ({ url, expect: theirs }) => {
      expect([theirs, outcome(url)]).toEqual(["reject", "accept"])
    })

    it("each of them is in the file", () => {
      expect(disagreed.map(({ id }) => id)).toEqual(Object.keys(ACCEPTED_HERE))
    })
  })
})
