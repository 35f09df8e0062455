import { describe, expect, it } from "vitest"
import { checkHost } from "../../../src/endpoints/rules/host.ts"
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
    { why: "encoded letter in the label of an IDN", host: "ü%61.com", want: "host_spelling" },
    { why: "encoded IDN in the label of another", host: "ü%C3%BC.com", want: "host_spelling" },
    { why: "ideographic dot behind an IDN", host: "ü。com", want: "host_spelling" },
    { why: "halfwidth ideographic dot behind an IDN", host: "ü｡com", want: "host_spelling" },
    { why: "encoded dot", host: "example%2ecom", want: "host_spelling" },
    // Another host on Node 20 (`ss`) than in workerd (`ß`): IDNA's mapping of it has changed.
    { why: "capital sharp s", host: "paẞport.com", want: "host_spelling" },
    { why: "dotted capital I", host: "aİ.com", want: "host_spelling" },
    { why: "Ohm sign", host: "\u2126.com", want: "host_spelling" },
    { why: "capital theta symbol", host: "ϴ.com", want: "host_spelling" },
    { why: "digraph in title case", host: "ǅ.com", want: "host_spelling" },
    { why: "ligature in the label of an IDN", host: "üoﬃce.com", want: "host_spelling" },
    { why: "enclosed digit in the label of an IDN", host: "ü①.com", want: "host_spelling" },
    { why: "fullwidth letter in the label of an IDN", host: "üｅ.com", want: "host_spelling" },
    { why: "soft hyphen in the label of an IDN", host: "ü\u00ada.com", want: "host_spelling" },
    { why: "capital sharp s in the label of an IDN", host: "üẞ.com", want: "host_spelling" },
    { why: "label that becomes ASCII beside an IDN", host: "ü.oﬃce.com", want: "host_spelling" },
    { why: "encoded capital sharp s", host: "pa%E1%BA%9Eport.com", want: "host_spelling" },
    { why: "Greek in capitals", host: "ΑΒΓ.gr", want: "xn--mxacd.gr" },
    { why: "Cherokee, whose capitals are the stable form", host: "ꭰ.com", want: "xn--58d.com" },
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

