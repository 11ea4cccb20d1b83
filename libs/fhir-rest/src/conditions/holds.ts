import type { JsonObject } from '#libs/domain/fhir';
import { matches, searchValuesOf, type Match, type SearchValues } from '#libs/fhir-search';
import type { Condition } from './condition.js';

/** A resource as conditions are compared with it. */
export interface Comparable {
  readonly resource: JsonObject;
  readonly values: SearchValues;
}

export function comparable(resource: JsonObject): Comparable {
  return { resource, values: searchValuesOf(resource) };
}

/** Values of the identifiers by which the resource may be found. */
export function identifierCodes({ values }: Comparable): readonly string[] {
  return values.tokens.flatMap(({ parameter, code }) => (parameter === 'identifier' ? [code] : []));
}

/** Values of identifiers of which each match has one; undefined where the condition names none. */
export function identifierCodesOf({ query }: Condition): readonly string[] | undefined {
  for (const one of query.conditions) {
    if (one.kind !== 'token' || one.parameter !== 'identifier' || one.not) continue;
    const codes = one.values.flatMap(({ code }) => (code === undefined ? [] : [code]));
    if (codes.length === one.values.length) return codes;
  }
  return undefined;
}

/** Whether the condition holds for a resource of its type; a chain asks for others: `needs-store`. */
export function holds({ resource, values }: Comparable, { query }: Condition): Match {
  return matches(resource, values, query.conditions);
}
