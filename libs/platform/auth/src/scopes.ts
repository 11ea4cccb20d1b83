/** To send samples under sources that belong to other clients. */
export const ANY_SOURCE = 'samples.write:any-source';

/** Scopes of the plain API. The EHR gateway uses SMART v2 scopes (`system/Observation.c`, `system/*.cruds`). */
export const PLAIN_SCOPES = [
  'samples.write',
  ANY_SOURCE,
  'twins.read',
  'alerts.read',
  'alerts.write',
  'thresholds.read',
  'thresholds.write',
  'webhooks.read',
  'webhooks.write',
  'rejections.read',
  'dead-letters.read',
  'dead-letters.write',
] as const;

/** What an administrator of a tenant holds. */
export const ALL_SCOPES: readonly string[] = ['system/*.cruds', ...PLAIN_SCOPES];

interface SystemScope {
  /** A resource type or `*`. */
  readonly type: string;
  /** Subset of `cruds`, in that order. */
  readonly verbs: string;
}

const V1_VERBS: Readonly<Record<string, string>> = { read: 'rs', write: 'cud', '*': 'cruds' };

/** Reads `system/Type.verbs` (SMART App Launch 2: `c r u d s` in this order) or the v1 forms `.read`, `.write`, `.*`. */
function parseSystemScope(scope: string): SystemScope | undefined {
  const match = /^system\/(\*|[A-Z][A-Za-z]{1,63})\.(c?r?u?d?s?|read|write|\*)$/.exec(scope);
  const type = match?.[1];
  const verbs = match?.[2];
  if (type === undefined || verbs === undefined || verbs === '') return undefined;
  return { type, verbs: V1_VERBS[verbs] ?? verbs };
}

function isKnownScope(scope: string): boolean {
  return (PLAIN_SCOPES as readonly string[]).includes(scope) || parseSystemScope(scope) !== undefined;
}

/** True when the scopes held cover the one needed: every verb of it, on its type. */
export function allows(held: readonly string[], needed: string): boolean {
  const wanted = parseSystemScope(needed);
  if (wanted === undefined) return held.includes(needed);
  const verbs = new Set<string>();
  for (const scope of held) {
    const system = parseSystemScope(scope);
    if (system === undefined || (system.type !== '*' && system.type !== wanted.type)) continue;
    for (const verb of system.verbs) verbs.add(verb);
  }
  return wanted.verbs.split('').every((verb) => verbs.has(verb));
}

/**
 * The scopes a token gets: those asked for, narrowed to those the client holds (all of them when it asked for none).
 * undefined when a scope is unknown or malformed, or nothing would be left (RFC 6749 `invalid_scope`).
 */
export function narrow(held: readonly string[], asked: string | undefined): readonly string[] | undefined {
  const wanted = (asked ?? '').split(' ').filter((scope) => scope !== '');
  if (wanted.length === 0) return held.length === 0 ? undefined : held;
  if (wanted.length > 100 || !wanted.every(isKnownScope)) return undefined;
  const granted = wanted.flatMap((scope) => narrowOne(held, scope));
  return granted.length === 0 ? undefined : [...new Set(granted)];
}

function narrowOne(held: readonly string[], scope: string): readonly string[] {
  const wanted = parseSystemScope(scope);
  if (wanted === undefined) return held.includes(scope) ? [scope] : [];
  if (allows(held, scope)) return [scope];
  // `system/*.rs` asked, `system/Observation.cruds` held: the overlap is `system/Observation.rs`.
  return held.flatMap((grant) => {
    const system = parseSystemScope(grant);
    if (system === undefined) return [];
    if (system.type !== '*' && wanted.type !== '*' && system.type !== wanted.type) return [];
    const verbs = ['c', 'r', 'u', 'd', 's']
      .filter((verb) => system.verbs.includes(verb) && wanted.verbs.includes(verb))
      .join('');
    return verbs === '' ? [] : [`system/${wanted.type === '*' ? system.type : wanted.type}.${verbs}`];
  });
}
