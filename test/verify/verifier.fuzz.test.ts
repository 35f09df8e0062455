import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { HeadersInput } from "../../src/http/headers.ts"
import { createVerifier } from "../../src/verify/verifier.ts"
import { credicorp } from "../../src/providers/credicorp.ts"
import { compileHmac } from "../../src/providers/hmac.ts"
import { platformEngine } from "../../src/verify/hmac.ts"
import { NOW, sampleBody, SECRET } from "../support/delivery.ts"

const parse = (text: string) => credicorp.parseHeaders(() => text)

const RUNS = { numRuns: 1500 }

const BODY = sampleBody()
const verifier = createVerifier({ secrets: [SECRET], now: NOW })

/** Text of any code units, lone surrogates and control characters among them. */
const anyText = fc.string({ unit: fc.nat({ max: 0xffff }).map((unit) => String.fromCharCode(unit)), maxLength: 200 })

const separator = fc.constantFrom(",", " ", "\t", ", ", ",,", ";", "\n", "\u00a0", "")
const hex64 = fc.string({ unit: fc.constantFrom(...Array.from("0123456789abcdef")), minLength: 64, maxLength: 64 })

/** Items near the grammar of spec 1.7: some are in it, most are one step beside it. */
const item = fc.oneof(
  fc
    .tuple(fc.constantFrom("t", "T", " t", "t ", "tt"), fc.constantFrom("=", "==", " = ", ":", ""), fc.nat())
    .map((parts) => parts.join("")),
  fc.constantFrom(`t=${NOW}`, `t=0${NOW}`, `t=${NOW}.0`, `t=-${NOW}`, `t=${NOW}000`, "t=", "t"),
  fc.tuple(fc.constantFrom("v1", "v0", "v2", "V1", "v1 "), hex64).map((parts) => parts.join("=")),
  hex64.map((hex) => `v1=${hex.slice(1)}`),
  hex64.map((hex) => `v1=${hex.toUpperCase()}`),
  fc.constantFrom("v1=", "v1", "=", "", "__proto__=1"),
  fc.string({ maxLength: 20 }),
)

const grammarShaped = fc.array(fc.tuple(item, separator), { maxLength: 24 }).map((parts) => parts.flat().join(""))

const anyHeader = fc.oneof(fc.string({ unit: "binary", maxLength: 200 }), anyText, fc.string(), grammarShaped)

/** Nothing here was made with the secret: whatever it is, the answer is a refusal. */
function expectRefusal(headers: unknown): void {
  const result = verifier.check(BODY, headers as HeadersInput)
  expect(result.ok).toBe(false)
  expect(!result.ok && result.error).toMatchObject({ status: 400, reason: expect.any(String) })
}

describe("no header makes check throw or pass (spec 1.8)", () => {
  it("any text", () => {
    fc.assert(
      fc.property(anyHeader, (header) => expectRefusal({ "credicorp-signature": header })),
      RUNS,
    )
  })

  it("any number of lines of any text", () => {
    fc.assert(
      fc.property(fc.array(anyHeader, { maxLength: 5 }), (lines) => {
        expectRefusal({ "credicorp-signature": lines })
        expectRefusal(lines.map((line) => ["Credicorp-Signature", line]))
      }),
      { numRuns: 500 },
    )
  })

  const name = fc.oneof(
    fc.constantFrom("credicorp-signature", "Credicorp-Signature", "__proto__", "constructor"),
    anyText,
  )

  it("any record", () => {
    const value = fc.oneof(anyHeader, fc.array(anyHeader, { maxLength: 3 }), fc.constant(undefined))
    fc.assert(fc.property(fc.dictionary(name, value), expectRefusal), { numRuns: 500 })
  })

  it("any pairs", () => {
    fc.assert(fc.property(fc.array(fc.tuple(name, anyHeader), { maxLength: 6 }), expectRefusal), { numRuns: 500 })
  })

  it("any Headers", () => {
    // ASCII: what else a header may hold, the runtimes encode in ways of their own.
    const line = fc.oneof(
      fc.string({ maxLength: 100 }),
      fc.array(item, { maxLength: 5 }).map((items) => items.join()),
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 4 }), (lines) => {
        const headers = new Headers()
        for (const value of lines) headers.append("Credicorp-Signature", value)
        expectRefusal(headers)
      }),
      { numRuns: 500 },
    )
  })
})