// What a platform's IDNA makes of a name is not the same everywhere, so the result is compared, whatever it is.
describe("a platform that reads another name than the text spells", () => {
  it.each([
    { given: "ü.com", parsed: "u.com" },
    { given: "ü.com", parsed: "xn--tda.com.evil.com" },
    { given: "ü.com", parsed: "com" },
    { given: "a.com", parsed: "b.com" },
  ])("$given as $parsed → host_spelling", ({ given, parsed }) => {
    expect(checkHost(given, parsed, [])).toEqual({ ok: false, error: "host_spelling" })
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
  const tlds = ["localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "onion", "arpa"]
  it.each([...tlds, "home.arpa", "in-addr.arpa", "test", "invalid", "example"])(
    "%s, names under it, in any case and with a dot → reserved_name",
    (tld) => {
      const hosts = [tld, `a.${tld}`, `a.b.${tld}`, `A.${tld.toUpperCase()}`, `a.${tld}.`]
      expect(hosts.map(outcome)).toEqual(hosts.map(() => "reserved_name"))
    },
  )

  it.each(tlds)("%s as another label → allowed", (label) => {
    const hosts = [`${label}.example.com`, `my${label}.com`, `${label}.co`]
    expect(hosts.map(outcome)).toEqual(hosts)
  })

  it.each(["example.com", "a.example.com", "example.org", "example.co.uk", "arpa.com"])("%s → allowed", (host) => {
    expect(outcome(host)).toBe(host)
  })
})

// No list of private names is complete (`.consul`, `.svc`, `.docker`): the last label must be in IANA's root zone.
describe("the top-level domain (spec 5.4)", () => {
  it.each([
    { why: "service of a registry", host: "vault.service.consul", want: "unknown_tld" },
    { why: "service of a cluster", host: "kubernetes.default.svc", want: "unknown_tld" },
    { why: "private name", host: "printer.floor2", want: "unknown_tld" },
    { why: "begins like one that exists", host: "example.come", want: "unknown_tld" },
    { why: "ends like one that exists", host: "example.xcom", want: "unknown_tld" },
    { why: "IDN that does not exist", host: "example.münchen", want: "unknown_tld" },
    { why: "in capitals", host: "EXAMPLE.COM", want: "example.com" },
    { why: "of a country", host: "example.ch", want: "example.ch" },
    { why: "long", host: "example.international", want: "example.international" },
    { why: "IDN", host: "пример.рф", want: "xn--e1afmkfd.xn--p1ai" },
    { why: "IDN in punycode", host: "example.xn--p1ai", want: "example.xn--p1ai" },
  ])("$why: $host → $want", ({ host, want }) => {
    expect(outcome(host)).toBe(want)
  })

  it("may be one that the caller adds; the other rules hold there as well", () => {
    const hosts = ["a.web", "a.example", "a.com", "a.xn--p1ai", "a.webx", "127.0.0.1", "web"]
    const outcomes = hosts.map((host) => {
      const result = checkEndpointUrl(`https://${host}/`, { extraTlds: ["web", "example"] })
      return result.ok ? "ok" : result.error.reason
    })
    expect(outcomes).toEqual(["ok", "reserved_name", "ok", "ok", "unknown_tld", "ip_not_public", "single_label"])
  })
})

/** The name itself, names under it, and a last dot. */
const atOrUnder = (name: string): readonly string[] => [
  name,
  `a.${name}`,
  `10.0.0.1.${name}`,
  `A.${name.toUpperCase()}.`,
]

describe("names of cloud metadata servers (spec 5.4)", () => {
  const names = ["metadata.goog", "metadata.tencentyun.com", "metadata.packet.net", "metadata.platformequinix.com"]
  it.each([...names, "metadata.exoscale.com", "metadata.cloud.ibm.com"])("%s → metadata_name", (name) => {
    expect(atOrUnder(name).map(outcome)).toEqual(atOrUnder(name).map(() => "metadata_name"))
  })

  it.each(["metadata.google.internal", "instance-data.ec2.internal", "metadata.azure.internal"])(
    "%s → reserved_name",
    (host) => {
      expect(outcome(host)).toBe("reserved_name")
    },
  )

  it.each(["metadata.example.com", "xmetadata.goog", "goog.com", "metadata.goog.com", "tencentyun.com"])(
    "%s → allowed",
    (host) => {
      expect(outcome(host)).toBe(host)
    },
  )
})

describe("DNS services that answer with a private address (spec 5.4)", () => {
  const embed = ["nip.io", "nip.direct", "sslip.io", "xip.io", "xip.name", "ip6.name", "traefik.me", "backname.io"]
  const more = ["myaddr.io", "local-ip.co", "local-ip.sh", "local-ip.medicmobile.org", "plex.direct", "ip.es.io"]
  const rebind = ["a-i.sh", "1u.ms", "rbndr.us", "rebind.it", "rebind.network"]
  const loopback = ["localtest.me", "lvh.me", "vcap.me", "fuf.me", "42foo.com", "lacolhost.com", "localho.st"]
  const loopback2 = ["localhost.direct", "localhost.tv", "localhst.co.uk", "127-0-0-1.org.uk", "local.gd", "lcl.host"]
  const loopback3 = ["lndo.site", "ddev.site", "colasloth.com", "spoofed.burpcollaborator.net"]
  it.each([...embed, ...more, ...rebind, ...loopback, ...loopback2, ...loopback3])("%s → wildcard_dns", (name) => {
    expect(atOrUnder(name).map(outcome)).toEqual(atOrUnder(name).map(() => "wildcard_dns"))
  })

  it.each(["nip.io.example.com", "mynip.io", "nip.io.com", "lvh.media", "burpcollaborator.net", "127-0-0-1.co.uk"])(
    "%s → allowed",
    (host) => {
      expect(outcome(host)).toBe(host)
    },
  )
})
