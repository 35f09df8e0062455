import { fail, ok, type Result } from "../../core/result.ts"
import { isPublicIp } from "./ip.ts"

/** Spec 5.4: what DNS has room for, a label's length byte and a name's 255 bytes. */
export const MAX_HOST_LABEL_CHARS = 63
export const MAX_HOST_CHARS = 253

/** Which rule about hosts (spec 5.4) is broken. The first that fails, in the order of this list. */
export type HostReason =
  /** The URL parser reads another host than the one that is written. */
  | "host_spelling"
  /** An IP address that is not public. */
  | "ip_not_public"
  /** A label that is empty, over 63 characters, or not letters, digits and inner hyphens. */
  | "host_label"
  /** A name over 253 characters. */
  | "host_length"
  /** A name that is never public, as `localhost` or what is under `.internal`. */
  | "reserved_name"
  /** A name without a dot. */
  | "single_label"
  /** A name of a DNS service that answers with the address in the question, or always with a local one. */
  | "wildcard_dns"

/**
 * Decides whether a host is a public DNS name or a public IP address (spec 5.4).
 *
 * @param given The host as it stands in the text.
 * @param parsed The host as the URL parser reads it: lower case, punycode, an IPv4 address as four decimal numbers.
 * @returns `parsed` without a trailing dot, or the first rule broken.
 */
export function checkHost(given: string, parsed: string): Result<string, HostReason> {
  const host = withoutLastDot(parsed)
  if (!isSpelledOut(given, host)) return fail("host_spelling")
  // The parser leaves no name that ends in a number: what looks like IPv4 is IPv4.
  if (!host.startsWith("[") && !/^\d+(?:\.\d+){3}$/.test(host)) return checkName(host)
  return isPublicIp(host) ? ok(host) : fail("ip_not_public")
}

function checkName(name: string): Result<string, HostReason> {
  const labels = name.split(".")
  if (!labels.every(isLabel)) return fail("host_label")
  if (name.length > MAX_HOST_CHARS) return fail("host_length")
  if (RESERVED_NAMES.some((parent) => isAtOrUnder(name, parent))) return fail("reserved_name")
  if (labels.length < 2) return fail("single_label")
  if (WILDCARD_DNS.some((parent) => isAtOrUnder(name, parent))) return fail("wildcard_dns")
  return ok(name)
}

const withoutLastDot = (host: string): string => (host.endsWith(".") ? host.slice(0, -1) : host)

/** Underscores resolve, and yet they are no part of a host's name. */
const isLabel = (label: string): boolean =>
  label.length <= MAX_HOST_LABEL_CHARS && /^[a-z\d](?:[a-z\d-]*[a-z\d])?$/.test(label)

const isAtOrUnder = (name: string, parent: string): boolean => name === parent || name.endsWith(`.${parent}`)

/** Those of spec 5.4, and `localdomain`, which hosts files give to the loopback address. */
const RESERVED_NAMES: readonly string[] = [
  "localhost",
  "localdomain",
  "local",
  "internal",
  "intranet",
  "lan",
  "home",
  "corp",
  "home.arpa",
  "onion",
  "test",
  "invalid",
  "example",
]

const WILDCARD_DNS: readonly string[] = ["nip.io", "sslip.io", "xip.io", "localtest.me", "lvh.me"]

/** Whether what is written is what is read, case and a last dot aside; the forms of an IPv6 address are all one. */
function isSpelledOut(given: string, host: string): boolean {
  if (host.startsWith("[")) return true
  const beyondAscii = given.match(/\P{ASCII}/gu)
  if (!beyondAscii) return withoutLastDot(given.toLowerCase()) === host
  return !given.includes("%") && !beyondAscii.some(turnsIntoAscii)
}

/**
 * Whether IDNA makes ASCII of a character, as of fullwidth letters and the Kelvin sign, or nothing, as of a soft hyphen.
 * The two zero-width joiners stay: where a script needs them they are part of the name, and elsewhere the parser refuses.
 */
const turnsIntoAscii = (char: string): boolean =>
  /\p{ASCII}/u.test(char.normalize("NFKC")) ||
  /(?![\u200c\u200d])[\u3002\uff61\p{Default_Ignorable_Code_Point}]/u.test(char)
