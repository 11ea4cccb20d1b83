import { RESOURCE_TYPES } from '#libs/domain/fhir';
import { formatSystemScope, intersection, isWithin, parseSystemScope, type SystemScope } from './system-scope.js';

/** To send samples under sources that belong to other clients. */
export const ANY_SOURCE = 'samples.write:any-source';

/** Scopes of the plain API. The EHR gateway uses SMART v2 scopes (`system/Observation.c`, `system/*.cruds`). */
export const PLAIN_SCOPES = [
  'samples.write',
  ANY_SOURCE,
  'twins.read',
  'alerts.read',
  'alerts.write',
  'monitoring.write',
  'thresholds.read',
  'thresholds.write',
  'forecasts.read',
  'scenarios.read',
  'scenarios.run',
  'proposals.write',
  'webhooks.read',
  'webhooks.write',
  'operations.read',
  'rejections.read',
  'dead-letters.read',
  'dead-letters.write',
  'clients.read',
  'clients.write',
  'settings.write',
] as const;

/** What an administrator of a tenant holds. */
export const ALL_SCOPES: readonly string[] = ['system/*.cruds', ...PLAIN_SCOPES];

const MAX_ASKED = 100;

/**
 * A plain scope, or one of SMART's for backend services on a type of R4 or on all (`*`). Whether its restriction can be searched by is not
 * judged here.
 */
export function isKnownScope(scope: string): boolean {
  if ((PLAIN_SCOPES as readonly string[]).includes(scope)) return true;
  const type = parseSystemScope(scope)?.type;
  return type !== undefined && (type === '*' || RESOURCE_TYPES.includes(type));
}

/**
 * True when the scopes held cover the one needed: every verb of it, on its type, with no restriction that the one needed has not.
 * A held scope with a restriction therefore gives no access to a whole type: who enforces it asks {@link systemScopes}.
 */
export function allows(held: readonly string[], needed: string): boolean {
  const wanted = parseSystemScope(needed);
  if (wanted === undefined) return held.includes(needed);
  const verbs = new Set<string>();
  for (const scope of held) {
    const system = parseSystemScope(scope);
    if (system === undefined || (system.type !== '*' && system.type !== wanted.type)) continue;
    if (!isWithin(wanted.restriction, system.restriction)) continue;
    for (const verb of system.verbs) verbs.add(verb);
  }
  return wanted.verbs.split('').every((verb) => verbs.has(verb));
}

/** Those of the scopes that give access to FHIR resources, parsed. */
export function systemScopes(held: readonly string[]): readonly SystemScope[] {
  return held.flatMap((scope) => parseSystemScope(scope) ?? []);
}

/**
 * The scopes a token gets: those asked for, narrowed to those the client holds (all of them when it asked for none).
 * undefined when a scope is unknown or malformed, or nothing would be left (RFC 6749 `invalid_scope`).
 */
export function narrow(held: readonly string[], asked: string | undefined): readonly string[] | undefined {
  const wanted = (asked ?? '').split(' ').filter((scope) => scope !== '');
  if (wanted.length === 0) return held.length === 0 ? undefined : held;
  if (wanted.length > MAX_ASKED || !wanted.every(isKnownScope)) return undefined;
  const granted = new Set<string>();
  for (const scope of wanted) for (const one of narrowOne(held, scope)) granted.add(one);
  return granted.size === 0 ? undefined : [...granted];
}

function narrowOne(held: readonly string[], scope: string): readonly string[] {
  const wanted = parseSystemScope(scope);
  if (wanted === undefined) return held.includes(scope) ? [scope] : [];
  if (allows(held, scope)) return [scope];
  // `system/*.rs` asked, `system/Observation.cruds?category=x` held: the overlap is `system/Observation.rs?category=x`.
  return systemScopes(held).flatMap((grant) => {
    const common = intersection(grant, wanted);
    return common === undefined ? [] : [formatSystemScope(common)];
  });
}
