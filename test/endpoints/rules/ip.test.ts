import { describe, expect, it } from "vitest"
import { checkEndpointUrl } from "../../../src/endpoints/rules/url.ts"

/** `public`, or the reason. */
const outcome = (address: string): string => {
  const result = checkEndpointUrl(`https://${address.includes(":") ? `[${address}]` : address}/`)
  return result.ok ? "public" : result.error.reason
}

/** A range by its edges, and the public address on either side; a side without one borders on another range. */
interface Range {
  readonly why: string
  readonly first: string
  readonly last: string
  readonly below?: string
  readonly above?: string
}

const describeRanges = (title: string, ranges: readonly Range[]) =>
  describe(title, () => {
    it.each(ranges)("$why: $first to $last → ip_not_public", ({ first, last }) => {
      expect([outcome(first), outcome(last)]).toEqual(["ip_not_public", "ip_not_public"])
    })

    const neighbours = ranges.flatMap(({ why, below, above }) =>
      [below, above].flatMap((address) => address ?? []).map((address) => ({ why, address })),
    )
    it.each(neighbours)("next to $why: $address → public", ({ address }) => {
      expect(outcome(address)).toBe("public")
    })
  })

describeRanges("IPv4 ranges that are not public (spec 5.4)", [
  { why: "unspecified", first: "0.0.0.0", last: "0.255.255.255", above: "1.0.0.0" },
  { why: "private 10/8", first: "10.0.0.0", last: "10.255.255.255", below: "9.255.255.255", above: "11.0.0.0" },
  { why: "CGNAT", first: "100.64.0.0", last: "100.127.255.255", below: "100.63.255.255", above: "100.128.0.0" },
  { why: "loopback", first: "127.0.0.0", last: "127.255.255.255", below: "126.255.255.255", above: "128.0.0.0" },
  { why: "Azure's own", first: "168.63.129.16", last: "168.63.129.16", below: "168.63.129.15", above: "168.63.129.17" },
  { why: "link-local", first: "169.254.0.0", last: "169.254.255.255", below: "169.253.255.255", above: "169.255.0.0" },
  {
    why: "private 172.16/12",
    first: "172.16.0.0",
    last: "172.31.255.255",
    below: "172.15.255.255",
    above: "172.32.0.0",
  },
  {
    why: "protocol assignments",
    first: "192.0.0.0",
    last: "192.0.0.255",
    below: "191.255.255.255",
    above: "192.0.1.0",
  },
  { why: "documentation 1", first: "192.0.2.0", last: "192.0.2.255", below: "192.0.1.255", above: "192.0.3.0" },
  {
    why: "AS112 by DNAME",
    first: "192.31.196.0",
    last: "192.31.196.255",
    below: "192.31.195.255",
    above: "192.31.197.0",
  },
  { why: "AMT", first: "192.52.193.0", last: "192.52.193.255", below: "192.52.192.255", above: "192.52.194.0" },
  { why: "6to4 relays", first: "192.88.99.0", last: "192.88.99.255", below: "192.88.98.255", above: "192.88.100.0" },
  {
    why: "private 192.168/16",
    first: "192.168.0.0",
    last: "192.168.255.255",
    below: "192.167.255.255",
    above: "192.169.0.0",
  },
  { why: "AS112", first: "192.175.48.0", last: "192.175.48.255", below: "192.175.47.255", above: "192.175.49.0" },
  { why: "benchmarking", first: "198.18.0.0", last: "198.19.255.255", below: "198.17.255.255", above: "198.20.0.0" },
  {
    why: "documentation 2",
    first: "198.51.100.0",
    last: "198.51.100.255",
    below: "198.51.99.255",
    above: "198.51.101.0",
  },
  { why: "documentation 3", first: "203.0.113.0", last: "203.0.113.255", below: "203.0.112.255", above: "203.0.114.0" },
  { why: "multicast", first: "224.0.0.0", last: "239.255.255.255", below: "223.255.255.255" },
  { why: "reserved 240/4", first: "240.0.0.0", last: "255.255.255.254" },
  { why: "broadcast", first: "255.255.255.255", last: "255.255.255.255" },
])

const TAIL = "ffff:ffff:ffff:ffff:ffff:ffff"

