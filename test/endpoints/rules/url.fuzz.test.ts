import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { checkEndpointUrl } from "../../../src/endpoints/rules/url.ts"

const accepts = (text: unknown): boolean => checkEndpointUrl(text).ok

/** Text near enough to a URL to come past the first checks. */
const nearUrl = fc
  .tuple(
    fc.constantFrom("https://", "HTTPS://", "https:/", "http://", ""),
    fc.constantFrom("", "user@", "a:b@", "[", "[::1", "[2606:4700::1]", "127.0.0.1", "xn--", "ü", "%", "1.", "0x"),
    fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6(), fc.string(), fc.string({ unit: "binary", maxLength: 20 })),
    fc.constantFrom("", ".", "]", ":443", ":8443", ":x", "#", "\\"),
    fc.oneof(fc.webPath(), fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" })),
  )
  .map((parts) => parts.join(""))

/** URLs that keep every rule. */
const goodUrl = fc
  .record({
    host: fc.oneof(
      fc.domain().map(withKnownTld).filter(isOrdinary),
      fc.constantFrom("bücher.de", "دوغما.com", "1.1.1.1", "[2606:4700::1]"),
    ),
    port: fc.constantFrom("", ":", ":443", ":8443"),
    path: fc.string({ unit: "grapheme-composite", maxLength: 10 }).map(withoutForbidden),
    query: fc.string({ unit: "grapheme-ascii", maxLength: 20 }).map(withoutForbidden),
  })
  .map(({ host, port, path, query }) => `https://${host}${port}/${path}?${query}`)

describe("any value (spec 5.4)", () => {
  it("never throws, whatever it is given", () => {
    fc.assert(fc.property(fc.anything(), (value) => typeof accepts(value) === "boolean"))
  })

  it("never throws for any text, and what is accepted keeps the rules and passes again unchanged", () => {
    const texts = fc.oneof(nearUrl, goodUrl, fc.webUrl({ withQueryParameters: true, withFragments: true }))
    fc.assert(
      fc.property(texts, (text) => {
        const result = checkEndpointUrl(text)
        if (!result.ok) return
        const url = new URL(result.value)
        expect(checkEndpointUrl(result.value)).toEqual(result)
        expect(result.value).toMatch(/^https:\/\/[a-z\d[][!-~]{1,2039}$/)
        expect([url.protocol, url.username, url.password, url.hash]).toEqual(["https:", "", "", ""])
        expect(["", "8443"]).toContain(url.port)
      }),
      { numRuns: 2_000 },
    )
  })

  it("accepts every URL that keeps the rules", () => {
    fc.assert(fc.property(goodUrl, accepts), { numRuns: 1_000 })
  })
})

/** An address and how many of its first bits are those of a private range. */
const PRIVATE: readonly (readonly [address: number, bits: number])[] = [
  [0x0a000000, 8],
  [0x7f000000, 8],
  [0xa9fe0000, 16],
  [0xac100000, 12],
  [0xc0a80000, 16],
  [0x64400000, 10],
  [0x00000000, 8],
]

const privateIp = fc
  .tuple(fc.constantFrom(...PRIVATE), fc.nat(0xffffff))
  .map(([[address, bits], random]) => (address + (random % 2 ** (32 - bits))) >>> 0)

/** One number as inet_aton reads it. */
const spelledNumber = (value: number): fc.Arbitrary<string> =>
  fc.tuple(fc.constantFrom("", "0", "0x", "0X"), fc.nat(3)).map(([base, zeros]) => {
    if (base === "") return String(value)
    return base + "0".repeat(zeros) + value.toString(base === "0" ? 8 : 16)
  })

/** An address in one to four numbers, the last of which takes the bits that are left. */
const spelledIp = (ip: number): fc.Arbitrary<string> =>
  fc.integer({ min: 1, max: 4 }).chain((parts) => {
    const heads = [ip >>> 24, (ip >>> 16) & 255, (ip >>> 8) & 255].slice(0, parts - 1)
    const last = ip % 2 ** (32 - 8 * (parts - 1))
    return fc.tuple(...[...heads, last].map(spelledNumber)).map((numbers) => numbers.join("."))
  })

const groups = (ip: number): string => `${(ip >>> 16).toString(16)}:${(ip & 0xffff).toString(16)}`
const dotted = (ip: number): string => [24, 16, 8, 0].map((shift) => (ip >>> shift) & 255).join(".")

/** IPv6 addresses that stand for an IPv4 address. */
const EMBEDDED: readonly ((ip: number) => string)[] = [
  (ip) => `::ffff:${dotted(ip)}`,
  (ip) => `::FFFF:${groups(ip)}`,
  (ip) => `0:0:0:0:0:ffff:${groups(ip)}`,
  (ip) => `::${dotted(ip)}`,
  (ip) => `::ffff:0:${groups(ip)}`,
  (ip) => `64:ff9b::${dotted(ip)}`,
  (ip) => `64:ff9b:1::${groups(ip)}`,
  (ip) => `2002:${groups(ip)}::1`,
]

describe("a private IPv4 address (spec 5.4)", () => {
  it("is refused in every spelling of IPv4, encoded or fullwidth or not, with a dot or not", () => {
    const disguise = fc.constantFrom(
      (text: string) => text,
      (text: string) => `${text}.`,
      (text: string) => text.replaceAll(/./g, (char) => `%${char.charCodeAt(0).toString(16)}`),
      (text: string) => text.replaceAll(/./g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0)),
      (text: string) => text.replaceAll(".", "。"),
    )
    const hosts = fc.tuple(privateIp.chain(spelledIp), disguise).map(([host, hide]) => hide(host))
    fc.assert(
      fc.property(hosts, (host) => !accepts(`https://${host}/in`)),
      { numRuns: 2_000 },
    )
  })

  it("is refused in every IPv6 address that stands for it", () => {
    const hosts = fc.tuple(privateIp, fc.constantFrom(...EMBEDDED)).map(([ip, embed]) => embed(ip))
    fc.assert(
      fc.property(hosts, (host) => !accepts(`https://[${host}]/in`)),
      { numRuns: 1_000 },
    )
  })
})

describe("a character beyond ASCII (spec 5.4)", () => {
  // Catches a Unicode table, ours or the platform's, that learns a new way to write an ASCII letter.
  it("never makes an ASCII name: it is refused, or the label becomes punycode", () => {
    const wrong: string[] = []
    for (let code = 0x80; code < 0x20_000; code++) {
      const result = checkEndpointUrl(`https://a${String.fromCodePoint(code)}b.example.com/`)
      if (result.ok && !result.value.startsWith("https://xn--")) wrong.push(code.toString(16))
    }
    expect(wrong).toEqual([])
  }, 30_000)
})

/** Another top-level domain: those that are made up are not in the root zone. */
function withKnownTld(domain: string): string {
  return domain.replace(/[^.]*$/, "com")
}

function isOrdinary(domain: string): boolean {
  return domain.length <= 253 && !domain.includes("xn--")
}

function withoutForbidden(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cs}\p{Bidi_Control}\s\\#]/gu, "")
}
