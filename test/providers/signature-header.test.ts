import { describe, expect, it } from "vitest"
import { credicorp, GRAMMAR } from "../../src/providers/credicorp.ts"
import { compileHeader, createHeaderReader } from "../../src/providers/signature-header.ts"

const parse = (text: string) => credicorp.parseHeaders(() => text)

const A = "a".repeat(64)
const B = "b".repeat(64)
const UPPER = "A".repeat(64)
const T = "t=1790000000"

/** `count` items, separated by commas. */
const times = (count: number, item: string): string => Array<string>(count).fill(item).join(",")

/** A header that is well-formed and exactly `length` characters long, filled up by an unknown key. */
const ofLength = (length: number): string => `${T},v1=${A},pad=`.padEnd(length, "x")

const accepted = [
  { why: "the documented form", text: `${T},v1=${A}`, signatures: [A] },
  { why: "the time last", text: `v1=${A},${T}`, signatures: [A] },
  { why: "two signatures, in the order sent", text: `${T},v1=${B},v1=${A}`, signatures: [B, A] },
  { why: "one signature twice", text: `${T},v1=${A},v1=${A}`, signatures: [A, A] },
  { why: "two header lines joined", text: `${T}, v1=${A}, v1=${B}`, signatures: [A, B] },
  { why: "the time in another line than the signature", text: `v1=${A}, ${T}`, signatures: [A] },
  { why: "separated by a space", text: `${T} v1=${A}`, signatures: [A] },
  { why: "separated by a tab", text: `${T}\tv1=${A}`, signatures: [A] },
  { why: "separated by spaces, tabs and commas", text: `${T} ,\t, v1=${A}`, signatures: [A] },
  { why: "space and tab around the whole", text: `\t ${T},v1=${A} \t`, signatures: [A] },
  { why: "a comma before the first and after the last item", text: `,${T},v1=${A},`, signatures: [A] },
  { why: "unknown keys v0 and v2", text: `${T},v0=${B},v1=${A},v2=${B}`, signatures: [A] },
  { why: "an unknown key twice", text: `n=1,n=2,${T},v1=${A}`, signatures: [A] },
  { why: "an unknown key that ends in t", text: `at=1,${T},v1=${A}`, signatures: [A] },
  { why: "an unknown key that ends in v1", text: `${T},v1=${A},xv1=${B}`, signatures: [A] },
  { why: "an unknown key that begins with t", text: `tt=1,t2=1,${T},v1=${A}`, signatures: [A] },
  { why: "keys in upper case are unknown keys", text: `T=1,V1=${B},${T},v1=${A}`, signatures: [A] },
  { why: "a key that Object.prototype has", text: `__proto__=1,constructor=1,${T},v1=${A}`, signatures: [A] },
  { why: "items without =", text: `t,v1,v,${T},v1=${A},${B}`, signatures: [A] },
  { why: "an item that is only =", text: `=,${T},v1=${A}`, signatures: [A] },
  { why: "an item without a key", text: `=1,${T},v1=${A}`, signatures: [A] },
  { why: "an upper-case signature beside a good one", text: `${T},v1=${UPPER},v1=${A}`, signatures: [A] },
  { why: "a short signature beside a good one", text: `${T},v1=${A},v1=${B.slice(1)}`, signatures: [A] },
  { why: "an empty signature beside a good one", text: `${T},v1=${A},v1=`, signatures: [A] },
  { why: "a quoted signature beside a good one", text: `${T},v1="${B}",v1=${A}`, signatures: [A] },
  { why: "16 signatures", text: `${T},${times(16, `v1=${A}`)}`, signatures: Array<string>(16).fill(A) },
  { why: "15 unreadable signatures and a good one", text: `${T},${times(15, "v1=")},v1=${A}`, signatures: [A] },
  { why: "17 signatures of an unknown version", text: `${T},${times(17, "v0=a")},v1=${A}`, signatures: [A] },
  { why: "4,096 characters", text: ofLength(4096), signatures: [A] },
]

describe("a Credicorp-Signature accepts (spec 1.2, 1.7)", () => {
  it.each(accepted)("$why → ok", ({ text, signatures }) => {
    const value = { timeText: "1790000000", signedAt: 1_790_000_000, signatures }
    expect(parse(text)).toEqual({ ok: true, value })
  })
})

