import { BlockList, isIP } from 'node:net';

/**
 * IPv4 ranges of special purpose: the IANA IPv4 Special-Purpose Address Registry (RFC 6890 and its updates, 2025-10) whole, also
 * its few globally reachable entries (nobody's subscriber lives there), plus multicast (RFC 5771). The metadata address of
 * clouds, 169.254.169.254, lies in 169.254.0.0/16.
 */
export const SPECIAL_IPV4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;

/**
 * The only IPv6 range that IANA hands out as global unicast (RFC 4291 §2.4). All else is of special purpose or not assigned:
 * loopback, IPv4-compatible ::/96, IPv4-mapped ::ffff:0:0/96, NAT64 64:ff9b::/96 and 64:ff9b:1::/48, discard 100::/64, segment
 * routing 5f00::/16, unique local fc00::/7, link-local fe80::/10, site-local fec0::/10, multicast ff00::/8.
 */
export const GLOBAL_IPV6 = ['2000::', 3] as const;

/**
 * Ranges of special purpose inside {@link GLOBAL_IPV6}: IETF protocol assignments with Teredo 2001::/32, ORCHID and benchmarking,
 * documentation (two ranges), 6to4, AS112, and the 6bone that was given back (RFC 3701).
 */
export const SPECIAL_IPV6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
  ['3ffe::', 16],
] as const;

// A list for each family: BlockList holds an IPv4 address to match the IPv6 rule of its mapped form.
const special4 = new BlockList();
for (const [net, prefix] of SPECIAL_IPV4) special4.addSubnet(net, prefix, 'ipv4');
const global6 = new BlockList();
global6.addSubnet(...GLOBAL_IPV6, 'ipv6');
const special6 = new BlockList();
for (const [net, prefix] of SPECIAL_IPV6) special6.addSubnet(net, prefix, 'ipv6');

/**
 * True for an address that leads to somebody on the public internet. False for every special-purpose range, for IPv4 inside
 * IPv6 in any of its forms, for an address with a zone, and for what is no address.
 */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !special4.check(address, 'ipv4');
    case 6:
      return !address.includes('%') && global6.check(address, 'ipv6') && !special6.check(address, 'ipv6');
    default:
      return false;
  }
}
