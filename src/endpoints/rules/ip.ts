import ipaddr from "ipaddr.js"

/**
 * Looks public and is not: Azure serves DNS, DHCP and a machine's own configuration at this address inside every virtual
 * machine, and it cannot be reached from outside.
 */
const AZURE_WIRE_SERVER = "168.63.129.16"

/**
 * Whether an IP address is one of the public internet (spec 5.4).
 *
 * Public is what ipaddr.js calls `unicast`, its name for every address outside the special-purpose ranges. IPv6 must also
 * lie in 2000::/3, the one block that is assigned: ::/96 (IPv4-compatible) and unassigned blocks have no name there. The
 * ranges that have one: loopback, private, link-local, unique-local, site-local, carrier-grade NAT, multicast, broadcast,
 * unspecified, reserved (documentation, benchmarking and 192.88.99.0/24 among it), benchmarking, IPv4-mapped and
 * -translated, NAT64, 6to4, Teredo, discard, segment routing, ORCHID, drone ids, AS112 and AMT.
 *
 * @param address As a parsed URL spells it: four decimal numbers, or IPv6 in brackets.
 */
export function isPublicIp(address: string): boolean {
  const ip = ipaddr.parse(address.replaceAll(/[[\]]/g, ""))
  if (ip.range() !== "unicast" || address === AZURE_WIRE_SERVER) return false
  return ip instanceof ipaddr.IPv4 || ((ip.parts[0] ?? 0) >> 13 === 0b001 && !isIsatap(ip.parts))
}

/**
 * Whether the interface identifier is ISATAP's (RFC 5214, section 6.1): 24 bits 00-00-5E with the universal and group bits
 * of either value, FE, and an IPv4 address. A tunnel delivers to that address, whatever the prefix.
 */
const isIsatap = (parts: readonly number[]): boolean => ((parts[4] ?? 0) & 0xfcff) === 0 && parts[5] === 0x5efe
