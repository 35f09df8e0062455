import { MAX_SIGNATURE_HEADER_CHARS, MAX_SIGNATURES } from "../providers/signature-header.ts"
import { bodyOf, SIGNATURE_HEADER, signaturesOf, signedRequest, timeOf, type Fault } from "./signed-request.ts"

type SignedText = (time: string, v1: string) => string

/** Headers that break one rule of spec 1.7 each. Time and signature in them are genuine, so that a lenient reader accepts them. */
const HEADERS = {
  noTime: (_time, v1) => `v1=${v1}`,
  twoTimes: (time, v1) => `t=${time},t=${time},v1=${v1}`,
  noSignature: (time) => `t=${time}`,
  emptySignature: (time) => `t=${time},v1=`,
  upperCase: (time, v1) => `t=${time},v1=${v1.toUpperCase()}`,
  upperCaseKeys: (time, v1) => `T=${time},V1=${v1}`,
  shortSignature: (time, v1) => `t=${time},v1=${v1.slice(0, -1)}`,
  longSignature: (time, v1) => `t=${time},v1=${v1}0`,
  prefixedSignature: (time, v1) => `t=${time},v1=0x${v1}`,
  quotedSignature: (time, v1) => `t=${time},v1="${v1}"`,
  otherVersion: (time, v1) => `t=${time},v0=${v1},v2=${v1}`,
  bareSignature: (time, v1) => `t=${time},${v1}`,
  spacedEquals: (time, v1) => `t = ${time}, v1 = ${v1}`,
  semicolons: (time, v1) => `t=${time};v1=${v1}`,
  tooManySignatures: (time, v1) => [`t=${time}`, ...Array<string>(MAX_SIGNATURES + 1).fill(v1)].join(",v1="),
  tooLong: (time, v1) => `t=${time},v1=${v1},v0=${"0".repeat(MAX_SIGNATURE_HEADER_CHARS)}`,
} satisfies Record<string, SignedText>

/** Texts that are not times by spec 1.7. */
const TIMES = {
  emptyTime: () => "",
  plusTime: (time) => `+${time}`,
  minusTime: (time) => `-${time}`,
  zeroLedTime: (time) => `0${time}`,
  fractionTime: (time) => `${time}.0`,
  exponentTime: (time) => `${time}e0`,
  hexTime: (time) => `0x${Number(time).toString(16)}`,
  trailingTime: (time) => `${time}abc`,
  millisecondTime: (time) => `${time}000`,
  dateTime: (time) => new Date(Number(time) * 1000).toISOString(),
} satisfies Record<string, (time: string) => string>

/** Names the rule of spec 1.7 that a header breaks. */
export type MalformedWay = keyof typeof HEADERS | keyof typeof TIMES

const ofHeader =
  (toText: SignedText): Fault =>
  (event, options) => {
    const time = String(timeOf(options))
    const [v1 = ""] = signaturesOf(time, bodyOf(event), options.secrets)
    return signedRequest(event, { ...options, headers: { ...options.headers, [SIGNATURE_HEADER]: toText(time, v1) } })
  }

/** Signs twice: the text as it is, and the number that a lenient reader makes of it. */
const ofTime =
  (toText: (time: string) => string): Fault =>
  (event, options) => {
    const time = String(timeOf(options))
    const text = toText(time)
    const signed = [text, time].flatMap((each) => signaturesOf(each, bodyOf(event), options.secrets))
    const header = [`t=${text}`, ...signed].join(",v1=")
    return signedRequest(event, { ...options, headers: { ...options.headers, [SIGNATURE_HEADER]: header } })
  }

const mapValues = <Key extends string, From, To>(record: Record<Key, From>, to: (value: From) => To) =>
  Object.fromEntries(Object.entries<From>(record).map(([key, value]) => [key, to(value)])) as Record<Key, To>

/** Makes a malformed header in each way of spec 1.7: all of them are `webhook_signature_invalid`. */
export const malformed: Readonly<Record<MalformedWay, Fault>> = {
  ...mapValues(HEADERS, ofHeader),
  ...mapValues(TIMES, ofTime),
}
