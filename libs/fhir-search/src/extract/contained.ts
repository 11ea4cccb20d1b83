import { isResourceType, type JsonObject } from '#libs/domain/fhir';
import type { ContainedValues, SearchValues } from '../values/search-values.js';
import { objectOf, textOf } from './element.js';

/** Types of the contained resources of a resource, by id. */
export type ContainedTypes = ReadonlyMap<string, string>;

export const NONE_CONTAINED: ContainedTypes = new Map();

/** The contained resources that references can lead to. */
export function containedTypes(resource: JsonObject): ContainedTypes {
  if (resource['contained'] === undefined) return NONE_CONTAINED;
  return new Map([...containedIn(resource)].map(([id, { type }]) => [id, type]));
}

/**
 * What chains find in contained resources: of those that one of the references leads to. What is contained in them is left out, as R4 has no such
 * resource.
 */
export function withContained(
  resource: JsonObject,
  values: SearchValues,
  valuesOf: (contained: JsonObject) => SearchValues,
): SearchValues {
  const ids = new Set(values.references.flatMap(({ target }) => (target.kind === 'contained' ? [target.id] : [])));
  if (ids.size === 0) return values;
  const all = containedIn(resource);
  const contained = [...ids].flatMap((id): readonly ContainedValues[] => {
    const one = all.get(id);
    if (one === undefined) return [];
    const { contained: _, ...own } = one.resource;
    return [{ type: one.type, id, values: valuesOf(own) }];
  });
  return { ...values, contained };
}

/** By id; of two with one id the first. */
function containedIn(resource: JsonObject): Map<string, { readonly type: string; readonly resource: JsonObject }> {
  const found = new Map<string, { readonly type: string; readonly resource: JsonObject }>();
  const { contained } = resource;
  if (!Array.isArray(contained)) return found;
  for (const one of contained) {
    const object = objectOf(one);
    const [type, id] = [textOf(object?.['resourceType']), textOf(object?.['id'])];
    if (object === undefined || type === undefined || id === undefined || !isResourceType(type)) continue;
    if (!found.has(id)) found.set(id, { type, resource: object });
  }
  return found;
}
