import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { signWebhook } from "../../src/verify/sign.ts"
import { checkSignature } from "../../src/verify/verifier.ts"
import { NOW, SECRET, signatureHeader } from "../support/delivery.ts"

const RUNS = { numRuns: 300 }

const body = fc.uint8Array({ maxLength: 300 })

/** Any well-formed text: a key is the UTF-8 of it. */
const secret = fc.string({ unit: "grapheme", minLength: 1, maxLength: 80 })

/** A list that takes any text but the empty one (spec 1.11). */
const listOf = (...texts: readonly string[]) =>
  texts.map((text, i) => ({ id: `secret-${i + 1}`, secret: text, allowUnusual: true }))

const time = fc.integer({ min: 0, max: 999_999_999_998 })

/** Any one bit of `bytes` flipped. */
function flip(bytes: Uint8Array, place: number): Uint8Array {
  const flipped = bytes.slice()
  const bit = place % (bytes.length * 8)
  flipped[bit >> 3]! ^= 1 << (bit & 7)
  return flipped
}

/** Any one bit of an ASCII text flipped; what comes out may be no ASCII. */
const flipText = (text: string, place: number): string =>
  String.fromCharCode(
    ...flip(
      Uint8Array.from(text, (char) => char.charCodeAt(0)),
      place,
    ),
  )

const place = fc.nat({ max: 1_000_000 })

const check = (bytes: Uint8Array, header: string, key: string = SECRET) =>
  checkSignature(bytes, { "credicorp-signature": header }, { secrets: listOf(key), now: NOW })

const headerOf = (bytes: Uint8Array): string =>
  signWebhook(bytes, { secrets: [SECRET], now: NOW })["Credicorp-Signature"]!

describe("what is signed verifies (spec 1.2 to 1.4)", () => {
  it("any bytes, any secret, any time; and the signature is Web Crypto's", async () => {
    await fc.assert(
      fc.asyncProperty(body, secret, time, async (bytes, key, now) => {
        const headers = signWebhook(bytes, { secrets: listOf(key), now })
        expect(headers["Credicorp-Signature"]).toBe(await signatureHeader(bytes, now, key))
        expect(checkSignature(bytes, headers, { secrets: listOf(key), now })).toMatchObject({ ok: true, signedAt: now })
      }),
      RUNS,
    )
  })

  it("any of several secrets on either side, if they share one", () => {
    const others = fc.uniqueArray(secret, { maxLength: 4 })
    const shared = fc.tuple(secret, fc.boolean(), fc.boolean())
    fc.assert(
      fc.property(body, others, others, shared, (bytes, senders, receivers, [key, sentFirst, heldFirst]) => {
        const put = (list: readonly string[], isFirst: boolean) => (isFirst ? [key, ...list] : [...list, key])
        const headers = signWebhook(bytes, { secrets: listOf(...put(senders, sentFirst)), now: NOW })
        expect(checkSignature(bytes, headers, { secrets: listOf(...put(receivers, heldFirst)), now: NOW }).ok).toBe(
          true,
        )
      }),
      RUNS,
    )
  })

  it("none of several secrets, if the two sides share none", () => {
    const keys = fc.uniqueArray(secret, { minLength: 2, maxLength: 8 })
    fc.assert(
      fc.property(body, keys, fc.nat(), (bytes, all, nat) => {
        const cut = 1 + (nat % (all.length - 1))
        const headers = signWebhook(bytes, { secrets: listOf(...all.slice(0, cut)), now: NOW })
        const result = checkSignature(bytes, headers, { secrets: listOf(...all.slice(cut)), now: NOW })
        expect(!result.ok && result.error.reason).toBe("signature_mismatch")
      }),
      RUNS,
    )
  })

  it("at any distance within the tolerance, and at none beyond (spec 1.5)", () => {
    const distance = fc.integer({ min: -1000, max: 1000 })
    fc.assert(
      fc.property(distance, fc.integer({ min: 1, max: 900 }), (seconds, toleranceSeconds) => {
        const headers = signWebhook("{}", { secrets: [SECRET], now: NOW + seconds })
        const result = checkSignature("{}", headers, { secrets: [SECRET], now: NOW, toleranceSeconds })
        expect(result.ok).toBe(Math.abs(seconds) <= toleranceSeconds)
      }),
      RUNS,
    )
  })
})

describe("one bit flipped is refused (spec 1.3)", () => {
  const nonEmpty = fc.uint8Array({ minLength: 1, maxLength: 300 })

  it("in the body", () => {
    fc.assert(
      fc.property(nonEmpty, place, (bytes, at) => {
        const result = check(flip(bytes, at), headerOf(bytes))
        expect(!result.ok && result.error.reason).toBe("signature_mismatch")
      }),
      RUNS,
    )
  })

  it("in the time", () => {
    fc.assert(
      fc.property(body, place, (bytes, at) => {
        const [, timeText, rest] = /^t=(\d+)(.*)$/.exec(headerOf(bytes))!
        expect(check(bytes, `t=${flipText(timeText!, at)}${rest}`).ok).toBe(false)
      }),
      RUNS,
    )
  })

  it("in the signature", () => {
    fc.assert(
      fc.property(body, place, (bytes, at) => {
        const [before, hex] = headerOf(bytes).split("v1=")
        expect(check(bytes, `${before}v1=${flipText(hex!, at)}`).ok).toBe(false)
      }),
      RUNS,
    )
  })

  it("in the 32 bytes that the signature stands for", () => {
    fc.assert(
      fc.property(body, place, (bytes, at) => {
        const [before, hex] = headerOf(bytes).split("v1=")
        const mac = flip(
          Uint8Array.from(hex!.match(/../g)!, (pair) => Number.parseInt(pair, 16)),
          at,
        )
        const flipped = [...mac].map((byte) => byte.toString(16).padStart(2, "0")).join("")
        const result = check(bytes, `${before}v1=${flipped}`)
        expect(!result.ok && result.error.reason).toBe("signature_mismatch")
      }),
      RUNS,
    )
  })

  it("in the secret", () => {
    fc.assert(
      fc.property(body, place, (bytes, at) => {
        const other = flipText(SECRET, at)
        const result = check(bytes, headerOf(bytes), other)
        expect(!result.ok && result.error.reason).toBe("signature_mismatch")
      }),
      RUNS,
    )
  })

  it("anywhere in the header, every bit in turn", () => {
    const header = headerOf(new Uint8Array())
    for (let bit = 0; bit < header.length * 8; bit++) {
      expect(check(new Uint8Array(), flipText(header, bit)).ok, `bit ${bit}`).toBe(false)
    }
  })
})
