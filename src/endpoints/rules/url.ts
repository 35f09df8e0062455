import { fail, ok, type Result } from "../../core/result.ts"
import { checkHost, type HostReason } from "./host.ts"

/** Spec 5.4. Longer URLs break in proxies and logs along the way, and every URL is stored and shown in listings. */
export const MAX_ENDPOINT_URL_CHARS = 2_048

/** Which rule of spec 5.4 a URL breaks: the first that fails, in this order. */
export type EndpointUrlReason =
  /** Not a string. */
  | "not_text"
  /** Over 2,048 UTF-16 code units, as given or in its normalised form, which is what is stored. */
  | "too_long"
  /** A control, white-space or bidirectional-control character, a backslash, or half of a surrogate pair, anywhere. */
  | "forbidden_character"
  /** No scheme at all. */
  | "not_absolute"
  /** Another scheme than `https:`. */
  | "not_https"
  /** An `@` before the path: a user name, a password, or an empty one of either. */
  | "credentials"
  /** `https:` is not followed by two slashes and a host; the URL parser would take the host from the path. */
  | "no_host"
  /** A `#`, with or without text behind it. */
  | "fragment"
  /** The WHATWG parser, or its IDNA, refuses the text. */
  | "malformed"
  /** A port that is not written `443`, `8443` or left out. */
  | "port"
  | HostReason

/** Why a URL is refused. Every reason is `webhook_endpoint_url_invalid` on the wire, and its sentence is the message (spec 5.4). */
export interface EndpointUrlError {
  readonly reason: EndpointUrlReason
}

/** What a caller may change about the rules. */
export interface EndpointUrlOptions {
  /** Top-level domains to take beyond those of IANA's root zone, in lower case and punycode. */
  readonly extraTlds?: readonly string[]
}

/**
 * Decides whether a text may be an endpoint's URL: HTTPS on the public internet (spec 5.4).
 *
 * The text alone decides; no DNS is asked. A public name may resolve to a private address, so a sender checks the address
 * of every connection and follows no redirects.
 *
 * The URL parser must not have to repair the front of the text, scheme to port, where a repair changes which host is
 * meant. Path and query are normalised (`/a/../b`, `"` → `%22`). For the front this means:
 * - `https://` in any case, and exactly two slashes. Upper-case hosts are allowed, DNS has no case.
 * - An ASCII name is stored as written, in lower case and without one trailing dot; nothing in it is percent-encoded.
 * - IDN is allowed and stored as punycode. A character that IDNA would drop or turn into ASCII is refused (soft hyphen,
 *   fullwidth and enclosed letters, dots other than `.`): it spells another name than a person reads.
 * - IPv4 is four decimal numbers: no octal, hex, short or single-number form, even of a public address. IPv6 may have any
 *   form of RFC 4291.
 * - A port is written without leading zeros; `:443` and an empty one are dropped.
 *
 * The last label of a name must be a top-level domain of IANA's root zone, as `@hapi/tlds` lists them, or in `extraTlds`.
 *
 * @param text What the caller was sent; any value.
 * @returns The normalised `href`, which is what to store and which passes again unchanged; or the first rule broken.
 * @example
 * ```ts
 * checkEndpointUrl("HTTPS://Example.com./hooks/../in?x=1") // { ok: true, value: "https://example.com/in?x=1" }
 * checkEndpointUrl("https://127.0.0.1/in") // { ok: false, error: { reason: "ip_not_public" } }
 * ```
 */
export function checkEndpointUrl(
  text: unknown,
  { extraTlds = [] }: EndpointUrlOptions = {},
): Result<string, EndpointUrlError> {
  if (typeof text !== "string") return refused("not_text")
  const front = checkFront(text)
  if (!front.ok) return refused(front.error)
  const url = parse(text)
  if (!url) return refused("malformed")
  if (!PORT.test(front.value.port)) return refused("port")
  const host = checkHost(front.value.host, url.hostname, extraTlds)
  if (!host.ok) return refused(host.error)
  url.hostname = host.value
  // Percent-encoding and punycode lengthen the text.
  return url.href.length > MAX_ENDPOINT_URL_CHARS ? refused("too_long") : ok(url.href)
}

/** As written in the text. */
const PORT = /^(?:8?443)?$/

const refused = (reason: EndpointUrlReason) => fail({ reason })

/** `\s` is Unicode's White_Space and the byte order mark; `\p{Cs}` is half of a surrogate pair, which a parser replaces. */
const FORBIDDEN = /[\p{Cc}\p{Cs}\p{Bidi_Control}\s\\]/u

/** Checks what the text itself shows, before a URL parser can repair anything. */
function checkFront(text: string): Result<{ readonly host: string; readonly port: string }, EndpointUrlReason> {
  if (text.length > MAX_ENDPOINT_URL_CHARS) return fail("too_long")
  if (FORBIDDEN.test(text)) return fail("forbidden_character")
  const [scheme] = /^[a-z][a-z\d+.-]*:/i.exec(text) ?? []
  if (scheme?.toLowerCase() !== "https:") return fail(scheme ? "not_https" : "not_absolute")
  const [, authority = ""] = /^https:\/\/([^/?#]*)/i.exec(text) ?? []
  if (authority.includes("@")) return fail("credentials")
  const [, host = "", port = ""] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?/.exec(authority) ?? []
  if (host === "") return fail("no_host")
  if (text.includes("#")) return fail("fragment")
  return ok({ host, port })
}

/**
 * Parses the text, and holds its `xn--` labels to IDNA. Some platforms do so only beside a label that is not ASCII, so one
 * is put in front.
 */
function parse(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const holdsIdn = url && /(?:^|\.)xn--/.test(url.hostname)
  return holdsIdn && !URL.canParse(`https://ü.${url.hostname}`) ? undefined : url
}
