import type { JsonObject } from '#libs/domain/fhir';
import type { Condition } from './condition.js';

/** A resource as conditions are compared with it. */
export type Comparable = JsonObject;

export function comparable(resource: JsonObject): Comparable {
  return resource;
}

/** Codes by which the resource may be found, of all token parameters. */
export function tokensOf(resource: Comparable): { readonly parameter: string; readonly code: string }[] {
  return identifiersOf(resource).flatMap(({ value }) =>
    typeof value === 'string' ? [{ parameter: 'identifier', code: value }] : [],
  );
}

/** Whether the condition holds for a resource of its type. */
export function holds(resource: Comparable, { query }: Condition): boolean {
  const identifiers = identifiersOf(resource);
  return query.conditions.every(
    (condition) =>
      condition.kind === 'token' &&
      condition.values.some(({ system, code }) =>
        identifiers.some((one) => one['value'] === code && (system === undefined || (one['system'] ?? '') === system)),
      ),
  );
}

function identifiersOf(resource: JsonObject): readonly JsonObject[] {
  return (resource['identifier'] ?? []) as readonly JsonObject[];
}
