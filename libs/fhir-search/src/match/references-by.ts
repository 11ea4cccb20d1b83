import type { JsonObject } from '#libs/domain/fhir';
import type { Include } from '../query/search-query.js';
import type { SearchValues } from '../values/search-values.js';

/** The local resources that an `_include` takes from a resource, each once; none for a `_revinclude`, which asks the store. */
export function referencesBy(
  resource: JsonObject,
  include: Include,
  values: SearchValues,
): readonly { readonly type: string; readonly id: string }[] {
  if (include.reverse || (include.source !== '*' && include.source !== resource['resourceType'])) return [];
  const found = new Map<string, { readonly type: string; readonly id: string }>();
  for (const { parameter, target } of values.references) {
    if (target.kind !== 'local' || (include.parameter !== '*' && include.parameter !== parameter)) continue;
    if (include.target !== undefined && include.target !== target.type) continue;
    found.set(`${target.type}/${target.id}`, { type: target.type, id: target.id });
  }
  return [...found.values()];
}
