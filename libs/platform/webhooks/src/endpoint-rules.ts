import { BlockList, isIP } from 'node:net';

/**
 * Which addresses a webhook may reach: HTTPS on public addresses only, so that a subscription cannot be used to look into
 * the network the dispatcher runs in (SSRF). An operator may allow `host` or `host:port` to be plain HTTP or private.
 */
export interface EndpointRules {
  readonly allowedHosts: readonly string[];
}

export type EndpointVerdict =
  | { readonly kind: 'ok'; readonly url: URL; readonly trusted: boolean }
  | { readonly kind: 'refused'; readonly code: EndpointRefusal; readonly message: string };

export type EndpointRefusal = 'url-invalid' | 'url-not-https' | 'url-with-credentials' | 'url-private-address';

/** Judges the URL as written; the addresses its name resolves to are judged at every connection by {@link isPublicAddress}. */
export function judgeEndpoint(text: string, rules: EndpointRules): EndpointVerdict {
  if (!URL.canParse(text)) return refused('url-invalid', 'url must be an absolute https URL');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return refused('url-invalid', 'url must start with https://');
  }
  if (url.username !== '' || url.password !== '') {
    return refused('url-with-credentials', 'url must not carry a user name or password; requests are signed instead');
  }
  const trusted = isAllowed(url, rules.allowedHosts);
  if (trusted) return { kind: 'ok', url, trusted };
  if (url.protocol !== 'https:') {
    return refused('url-not-https', 'url must be https; an operator can allow a host with WEBHOOK_ALLOWED_HOSTS');
  }
  const host = bareHost(url);
  if (host === 'localhost' || host.endsWith('.localhost') || (isIP(host) !== 0 && !isPublicAddress(host))) {
    return refused(
      'url-private-address',
      'url must lead to a public address; an operator can allow a host with WEBHOOK_ALLOWED_HOSTS',
    );
  }
  return { kind: 'ok', url, trusted };
}

function isAllowed(url: URL, allowed: readonly string[]): boolean {
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  const host = bareHost(url);
  return allowed.some((entry) => {
    const wanted = entry.trim().toLowerCase();
    return (
      wanted !== '' &&
      (wanted === host ||
        wanted === url.hostname ||
        wanted === `${host}:${port}` ||
        wanted === `${url.hostname}:${port}`)
    );
  });
}

/** Host without the brackets of an IPv6 literal. */
function bareHost(url: URL): string {
  return url.hostname.toLowerCase().replace(/^\[|\]$/g, '');
}

function refused(code: EndpointRefusal, message: string): EndpointVerdict {
  return { kind: 'refused', code, message };
}

// IANA special-purpose registries (RFC 6890 and its updates), plus the cloud metadata address inside 169.254/16.
const NOT_PUBLIC_4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;
const NOT_PUBLIC_6 = [
  ['::', 128],
  ['::1', 128],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const;

const notPublic = new BlockList();
for (const [net, prefix] of NOT_PUBLIC_4) notPublic.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of NOT_PUBLIC_6) notPublic.addSubnet(net, prefix, 'ipv6');

/** False for private, loopback, link-local, metadata, documentation and multicast addresses; IPv4 inside IPv6 counts as IPv4. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  if (family === 4) return !notPublic.check(address, 'ipv4');
  // BlockList matches an IPv4-mapped address (::ffff:a.b.c.d) against its IPv4 rules.
  return !notPublic.check(address, 'ipv6');
}
