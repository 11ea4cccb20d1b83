import { timingSafeEqual } from 'node:crypto';
import { parseCookie, stringifySetCookie } from 'cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { csrfTokenOf } from '#libs/platform/auth';
import type { AppConfig } from '#libs/platform/config';
import { Problem } from './problem.js';

/** Methods that change nothing. */
const SAFE = ['GET', 'HEAD', 'OPTIONS'];

/**
 * The cookie of a session. `HttpOnly`: no script reads it; `SameSite=Lax`: other sites send it with links only; it ends with the browser. Over
 * https it is `Secure` and bound to this host by its name.
 */
export class SessionCookie {
  /** Browsers reach this server over https, by itself or by what stands in front. */
  readonly isSecure: boolean;
  private readonly name: string;

  constructor({ http }: Pick<AppConfig, 'http'>) {
    this.isSecure = http.publicUrl === undefined ? http.tls !== undefined : http.publicUrl.startsWith('https:');
    this.name = this.isSecure ? '__Host-homeostat' : 'homeostat-session';
  }

  tokenOf(request: FastifyRequest): string | undefined {
    return parseCookie(request.headers.cookie ?? '')[this.name];
  }

  set(reply: FastifyReply, token: string): void {
    void reply.header('set-cookie', stringifySetCookie({ name: this.name, value: token, ...this.attributes() }));
  }

  clear(reply: FastifyReply): void {
    void reply.header(
      'set-cookie',
      stringifySetCookie({ name: this.name, value: '', ...this.attributes(), maxAge: 0 }),
    );
  }

  private attributes() {
    return { httpOnly: true, sameSite: 'lax', secure: this.isSecure, path: '/' } as const;
  }
}

/**
 * What changes something carries the session's `X-CSRF-Token` (`GET /console/session`), which other sites cannot know.
 *
 * @throws {Problem} 403 `csrf-token`
 */
export function requireCsrfToken(request: FastifyRequest, token: string): void {
  if (SAFE.includes(request.method)) return;
  const given = Buffer.from(String(request.headers['x-csrf-token'] ?? ''));
  const expected = Buffer.from(csrfTokenOf(token));
  if (given.length === expected.length && timingSafeEqual(given, expected)) return;
  const detail = 'a request that changes something with a session needs its X-CSRF-Token (GET /console/session)';
  throw new Problem(403, 'csrf-token', detail);
}
