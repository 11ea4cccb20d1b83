import { Decimal, type Json, type JsonObject } from '#libs/domain/fhir';
import { rewriteLinks } from './narrative-links.js';

/**
 * The resource with all that points at `Type/id` of `moved` pointing at where that is now, and with each conditional reference that `find`
 * knows replaced by the resource that is meant. The ids of `moved` were made for this request: wherever they stand, they are a link.
 */
export function redirectReferences(
  resource: JsonObject,
  moved: ReadonlyMap<string, string>,
  find: (reference: string) => string | undefined,
): JsonObject {
  const linked = (url: string): string | undefined => moved.get(url);
  return redirect(resource, '') as JsonObject;

  function redirect(value: Json, name: string): Json {
    if (typeof value === 'string') {
      if (name === 'div') return moved.size === 0 ? value : rewriteLinks(value, linked);
      return moved.get(value) ?? (name === 'reference' ? (find(value) ?? value) : value);
    }
    if (Array.isArray(value)) return (value as readonly Json[]).map((item) => redirect(item, name));
    if (typeof value !== 'object' || value === null || value instanceof Decimal) return value;
    const copy: Record<string, Json> = {};
    for (const key in value as JsonObject) copy[key] = redirect((value as JsonObject)[key] as Json, key);
    return copy;
  }
}
