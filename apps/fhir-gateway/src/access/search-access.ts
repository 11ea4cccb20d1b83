import type { Access } from '#libs/platform/auth';
import { insufficientScope } from '#libs/platform/http';
import type { AccessVerb, FhirLookups, Queries, SearchAccess, Visible } from '#libs/fhir-rest';
import { accessFilter } from './scope-filter.js';

/**
 * What the scopes of a client let it see: what it finds needs `s`, what is included `r` (or `s`, which shows whole resources, too). A scope
 * with a restriction lets it see what the restriction finds; one whose restriction is no search of the type, nothing.
 */
export function searchAccess(access: Access): SearchAccess {
  return { found: visibleBy(access, ['search']), included: visibleBy(access, ['read', 'search']) };
}

/** The lookups of a request, whose conditions find what the scopes reach: a chain only what may be searched. */
export function lookupsWithin(access: Access, lookups: FhirLookups): FhirLookups {
  const { conditions = [] } = lookups;
  if (conditions.length === 0) return lookups;
  return {
    ...lookups,
    visible: conditionsWithin(access, [...new Set(conditions.map(({ condition }) => condition.type))]),
  };
}

/** Requests of one token that ask for the same types have the same object: so they can be looked up together. */
const known = new WeakMap<readonly string[], Map<string, Visible>>();

function conditionsWithin(access: Access, types: readonly string[]): Visible {
  const ofToken = known.get(access.scopes) ?? new Map<string, Visible>();
  known.set(access.scopes, ofToken);
  const key = [...types].sort().join(' ');
  const before = ofToken.get(key);
  if (before !== undefined) return before;
  const [referred, searched] = [visibleBy(access, ['refer']), visibleBy(access, ['search'])];
  const visible: Visible = (type) => (types.includes(type) ? referred(type) : searched(type));
  // Of a few combinations of types; a client that sends ever others is not remembered.
  if (ofToken.size < 100) ofToken.set(key, visible);
  return visible;
}

/** Every type that a search looks at must be one that the client may search. @throws Problem 403 */
export function requireSearchable(queries: Queries, { found }: SearchAccess): void {
  for (const { type, conditions } of queries) {
    requireVisible(found, [type]);
    for (const condition of conditions) {
      if (condition.kind === 'has') requireVisible(found, [condition.type]);
      if (condition.kind === 'chain')
        requireVisible(
          found,
          condition.targets.map((target) => target.type),
        );
    }
  }
}

/** One of the types at least. */
function requireVisible(found: Visible, types: readonly string[]): void {
  if (types.some((type) => found(type).length > 0)) return;
  throw insufficientScope(types.map((type) => `system/${type}.s`));
}

function visibleBy(access: Access, verbs: readonly AccessVerb[]): Visible {
  return (type) => {
    const filters = verbs.map((verb) => accessFilter(access, verb, type));
    if (filters.some(({ kind }) => kind === 'all')) return EVERYTHING;
    return filters.flatMap((filter) => (filter.kind === 'some' ? filter.anyOf : []));
  };
}

const EVERYTHING = [[]] as const;
