import { isIP } from 'node:net';
import { isPublicAddress } from './special-addresses.js';

/**
 * Which addresses may be called because somebody outside named them: HTTPS on public addresses only, so that nobody can use this
 * server to look into the network it runs in (SSRF). An operator may allow `host` or `host:port` to be plain HTTP or private.
 */
export interface EndpointRules {
  readonly allowedHosts: readonly string[];
  /** The variable of the environment that allows hosts. Default: that of webhooks. */
  readonly setting?: string;
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
    return refused('url-with-credentials', 'url must not carry a user name or password');
  }
  const trusted = isAllowed(url, rules.allowedHosts);
  if (trusted) return { kind: 'ok', url, trusted };
  const otherwise = `an operator can allow a host with ${rules.setting ?? 'WEBHOOK_ALLOWED_HOSTS'}`;
  if (url.protocol !== 'https:') return refused('url-not-https', `url must be https; ${otherwise}`);
  const host = bareHost(url);
  if (isLocalName(host) || (isIP(host) !== 0 && !isPublicAddress(host))) {
    return refused('url-private-address', `url must lead to a public address; ${otherwise}`);
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

/** Host without the brackets of an IPv6 literal and without the dot that ends a fully qualified name. */
function bareHost(url: URL): string {
  return url.hostname.toLowerCase().replace(/^\[|\]$|\.+$/g, '');
}

/** Names of this machine (RFC 6761 §6.3, and those of common hosts files). */
function isLocalName(host: string): boolean {
  return /(^|\.)(localhost|localhost\.localdomain|localhost6|ip6-localhost|ip6-loopback)$/.test(host);
}

function refused(code: EndpointRefusal, message: string): EndpointVerdict {
  return { kind: 'refused', code, message };
}