/** The grammar of spec 1.7 read off in another way: split into items, then judge each. */
function byTheBook(text: string): unknown {
  if (text.length > 4096) return "header_too_long"
  const items = text.split(/[, \t]/)
  if (text.trim() === "") return "header_missing"
  const valuesOf = (key: string): string[] =>
    items.filter((one) => one.startsWith(`${key}=`)).map((one) => one.slice(key.length + 1))
  // Which of the two is said is decided by which comes first.
  const placeOf = (of: string, nth: number): number =>
    items.flatMap((one, at) => (one.startsWith(`${of}=`) ? [at] : []))[nth] ?? Infinity
  const [tooMany, secondTime] = [placeOf("v1", 16), placeOf("t", 1)]
  if (tooMany < secondTime) return "too_many_signatures"
  const [timeText, second] = valuesOf("t")
  const signatures = valuesOf("v1").filter(
    (hex) => hex.length === 64 && Array.from(hex).every((char) => "0123456789abcdef".includes(char)),
  )
  const isTime =
    timeText !== undefined &&
    Array.from(timeText).every((char) => char >= "0" && char <= "9") &&
    String(Number(timeText)) === timeText
  if (!isTime || timeText.length > 12 || second !== undefined || signatures.length === 0) return "header_malformed"
  return { timeText, signedAt: Number(timeText), signatures }
}

describe("a Credicorp-Signature reads as spec 1.7 says", () => {
  it("any text: as a reading by splitting", () => {
    fc.assert(
      fc.property(anyHeader, (text) => {
        const result = parse(text)
        expect(result.ok ? result.value : result.error).toEqual(byTheBook(text))
      }),
      { numRuns: 2000 },
    )
  })

  it("the reading by splitting meets every outcome: the comparison is not of refusals alone", () => {
    const outcomes = fc.sample(grammarShaped, { numRuns: 3000, seed: 1 }).map((text) => {
      const outcome = byTheBook(text)
      return typeof outcome === "string" ? outcome : "ok"
    })
    for (const want of ["ok", "header_malformed", "header_missing"]) expect(outcomes).toContain(want)
  })

  it("a well-formed list in any order, with anything unknown between → its parts", () => {
    const unknown = fc.constantFrom("v0=a", "v2=b", "n=1", "kid", "=", "T=5", "v1")
    const gap = fc.string({ unit: fc.constantFrom(",", " ", "\t"), minLength: 1, maxLength: 3 })
    const signatures = fc.array(hex64, { minLength: 1, maxLength: 16 })
    const time = fc.integer({ min: 0, max: 999_999_999_999 })
    const spread = fc.tuple(fc.array(unknown, { maxLength: 5 }), gap, fc.nat())
    fc.assert(
      fc.property(signatures, time, spread, (list, seconds, [others, between, at]) => {
        const items = [...others, ...list.map((hex) => `v1=${hex}`)]
        items.splice(at % (items.length + 1), 0, `t=${seconds}`)
        const value = { timeText: String(seconds), signedAt: seconds, signatures: list }
        expect(parse(items.join(between))).toEqual({ ok: true, value })
      }),
      { numRuns: 1000 },
    )
  })
})

describe("the scheme that is written out is the one that the compiler makes of its layout", () => {
  const compiled = compileHmac(credicorp.layout!)

  it("any header: the same claim, or the same reason", () => {
    fc.assert(
      fc.property(anyHeader, (text) => {
        expect(parse(text)).toEqual(compiled.parseHeaders(() => text))
      }),
      { numRuns: 2000 },
    )
  })

  it("any secret, time and body: the same signature", () => {
    const claim = fc.nat().map((time) => ({ signatures: [], timeText: String(time), signedAt: time }))
    const secret = fc.string({ unit: "grapheme", minLength: 1 })
    fc.assert(
      fc.property(claim, secret, fc.uint8Array({ maxLength: 300 }), (made, text, body) => {
        const [written, other] = [credicorp, compiled].map((scheme) =>
          scheme.prepareKey({ id: "a", secret: text, index: 0 }, platformEngine).sign!(made, body, undefined),
        )
        expect(written).toBe(other)
      }),
      { numRuns: 500 },
    )
  })
})
