import { createParamDecorator, SetMetadata, type CustomDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Access } from './access.js';

export const ROUTE_ACCESS = 'homeostat:access';
export const ALSO_FOR_CLIENTS = 'homeostat:also-for-clients';

/** Who may call a route. A route without one of these decorators is denied to everybody. */
export type RouteAccess =
  | { readonly kind: 'public' }
  | { readonly kind: 'authenticated' }
  | { readonly kind: 'scopes'; readonly anyOf: readonly string[] };

/** Anybody, without a token. */
export function Public(): CustomDecorator {
  return SetMetadata(ROUTE_ACCESS, { kind: 'public' } satisfies RouteAccess);
}

/** Any client with a valid token; the handler judges scopes itself (a FHIR bundle: entry by entry, with `allows`). */
export function Authenticated(): CustomDecorator {
  return SetMetadata(ROUTE_ACCESS, { kind: 'authenticated' } satisfies RouteAccess);
}

/**
 * Clients that hold one of these scopes. `{name}` stands for a path parameter: `system/{type}.c`.
 */
export function RequireScope(...anyOf: readonly string[]): CustomDecorator {
  return SetMetadata(ROUTE_ACCESS, { kind: 'scopes', anyOf } satisfies RouteAccess);
}

/**
 * Beside {@link RequireScope}: clients, but not people, are also served with one of these. For scopes that clients held before a narrower
 * one was made for people.
 */
export function AlsoForClients(...anyOf: readonly string[]): CustomDecorator {
  return SetMetadata(ALSO_FOR_CLIENTS, anyOf);
}

/** A request that passed the guard. */
export interface AuthorizedRequest extends FastifyRequest {
  access: Access;
}

/** Parameter decorator: who is asking. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Access => {
  return context.switchToHttp().getRequest<AuthorizedRequest>().access;
});
