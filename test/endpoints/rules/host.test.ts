import { describe, expect, it } from "vitest"
import { checkEndpointUrl } from "../../../src/endpoints/rules/url.ts"

/** The reason, or the host that is stored. */
const outcome = (host: string): string => {
  const result = checkEndpointUrl(`https://${host}/in`)
  return result.ok ? new URL(result.value).host : result.error.reason
}

const LABEL_63 = "a".repeat(63)
/** Of 3 × 64, what is left, and 4 characters. */
const nameOf = (chars: number): string => `${`${LABEL_63}.`.repeat(3)}${"a".repeat(chars - 196)}.com`
const NAME_253 = nameOf(253)

describe("the host as it stands in the text (spec 5.4)", () => {
  it.each([
    { why: "IDN", host: "münchen.de", want: "xn--mnchen-3ya.de" },
    { why: "IDN in capitals", host: "MÜNCHEN.DE", want: "xn--mnchen-3ya.de" },
    { why: "IDN whose mark stands by itself", host: "mu\u0308nchen.de", want: "xn--mnchen-3ya.de" },
    { why: "IDN in punycode", host: "XN--mnchen-3ya.de", want: "xn--mnchen-3ya.de" },
    { why: "sharp s, which stays", host: "straße.de", want: "xn--strae-oqa.de" },
    { why: "name from right to left", host: "דוגמה.com", want: "xn--6dbbec0c.com" },
    { why: "joiner where a script needs it", host: "نامه\u200cای.com", want: "xn--mgba3gch31f060k.com" },
    { why: "letter of two parts", host: "นำ.com", want: "xn--q3c4c3d.com" },
    { why: "emoji, letters and digits after IDNA", host: "😀.example.com", want: "xn--e28h.example.com" },
    { why: "encoded letter", host: "ex%61mple.com", want: "host_spelling" },
    { why: "encoded letter beyond ASCII", host: "m%C3%BCnchen.de", want: "host_spelling" },
    { why: "encoded letter beside an IDN", host: "ü.ex%61mple.com", want: "host_spelling" },
    { why: "encoded dot", host: "example%2ecom", want: "host_spelling" },
    { why: "fullwidth letters", host: "ｅxample.com", want: "host_spelling" },
    { why: "fullwidth dot", host: "example．com", want: "host_spelling" },
    { why: "ideographic dot", host: "example。com", want: "host_spelling" },
    { why: "halfwidth ideographic dot", host: "example｡com", want: "host_spelling" },
    { why: "ideographic dot at the end", host: "example.com。", want: "host_spelling" },
    { why: "Kelvin sign", host: "\u212aube.com", want: "host_spelling" },
    { why: "long s", host: "ſite.com", want: "host_spelling" },
    { why: "ligature", host: "oﬃce.com", want: "host_spelling" },
    { why: "enclosed digits", host: "①.example.com", want: "host_spelling" },
    { why: "mathematical letters", host: "𝕘itlab.com", want: "host_spelling" },
    { why: "soft hyphen", host: "exam\u00adple.com", want: "host_spelling" },
    { why: "zero-width space", host: "exam\u200bple.com", want: "host_spelling" },
    { why: "word joiner", host: "exam\u2060ple.com", want: "host_spelling" },
    { why: "variation selector", host: "❤\ufe0f.example.com", want: "host_spelling" },
    { why: "public address in octal", host: "01.01.01.01", want: "host_spelling" },
    { why: "public address in hex", host: "0x1.0x1.0x1.0x1", want: "host_spelling" },
    { why: "public address as one number", host: "16843009", want: "host_spelling" },
    { why: "public address in three parts", host: "1.1.257", want: "host_spelling" },
    { why: "public address with leading zeros", host: "1.1.1.001", want: "host_spelling" },
    { why: "loopback in octal", host: "0177.0.0.1", want: "host_spelling" },
    { why: "loopback in two parts", host: "127.1", want: "host_spelling" },
    { why: "fullwidth digits of a public address", host: "１.1.1.1", want: "host_spelling" },
  ])("$why: $host → $want", ({ host, want }) => {
    expect(outcome(host)).toBe(want)
  })
})

