import { describe, expect, it } from "vitest"
import { checkEndpointUrl } from "../../../src/endpoints/rules/url.ts"

/** The reason, or the normalised form. */
const outcome = (text: unknown): string => {
  const result = checkEndpointUrl(text)
  return result.ok ? result.value : result.error.reason
}

const pathOf = (chars: number): string => `https://example.com/${"a".repeat(chars - 20)}`

describe("what an accepted URL is stored as (spec 5.4)", () => {
  it.each([
    { why: "plain", text: "https://example.com/in", want: "https://example.com/in" },
    { why: "no path", text: "https://example.com", want: "https://example.com/" },
    { why: "query alone", text: "https://example.com?x=1", want: "https://example.com/?x=1" },
    { why: "the longest", text: pathOf(2048), want: pathOf(2048) },
    { why: "upper-case scheme and host", text: "HTTPS://EXAMPLE.COM/In", want: "https://example.com/In" },
    { why: "default port", text: "https://example.com:443/in", want: "https://example.com/in" },
    { why: "empty port", text: "https://example.com:/in", want: "https://example.com/in" },
    { why: "the other port", text: "https://example.com:8443/in", want: "https://example.com:8443/in" },
    { why: "trailing dot", text: "https://example.com./in", want: "https://example.com/in" },
    { why: "trailing dot before a port", text: "https://example.com.:8443/in", want: "https://example.com:8443/in" },
    { why: "dot segments in the path", text: "https://example.com/a/../in", want: "https://example.com/in" },
    { why: "quotation mark in the path", text: 'https://example.com/"', want: "https://example.com/%22" },
    { why: "letters beyond ASCII in the path", text: "https://example.com/ü", want: "https://example.com/%C3%BC" },
    { why: "at sign in the path", text: "https://example.com/@a", want: "https://example.com/@a" },
    {
      why: "URL in the query",
      text: "https://example.com/?u=http://a:b@c/",
      want: "https://example.com/?u=http://a:b@c/",
    },
    { why: "public IPv4", text: "https://1.1.1.1/in", want: "https://1.1.1.1/in" },
    { why: "public IPv4 with a trailing dot", text: "https://1.1.1.1./in", want: "https://1.1.1.1/in" },
    { why: "public IPv6", text: "https://[2606:4700::1111]/in", want: "https://[2606:4700::1111]/in" },
    { why: "IPv6 and a port", text: "https://[2606:4700::1111]:8443/", want: "https://[2606:4700::1111]:8443/" },
    { why: "IPv6 written out", text: "https://[2606:4700:0:0:0:0:0:0ABC]/", want: "https://[2606:4700::abc]/" },
    { why: "IPv6 with a dotted end", text: "https://[2606:4700::1.2.3.4]/", want: "https://[2606:4700::102:304]/" },
  ])("$why → $want", ({ text, want }) => {
    expect(outcome(text)).toBe(want)
  })
})

describe("what is no text at all (spec 5.4)", () => {
  const values = [undefined, null, 0, true, ["https://example.com/"], { href: "https://example.com/" }]
  it.each([...values, new URL("https://example.com/"), new String("https://example.com/")])(
    "%s → not_text",
    (value) => {
      expect(outcome(value)).toBe("not_text")
    },
  )
})

