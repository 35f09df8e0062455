import { isTimeSeconds } from "./is.ts"

/** Parses and formats a time in one canonical spelling. */
export interface TimeUnit {
  readonly name: "s" | "ms" | "s or ms" | "rfc3339" | "rfc3339-utc"
  /** Whole seconds since 1970, fractions cut off; undefined if the text is not such a time. */
  readonly parse: (text: string) => number | undefined
  readonly format: (seconds: number) => string
}

/** Whole seconds since 1970, 1 to 12 digits: no sign, no leading zero, no exponent. */
export const SECONDS: TimeUnit = {
  name: "s",
  parse: (text) => (/^(?:0|[1-9]\d{0,11})$/.test(text) ? +text : undefined),
  format: String,
}

/** Whole milliseconds since 1970. */
export const MILLISECONDS: TimeUnit = {
  name: "ms",
  parse(text) {
    const seconds = Math.floor(+text / 1000)
    return Number.isSafeInteger(+text) && String(+text) === text && isTimeSeconds(seconds) ? seconds : undefined
  },
  format: (seconds) => `${seconds}000`,
}

/** Whole seconds or milliseconds, told apart by their digits: 12 digits of seconds reach the year 33658, 13 of milliseconds begin in 2001. */
export const SECONDS_OR_MILLISECONDS: TimeUnit = {
  name: "s or ms",
  parse: (text) => (text.length > 12 ? MILLISECONDS : SECONDS).parse(text),
  format: String,
}

const PATTERN =
  /^(\d{4})-(\d\d)-(\d\d)[Tt]([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(?:\.\d{1,9})?(?:([Zz])|([+-])([01]\d|2[0-3]):([0-5]\d))?$/

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Days of a month of the Gregorian calendar; undefined if there is no such month. */
const daysOf = (year: number, month: number): number | undefined =>
  month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : DAYS[month - 1]

/** Accepts only real dates, with a zone where the provider sends one. */
function parseDate(text: string, mayLackZone: boolean): number | undefined {
  const [whole, year, month, day, hour, minute, second, z, sign, hours, minutes] = PATTERN.exec(text) ?? []
  if (!whole || (!z && !sign && !mayLackZone)) return undefined
  const days = daysOf(+year!, +month!)
  if (days === undefined || +day! < 1 || +day! > days) return undefined
  const offset = sign ? +`${sign}1` * (+hours! * 3_600 + +minutes! * 60) : 0
  const seconds = Date.UTC(+year!, +month! - 1, +day!, +hour!, +minute!, +second!) / 1000 - offset
  return isTimeSeconds(seconds) ? seconds : undefined
}

const toDate = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 19)

/** RFC 3339 with a zone. */
export const RFC3339: TimeUnit = {
  name: "rfc3339",
  parse: (text) => parseDate(text, false),
  format: (seconds) => `${toDate(seconds)}Z`,
}

/** RFC 3339 that may lack its zone and is UTC then (spec 7.4). */
export const RFC3339_UTC: TimeUnit = { name: "rfc3339-utc", parse: (text) => parseDate(text, true), format: toDate }