describe("labels and lengths (spec 5.4)", () => {
  it.each([
    { why: "two labels", host: "example.com", want: "example.com" },
    { why: "label of one character", host: "a.io", want: "a.io" },
    { why: "label that begins with a digit", host: "1password.com", want: "1password.com" },
    { why: "label of digits", host: "123.example.com", want: "123.example.com" },
    { why: "hyphens inside", host: "my--app.example.com", want: "my--app.example.com" },
    { why: "longest label", host: `${LABEL_63}.com`, want: `${LABEL_63}.com` },
    { why: "longest name", host: NAME_253, want: NAME_253 },
    { why: "longest name with its dot", host: `${NAME_253}.`, want: NAME_253 },
    { why: "address in front of a name", host: "127.0.0.1.example.com", want: "127.0.0.1.example.com" },
    { why: "label one too long", host: `${LABEL_63}a.com`, want: "host_label" },
    { why: "label too long after IDNA", host: `${"ü".repeat(60)}.com`, want: "host_label" },
    { why: "name one too long", host: nameOf(254), want: "host_length" },
    { why: "hyphen in front", host: "-a.example.com", want: "host_label" },
    { why: "hyphen behind", host: "a-.example.com", want: "host_label" },
    { why: "hyphen alone", host: "-.example.com", want: "host_label" },
    { why: "option of a command line", host: "-oProxyCommand=whoami", want: "host_label" },
    { why: "underscore", host: "under_score.example.com", want: "host_label" },
    { why: "wildcard", host: "*.example.com", want: "host_label" },
    { why: "punctuation", host: "exam!ple.com", want: "host_label" },
    { why: "comma", host: "a.com,b.com", want: "host_label" },
    { why: "dot in front", host: ".example.com", want: "host_label" },
    { why: "empty label", host: "example..com", want: "host_label" },
    { why: "two dots behind", host: "example.com..", want: "host_label" },
    { why: "two dots behind an address", host: "1.1.1.1..", want: "host_label" },
    { why: "root", host: ".", want: "host_label" },
    { why: "one label", host: "intranet-host", want: "single_label" },
    { why: "one label and its dot", host: "com.", want: "single_label" },
    { why: "one label of an IDN", host: "münchen", want: "single_label" },
  ])("$why → $want", ({ host, want }) => {
    expect(outcome(host)).toBe(want)
  })
})

describe("names that are never public (spec 5.4)", () => {
  const tlds = [
    "localhost",
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
  ]
  it.each([...tlds, "example", "localdomain"])(
    "%s, what is under it, in any case and with a dot → reserved_name",
    (tld) => {
      const hosts = [tld, `a.${tld}`, `a.b.${tld}`, `A.${tld.toUpperCase()}`, `a.${tld}.`]
      expect(hosts.map(outcome)).toEqual(hosts.map(() => "reserved_name"))
    },
  )

  it.each([...tlds, "localdomain"])("%s as another label → allowed", (label) => {
    const hosts = [`${label}.example.com`, `my${label}.com`, `${label}.co`, `a.x${label.replace(".", "")}`]
    expect(hosts.map(outcome)).toEqual(hosts)
  })

  it.each(["example.com", "a.example.com", "example.org", "example.co.uk", "arpa.com"])("%s → allowed", (host) => {
    expect(outcome(host)).toBe(host)
  })
})

describe("DNS services that embed an address (spec 5.4)", () => {
  it.each(["nip.io", "sslip.io", "xip.io", "localtest.me", "lvh.me"])(
    "%s and what is under it → wildcard_dns",
    (name) => {
      const hosts = [name, `a.${name}`, `10.0.0.1.${name}`, `10-0-0-1.${name}`, `A.${name.toUpperCase()}.`]
      expect(hosts.map(outcome)).toEqual(hosts.map(() => "wildcard_dns"))
    },
  )

  it.each(["nip.io.example.com", "mynip.io", "nip.io.com", "lvh.media"])("%s → allowed", (host) => {
    expect(outcome(host)).toBe(host)
  })
})