describe("characters refused anywhere (spec 5.4)", () => {
  it.each([
    { why: "NUL", char: "\0" },
    { why: "tab, which a parser removes", char: "\t" },
    { why: "line feed, which a parser removes", char: "\n" },
    { why: "carriage return, which a parser removes", char: "\r" },
    { why: "last of the C0 controls", char: "\u001f" },
    { why: "space", char: " " },
    { why: "DEL", char: "\u007f" },
    { why: "first of the C1 controls", char: "\u0080" },
    { why: "next line", char: "\u0085" },
    { why: "last of the C1 controls", char: "\u009f" },
    { why: "no-break space", char: "\u00a0" },
    { why: "Ogham space", char: "\u1680" },
    { why: "en quad", char: "\u2000" },
    { why: "hair space", char: "\u200a" },
    { why: "line separator", char: "\u2028" },
    { why: "paragraph separator", char: "\u2029" },
    { why: "narrow no-break space", char: "\u202f" },
    { why: "mathematical space", char: "\u205f" },
    { why: "ideographic space", char: "\u3000" },
    { why: "byte order mark", char: "\ufeff" },
    { why: "Arabic letter mark", char: "\u061c" },
    { why: "left-to-right mark", char: "\u200e" },
    { why: "right-to-left mark", char: "\u200f" },
    { why: "left-to-right embedding", char: "\u202a" },
    { why: "right-to-left override", char: "\u202e" },
    { why: "left-to-right isolate", char: "\u2066" },
    { why: "pop of an isolate", char: "\u2069" },
    { why: "backslash, which a parser takes for a slash", char: "\\" },
    { why: "first half of a pair", char: "\ud800" },
    { why: "second half of a pair", char: "\udfff" },
  ])("$why → forbidden_character", ({ char }) => {
    const places = [`${char}https://example.com/`, `https:/${char}/example.com/`, `https://exam${char}ple.com/`]
    places.push(`https://example.com${char}/`, `https://example.com/a${char}b`, `https://example.com/?a=${char}`)
    expect(places.map(outcome)).toEqual(places.map(() => "forbidden_character"))
  })
})

