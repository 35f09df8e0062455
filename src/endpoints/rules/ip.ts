import ipaddr from "ipaddr.js"

/**
 * Looks public and is not: Azure answers at it from inside every virtual machine (DNS, DHCP, and the machine's own
 * configuration), and nobody can reach it from outside.
 */
const AZURE_WIRE_SERVER = "168.63.129.16"

/**
 * Whether an IP address is one of the public internet (spec 5.4).
 *
 * Public is what ipaddr.js calls `unicast`, the name for whatever is in no special-purpose range; and for IPv6 only inside
 * 2000::/3, the one block that is given out: ::/96 (IPv4-compatible) and all that is unassigned have no name of their own.
 * The names it has for the rest: loopback, private, link-local, unique-local, site-local, carrier-grade NAT, multicast,
 * broadcast, unspecified, reserved (documentation, benchmarking and 192.88.99.0/24 among it), benchmarking, IPv4-mapped
 * and -translated, NAT64, 6to4, Teredo, discard, segment routing, ORCHID, drone ids, AS112 and AMT.
 *
 * @param address As a parsed URL spells it: four decimal numbers, or IPv6 in brackets.
 */
export function isPublicIp(address: string): boolean {
  const ip = ipaddr.parse(address.replaceAll(/[[\]]/g, ""))
  if (ip.range() !== "unicast" || address === AZURE_WIRE_SERVER) return false
  return ip instanceof ipaddr.IPv4 || (ip.parts[0] ?? 0) >> 13 === 0b001
}
