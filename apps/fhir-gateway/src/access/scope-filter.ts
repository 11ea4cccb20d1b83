import type { JsonObject } from '#libs/domain/fhir';
import type { AccessVerb, Allowed, Reader } from '#libs/fhir-rest';
import { matches, searchValuesOf, type Condition } from '#libs/fhir-search';
import { conditionsOf, systemScopes, type Access } from '#libs/platform/auth';

/** What scopes let a client do with the resources of a type. `some`: those for which one of the lists of conditions holds. */
export type AccessFilter =
  | { readonly kind: 'none' }
  | { readonly kind: 'all' }
  | { readonly kind: 'some'; readonly anyOf: readonly (readonly Condition[])[] };

export const VERBS: Readonly<Record<AccessVerb, string>> = {
  create: 'c',
  read: 'r',
  update: 'u',
  delete: 'd',
  search: 's',
  refer: 's',
};

/** A token is used for many requests: its scopes are read once. */
const known = new WeakMap<readonly string[], Map<string, AccessFilter>>();

export function accessFilter({ scopes }: Pick<Access, 'scopes'>, verb: AccessVerb, type: string): AccessFilter {
  let filters = known.get(scopes);
  if (filters === undefined) known.set(scopes, (filters = new Map()));
  const key = `${verb} ${type}`;
  let filter = filters.get(key);
  if (filter === undefined) {
    filter = filterOf(scopes, VERBS[verb], type);
    if (verb === 'refer' && filter.kind === 'none') filter = { kind: 'all' };
    filters.set(key, filter);
  }
  return filter;
}

function filterOf(scopes: readonly string[], verb: string, type: string): AccessFilter {
  const anyOf = systemScopes(scopes)
    .filter((scope) => scope.verbs.includes(verb) && (scope.type === '*' || scope.type === type))
    .flatMap(({ restriction }) => {
      const conditions = conditionsOf(type, restriction);
      return conditions === undefined ? [] : [conditions];
    });
  if (anyOf.length === 0) return { kind: 'none' };
  return anyOf.some((conditions) => conditions.length === 0) ? { kind: 'all' } : { kind: 'some', anyOf };
}

export function permits(filter: AccessFilter, resource: JsonObject): boolean {
  if (filter.kind !== 'some') return filter.kind === 'all';
  const values = searchValuesOf(resource);
  return filter.anyOf.some((conditions) => matches(resource, values, conditions) === 'yes');
}

/** Whom reads and decisions are for. */
export function readerOf(access: Access): Reader {
  return { tenant: access.tenant.key, allowed: allowedBy(access) };
}

/** The scopes of a caller as reads and decisions take them. */
function allowedBy(access: Pick<Access, 'scopes'>): Allowed {
  return {
    isRestricted: (verb, type) => accessFilter(access, verb, type).kind !== 'all',
    permits: (verb, resource) => permits(accessFilter(access, verb, typeOf(resource)), resource),
  };
}

/** '' is no type: nothing is allowed of it but by `system/*`. */
function typeOf({ resourceType }: JsonObject): string {
  return typeof resourceType === 'string' ? resourceType : '';
}