describe("a Credicorp-Signature accepts a time of 1 to 12 digits (spec 1.7)", () => {
  const cases = [
    { why: "the smallest", timeText: "0", want: 0 },
    { why: "one digit", timeText: "9", want: 9 },
    { why: "11 digits", timeText: "10000000000", want: 10_000_000_000 },
    { why: "the largest of 12 digits", timeText: "999999999999", want: 999_999_999_999 },
  ]

  it.each(cases)("$why → $want", ({ timeText, want }) => {
    const value = { timeText, signedAt: want, signatures: [A] }
    expect(parse(`t=${timeText},v1=${A}`)).toEqual({ ok: true, value })
  })
})

const badTimes = [
  { why: "empty", t: "" },
  { why: "plus sign", t: "+1790000000" },
  { why: "minus sign", t: "-1790000000" },
  { why: "minus zero", t: "-0" },
  { why: "leading zero", t: "01790000000" },
  { why: "two zeros", t: "00" },
  { why: "13 digits, as a time in milliseconds has", t: "1790000000000" },
  { why: "12 digits after a leading zero", t: "0179000000000" },
  { why: "hexadecimal", t: "0x6ab13780" },
  { why: "binary", t: "0b1" },
  { why: "octal", t: "0o17" },
  { why: "parseInt would stop at the letters", t: "1790000000abc" },
  { why: "parseInt would stop at the point", t: "1790000000.5" },
  { why: "a point and nothing after it", t: "1790000000." },
  { why: "an exponent", t: "179e7" },
  { why: "digits in groups", t: "1_790_000_000" },
  { why: "a BigInt literal", t: "1790000000n" },
  { why: "a value with = in it", t: "1790000000=1" },
  { why: "quoted", t: '"1790000000"' },
  { why: "a list separator of other protocols", t: "1790000000;" },
  { why: "NaN", t: "NaN" },
  { why: "Infinity", t: "Infinity" },
  { why: "a date", t: "2026-09-21T14:13:20Z" },
  { why: "Arabic-Indic digits", t: "١٧٩٠٠٠٠٠٠٠" },
  { why: "full-width digits", t: "１７９０００００００" },
  { why: "a superscript digit", t: "179000000²" },
  { why: "a line feed after the digits", t: "1790000000\n" },
  { why: "a line feed before the digits", t: "\n1790000000" },
  { why: "a second line with a number of its own", t: "1790000000\n5" },
  { why: "a NUL after the digits", t: "1790000000\0" },
  { why: "a no-break space after the digits", t: "1790000000\u00a0" },
  { why: "a zero-width space after the digits", t: "1790000000\u200b" },
]

describe("a Credicorp-Signature refuses a time that is not 1 to 12 plain digits (spec 1.7)", () => {
  it.each(badTimes)("$why → header_malformed", ({ t }) => {
    expect(parse(`t=${t},v1=${A}`)).toEqual({ ok: false, error: "header_malformed" })
  })
})

const badSignatures = [
  { why: "empty", v1: "" },
  { why: "63 characters", v1: A.slice(1) },
  { why: "65 characters", v1: `${A}a` },
  { why: "62 characters: a whole byte short", v1: A.slice(2) },
  { why: "128 characters", v1: A + B },
  { why: "32 characters: a truncated tag", v1: A.slice(32) },
  { why: "upper case", v1: UPPER },
  { why: "one upper-case letter", v1: `A${A.slice(1)}` },
  { why: "one letter past f", v1: `g${A.slice(1)}` },
  { why: "0x before 62 digits", v1: `0x${A.slice(2)}` },
  { why: "0x before 64 digits", v1: `0x${A}` },
  { why: "quoted", v1: `"${A}"` },
  { why: "base64 of 32 bytes", v1: "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo=" },
  { why: "64 characters of the base64 alphabet", v1: "/".repeat(64) },
  { why: "a hex pair separated by a colon", v1: Array(32).fill("aa").join(":") },
  { why: "percent-encoded", v1: `%61${A.slice(1)}` },
  { why: "a full-width letter", v1: `ａ${A.slice(1)}` },
  { why: "a Cyrillic letter that looks like a", v1: `а${A.slice(1)}` },
  { why: "a line feed at the end", v1: `${A}\n` },
  { why: "a NUL at the end", v1: `${A}\0` },
  { why: "a no-break space at the end", v1: `${A}\u00a0` },
  { why: "two signatures glued together by a semicolon", v1: `${A};${B}` },
  { why: "= at the end", v1: `${A}=` },
]

