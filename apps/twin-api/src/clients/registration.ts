import {
  allows,
  ASSERTION_ALGORITHMS,
  canBeEnforced,
  isKnownScope,
  keyServerRules,
  problemsOf,
  type Access,
} from '#libs/platform/auth';
import { Problem, type ProblemDetail } from '#libs/platform/http';
import { judgeEndpoint } from '#libs/platform/outbound';
import type { Client } from '#libs/platform/storage';

/** The scopes, each once. @throws {Problem} 400 with the places of those that are unknown */
export function refuseScopes(scopes: readonly string[]): readonly string[] {
  const errors = scopes.flatMap((scope, index): ProblemDetail[] =>
    isKnownScope(scope) && canBeEnforced(scope)
      ? []
      : [
          {
            pointer: `/scopes/${index}`,
            code: 'scope-unknown',
            detail:
              'must be a scope of this server: system/Type.cruds with search parameters or without, or a plain one',
          },
        ],
  );
  if (errors.length > 0) throw new Problem(400, 'scopes-unknown', 'some of the scopes are unknown', errors);
  return [...new Set(scopes)];
}

/**
 * @param place JSON pointer of the scopes; '' where they are those of the client that is to be changed
 * @throws {Problem} 403 when the caller does not hold one of the scopes itself
 */
export function requireHeld(access: Access, scopes: readonly string[], place = '/scopes'): void {
  const errors = scopes.flatMap((scope, index): ProblemDetail[] =>
    allows(access.scopes, scope)
      ? []
      : [
          {
            pointer: place === '' ? '' : `${place}/${index}`,
            code: 'scope-not-held',
            detail: `the token does not hold ${scope}`,
          },
        ],
  );
  if (errors.length === 0) return;
  const detail =
    place === ''
      ? 'the client has scopes that the token does not hold'
      : 'a client cannot give scopes that it does not hold';
  throw new Problem(403, 'scopes-not-held', detail, errors);
}

/** The keys that a request names; undefined when it names none. @throws {Problem} 400 with the places of what is wrong */
export async function keysOf(
  request: { readonly jwks?: { readonly keys: readonly unknown[] } | undefined; readonly jwksUri?: string | undefined },
  allowedHosts: readonly string[],
): Promise<{ readonly jwks: Client['jwks']; readonly jwksUri: string | null } | undefined> {
  const { jwks, jwksUri } = request;
  if (jwks !== undefined) {
    const problems = await problemsOf(jwks, ASSERTION_ALGORITHMS);
    const errors = problems.map((one) => ({ ...one, pointer: `/jwks${one.pointer}` }));
    if (errors.length > 0) throw new Problem(400, 'jwks-invalid', 'these keys cannot be registered', errors);
    return { jwks: { keys: jwks.keys.map((key) => publicMembers(key as Record<string, unknown>)) }, jwksUri: null };
  }
  if (jwksUri === undefined) return undefined;
  const verdict = judgeEndpoint(jwksUri, keyServerRules(allowedHosts));
  if (verdict.kind === 'ok') return { jwks: null, jwksUri: verdict.url.href };
  throw new Problem(400, verdict.code, verdict.message, [
    { pointer: '/jwksUri', code: verdict.code, detail: verdict.message },
  ]);
}

/** What a signature is checked with and found by; certificates and whatever else a set may hold are not kept. */
const KEPT = ['kty', 'kid', 'use', 'alg', 'n', 'e', 'crv', 'x', 'y'];

function publicMembers(jwk: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(KEPT.flatMap((name) => (jwk[name] === undefined ? [] : [[name, jwk[name]]])));
}