describe("the front of the text (spec 5.4)", () => {
  it.each([
    { why: "one character too long", text: pathOf(2049), want: "too_long" },
    { why: "too long only once it is normalised", text: `https://example.com/${"ü".repeat(400)}`, want: "too_long" },
    { why: "too long, and more is wrong with it", text: " ".repeat(2049), want: "too_long" },
    { why: "empty", text: "", want: "not_absolute" },
    { why: "host alone", text: "example.com/in", want: "not_absolute" },
    { why: "path", text: "/in", want: "not_absolute" },
    { why: "two slashes", text: "//example.com/in", want: "not_absolute" },
    { why: "colon without a scheme", text: "://example.com/in", want: "not_absolute" },
    { why: "scheme that begins with a digit", text: "1https://example.com/", want: "not_absolute" },
    { why: "http", text: "http://example.com/in", want: "not_https" },
    { why: "http on port 443", text: "http://example.com:443/in", want: "not_https" },
    { why: "another scheme", text: "wss://example.com/in", want: "not_https" },
    { why: "scheme that begins as https", text: "httpsx://example.com/", want: "not_https" },
    { why: "https inside another scheme", text: "view-source:https://example.com/", want: "not_https" },
    { why: "script", text: "javascript:alert(1)", want: "not_https" },
    { why: "user and password", text: "https://user:pass@example.com/", want: "credentials" },
    { why: "user alone", text: "https://user@example.com/", want: "credentials" },
    { why: "password alone", text: "https://:pass@example.com/", want: "credentials" },
    { why: "neither, but their sign", text: "https://@example.com/", want: "credentials" },
    { why: "host that is a user's name", text: "https://example.com:443@127.0.0.1/", want: "credentials" },
    { why: "two signs", text: "https://a@b@example.com/", want: "credentials" },
    { why: "scheme alone", text: "https:", want: "no_host" },
    { why: "no slash", text: "https:example.com/", want: "no_host" },
    { why: "one slash", text: "https:/example.com/", want: "no_host" },
    { why: "three slashes", text: "https:///example.com/", want: "no_host" },
    { why: "two slashes and nothing", text: "https://", want: "no_host" },
    { why: "query in the host's place", text: "https://?example.com", want: "no_host" },
    { why: "fragment in the host's place", text: "https://#example.com", want: "no_host" },
    { why: "port in the host's place", text: "https://:443/", want: "no_host" },
    { why: "IPv6 without brackets, one-sided", text: "https://::1/", want: "no_host" },
    { why: "fragment", text: "https://example.com/in#part", want: "fragment" },
    { why: "empty fragment", text: "https://example.com/in#", want: "fragment" },
    { why: "fragment right behind the host", text: "https://example.com#@127.0.0.1/", want: "fragment" },
    { why: "fragment behind the query", text: "https://example.com/?a#b", want: "fragment" },
    { why: "bracket that stays open", text: "https://[::1/", want: "malformed" },
    { why: "something behind the bracket", text: "https://[2606:4700::1111]a/", want: "malformed" },
    { why: "zone of an IPv6 address", text: "https://[fe80::1%25eth0]/", want: "malformed" },
    { why: "nine groups", text: "https://[0:0:0:0:0:0:0:0:1]/", want: "malformed" },
    { why: "name in brackets", text: "https://[example.com]/", want: "malformed" },
    { why: "five numbers", text: "https://1.1.1.1.1/", want: "malformed" },
    { why: "number over 255", text: "https://1.1.1.256/", want: "malformed" },
    { why: "name that ends in a number", text: "https://example.8/", want: "malformed" },
    { why: "encoded NUL in the host", text: "https://example.com%00.evil.com/", want: "malformed" },
    { why: "character that no host has", text: "https://exam<ple.com/", want: "malformed" },
    { why: "punycode of nothing", text: "https://xn--.example.com/", want: "malformed" },
    { why: "punycode of what IDNA refuses", text: "https://xn--a.example.com/", want: "malformed" },
    { why: "punycode that cannot be decoded", text: "https://a.xn--pokxncvks.com/", want: "malformed" },
    { why: "joiner where no script needs it", text: "https://git\u200clab.com/", want: "malformed" },
    { why: "port in letters", text: "https://example.com:https/", want: "malformed" },
    { why: "port below zero", text: "https://example.com:-443/", want: "malformed" },
    { why: "port over 65535", text: "https://example.com:65979/", want: "malformed" },
    { why: "two ports", text: "https://example.com:443:443/", want: "malformed" },
    { why: "port 80", text: "https://example.com:80/", want: "port" },
    { why: "port 0", text: "https://example.com:0/", want: "port" },
    { why: "one below", text: "https://example.com:442/", want: "port" },
    { why: "one above", text: "https://example.com:444/", want: "port" },
    { why: "one below the other", text: "https://example.com:8442/", want: "port" },
    { why: "one above the other", text: "https://example.com:8444/", want: "port" },
    { why: "leading zero", text: "https://example.com:0443/", want: "port" },
    { why: "port of an IPv6 address", text: "https://[2606:4700::1111]:22/", want: "port" },
  ])("$why → $want", ({ text, want }) => {
    expect(outcome(text)).toBe(want)
  })
})

describe("the first rule broken is the answer, in the order of the rules (spec 5.4)", () => {
  it.each([
    { text: `http://a b@localhost:80/#${"a".repeat(2048)}`, want: "too_long" },
    { text: "http://a b@localhost:80/#", want: "forbidden_character" },
    { text: "http://a@localhost:80/#", want: "not_https" },
    { text: "https://a@:80/#", want: "credentials" },
    { text: "https://:x/#", want: "no_host" },
    { text: "https://%00:x/#", want: "fragment" },
    { text: "https://%00:x/", want: "malformed" },
    { text: "https://127.1:80/", want: "port" },
    { text: "https://127.1/", want: "host_spelling" },
    { text: "https://127.0.0.1/", want: "ip_not_public" },
    { text: `https://${"a_.".repeat(99)}localhost/`, want: "host_label" },
    { text: `https://${"a.".repeat(130)}localhost/`, want: "host_length" },
    { text: "https://localhost/", want: "reserved_name" },
    { text: "https://example/", want: "reserved_name" },
  ])("$text → $want", ({ text, want }) => {
    expect(outcome(text)).toBe(want)
  })
})