describe("a Credicorp-Signature refuses a header whose only v1 is not 64 of 0-9 a-f (spec 1.7)", () => {
  it.each(badSignatures)("$why → header_malformed", ({ v1 }) => {
    expect(parse(`${T},v1=${v1}`)).toEqual({ ok: false, error: "header_malformed" })
  })
})

const refused = [
  { why: "absent", text: "", want: "header_missing" },
  { why: "one space", text: " ", want: "header_missing" },
  { why: "spaces", text: "     ", want: "header_missing" },
  { why: "a tab", text: "\t", want: "header_missing" },
  { why: "spaces and tabs", text: " \t \t", want: "header_missing" },
  { why: "4,096 spaces", text: " ".repeat(4096), want: "header_missing" },
  { why: "a comma", text: ",", want: "header_malformed" },
  { why: "two empty lines joined", text: ", ", want: "header_malformed" },
  { why: "a no-break space", text: "\u00a0", want: "header_missing" },
  { why: "a line feed", text: "\n", want: "header_missing" },
  { why: "a no-break space and a comma", text: "\u00a0,", want: "header_malformed" },
  { why: "words", text: "not a signature at all", want: "header_malformed" },
  { why: "a JSON object", text: `{"t":1790000000,"v1":"${A}"}`, want: "header_malformed" },
  { why: "no time", text: `v1=${A}`, want: "header_malformed" },
  { why: "no signature", text: T, want: "header_malformed" },
  { why: "only v0", text: `${T},v0=${A}`, want: "header_malformed" },
  { why: "only v2", text: `${T},v2=${A}`, want: "header_malformed" },
  { why: "v1 without =", text: `${T},v1`, want: "header_malformed" },
  { why: "v1: with a colon", text: `${T},v1:${A}`, want: "header_malformed" },
  { why: "t without =", text: `t,v1=${A}`, want: "header_malformed" },
  { why: "key T in upper case", text: `T=1790000000,v1=${A}`, want: "header_malformed" },
  { why: "key V1 in upper case", text: `${T},V1=${A}`, want: "header_malformed" },
  { why: "a signature alone, without a key", text: `${T},${A}`, want: "header_malformed" },
  { why: "space before = of t", text: `t =1790000000,v1=${A}`, want: "header_malformed" },
  { why: "space after = of t", text: `t= 1790000000,v1=${A}`, want: "header_malformed" },
  { why: "space before = of v1", text: `${T},v1 =${A}`, want: "header_malformed" },
  { why: "space after = of v1", text: `${T},v1= ${A}`, want: "header_malformed" },
  { why: "tab around = of t", text: `t\t=\t1790000000,v1=${A}`, want: "header_malformed" },
  { why: "separated by a semicolon", text: `${T};v1=${A}`, want: "header_malformed" },
  { why: "separated by an ampersand", text: `${T}&v1=${A}`, want: "header_malformed" },
  { why: "separated by a line feed", text: `${T}\nv1=${A}`, want: "header_malformed" },
  { why: "separated by a no-break space", text: `${T}\u00a0v1=${A}`, want: "header_malformed" },
  { why: "separated by a full-width comma", text: `${T}，v1=${A}`, want: "header_malformed" },
  { why: "nothing between the items", text: `${T}v1=${A}`, want: "header_malformed" },
  { why: "the whole in quotes", text: `"${T},v1=${A}"`, want: "header_malformed" },
  { why: "a byte order mark first", text: `\ufeff${T},v1=${A}`, want: "header_malformed" },
  { why: "two different times", text: `${T},t=1790000001,v1=${A}`, want: "header_malformed" },
  { why: "the same time twice", text: `${T},${T},v1=${A}`, want: "header_malformed" },
  { why: "a second, empty time", text: `${T},t=,v1=${A}`, want: "header_malformed" },
  { why: "an empty time, then a good one", text: `t=,${T},v1=${A}`, want: "header_malformed" },
  { why: "a second, unreadable time", text: `${T},t=x,v1=${A}`, want: "header_malformed" },
  { why: "two whole headers joined", text: `${T},v1=${A}, ${T},v1=${B}`, want: "header_malformed" },
  { why: "16 unreadable signatures", text: `${T},${times(16, "v1=")}`, want: "header_malformed" },
  { why: "17 signatures", text: `${T},${times(17, `v1=${A}`)}`, want: "too_many_signatures" },
  { why: "16 unreadable and one good", text: `${T},${times(16, "v1=x")},v1=${A}`, want: "too_many_signatures" },
  { why: "17 empty signatures", text: `${T},${times(17, "v1=")}`, want: "too_many_signatures" },
  {
    why: "17 signatures over two lines",
    text: `${T},${times(9, "v1=a")}, ${times(8, "v1=a")}`,
    want: "too_many_signatures",
  },
  { why: "17 signatures and no time", text: times(17, `v1=${A}`), want: "too_many_signatures" },
  { why: "4,097 characters", text: ofLength(4097), want: "header_too_long" },
  { why: "4,097 characters, the last a comma", text: `${ofLength(4096)},`, want: "header_too_long" },
  { why: "4,097 spaces", text: " ".repeat(4097), want: "header_too_long" },
  { why: "too long and too many", text: times(100, `v1=${A}`), want: "header_too_long" },
  { why: "a mebibyte", text: "t".repeat(1_048_576), want: "header_too_long" },
]

