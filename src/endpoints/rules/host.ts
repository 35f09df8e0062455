import { tlds } from "@hapi/tlds"
import { fail, ok, type Result } from "../../core/result.ts"
import { isPublicIp } from "./ip.ts"

/** The longest label and name, in characters (spec 5.4). DNS has 255 bytes for a name: one of length per label, and a last 0. */
export const MAX_HOST_LABEL_CHARS = 63
export const MAX_HOST_CHARS = 253

/** Which rule about hosts (spec 5.4) is broken: the first that fails, in this order. */
export type HostReason =
  /** The URL parser reads another host than the text spells. */
  | "host_spelling"
  /** An IP address that is not public. */
  | "ip_not_public"
  /** A label that is empty, over 63 characters, or not letters, digits and inner hyphens. */
  | "host_label"
  /** A name over 253 characters. */
  | "host_length"
  /** A name that is never public, as `localhost` or a name under `.internal`. */
  | "reserved_name"
  /** A name without a dot. */
  | "single_label"
  /** A name whose last label is not a top-level domain of IANA's root zone, nor one that the caller added. */
  | "unknown_tld"
  /** A name under which a cloud provider serves the metadata of its machines. */
  | "metadata_name"
  /** A name of a DNS service that answers with the address in the question, or always with a local one. */
  | "wildcard_dns"

/**
 * Decides whether a host is a public DNS name or a public IP address (spec 5.4).
 *
 * @param given The host as it is written in the text.
 * @param parsed The host as the URL parser reads it: lower case, punycode, an IPv4 address as four decimal numbers.
 * @param extraTlds Top-level domains beyond IANA's, in lower case and punycode.
 * @returns `parsed` without a trailing dot, or the first rule broken.
 */
export function checkHost(given: string, parsed: string, extraTlds: readonly string[]): Result<string, HostReason> {
  const host = withoutTrailingDot(parsed)
  if (!isSpelledOut(withoutTrailingDot(given), host)) return fail("host_spelling")
  // The parser turns every host whose last label is a number into IPv4, so no name looks like an address.
  if (!host.startsWith("[") && !/^\d+(?:\.\d+){3}$/.test(host)) return checkName(host, extraTlds)
  return isPublicIp(host) ? ok(host) : fail("ip_not_public")
}

function checkName(name: string, extraTlds: readonly string[]): Result<string, HostReason> {
  const labels = name.split(".")
  const tld = labels.at(-1) ?? ""
  if (!labels.every(isLabel)) return fail("host_label")
  if (name.length > MAX_HOST_CHARS) return fail("host_length")
  if (RESERVED_TLDS.has(tld)) return fail("reserved_name")
  if (labels.length < 2) return fail("single_label")
  if (!tlds.has(tld) && !extraTlds.includes(tld)) return fail("unknown_tld")
  if (METADATA_NAMES.some((parent) => isAtOrUnder(name, parent))) return fail("metadata_name")
  if (WILDCARD_DNS.some((parent) => isAtOrUnder(name, parent))) return fail("wildcard_dns")
  return ok(name)
}

const withoutTrailingDot = (host: string): string => (host.endsWith(".") ? host.slice(0, -1) : host)

/** Underscores resolve, but they are not allowed in the name of a host. */
export const isLabel = (label: string): boolean =>
  label.length <= MAX_HOST_LABEL_CHARS && /^[a-z\d](?:[a-z\d-]*[a-z\d])?$/.test(label)

const isAtOrUnder = (name: string, parent: string): boolean => name === parent || name.endsWith(`.${parent}`)

/**
 * Top-level domains that never lead to a public host: those of spec 5.4; `localdomain`, which hosts files give to the
 * loopback address; and `arpa`, which is in the root zone and holds only infrastructure (`in-addr.arpa`, `home.arpa`).
 */
export const RESERVED_TLDS: ReadonlySet<string> = new Set([
  "arpa",
  "corp",
  "example",
  "home",
  "internal",
  "intranet",
  "invalid",
  "lan",
  "local",
  "localdomain",
  "localhost",
  "onion",
  "test",
])

/**
 * Names of cloud metadata servers under a top-level domain that exists. Their addresses are link-local, and most other
 * names of such servers end in `.internal`. There is no maintained list of them.
 */
const METADATA_NAMES: readonly string[] = [
  "metadata.goog",
  "metadata.tencentyun.com",
  "metadata.packet.net",
  "metadata.platformequinix.com",
  "metadata.exoscale.com",
  "metadata.cloud.ibm.com",
]

/**
 * DNS services that answer with a private address on demand. They are public and in use, and there is no maintained list of them,
 * so this one cannot be complete: a sender also checks the address that a name resolves to (spec 6.6). A name is not refused
 * for the address that it contains: `127.0.0.1.example.com` is an ordinary name.
 */
const WILDCARD_DNS: readonly string[] = [
  // Answer with the address in the question.
  "nip.io",
  "nip.direct",
  "sslip.io",
  "xip.io",
  "xip.name",
  "ip6.name",
  "traefik.me",
  "backname.io",
  "myaddr.io",
  "local-ip.co",
  "local-ip.sh",
  "local-ip.medicmobile.org",
  "plex.direct",
  "ip.es.io",
  "a-i.sh",
  // Answer with one address first and another one later.
  "1u.ms",
  "rbndr.us",
  "rebind.it",
  "rebind.network",
  // Answer with the loopback address.
  "localtest.me",
  "lvh.me",
  "vcap.me",
  "fuf.me",
  "42foo.com",
  "lacolhost.com",
  "localho.st",
  "localhost.direct",
  "localhost.tv",
  "localhst.co.uk",
  "127-0-0-1.org.uk",
  "local.gd",
  "lcl.host",
  "lndo.site",
  "ddev.site",
  "colasloth.com",
  "spoofed.burpcollaborator.net",
]

/**
 * Whether the parser reads what the text spells, case aside. The forms of an IPv6 address all count as equal.
 *
 * IDNA maps some characters to ASCII, drops others, and its mapping differs between versions of Unicode: U+1E9E is `ss`
 * on Node 20 and `ß` in workerd, which is another host. So a label beyond ASCII must come out as punycode, and each of its
 * characters must stay itself.
 */
function isSpelledOut(given: string, host: string): boolean {
  if (host.startsWith("[")) return true
  const labels = given.split(".")
  const parsed = host.split(".")
  return labels.length === parsed.length && labels.every((label, i) => isSpelledLabel(label, parsed[i] ?? ""))
}

function isSpelledLabel(given: string, parsed: string): boolean {
  if (/^\p{ASCII}*$/u.test(given)) return given.toLowerCase() === parsed
  return parsed.startsWith("xn--") && !given.includes("%") && Array.from(given).every(staysItself)
}

/**
 * Returns whether IDNA keeps a character: it is not mapped to ASCII, not dropped, and if it is upper case, the upper case of
 * its lower case is the character itself.
 */
const staysItself = (char: string): boolean => {
  if (/\p{ASCII}/u.test(char)) return true
  const lower = char.toLowerCase()
  if (lower !== char && lower.toUpperCase() !== char) return false
  // The two zero-width joiners stay: some scripts need them, and elsewhere the parser refuses them. IDNA's other dots are
  // not here: they change the number of labels.
  return !/\p{ASCII}/u.test(char.normalize("NFKC")) && !/(?![\u200c\u200d])\p{Default_Ignorable_Code_Point}/u.test(char)
}
