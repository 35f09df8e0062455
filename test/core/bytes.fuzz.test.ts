import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { equalText, fromUtf8, toHex, toUtf8 } from "../../src/core/bytes.ts"
import { readBody } from "../../src/http/read-body.ts"
import { classifyError } from "../../src/errors/classify.ts"
import { parseSecrets } from "../../src/verify/parse-secrets.ts"
import { ENGINES } from "../support/engines.ts"

const anyText = fc.string({ unit: "binary", maxLength: 100 })

describe("bytes", () => {
  it("equalText is ===", () => {
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        expect(equalText(a, b)).toBe(a === b)
        expect(equalText(a, a)).toBe(true)
        expect(equalText(a, a + b)).toBe(b === "")
      }),
      { numRuns: 1000 },
    )
  })

  it("fromUtf8 gives text that is the same bytes again, or nothing (spec 3.7)", () => {
    const almostText = anyText.map((text) => toUtf8(text))
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 40 }), almostText), (bytes) => {
        let text: string
        try {
          text = fromUtf8(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError)
          return
        }
        expect([...toUtf8(text)]).toEqual([...bytes])
      }),
      { numRuns: 1000 },
    )
  })

  it("toHex gives two lower-case digits a byte, and the same bytes back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const hex = toHex(bytes)
        expect(hex).toMatch(/^([0-9a-f]{2})*$/)
        expect((hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))).toEqual([...bytes])
      }),
    )
  })
})

describe("the engines (a second build that disagrees would refuse half of all deliveries)", () => {
  const [trusted, ...others] = ENGINES.map(({ engine }) => engine)

  it("agree on any key and any message, however it is cut", () => {
    const chunks = fc.array(fc.uint8Array({ maxLength: 150 }), { maxLength: 6 })
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), chunks, (key, message) => {
        const whole = Uint8Array.from(message.flatMap((chunk) => [...chunk]))
        const tag = trusted!.hmac(key)(message)
        for (const other of others) {
          expect(other.hmac(key)(message)).toBe(tag)
          expect(other.hmac(key)([whole])).toBe(tag)
        }
      }),
      { numRuns: 300 },
    )
  })

  // Issue 17: 100,000 cases. A generator of fast-check's would take minutes, so bytes and lengths come from the platform.
  it("agree in 100,000 cases of random keys and messages", { timeout: 120_000 }, () => {
    const pool = crypto.getRandomValues(new Uint8Array(65_536))
    const cut = (at: number, maxBytes: number): Uint8Array => {
      const start = (at * 2_654_435_761) % (pool.length - maxBytes)
      return pool.subarray(start, start + (pool[at % pool.length]! * maxBytes) / 255)
    }
    for (let i = 0; i < 100_000; i++) {
      const [key, message] = [cut(i, 150), [cut(i + 1, 15), cut(i + 2, i % 1_000 === 0 ? 10_000 : 300)]]
      const tag = trusted!.hmac(key)(message)
      if (others.some((other) => other.hmac(key)(message) !== tag)) expect({ key, message }).toBe(tag)
    }
  })
})

describe("readBody", () => {
  const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 60 }), { maxLength: 12 })

  // Spec 3.5: the cap decides, not how the bytes arrive.
  it("any body in any chunks: all of it up to the cap, nothing above", async () => {
    await fc.assert(
      fc.asyncProperty(chunks, fc.integer({ min: 1, max: 400 }), fc.boolean(), async (list, cap, isBytes) => {
        const whole = list.flatMap((chunk) => [...chunk])
        let next = 0
        const pull = (controller: ReadableByteStreamController): void => {
          const chunk = list[next++]
          if (chunk) return controller.enqueue(chunk.slice())
          controller.close()
          controller.byobRequest?.respond(0)
        }
        const source = { pull, ...(isBytes && { type: "bytes" }) }
        const body = new ReadableStream(source as unknown as UnderlyingSource, { highWaterMark: 0 })
        const init = { method: "POST", body, duplex: "half" }
        const result = await readBody(new Request("https://receiver.example/", init), cap)
        expect(result).toEqual(
          whole.length > cap ? { ok: false, error: "too_large" } : { ok: true, value: Uint8Array.from(whole) },
        )
      }),
      { numRuns: 300 },
    )
  })
})

describe("parseSecrets", () => {
  it("any text: a valid list, or a TypeError (spec 1.11)", () => {
    const part = fc.constantFrom(
      "whsec_",
      "a",
      "=",
      ",",
      "\n",
      "\r\n",
      " ",
      "[",
      "]",
      '"',
      "{",
      "}",
      "id",
      ":",
      "\ufeff",
    )
    const shaped = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(""))
    fc.assert(
      fc.property(fc.oneof(shaped, anyText), (text) => {
        try {
          const secrets = parseSecrets(text)
          expect(secrets.length).toBeGreaterThan(0)
          expect(new Set(secrets.map(({ id }) => id)).size).toBe(secrets.length)
          for (const { id, secret } of secrets) {
            expect(id).toMatch(/^[A-Za-z0-9._:-]{1,128}$/)
            expect(secret).not.toBe("")
            expect(secret.trim()).toBe(secret)
          }
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it("names and secrets that are written out are read back", () => {
    const id = fc.string({ unit: fc.constantFrom(...Array.from("abcXYZ019-_.:")), minLength: 1, maxLength: 128 })
    const secret = fc
      .string({ unit: fc.constantFrom(...Array.from("abcXYZ019+/=_")), minLength: 1, maxLength: 40 })
      .map((text) => `whsec_0123456789${text}`)
    const list = fc.uniqueArray(fc.record({ id, secret }), { minLength: 1, maxLength: 16, selector: (one) => one.id })
    fc.assert(
      fc.property(list, fc.constantFrom(",", "\n", "\r\n", " , ", ",\n"), (secrets, separator) => {
        expect(parseSecrets(secrets.map((one) => `${one.id}=${one.secret}`).join(separator))).toMatchObject(secrets)
        expect(parseSecrets(JSON.stringify(secrets))).toMatchObject(secrets)
      }),
      { numRuns: 500 },
    )
  })
})

describe("classifyError", () => {
  it("any code under any status of an error: a type, and retry for 429 and 5xx alone (spec 4.5, 4.6)", () => {
    fc.assert(
      fc.property(fc.integer({ min: 400, max: 599 }), fc.anything(), (status, code) => {
        const result = classifyError(status, code)
        expect(result.retry).toBe(status === 429 || status >= 500)
        expect(result.type).toMatch(/^(authentication|invalid_request|rate_limit|api)_error$/)
        expect(result.code === undefined || result.code === code).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})
