import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import {
  allows,
  ALSO_FOR_CLIENTS,
  ROUTE_ACCESS,
  type Access,
  type RateLimits,
  type AuthorizedRequest,
  type RouteAccess,
  type Sessions,
  type Tokens,
} from '#libs/platform/auth';
import type { AppConfig } from '#libs/platform/config';
import { Problem } from './problem.js';
import { requireCsrfToken, SessionCookie } from './session-cookie.js';

/** Default deny: a route says `@Public()`, `@Authenticated()` or `@RequireScope(…)`, or access is denied. */
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly services: AccessServices,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = this.reflector.getAllAndOverride<RouteAccess | undefined>(ROUTE_ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (rule?.kind === 'public') return true;
    const request = context.switchToHttp().getRequest<AuthorizedRequest>();
    const access = await authenticate(request, this.services);
    if (rule === undefined) throw new Problem(403, 'forbidden', 'no scope gives access to this');
    if (rule.kind === 'authenticated') return true;
    const also =
      this.reflector.getAllAndOverride<readonly string[] | undefined>(ALSO_FOR_CLIENTS, [
        context.getHandler(),
        context.getClass(),
      ]) ?? [];
    const anyOf = access.session === undefined ? [...rule.anyOf, ...also] : rule.anyOf;
    const params = (request.params ?? {}) as Readonly<Record<string, string>>;
    const needed = anyOf.map((scope) => fillIn(scope, params));
    if (needed.some((scope) => allows(access.scopes, scope))) return true;
    throw insufficientScope(needed);
  }
}

/** Who gives access: tokens of clients, and sessions of people. */
export interface AccessServices {
  readonly tokens: Pick<Tokens, 'verifyToken'>;
  readonly limits: Pick<RateLimits, 'request'>;
  readonly sessions: Pick<Sessions, 'find'>;
  readonly config: Pick<AppConfig, 'http'>;
}

/**
 * Reads the bearer token of a request, or under `/v1` the cookie of a session, and counts it for its client and tenant, once; what
 * follows finds it in `request.access`.
 *
 * @throws {Problem} 401, and 403 for a changing request of a session without its CSRF token
 * @throws {RateLimitedError}
 */
export async function authenticate(request: FastifyRequest, services: AccessServices): Promise<Access> {
  const known = (request as Partial<AuthorizedRequest>).access;
  if (known !== undefined) return known;
  const access =
    request.headers.authorization === undefined
      ? await accessOfSession(request, services)
      : await accessOfToken(request.headers.authorization, services);
  await services.limits.request(access);
  (request as AuthorizedRequest).access = access;
  return access;
}

async function accessOfToken(header: string, { tokens }: AccessServices): Promise<Access> {
  const token = /^Bearer ([A-Za-z0-9\-._~+/]+=*)$/i.exec(header)?.[1];
  const access = token === undefined ? undefined : await tokens.verifyToken(token);
  if (access !== undefined) return access;
  throw unauthorized('the bearer token is not valid, or no longer', 'Bearer realm="homeostat", error="invalid_token"');
}

async function accessOfSession(request: FastifyRequest, { sessions, config }: AccessServices): Promise<Access> {
  const token = request.url.startsWith('/v1/') ? new SessionCookie(config).tokenOf(request) : undefined;
  if (token === undefined) throw unauthorized('a bearer token is needed', 'Bearer realm="homeostat"');
  const access = await sessions.find(token);
  if (access === undefined)
    throw unauthorized('the session has ended: sign in again at /console/sign-in', 'Bearer realm="homeostat"');
  requireCsrfToken(request, token);
  return access;
}

/** The refusal of RFC 6750 §3.1 for a token that lacks a scope. */
export function insufficientScope(anyOf: readonly string[]): Problem {
  return new Problem(403, 'insufficient-scope', `this needs the scope ${anyOf.join(' or ')}`, [], {
    'www-authenticate': `Bearer realm="homeostat", error="insufficient_scope", scope="${anyOf.join(' ')}"`,
  });
}

function unauthorized(detail: string, challenge: string): Problem {
  return new Problem(401, 'unauthorized', detail, [], { 'www-authenticate': challenge });
}

/** A parameter that is no resource type name stands for a type that only `*` covers. */
function fillIn(scope: string, params: Readonly<Record<string, string>>): string {
  return scope.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name];
    return value !== undefined && /^[A-Z][A-Za-z]{1,63}$/.test(value) ? value : '*';
  });
}