describe("a Credicorp-Signature refuses (spec 1.7, 1.8, 1.9)", () => {
  it.each(refused)("$why → $want", ({ text, want }) => {
    expect(parse(text)).toEqual({ ok: false, error: want })
  })
})

describe("the form that most senders write is read by one expression, every other by the grammar", () => {
  it.each([...accepted, ...refused])("$why → the same without that expression", ({ text }) => {
    const general = createHeaderReader({ ...GRAMMAR, common: /(?!)/ })
    expect(createHeaderReader(GRAMMAR)(text)).toEqual(general(text))
  })

  // Stripe sends v0 beside v1, Square nothing but the signature, Standard Webhooks a list by spaces.
  const grammars = [
    { separators: ",", timeKey: "t=", prefix: "v1=", signature: "[0-9a-f]{4}" },
    { separators: " ", timeKey: "", prefix: "v1,", signature: "[0-9a-f]{4}" },
    { separators: "", timeKey: "", prefix: "sha256=", signature: "[0-9a-f]{4}" },
    { separators: "", timeKey: "", prefix: "", signature: "[0-9a-f]{4}" },
    { separators: ", ", timeKey: "", prefix: "", signature: "[0-9a-f]{4}" },
    { separators: ",", timeKey: "", prefix: "v1=", prefixOptional: true, signature: "[0-9a-f]{4}" },
  ]

  it.each(grammars)("separators '$separators', time '$timeKey', prefix '$prefix' → read item by item", (grammar) => {
    const { separators, timeKey, prefix, prefixOptional } = grammar
    const read = compileHeader(grammar)
    const list = (...items: readonly string[]): string =>
      [...(timeKey ? [`${timeKey}5`] : []), ...items].join(separators.slice(0, 1))
    const timeText = timeKey ? "5" : ""
    expect(read(list(`${prefix}abcd`))).toEqual({ ok: true, value: { timeText, signatures: ["abcd"] } })
    for (const wrong of [`${prefix}abcde`, `${prefix}abc`, `x${prefix}abcd`, `${prefix}ABCD`, `${prefix}abcd\n`]) {
      expect(read(list(wrong))).toEqual({ ok: false, error: "header_malformed" })
    }
    expect(read("")).toEqual({ ok: false, error: "header_missing" })
    if (prefixOptional) expect(read("abcd,v1=0123")).toMatchObject({ value: { signatures: ["abcd", "0123"] } })
    if (!separators) return
    const both = { ok: true, value: { timeText, signatures: ["abcd", "0123"] } }
    expect(read(list(`${prefix}abcd`, `${prefix}0123`))).toEqual(both)
    // The expression of the common form takes none of these.
    expect(read(list("", `${prefix}abcd`, "", `${prefix}12`, `${prefix}0123`, ""))).toEqual(both)
    const many = (count: number) => read(list(...Array<string>(count).fill(`${prefix}abcd`)))
    expect(many(16)).toMatchObject({ ok: true })
    expect(many(17)).toEqual({ ok: false, error: "too_many_signatures" })
  })
})
