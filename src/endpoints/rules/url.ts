import { fail, ok, type Result } from "../../core/result.ts"
import { checkHost, type HostReason } from "./host.ts"

/** Spec 5.4. Longer URLs break in proxies and logs along the way, and every one is stored and shown in listings. */
export const MAX_ENDPOINT_URL_CHARS = 2_048

/** Which rule of spec 5.4 a URL breaks. The first that fails, in the order of this list. */
export type EndpointUrlReason =
  /** Not a string. */
  | "not_text"
  /** Over 2,048 UTF-16 code units, as given or in its normalised form: what is stored keeps the rule, too. */
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
  /** A `#`, with or without something behind it. */
  | "fragment"
  /** The WHATWG parser, or its IDNA, refuses it. */
  | "malformed"
  /** A port that is not written `443`, `8443` or left out. */
  | "port"
  | HostReason

/** Why a URL is refused. Every reason is `webhook_endpoint_url_invalid` on the wire (spec 5.4). */
export interface EndpointUrlError {
  readonly reason: EndpointUrlReason
}

/**
 * Decides whether a text may be an endpoint's URL: HTTPS on the public internet (spec 5.4).
 *
 * It judges the text alone and asks no DNS. A public name may resolve to a private address, so whoever connects to it
 * checks the address again, and follows no redirects.
 *
 * "What the URL parser would have to repair is refused" holds for the front of the text, scheme to port, where a repair
 * changes who is spoken to; path and query are normalised (`/a/../b`, `"` → `%22`). For the front it means:
 * - `https://` in any case, and exactly two slashes; upper-case hosts are no repair, DNS has no case.
 * - A name in ASCII is stored as it stands, in lower case and without one trailing dot: nothing in it is percent-encoded.
 * - IDN is allowed and stored as punycode. Refused is a character that IDNA would drop or turn into ASCII (soft hyphen,
 *   fullwidth and enclosed letters, dots other than `.`): it spells another name than the one that is read.
 * - IPv4 is four decimal numbers: no octal, hex, short or single-number form, even of a public address. IPv6 may stand
 *   in any form of RFC 4291.
 * - A port is written without leading zeros; `:443` and an empty one are dropped.
 *
 * @param text What the caller was sent; any value.
 * @returns The normalised `href`, which is what to store and which passes again unchanged; or the first rule broken.
 * @example
 * ```ts
 * checkEndpointUrl("HTTPS://Example.com./hooks/../in?x=1") // { ok: true, value: "https://example.com/in?x=1" }
 * checkEndpointUrl("https://127.0.0.1/in") // { ok: false, error: { reason: "ip_not_public" } }
 * ```
 */
export function checkEndpointUrl(text: unknown): Result<string, EndpointUrlError> {
  if (typeof text !== "string") return refused("not_text")
  const front = checkFront(text)
  if (!front.ok) return refused(front.error)
  const url = parse(text)
  if (!url) return refused("malformed")
  if (!PORT.test(front.value.port)) return refused("port")
  const host = checkHost(front.value.host, url.hostname)
  if (!host.ok) return refused(host.error)
  url.hostname = host.value
  // Percent-encoding and punycode lengthen.
  return url.href.length > MAX_ENDPOINT_URL_CHARS ? refused("too_long") : ok(url.href)
}

/** As it stands in the text. */
const PORT = /^(?:8?443)?$/

const refused = (reason: EndpointUrlReason) => fail({ reason })

/** `\s` is Unicode's White_Space and the byte order mark; `\p{Cs}` is half of a surrogate pair, which a parser replaces. */
const FORBIDDEN = /[\p{Cc}\p{Cs}\p{Bidi_Control}\s\\]/u

/** What the text itself shows; nothing here is left for the URL parser to be kind about. */
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
 * Some platforms judge an ASCII label that begins with `xn--` by IDNA, some take it as it is. Beside a label that is not
 * ASCII all of them do.
 */
function parse(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const holdsIdn = url && /(?:^|\.)xn--/.test(url.hostname)
  return holdsIdn && !URL.canParse(`https://ü.${url.hostname}`) ? undefined : url
}
