import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { isPublicAddress } from './special-addresses.js';

/** IANA special-purpose address registries and multicast; first and last address of each range. */
const SPECIAL = `
0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.31.196.0/24 192.52.193.0/24
192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4
::/128 ::1/128 ::/96 ::ffff:0:0/96 ::ffff:0:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23 2001::/32 2001:1::1/128
2001:2::/48 2001:3::/32 2001:4:112::/48 2001:10::/28 2001:20::/28 2001:30::/28 2001:db8::/32 2002::/16 2620:4f:8000::/48 3ffe::/16
3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8`
  .trim()
  .split(/\s+/);

/** Just outside of a range, and what everybody knows. */
const PUBLIC = `
1.0.0.0 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0
191.255.255.255 192.0.1.0 192.0.3.0 192.31.195.255 192.31.197.0 192.52.192.255 192.52.194.0 192.88.98.255 192.88.100.0 192.167.255.255
192.169.0.0 192.175.47.255 192.175.49.0 198.17.255.255 198.20.0.0 198.51.99.255 198.51.101.0 203.0.112.255 203.0.114.0 223.255.255.255
8.8.8.8 2000:: 2001:200:: 2001:db7:ffff:ffff:ffff:ffff:ffff:ffff 2001:db9:: 2003:: 2606:4700::1111 2620:4f:7fff:ffff:ffff:ffff:ffff:ffff
2620:4f:8001:: 3ffd:ffff:ffff:ffff:ffff:ffff:ffff:ffff 3fff:1000:: 2a00:1450:4001::8a`
  .trim()
  .split(/\s+/);

/** By arithmetic of its own, so that a table with a wrong prefix is seen. */
function ends(range: string): readonly [string, string] {
  const [net = '', prefix = ''] = range.split('/');
  const six = net.includes(':');
  const bits = six ? 128n : 32n;
  const free = (1n << (bits - BigInt(prefix))) - 1n;
  const first = six ? number6(net) : number4(net);
  return six ? [text6(first), text6(first + free)] : [text4(first), text4(first + free)];
}
const number4 = (text: string): bigint => text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
const text4 = (n: bigint): string => [24n, 16n, 8n, 0n].map((shift) => (n >> shift) & 255n).join('.');
function number6(text: string): bigint {
  const [head = '', tail] = text.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const left = groups(head);
  const right = groups(tail ?? '');
  const all =
    tail === undefined ? left : [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  return all.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}
const text6 = (n: bigint): string =>
  Array.from({ length: 8 }, (_, i) => ((n >> BigInt(112 - 16 * i)) & 65_535n).toString(16)).join(':');

describe('special-purpose addresses', () => {
  it.each(SPECIAL)('%s is not public from end to end', (range) => {
    expect(ends(range).map((address) => [address, isPublicAddress(address)])).toEqual(
      ends(range).map((address) => [address, false]),
    );
  });

  it.each(PUBLIC)('%s is public', (address) => expect(isPublicAddress(address)).toBe(true));

  it.each(['hooks.example.org', '', '1.2.3', '8.8.8.8:443', 'fe80::1%eth0', '2606:4700::1111%1', '[2606:4700::1111]'])(
    'what is no plain address is not public: %j',
    (text) => expect(isPublicAddress(text)).toBe(false),
  );

  const address4 = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n });
  const inSpecial4 = (n: bigint): boolean =>
    SPECIAL.filter((range) => !range.includes(':')).some((range) => {
      const [first, last] = ends(range);
      return n >= number4(first) && n <= number4(last);
    });

  it('judges any IPv4 address by the registry', () => {
    fc.assert(
      fc.property(address4, (n) => expect(isPublicAddress(text4(n))).toBe(!inSpecial4(n))),
      propertyRuns(2000),
    );
  });

  it('refuses any IPv4 address inside IPv6, however it is embedded and written', () => {
    const embed: readonly ((n: bigint) => bigint)[] = [
      (n) => n,
      (n) => (0xffffn << 32n) | n,
      (n) => (0xffff_0000n << 32n) | n,
      (n) => (number6('64:ff9b::') as bigint) | n,
      (n) => number6('64:ff9b:1::') | n,
      (n) => number6('2002::') | (n << 80n),
      (n) => number6('2001::') | (n ^ 0xffff_ffffn),
      (n) => number6('fe80::5efe:0:0') | n,
    ];
    const write: readonly ((n: bigint) => string)[] = [
      text6,
      (n) => text6(n).toUpperCase(),
      (n) => `${text6(n).split(':').slice(0, 6).join(':')}:${text4(n & 0xffff_ffffn)}`,
      (n) => new URL(`http://[${text6(n)}]/`).hostname.slice(1, -1),
    ];
    fc.assert(
      fc.property(address4, fc.constantFrom(...embed), fc.constantFrom(...write), (n, inside, written) =>
        expect(isPublicAddress(written(inside(n)))).toBe(false),
      ),
      propertyRuns(2000),
    );
  });

  it('takes no IPv6 address for public outside of 2000::/3', () => {
    const address6 = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).filter((n) => n >> 125n !== 1n);
    fc.assert(fc.property(address6, (n) => expect(isPublicAddress(text6(n))).toBe(false)));
  });
});