describeRanges("IPv6 ranges that are not public (spec 5.4)", [
  { why: "unspecified", first: "::", last: "::" },
  { why: "loopback", first: "::1", last: "::1" },
  { why: "IPv4-compatible", first: "::2", last: "::ffff:ffff" },
  { why: "between compatible and mapped", first: "::1:0:0", last: "::fffe:ffff:ffff" },
  { why: "IPv4-mapped", first: "::ffff:0:0", last: "::ffff:ffff:ffff" },
  { why: "IPv4-mapped, public inside", first: "::ffff:8.8.8.8", last: "::ffff:1.1.1.1" },
  { why: "IPv4-translated", first: "::ffff:0:0:0", last: "::ffff:0:ffff:ffff" },
  { why: "the rest of 0::/8", first: "::1:0:0:0:0", last: `ff:ffff:${TAIL}` },
  { why: "NAT64", first: "64:ff9b::", last: "64:ff9b::ffff:ffff" },
  { why: "NAT64, public inside", first: "64:ff9b::8.8.8.8", last: "64:ff9b::1.1.1.1" },
  { why: "NAT64 of local use", first: "64:ff9b:1::", last: "64:ff9b:1:ffff:ffff:ffff:ffff:ffff" },
  { why: "discard", first: "100::", last: "100::ffff:ffff:ffff:ffff" },
  { why: "unassigned below 2000::/3", first: "100:0:0:1::", last: `1fff:ffff:${TAIL}`, above: "2000::" },
  {
    why: "protocol assignments",
    first: "2001::",
    last: `2001:1ff:${TAIL}`,
    below: `2000:ffff:${TAIL}`,
    above: "2001:200::",
  },
  { why: "Teredo", first: "2001::", last: `2001:0:${TAIL}` },
  { why: "benchmarking", first: "2001:2::", last: "2001:2:0:ffff:ffff:ffff:ffff:ffff" },
  { why: "AMT", first: "2001:3::", last: `2001:3:${TAIL}` },
  { why: "AS112 by DNAME", first: "2001:4:112::", last: "2001:4:112:ffff:ffff:ffff:ffff:ffff" },
  { why: "ORCHID", first: "2001:10::", last: `2001:1f:${TAIL}` },
  { why: "ORCHIDv2", first: "2001:20::", last: `2001:2f:${TAIL}` },
  { why: "drone ids", first: "2001:30::", last: `2001:3f:${TAIL}` },
  {
    why: "documentation",
    first: "2001:db8::",
    last: `2001:db8:${TAIL}`,
    below: `2001:db7:${TAIL}`,
    above: "2001:db9::",
  },
  { why: "6to4", first: "2002::", last: `2002:ffff:${TAIL}`, below: `2001:ffff:${TAIL}`, above: "2003::" },
  { why: "6to4, public inside", first: "2002:808:808::", last: "2002:101:101::1" },
  { why: "AS112", first: "2620:4f:8000::", last: "2620:4f:8000:ffff:ffff:ffff:ffff:ffff", above: "2620:4f:8001::" },
  {
    why: "documentation 2",
    first: "3fff::",
    last: `3fff:fff:${TAIL}`,
    below: `3ffe:ffff:${TAIL}`,
    above: "3fff:1000::",
  },
  { why: "unassigned above 2000::/3", first: "4000::", last: `5eff:ffff:${TAIL}`, below: `3fff:ffff:${TAIL}` },
  { why: "segment routing", first: "5f00::", last: `5f00:ffff:${TAIL}` },
  { why: "unassigned below unique-local", first: "5f01::", last: `fbff:ffff:${TAIL}` },
  { why: "unique-local", first: "fc00::", last: `fdff:ffff:${TAIL}` },
  { why: "unassigned above unique-local", first: "fe00::", last: `fe7f:ffff:${TAIL}` },
  { why: "link-local", first: "fe80::", last: `febf:ffff:${TAIL}` },
  { why: "site-local", first: "fec0::", last: `feff:ffff:${TAIL}` },
  { why: "multicast", first: "ff00::", last: `ffff:ffff:${TAIL}` },
])

// ISATAP delivers to the IPv4 address in the last 32 bits, whatever the prefix (RFC 5214, section 6.1).
describe("an interface identifier of ISATAP (spec 5.4)", () => {
  it.each([
    "2606:4700::5efe:127.0.0.1",
    "2606:4700::200:5efe:10.0.0.1",
    "2606:4700::100:5efe:10.0.0.1",
    "2606:4700::300:5efe:8.8.8.8",
    "2a00:1450:4001:1:0:5efe:a00:1",
  ])("%s → ip_not_public", (address) => {
    expect(outcome(address)).toBe("ip_not_public")
  })

  it.each([
    "2606:4700::400:5efe:a00:1",
    "2606:4700::1:5efe:a00:1",
    "2606:4700::5eff:a00:1",
    "2606:4700::5efd:a00:1",
    "2606:4700:0:5efe::a00:1",
    "2606:4700::5efe:0:a00:1",
  ])("%s, which only looks like one → public", (address) => {
    expect(outcome(address)).toBe("public")
  })
})

describe("addresses of real services (spec 5.4)", () => {
  it.each([
    "1.1.1.1",
    "8.8.8.8",
    "93.184.215.14",
    "2606:4700:4700::1111",
    "2001:4860:4860::8888",
    "2a00:1450:4001::200e",
  ])("%s → public", (address) => {
    expect(outcome(address)).toBe("public")
  })
})
